"""What a night's rows and events come to in numbers. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.events import Verdict
from pipeline.domain.review import ClipOpinion
from pipeline.domain.search import FoundEvent
from pipeline.domain.second_opinion import Standing
from pipeline.reports import KindCount, OpinionCount, OutcomeCount, ReasonCount


def opinion_counts(opinions: Iterable[ClipOpinion]) -> tuple[OpinionCount, ...]:
    """Clips by how the source's labels stand to ours, in the order of ``Standing``."""
    counts = Counter(one.opinion.standing for one in opinions)
    return tuple(OpinionCount(standing, counts[standing]) for standing in Standing if counts[standing])


def outcome_counts(rows: Sequence[CoverageRow]) -> tuple[OutcomeCount, ...]:
    """What came of asking, in the order of ``FetchOutcome``, with every reason once."""
    whys: dict[FetchOutcome, list[str]] = defaultdict(list)
    for row in rows:
        if isinstance(row.outcome, FetchOutcome):
            whys[row.outcome].append(row.detail)
    return tuple(
        OutcomeCount(outcome, len(whys[outcome]), _why(outcome, whys[outcome]))
        for outcome in FetchOutcome
        if outcome in whys
    )


def _why(outcome: FetchOutcome, details: Sequence[str]) -> str:
    if outcome is FetchOutcome.READY:
        return ""
    return "; ".join(dict.fromkeys(detail for detail in details if detail))


def kind_counts(events: Sequence[FoundEvent]) -> tuple[KindCount, ...]:
    """Statements by kind."""
    seen = [event for event in events if event.event.inferred.verdict is Verdict.SEEN]
    counts = Counter(event.event.inferred.kind for event in seen)
    return tuple(KindCount(kind, counts[kind]) for kind in sorted(counts))


def reason_counts(events: Sequence[FoundEvent]) -> tuple[ReasonCount, ...]:
    """What cannot be told, by kind and reason."""
    counts = Counter(
        (event.event.inferred.kind, event.event.inferred.reason)
        for event in events
        if event.event.inferred.reason is not None
    )
    return tuple(ReasonCount(kind, reason, count) for (kind, reason), count in sorted(counts.items()) if reason)
