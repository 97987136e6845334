"""By what a visit is called: what came of it, rather than that somebody was there."""

from datetime import timedelta

from pipeline.domain.events import CannotTell, Event, EventKind
from pipeline.domain.search import FoundEvent
from pipeline.domain.search_page import Visit
from pipeline.domain.video import CameraClock, ClockSource
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import MODEL, SETTINGS, inferred

WAITING, TAKEN, GIVEN, VISIT = (
    EventKind.PACKAGE_WAITING,
    EventKind.PACKAGE_PICKED_UP,
    EventKind.PACKAGE_DELIVERED,
    EventKind.PERSON_VISIT,
)


def a_visit(*events: tuple[EventKind, float, CannotTell | None], order: float = 0.0) -> Visit:
    clock = CameraClock(EVENING, ClockSource.VENDOR, timedelta())
    return Visit(
        tuple(
            FoundEvent(
                Event(f"ev-{kind}", "c" * 64, CAMERA, inferred(kind, score=score, reason=why)),
                *("aq-1", "Front door", EVENING, EVENING, clock, MODEL, SETTINGS),
            )
            for kind, score, why in events
        ),
        order,
    )


def kind_of(visit: Visit) -> EventKind:
    return visit.telling.event.inferred.kind


def test_a_visit_is_called_by_what_came_of_it() -> None:
    assert kind_of(a_visit((VISIT, 0.99, None), (WAITING, 0.99, None), (GIVEN, 0.8, None), (TAKEN, 0.6, None))) is TAKEN
    assert kind_of(a_visit((VISIT, 0.9, None), (WAITING, 0.99, None))) is WAITING


def test_what_cannot_be_told_gives_no_name_to_what_can() -> None:
    assert kind_of(a_visit((VISIT, 0.7, None), (TAKEN, 0.9, CannotTell.TOO_DARK))) is VISIT
    assert kind_of(a_visit((TAKEN, 0.9, CannotTell.TOO_DARK))) is TAKEN


def test_sorted_by_score_it_is_called_by_what_it_was_sorted_by() -> None:
    assert kind_of(a_visit((WAITING, 0.99, None), (TAKEN, 0.6, None), order=0.99)) is WAITING
