"""What a shared copy hides: whom, when, why, and what it leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.video import ClipSpan, Timestamp

METHOD = (
    "solid fill: every pixel of a masked box is replaced by one colour before scaling and encoding, so that nothing of "
    "it is in the copy"
)
"""How a box is masked. A blur or a mosaic still carries averages of what it hides, over many frames enough to guess."""


class Also(StrEnum):
    """What is masked besides people, when it is asked for."""

    SCREENS = "screens"
    PLATES = "plates"


class Hidden(StrEnum):
    """What a mask covers."""

    PERSON = "person"
    BODY = "moving body"
    """Something moves near a masked person, and no detector has a name for it."""
    PLATE = "lower part of a vehicle"
    """Where a licence plate may be; no plate is looked for."""
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class MaskedSpan:
    """One thing that is hidden.

    Attributes:
        mask_id: ``m1``, ``m2``, ... in order of time; the same for the same clip, weights and settings.
        what: What was taken for what.
        span: From when to when, on the original's time line, extensions included.
        seen: In how many looks the detector saw it.
    """

    mask_id: str
    what: Hidden
    span: ClipSpan
    seen: int


@dataclass(frozen=True, slots=True)
class RedactionOrder:
    """What the operator asks for.

    Attributes:
        also: What is hidden besides people.
        show: Masks that are taken off again, by their ids; needs a reason.
        show_everyone: Nothing is masked at all; needs a reason.
        reason: Why somebody who is not part of the event is shown; names nobody.
    """

    also: frozenset[Also] = frozenset()
    show: frozenset[str] = frozenset()
    show_everyone: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if self.unmasks and not self.reason.strip():
            raise ValueError("to show people who are not part of the event needs a reason")

    @property
    def unmasks(self) -> bool:
        """Whether somebody is shown whom the default hides."""
        return self.show_everyone or bool(self.show)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was hidden in a copy of one highlight, so that its reader knows and another can do it again.

    Attributes:
        masked: In order of time; empty when nobody but those of the event was found.
        shown_tracks: Tracks of the analysis that the highlight's events name: they stay visible where they were
            followed.
        unmasked: Masks that were taken off, by their ids; every one where everybody is shown.
        reason: Why; empty when nothing was taken off.
        also: What was asked for besides people.
        method: How a box is masked.
        model: Which weights looked for people in the copy.
        looks: How many frames they looked at.
        frames_per_second: How often, at the most.
        margin: Share of its height by which a box is grown on each side.
        extend_seconds: How long a mask stands before the first and after the last sight.
        has_sound: Whether the copy has the original's sound.
    """

    masked: tuple[MaskedSpan, ...]
    shown_tracks: tuple[int, ...]
    unmasked: tuple[str, ...]
    reason: str
    also: tuple[Also, ...]
    method: str
    model: ModelIdentity
    looks: int
    frames_per_second: float
    margin: float
    extend_seconds: float
    has_sound: bool

    @property
    def people(self) -> int:
        """How many people are hidden, as far as they were told apart."""
        return sum(one.what is Hidden.PERSON for one in self.masked)


def in_order(spans: Sequence[tuple[Fraction, Fraction]]) -> tuple[tuple[Fraction, Fraction], ...]:
    """Closed spans of seconds, joined where they touch, in order."""
    joined: list[tuple[Fraction, Fraction]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def exact(seconds: Fraction, base: Fraction) -> Timestamp:
    """The moment in a clip's own units, rounded to the nearest."""
    return Timestamp(round(seconds / base), base)
