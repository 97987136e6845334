"""What may be said of the time between two clips, from what two still pictures say."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.domain.doorstep import DoorstepComparison, KnownPlace, PlaceChange
from pipeline.domain.events import EventKind, InferredEvent, Zone
from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.events.across import BetweenView, KnownThing, ThingsBetweenClips, left_lying
from tests.events.views import told
from tests.scenes import at, span

WORDS = "between 14:02:11 and 14:31:40"
PLACE = Box(0.5, 0.7, 0.6, 0.85)
HIGH = Box(0.5, 0.1, 0.6, 0.25)


def a_change(change: Change = Change.DISAPPEARED, **values: Any) -> PlaceChange:
    given: dict[str, Any] = {
        "box": PLACE, "score": 1.0, "held": 0.98, "seen": 1.0, "surroundings": 0.6, "compactness": 0.95,
        "package_likeness": 0.95,
    }  # fmt: skip
    return PlaceChange(change=change, **(given | values))


def a_view(
    *changes: PlaceChange, known: KnownThing | None = None, zones: tuple[Zone, ...] = (), **values: Any
) -> BetweenView:
    place = values.pop("place", KnownPlace(PLACE, 1.0, 0.0))
    given: dict[str, Any] = {"agreement": 0.9, "luma": 110.0, "is_switched": False, "changed": 0.02}
    places = () if known is None else (place,)
    comparison = DoorstepComparison(changes=changes, places=places, **(given | values))
    things = () if known is None else (known,)
    return BetweenView(comparison, things, span(0, 2), WORDS, 1280, 720, zones)


def said(view: BetweenView) -> list[tuple[str, str | None]]:
    return told(ThingsBetweenClips().infer(view))


PACKAGE = KnownThing(EventKind.PACKAGE_PICKED_UP, PLACE)


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        (
            a_change(),
            "package_picked_up",
            f"A thing that looks like a package was gone {WORDS}; the pick-up was not seen.",
        ),
        (
            a_change(Change.APPEARED),
            "package_delivered",
            f"A thing that looks like a package came {WORDS}; the delivery was not seen.",
        ),
        (
            a_change(package_likeness=0.8),
            "object_removed",
            f"Something was gone {WORDS}; nobody was seen taking it.",
        ),
    ],
)
def test_a_thing_that_came_or_went_is_told_with_its_interval(change: PlaceChange, kind: str, sentence: str) -> None:
    (event,) = ThingsBetweenClips().infer(a_view(change))

    assert (event.kind, event.reason, event.sentence) == (kind, None, sentence)
    assert event.span == span(0, 2)
    assert event.evidence == (at(0),)
    assert event.score <= 0.75, "nobody was seen"
    assert event.region == Box(640, 504, 768, 612)
    assert all(ground.holds for ground in event.grounds)
    assert [ground.name for ground in event.grounds][:2] == ["scene agrees", "place seen"]


@pytest.mark.parametrize(
    "values",
    [
        {"package_likeness": 0.6},
        {"score": 0.6},
        {"held": 0.7},
        {"compactness": 0.6},
        {"surroundings": -0.2},
        {"box": HIGH},
        {"box": Box(0.1, 0.5, 0.9, 0.95)},
        {"box": Box(0.1, 0.7, 0.5, 0.75)},
    ],
    ids=["a bin", "light", "which?", "leaves", "elsewhere", "a window", "a car", "a hose"],
)
def test_what_is_no_parcel_low_in_the_picture_is_passed_over(values: dict[str, Any]) -> None:
    assert said(a_view(a_change(**values))) == []


def test_a_zone_lets_a_thing_lie_high_in_the_picture() -> None:
    shelf = Zone("shelf", ((0.4, 0.0), (0.7, 0.0), (0.7, 0.3), (0.4, 0.3)))

    (event,) = ThingsBetweenClips().infer(a_view(a_change(box=HIGH), zones=(shelf,)))

    assert event.zone == "shelf"


def test_a_switch_to_infrared_asks_for_more() -> None:
    weak = a_change(score=0.8, held=0.85)

    assert said(a_view(weak)) == [("package_picked_up", None)]
    assert said(a_view(weak, is_switched=True)) == []
    assert said(a_view(a_change(), is_switched=True)) == [("package_picked_up", None)]


def test_many_changes_at_once_are_another_scene() -> None:
    boxes = [Box(0.1 * n, 0.7, 0.1 * n + 0.08, 0.8) for n in (1, 3, 7)]
    changes = [a_change(box=box) for box in boxes]

    assert said(a_view(*changes[:2])) == [("package_picked_up", None)] * 2
    assert said(a_view(*changes)) == []
    assert said(a_view(*changes, known=PACKAGE)) == [("package_picked_up", "camera_moved")]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"agreement": 0.2}, "camera_moved"),
        ({"agreement": None}, "camera_moved"),
        ({"agreement": 0.5, "is_switched": True}, "camera_moved"),
        ({"changed": 0.4}, "camera_moved"),
        ({"luma": 9.0}, "too_dark"),
        ({"place": KnownPlace(PLACE, 0.4, 0.0)}, "occluded"),
        ({"place": KnownPlace(PLACE, 1.0, 0.6)}, "unclear_object"),
    ],
)
def test_of_a_package_that_lay_there_it_is_said_that_it_cannot_be_told(values: dict[str, Any], reason: str) -> None:
    (event,) = ThingsBetweenClips().infer(a_view(known=PACKAGE, **values))

    assert (event.kind, event.reason) == ("package_picked_up", reason)
    assert event.sentence.startswith(f"Whether the package was gone {WORDS} cannot be told: ")
    assert not all(ground.holds for ground in event.grounds)
    values.pop("place", None)
    assert said(a_view(**values)) == [], "of nothing there is nothing to say"


def test_a_package_that_still_lies_there_is_no_event() -> None:
    assert said(a_view(known=PACKAGE)) == []


def test_what_was_known_needs_no_look_of_a_parcel_to_be_missed() -> None:
    bag = KnownThing(EventKind.OBJECT_REMOVED, PLACE)
    view = a_view(a_change(package_likeness=0.2), known=bag, place=KnownPlace(PLACE, 1.0, 0.9))

    assert said(view) == [("object_removed", None)]
    assert said(replace(view, known=(PACKAGE,))) == [("package_picked_up", None)]


def test_a_package_that_is_half_hidden_is_not_called_gone() -> None:
    assert said(a_view(a_change(seen=0.6))) == [("package_picked_up", "occluded")]
    assert said(a_view(a_change(seen=0.6, package_likeness=0.8))) == []


def an_event(kind: EventKind, start: float, end: float, **values: Any) -> InferredEvent:
    given: dict[str, Any] = {"region": Box(640, 504, 768, 612)} | values
    return InferredEvent(kind, span(start, end), 0.9, "it was seen", **given)


DELIVERED = an_event(EventKind.PACKAGE_DELIVERED, 4, 6)


@pytest.mark.parametrize(
    ("events", "kinds"),
    [
        ((DELIVERED,), ["package_picked_up"]),
        ((an_event(EventKind.OBJECT_LEFT, 4, 6),), ["object_removed"]),
        ((DELIVERED, an_event(EventKind.PACKAGE_PICKED_UP, 12, 14)), []),
        (
            (DELIVERED, an_event(EventKind.PACKAGE_PICKED_UP, 12, 14, region=Box(0, 504, 100, 612))),
            ["package_picked_up"],
        ),
        ((an_event(EventKind.PACKAGE_WAITING, 0, 20),), ["package_picked_up"]),
        ((an_event(EventKind.PACKAGE_WAITING, 0, 12),), []),
        ((DELIVERED, an_event(EventKind.PACKAGE_WAITING, 6, 20)), ["package_picked_up"]),
        ((replace(DELIVERED, region=None),), []),
    ],
)
def test_what_a_clip_leaves_lying(events: tuple[InferredEvent, ...], kinds: list[str]) -> None:
    things = left_lying(events, 1280, 720, at(20))

    assert [thing.kind.value for thing in things] == kinds
    assert all(thing.box.centre == pytest.approx(PLACE.centre) for thing in things)
