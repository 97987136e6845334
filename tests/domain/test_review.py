"""What waits for a person, why, and in which order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from pipeline.domain.events import CannotTell, Event, EventKind, Ground, InferredEvent
from pipeline.domain.review import ClipOpinion, ReviewItem, ReviewReason, queue
from pipeline.domain.search import FoundEvent
from pipeline.domain.second_opinion import compare
from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.video import CameraClock, ClipSpan, ClockSource, Timestamp

SPAN = ClipSpan(Timestamp(0, Fraction(1)), Timestamp(3, Fraction(1)))
START = datetime(2026, 3, 10, tzinfo=UTC)


def an_event(kind: EventKind, score: float, why: CannotTell | None) -> InferredEvent:
    """A package's rule states its own score and an operating point of 0.5; its calibrated score is high."""
    if kind is not _TAKEN or why is not None:
        return InferredEvent(kind, SPAN, score, "It.", reason=why)
    grounds = (Ground("contact", 0.1, 0.5, False, "."), Ground("score", score, 0.5, True, "."))
    return InferredEvent(kind, SPAN, 0.97, "It.", grounds=grounds)


def a_clip(hour: int, *events: tuple[EventKind, float, CannotTell | None], labels: Sequence[str] = ()) -> ClipOpinion:
    at = START + timedelta(hours=hour)
    clock = CameraClock(at, ClockSource.VENDOR, timedelta(seconds=6))
    found = tuple(
        FoundEvent(
            Event(f"ev-{hour}-{kind}", f"{hour:064x}", "ring:1", an_event(kind, score, why)),
            *(f"aq-{hour}", "Front", at, at, clock, ModelIdentity("m", "0" * 64), "0" * 64),
        )
        for kind, score, why in events
    )
    opinion = compare(labels, [one.event.inferred for one in found])
    return ClipOpinion(f"{hour:064x}", f"aq-{hour}", "ring:1", "Front", at, opinion, found)


def told(*clips: ClipOpinion) -> list[tuple[ReviewReason, int]]:
    def hour(item: ReviewItem) -> int:
        return (item.at - START) // timedelta(hours=1)

    return [(item.reason, hour(item)) for item in queue(clips, least_score=0.35)]


_TAKEN, _VISIT = EventKind.PACKAGE_PICKED_UP, EventKind.PERSON_VISIT


def test_packages_come_first_then_the_reasons_then_the_newest() -> None:
    assert told(
        a_clip(1, (_VISIT, 0.40, None)),
        a_clip(2, labels=("human",)),
        a_clip(3, (_TAKEN, 0.55, None)),
        a_clip(4, (_TAKEN, 0.4, CannotTell.TOO_DARK)),
        a_clip(5, (_VISIT, 0.9, None), labels=("vehicle",)),
        a_clip(6, (_VISIT, 0.9, None), labels=("motion",)),
        a_clip(7, labels=("package_delivery",)),
        a_clip(8, labels=("human",)),
    ) == [
        (ReviewReason.UNTOLD_PACKAGE, 4),
        (ReviewReason.THEY_SAY_MORE, 7),
        (ReviewReason.NEAR_POINT, 3),
        (ReviewReason.CONTRADICTION, 5),
        (ReviewReason.THEY_SAY_MORE, 8),
        (ReviewReason.THEY_SAY_MORE, 2),
        (ReviewReason.NEAR_POINT, 1),
        (ReviewReason.WE_SAY_MORE, 6),
    ]


def test_what_is_sure_and_agrees_and_what_else_cannot_be_told_waits_for_nobody() -> None:
    assert (
        told(
            a_clip(1, (_VISIT, 0.9, None), labels=("human",)),
            a_clip(2, (_TAKEN, 0.61, None)),
            a_clip(3, (EventKind.OBJECT_LEFT, 0.4, CannotTell.TOO_DARK)),
            a_clip(4, labels=("motion",)),
        )
        == []
    )
