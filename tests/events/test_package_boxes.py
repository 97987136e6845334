"""A detector that knows boxes is heard, and is not believed alone."""

import pytest

from pipeline.domain.events import EventKind
from pipeline.domain.scene import Change
from pipeline.domain.tracks import ObjectClass
from pipeline.events.package_boxes import PackageWaiting, seen_as_package
from tests.events.views import STEP, a_change, a_scene, a_view, inferred, seconds
from tests.scenes import Mover

LYING = ((STEP.x1 + STEP.x2) / 2, STEP.y2)


def a_parcel(start: float, end: float, **values: object) -> Mover:
    given = {"width": STEP.width, "height": STEP.height, "object_class": ObjectClass.PACKAGE, "confidence": 0.7}
    return Mover(start, end, (LYING, LYING), **(given | values))  # type: ignore[arg-type]


def test_a_box_where_something_appeared_speaks_for_a_package() -> None:
    view = a_view(a_parcel(8, 20))

    assert seen_as_package(view, a_change(Change.APPEARED, 6, 8)) == pytest.approx(0.7)


def test_a_box_somewhere_else_speaks_against_it() -> None:
    elsewhere = Mover(0, 20, ((200, 300), (200, 300)), 160, 110, ObjectClass.PACKAGE, 0.7)

    assert seen_as_package(a_view(elsewhere), a_change(Change.APPEARED, 6, 8)) == 0.0


def test_a_box_that_comes_only_after_the_thing_went_says_nothing_for_it() -> None:
    assert seen_as_package(a_view(a_parcel(12, 20)), a_change(Change.DISAPPEARED, 6, 8)) == 0.0


def test_a_detector_that_never_says_package_is_not_asked() -> None:
    assert seen_as_package(a_view(), a_change(Change.APPEARED, 6, 8)) is None


def test_a_parcel_that_lies_all_along_waits() -> None:
    (event,) = PackageWaiting().infer(a_view(a_parcel(0, 20)))

    assert event.kind is EventKind.PACKAGE_WAITING
    assert seconds(event) == (0, 20)
    assert event.region == STEP
    assert all(ground.holds for ground in event.grounds)


def test_a_parcel_that_is_carried_does_not_wait() -> None:
    carried = Mover(0, 20, ((200, 900), (1500, 900)), 160, 110, ObjectClass.PACKAGE, 0.7)

    assert PackageWaiting().infer(a_view(carried)) == ()


def test_a_box_that_blinks_does_not_wait() -> None:
    hidden = tuple((start + 0.1, start + 1.9) for start in range(0, 20, 2))

    assert PackageWaiting().infer(a_view(a_parcel(0, 20, hidden=hidden))) == ()


def test_the_detectors_word_lifts_a_doubtful_thing_to_a_package() -> None:
    courier = Mover(2.0, 12.0, ((200, 950), (800, 960), (800, 960), (200, 950)))
    came = a_change(Change.APPEARED, 5.0, 8.0, package_likeness=0.6)

    alone = {event.kind for event in inferred(a_view(courier, scene=a_scene(came))) if event.reason is None}
    backed = inferred(a_view(courier, a_parcel(8, 20), scene=a_scene(came)))

    assert EventKind.PACKAGE_DELIVERED not in alone
    (event,) = (one for one in backed if one.kind is EventKind.PACKAGE_DELIVERED)
    assert event.reason is None
    assert [ground.measured for ground in event.grounds if ground.name == "detector's word"] == [0.7]
