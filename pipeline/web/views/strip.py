"""The strip below the player: what happened when, what was looked at, and what was not. Lengths in thousandths."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.events import ClipAnalysis, Verdict
from pipeline.domain.search import FoundEvent
from pipeline.domain.video import ClipSpan
from pipeline.reports import words

WIDE = 1000
_LEAST = 4
"""A moment is drawn so wide, to be seen."""
_MOST_LOOKS = 600


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the strip.

    Attributes:
        x: From the left.
        width: Likewise.
        words: What it is.
        style: Names of its classes.
        second: At which moment it begins, in seconds from the first frame that is played.
        url: Where it leads; empty for nowhere.
    """

    x: float
    width: float
    words: str
    style: str
    second: float
    url: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """The marks of a clip.

    Attributes:
        events: In order of time.
        skipped: Stretches in which no frame was looked at.
        looks: Where frames were looked at, at most so many that they can be told apart.
        seconds: Length of what is played.
    """

    events: tuple[Mark, ...]
    skipped: tuple[Mark, ...]
    looks: tuple[float, ...]
    seconds: float


def strip_of(
    analysis: ClipAnalysis, shown: Iterable[FoundEvent], mine: str = "", part: ClipSpan | None = None
) -> Strip:
    """The marks of a clip, or of the part of it that is played.

    Args:
        analysis: The result.
        shown: Its events, in order of time.
        mine: Id of the one that is reviewed; empty for none.
        part: What is played; None for the whole clip.
    """
    played = part or ClipSpan(analysis.probe.first, analysis.sampling.last)
    first = played.start.seconds
    whole = max(float(played.duration), 0.001)

    def placed(span: ClipSpan) -> tuple[float, float, float]:
        start, end = (min(max(float(edge.seconds - first), 0.0), whole) for edge in (span.start, span.end))
        width = max((end - start) / whole * WIDE, _LEAST)
        return min(round(start / whole * WIDE, 1), WIDE - _LEAST), round(width, 1), start

    events = []
    for found in shown:
        if found.event.since is not None or not found.event.inferred.span.overlaps(played):
            continue
        inferred = found.event.inferred
        x, width, second = placed(inferred.span)
        styles = ["event"]
        styles += [] if found.event.event_id == mine else ["other"]
        styles += ["unsure"] if inferred.verdict is Verdict.CANNOT_TELL else []
        told = f"{words.event_words(inferred)}, at {second:.1f} s"
        events.append(Mark(x, width, told, " ".join(styles), second, f"/events/{found.event.event_id}"))
    skipped = []
    for gap in analysis.sampling.skipped:
        if gap.span.overlaps(played):
            x, width, second = placed(gap.span)
            told = f"not looked at from {second:.1f} s: {words.skip_words(gap.reason)}"
            skipped.append(Mark(x, width, told, f"skipped {gap.reason.value}", second))
    sampled = (look for look in analysis.sampling.sampled if played.start <= look <= played.end)
    looks = [round(float(look.seconds - first) / whole * WIDE, 1) for look in sampled]
    step = max(1, len(looks) // _MOST_LOOKS)
    return Strip(tuple(events), tuple(skipped), tuple(looks[::step]), whole)
