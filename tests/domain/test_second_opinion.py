"""A source's labels and ours: who says more, and where they contradict each other."""

from fractions import Fraction

import pytest

from pipeline.domain.events import CannotTell, EventKind, InferredEvent
from pipeline.domain.second_opinion import Standing, compare, kinds_behind
from pipeline.domain.video import ClipSpan, Timestamp

SPAN = ClipSpan(Timestamp(0, Fraction(1)), Timestamp(3, Fraction(1)))


def seen(kind: EventKind, reason: CannotTell | None = None) -> InferredEvent:
    return InferredEvent(kind, SPAN, 0.8, "Something.", reason=reason)


VISIT, DOG, PARCEL = (
    seen(kind) for kind in (EventKind.PERSON_VISIT, EventKind.ANIMAL_PRESENT, EventKind.PACKAGE_DELIVERED)
)
LEFT = seen(EventKind.OBJECT_LEFT)
PERHAPS = seen(EventKind.PERSON_VISIT, CannotTell.TOO_DARK)


@pytest.mark.parametrize(
    ("labels", "events", "standing"),
    [
        ((), (VISIT,), Standing.NOT_GIVEN),
        (("stream_broken",), (VISIT,), Standing.NOT_GIVEN),
        (("motion",), (), Standing.AGREE),
        (("motion",), (VISIT,), Standing.WE_SAY_MORE),
        (("Human", "person_detected"), (VISIT,), Standing.AGREE),
        (("human",), (), Standing.THEY_SAY_MORE),
        (("human",), (PERHAPS,), Standing.THEY_SAY_MORE),
        (("human",), (VISIT, DOG), Standing.WE_SAY_MORE),
        (("human",), (DOG,), Standing.CONTRADICT),
        (("human",), (VISIT, PARCEL), Standing.AGREE),
        (("package_delivery",), (VISIT,), Standing.CONTRADICT),
        (("human", "package_delivery"), (VISIT, LEFT), Standing.THEY_SAY_MORE),
    ],
)
def test_the_two_are_held_against_each_other(
    labels: tuple[str, ...], events: tuple[InferredEvent, ...], standing: Standing
) -> None:
    assert compare(labels, events).standing is standing


def test_what_each_says_alone_and_what_we_cannot_tell_is_named() -> None:
    both = compare(("human", "vehicle"), (DOG, PERHAPS))
    assert (both.only_theirs, both.only_ours, both.untold) == (("person", "vehicle"), ("animal",), ("person",))
    assert both.sentence == (
        "The source says person and vehicle, we say animal; whether there was person we cannot tell: contradict."
    )
    assert both.standing.is_disagreement
    assert compare((), ()).sentence == "The source gives no label for this clip."


def test_a_word_stands_for_our_kinds_of_its_subject() -> None:
    assert EventKind.PERSON_VISIT in kinds_behind("Human")
    assert kinds_behind("package_delivery") == (
        EventKind.PACKAGE_DELIVERED,
        EventKind.PACKAGE_PICKED_UP,
        EventKind.PACKAGE_MOVED,
        EventKind.PACKAGE_WAITING,
    )
    assert kinds_behind("motion") == ()
