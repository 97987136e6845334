"""From a wish to a draft, and what a draft would share: nothing is chosen for a resident, nothing asked of others."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire.source import TriggerPage
from pipeline.casework.grants.drafting import Wish, draft, offered_askers, own_cameras, wish_of
from pipeline.casework.grants.giving import sign
from pipeline.casework.grants.preview import preview
from pipeline.domain.cameras import Camera, CameraTrigger, TriggerKind
from pipeline.domain.consent import DailyHours
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import AccountRefusedError, ConsentOutOfScopeError, InputRefusedError
from pipeline.settings import Settings, StoreSettings
from tests.builders import CAMERA, EVENING, RESIDENT
from tests.catalogue.stories import a_camera, an_account
from tests.retention.story import Town, a_town

NIGHT = ("incident investigation", "police department")
PORCH = Zone("porch", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))


class ToldSource:
    """A source that lists a history, and breaks when anything else is asked of it."""

    def __init__(self, history: dict[str, tuple[CameraTrigger, ...]], trouble: Exception | None = None) -> None:
        self.history, self.trouble, self.asked = history, trouble, list[str]()

    async def triggers(self, camera: Camera, since: datetime, until: datetime) -> AsyncIterator[TriggerPage]:
        self.asked.append(camera.camera_id)
        if self.trouble is not None:
            raise self.trouble
        yield TriggerPage(tuple(one for one in self.history.get(camera.camera_id, ()) if since <= one.at < until))

    async def close(self) -> None:
        return None


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Town]:
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "doorstep"))) as town:
        services = town.services
        services.catalogue.cameras.save(
            [
                replace(a_camera(), camera_id="ring:2", name="Hall", is_indoor=True),
                replace(a_camera(), camera_id="ring:3", name="Neighbour", owner_id=None),
            ]
        )
        yield town


def a_wish(**changes: Any) -> Wish:
    wish = Wish(
        camera_ids=(CAMERA,),
        event_kinds=(EventKind.PERSON_VISIT,),
        hours=(DailyHours(time(18), time(8)),),
        time_zone="UTC",
        purpose=NIGHT[0],
        recipient=NIGHT[1],
        expires_at=EVENING + timedelta(days=30),
    )
    return replace(wish, **changes)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"camera_ids": ()}, "camera"),
        ({"camera_ids": ("ring:3",)}, "camera"),
        ({"camera_ids": ("ring:9",)}, "camera"),
        ({"camera_ids": ("ring:2",)}, "indoor"),
        ({"event_kinds": ()}, "kind"),
        ({"hours": ()}, "hours"),
        ({"zones": (PORCH,), "camera_ids": (CAMERA, "ring:2"), "indoor_yes": ("ring:2",)}, "zones"),
        ({"purpose": "curiosity"}, "asker"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"expires_at": EVENING}, "until"),
        ({"expires_at": EVENING + timedelta(days=400)}, "until"),
        ({"covers_from": EVENING + timedelta(days=40)}, "since"),
    ],
)
def test_each_choice_that_is_missing_or_not_theirs_is_named(home: Town, changes: dict[str, Any], part: str) -> None:
    with pytest.raises(InputRefusedError) as caught:
        draft(home.services, RESIDENT, a_wish(**changes), home.clock.now())

    assert caught.value.field == part
    assert home.services.catalogue.grants.latest() == ()


def test_a_draft_says_what_was_wished_and_allows_nothing_before_it_is_signed(home: Town) -> None:
    wish = a_wish(camera_ids=(CAMERA, "ring:2"), indoor_yes=("ring:2",))
    made = draft(home.services, RESIDENT, wish, home.clock.now())

    assert [camera.name for camera in own_cameras(home.services, RESIDENT)] == [a_camera().name, "Hall"]
    assert home.services.catalogue.grants.latest() == ()
    assert made.audio is False
    signed = sign(home.services, made, "tester")
    assert home.services.catalogue.grants.latest() == (signed,)
    assert replace(wish_of(made), indoor_yes=("ring:2",), covers_from=None) == wish


def test_what_other_households_grants_are_for_is_not_offered(home: Town) -> None:
    home.grant(purpose="garden gnomes")
    home.grant(grant_id="gr-2", resident_id="resident-bob", purpose="a private matter")

    assert offered_askers(home.services, RESIDENT) == (NIGHT, ("garden gnomes", "Oak Street police"))


def told(home: Town, monkeypatch: pytest.MonkeyPatch, *, trouble: Exception | None = None, **more: Any) -> ToldSource:
    """Ann's camera recorded twice in the evening, once at noon, and once end-to-end encrypted."""
    moments = (EVENING, EVENING + timedelta(minutes=5), EVENING.replace(hour=12))
    history = [
        CameraTrigger(f"{number}", CAMERA, TriggerKind.MOTION, at) for number, at in enumerate(moments, start=900)
    ]
    history.append(CameraTrigger("903", CAMERA, TriggerKind.DING, EVENING, end_to_end_encrypted=True))
    source = ToldSource({CAMERA: tuple(history)}, trouble)
    monkeypatch.setattr(type(home.services.accounts), "source", lambda *_: source)
    return source


def test_a_preview_counts_what_would_be_shared_and_greys_the_rest(home: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    source = told(home, monkeypatch)
    home.grant()
    home.keep("held", minutes=10)
    made = draft(home.services, RESIDENT, a_wish(), home.clock.now())

    seen = preview(home.services, made, RESIDENT, days=3)

    (camera,) = seen.cameras
    assert [day.day.isoformat() for day in camera.days] == ["2026-03-09", "2026-03-10", "2026-03-11"]
    evening = camera.days[1]
    assert (seen.recordings, seen.shared, camera.never) == (4, 3, 1)
    assert (evening.hours[22].recordings, evening.hours[22].shared) == (3, 3)
    assert (evening.hours[12].recordings, evening.hours[12].shared, evening.hours[12].is_inside) == (1, 0, False)
    assert [hour for hour in range(24) if evening.hours[hour].is_inside] == [*range(8), *range(18, 24)]
    assert camera.kinds == {EventKind.PERSON_VISIT: 1}
    assert source.asked == [CAMERA]
    assert home.services.catalogue.triggers.list(CAMERA, EVENING.replace(hour=11)) != ()  # of the clip that is held
    assert len(home.services.catalogue.triggers.list(CAMERA)) == 1, "what the source told is not kept"
    (entry,) = [
        one.entry for one in home.services.catalogue.custody.records() if one.entry.detail.get("as") == "preview"
    ]
    assert (entry.agent, entry.action, entry.subject) == (RESIDENT, CustodyAction.ACCESSED, CAMERA)
    assert [one.grant.grant_id for one in home.services.catalogue.grants.latest()] == ["gr-1"]


def test_events_of_other_kinds_and_places_are_counted_as_hidden(home: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    told(home, monkeypatch)
    home.grant()
    home.keep("held")
    wish = a_wish(event_kinds=(EventKind.ANIMAL_PRESENT,))

    (camera,) = preview(home.services, draft(home.services, RESIDENT, wish, home.clock.now()), RESIDENT).cameras

    assert camera.kinds == {}
    assert sum(day.hidden for day in camera.days) == 1


def test_a_source_that_refuses_is_said_and_what_is_held_is_counted(home: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    told(home, monkeypatch, trouble=AccountRefusedError("ring-1", "sign in again"))
    home.grant()
    home.keep("held")

    (camera,) = preview(home.services, draft(home.services, RESIDENT, a_wish(), home.clock.now()), RESIDENT).cameras

    assert "sign in again" in camera.trouble
    assert sum(day.shared for day in camera.days) == 1


def test_of_a_camera_that_is_not_theirs_nothing_is_asked(home: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    source = told(home, monkeypatch)
    made = draft(home.services, RESIDENT, a_wish(), home.clock.now())
    home.services.catalogue.accounts.save(
        replace(an_account(), account_id="ring-9", resident_id="bob"), "", "p", b"", []
    )
    home.services.catalogue.cameras.save(
        [replace(a_camera(), camera_id="ring:9", account_id="ring-9", owner_id=RESIDENT)]
    )
    before = home.services.catalogue.custody.count()

    for camera_id in ("ring:3", "ring:8", "ring:9"):
        with pytest.raises(ConsentOutOfScopeError):
            preview(home.services, replace(made, camera_ids=(CAMERA, camera_id)), RESIDENT)

    assert source.asked == []
    assert home.services.catalogue.custody.count() == before
