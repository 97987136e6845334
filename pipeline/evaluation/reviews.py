"""How right the machine is by what people said at the desk. Pure.

What people looked at is no sample: the queue shows first what is in doubt. So every figure is of what was looked at,
and beside it stands how much that was, and how sure the machine was of it. What was missed is here as far as somebody
came upon it and said so: a count, of which no recall follows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import fmean

from pipeline.domain.events import EventKind
from pipeline.domain.search import FoundEvent
from pipeline.domain.tags import Miss, Tag, TagStatus
from pipeline.domain.tracks import ModelIdentity

Z = 1.959964
"""Of a 95 % interval."""

BIAS = (
    "People did not look at a sample: the queue shows first what is in doubt, and an investigator looks at what a case "
    "needs. "
    "The figures hold for what was looked at, and for nothing else. Of what the machine missed they have only what "
    "somebody came upon and wrote down, so no share of it follows."
)


@dataclass(frozen=True, slots=True)
class ReviewedKind:
    """What people said of the statements of one kind by one model.

    Attributes:
        model: Which weights looked.
        kind: The machine's word.
        statements: How many there are now that may be seen, whether looked at or not.
        confirmed: It happened as stated.
        retimed: It happened, at another time; a right statement all the same.
        other_kind: Something else happened.
        rejected: Nothing happened.
        precision: Right among all that were looked at, 0 to 1; None when none was.
        interval: 95 % interval of ``precision`` (Wilson's); None when none was.
        score_looked_at: Mean score of those looked at; None when none was.
        score_of_all: Mean score of all statements; None when there are none.
        doubted: Of those about which it cannot tell, how many were looked at.
        doubted_and_true: And of those, how many did happen.
        missed: How often people saw such an event in a clip of which the model said nothing of the kind.
    """

    model: ModelIdentity
    kind: EventKind
    statements: int
    confirmed: int
    retimed: int
    other_kind: int
    rejected: int
    precision: float | None
    interval: tuple[float, float] | None
    score_looked_at: float | None
    score_of_all: float | None
    doubted: int
    doubted_and_true: int
    missed: int = 0

    @property
    def looked_at(self) -> int:
        """How many statements a person judged."""
        return self.confirmed + self.retimed + self.other_kind + self.rejected


@dataclass(frozen=True, slots=True)
class Reviews:
    """All that reviews say.

    Attributes:
        kinds: In order of model, then kind; empty when there is no statement and no tag.
        agents: How many people tagged.
        bias: For what the figures hold.
    """

    kinds: tuple[ReviewedKind, ...]
    agents: int
    bias: str = BIAS


def wilson(right: int, number: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a share; None of none. Source: Wilson, JASA 22 (1927) 209."""
    if number == 0:
        return None
    share, z2 = right / number, Z * Z
    middle = (share + z2 / (2 * number)) / (1 + z2 / number)
    half = Z * sqrt(share * (1 - share) / number + z2 / (4 * number * number)) / (1 + z2 / number)
    return max(0.0, middle - half), min(1.0, middle + half)


def from_reviews(tags: Sequence[Tag], statements: Iterable[FoundEvent], misses: Sequence[Miss] = ()) -> Reviews:
    """Counts tags by model and kind.

    Args:
        tags: The tag that counts of each event; may be empty.
        statements: Events of newest results that may be seen; those that cannot tell are left out.
        misses: What people saw and no event says; may be empty.
    """
    said: dict[tuple[ModelIdentity, EventKind], list[Tag]] = defaultdict(list)
    for tag in tags:
        said[tag.said.model, tag.said.inferred.kind].append(tag)
    scores: dict[tuple[ModelIdentity, EventKind], list[float]] = defaultdict(list)
    for found in statements:
        if found.event.inferred.reason is None:
            scores[found.model, found.event.inferred.kind].append(found.event.inferred.score)
    missed = Counter((miss.model, miss.kind) for miss in misses if miss.kind is not None)
    keys = sorted({*said, *scores, *missed}, key=lambda key: (key[0].name, key[0].digest, key[1].value))
    kinds = tuple(
        replace(_kind(model, kind, said[model, kind], scores[model, kind]), missed=missed[model, kind])
        for model, kind in keys
    )
    agents = {tag.matter.agent for tag in tags} | {miss.matter.agent for miss in misses}
    return Reviews(kinds, len(agents))


def _kind(model: ModelIdentity, kind: EventKind, tags: Sequence[Tag], scores: Sequence[float]) -> ReviewedKind:
    stated = [tag for tag in tags if tag.said.inferred.reason is None]
    doubted = [tag for tag in tags if tag.said.inferred.reason is not None]
    confirmed = sum(tag.status is TagStatus.CONFIRMED for tag in stated)
    retimed = sum(tag.status is TagStatus.CORRECTED and tag.kind is kind for tag in stated)
    rejected = sum(tag.status is TagStatus.REJECTED for tag in stated)
    looked_at, right = len(stated), confirmed + retimed
    return ReviewedKind(
        model=model,
        kind=kind,
        statements=len(scores),
        confirmed=confirmed,
        retimed=retimed,
        other_kind=looked_at - right - rejected,
        rejected=rejected,
        precision=right / looked_at if looked_at else None,
        interval=wilson(right, looked_at),
        score_looked_at=fmean(tag.said.inferred.score for tag in stated) if stated else None,
        score_of_all=fmean(scores) if scores else None,
        doubted=len(doubted),
        doubted_and_true=sum(tag.status.states_it and tag.kind is kind for tag in doubted),
    )
