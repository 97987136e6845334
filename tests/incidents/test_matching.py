from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from pipeline.domain.cameras import Camera
from pipeline.domain.events import CannotTell, Event, EventKind, InferredEvent
from pipeline.domain.evidence import Recipe
from pipeline.domain.incidents import AttachmentStatus, Highlight, Incident, IncidentStatus
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.incidents import Happening, match

NOW = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)
WINDOW = (datetime(2026, 3, 11, 2, 0, tzinfo=UTC), datetime(2026, 3, 11, 3, 0, tzinfo=UTC))
PLACE = (52.5200, 13.4050)
NEAR = (52.5203, 13.4052)
SPAN = ClipSpan(Timestamp(0, Fraction(1, 1000)), Timestamp(1000, Fraction(1, 1000)))
CLIP = "c" * 64
PICKED = EventKind.PACKAGE_PICKED_UP


def a_happening(kind: EventKind = PICKED, minute: float = 14, seconds: float = 4, **changes: Any) -> Happening:
    start = WINDOW[0] + timedelta(minutes=minute)
    event = Event(f"ev-{kind}-{minute}", CLIP, "ring:1", InferredEvent(kind, SPAN, 0.7, "A parcel went.", **changes))
    return Happening(event, start, start + timedelta(seconds=seconds))


def a_highlight(*happenings: Happening) -> Highlight:
    ids = tuple(happening.event.event_id for happening in happenings)
    recipe = Recipe(CLIP, 0, 1, "1/1000", "", "", "")
    return Highlight("hl-1", CLIP, ids, SPAN, "d" * 64, "e" * 64, "f" * 64, "a" * 64, recipe)


def an_incident(**changes: Any) -> Incident:
    incident = Incident(
        incident_id="in-1",
        title="Package taken",
        narrative="",
        place=PLACE,
        radius=100,
        starts_at=WINDOW[0],
        ends_at=WINDOW[1],
        kinds=(PICKED, EventKind.OBJECT_REMOVED),
        purpose="package theft",
        recipient="Oak Street police",
        opened_at=NOW,
    )
    return replace(incident, **changes)


def a_camera(position: tuple[float, float] | None = NEAR) -> Camera:
    return Camera("ring:1", "ring-a", "Front door", "resident-ann", has_plan=True, time_zone="UTC", position=position)


def test_the_reason_says_what_when_and_how_far() -> None:
    happening = a_happening()
    (attachment,) = match(a_highlight(happening), [happening], a_camera(), [an_incident()], NOW)
    assert attachment.reason == ("package picked up at 2026-03-11 02:14:00 UTC, 36 m from the place, inside the window")
    assert attachment.status is AttachmentStatus.MACHINE
    assert (attachment.incident_id, attachment.highlight_id, attachment.attached_at) == ("in-1", "hl-1", NOW)


@pytest.mark.parametrize(
    ("happening", "camera", "incident"),
    [
        pytest.param(a_happening(), a_camera(), an_incident(status=IncidentStatus.CLOSED), id="closed"),
        pytest.param(a_happening(), a_camera(), an_incident(kinds=()), id="no kinds means none"),
        pytest.param(a_happening(EventKind.PERSON_VISIT), a_camera(), an_incident(), id="another kind"),
        pytest.param(a_happening(), a_camera(), an_incident(radius=35), id="too far"),
        pytest.param(a_happening(), a_camera(None), an_incident(radius=1e9), id="nobody knows where the camera is"),
        pytest.param(a_happening(minute=-1), a_camera(), an_incident(), id="before the window"),
        pytest.param(a_happening(minute=60.01), a_camera(), an_incident(), id="after the window"),
    ],
)
def test_what_does_not_belong(happening: Happening, camera: Camera, incident: Incident) -> None:
    assert match(a_highlight(happening), [happening], camera, [incident], NOW) == ()


@pytest.mark.parametrize(
    ("minute", "seconds", "words"),
    [
        (60, 5, "partly inside the window"),
        (-1, 60, "partly inside the window"),
        (-5, 4000, "partly inside the window"),
        (0, 3600, "inside the window"),
    ],
)
def test_the_edges_of_the_window_belong_to_it(minute: float, seconds: float, words: str) -> None:
    happening = a_happening(minute=minute, seconds=seconds)
    (attachment,) = match(a_highlight(happening), [happening], a_camera(), [an_incident()], NOW)
    assert words in attachment.reason


def test_kind_and_time_must_be_of_the_same_event() -> None:
    visit = a_happening(EventKind.PERSON_VISIT, minute=30)
    too_late = a_happening(minute=70)
    assert match(a_highlight(visit, too_late), [visit, too_late], a_camera(), [an_incident()], NOW) == ()


def test_the_first_of_several_is_named_and_the_others_are_counted() -> None:
    first, second = a_happening(minute=10), a_happening(EventKind.OBJECT_REMOVED, minute=20)
    (attachment,) = match(a_highlight(first, second), [second, first], a_camera(), [an_incident()], NOW)
    assert attachment.reason.startswith("package picked up at 2026-03-11 02:10:00 UTC")
    assert attachment.reason.endswith("1 more of its events belong too")


def test_events_of_other_highlights_are_passed_over() -> None:
    visit, other = a_happening(EventKind.PERSON_VISIT), a_happening()
    assert match(a_highlight(visit), [visit, other], a_camera(), [an_incident()], NOW) == ()


def test_what_cannot_be_told_is_attached_as_possible() -> None:
    unclear = a_happening(reason=CannotTell.TOO_DARK)
    (attachment,) = match(a_highlight(unclear), [unclear], a_camera(), [an_incident()], NOW)
    assert attachment.reason.startswith("possible package picked up")
    assert "cannot tell: too dark" in attachment.reason


def test_several_incidents_may_share_a_highlight() -> None:
    happening = a_happening()
    incidents = [an_incident(), an_incident(incident_id="in-2", radius=10), an_incident(incident_id="in-3")]
    found = match(a_highlight(happening), [happening], a_camera(), incidents, NOW)
    assert [attachment.incident_id for attachment in found] == ["in-1", "in-3"]


def test_naive_times_are_refused() -> None:
    happening = a_happening()
    with pytest.raises(ValueError, match="aware"):
        replace(happening, starts_at=happening.starts_at.replace(tzinfo=None))
