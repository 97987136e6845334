"""Narrowing, pausing and resuming: at once, nothing more than it says, and it outlives an older backup."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from pipeline.casework.grants.giving import narrow, own_grant, versions
from pipeline.casework.grants.preview import preview
from pipeline.consent.grants import sign_grant
from pipeline.consent.narrower import wider_parts
from pipeline.domain.consent import EVERY_DAY, ConsentGrant, DailyHours, FootageSpan, Use, Weekday
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.retention import DisposalReason
from pipeline.errors import (
    ConsentOutOfScopeError,
    ConsentPausedError,
    GrantOverError,
    GrantWiderError,
    RecordNotFoundError,
)
from pipeline.retention import second_place
from pipeline.retention.changing import change_grant, pause_grant, resume_grant
from pipeline.retention.revocation import finish_revocations, heed_second_place, revoke_grant, save_grant
from pipeline.settings import Settings, StoreSettings
from tests.builders import CAMERA, EVENING, PURPOSE, RECIPIENT, RESIDENT, a_grant
from tests.catalogue.stories import a_camera
from tests.retention.story import Town, a_town

PORCH = Zone("porch", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Town]:
    store = StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second place")
    with a_town(Settings(store=store)) as town:
        yield town


def until_an_hour_later(grant: ConsentGrant) -> ConsentGrant:
    """Ann's evening clip lies inside, and what comes two hours later does not."""
    return replace(grant, hours=(DailyHours(time(22), time(23)),))


def actions(town: Town) -> list[CustodyAction]:
    return [one.entry.action for one in town.services.catalogue.custody.records(subject="gr-1")]


def test_what_a_narrower_version_no_longer_covers_goes_at_once(home: Town) -> None:
    grant = home.grant()
    stays, goes = home.keep("stays"), home.keep("goes", minutes=120)

    made = narrow(home.services, "gr-1", until_an_hour_later(grant), "tester")

    assert [(stone.acquisition_id, stone.reason) for stone in made.finished.settled] == [
        (goes.name, DisposalReason.NARROWED)
    ]
    assert [clip.acquisition.acquisition_id for clip in home.services.catalogue.clips.list()] == [stays.name]
    assert home.objects()[0] == {stays.clip.item.digest}
    assert actions(home) == [CustodyAction.GRANT_SIGNED, CustodyAction.GRANT_CHANGED]
    home.require_whole_log()


def test_the_same_words_again_make_no_version(home: Town) -> None:
    grant = home.grant()

    change_grant(home.services, "gr-1", grant, "tester")

    assert [one.signed.grant.version for one in versions(home.services, "gr-1")] == [1]


def test_narrowing_that_would_widen_is_refused_and_nothing_changes(home: Town) -> None:
    grant = home.grant(hours=(DailyHours(time(18), time(8)),))

    with pytest.raises(GrantWiderError, match="sound, end"):
        narrow(
            home.services, "gr-1", replace(grant, audio=True, expires_at=grant.expires_at + timedelta(days=1)), "tester"
        )
    assert home.services.catalogue.grants.get("gr-1").grant == grant


def test_a_pause_stops_every_use_and_deletes_nothing_and_can_go_on(home: Town) -> None:
    home.grant()
    kept = home.keep()
    before = home.objects()
    desk = home.services.consent(PURPOSE, RECIPIENT)

    pause_grant(home.services, "gr-1", "tester")
    finish_revocations(home.services)

    for use in Use:
        with pytest.raises(ConsentPausedError):
            desk.require(use, a_camera(), kept.clip.clock.starts_at)
    assert home.objects() == before
    paused_at = home.clock.now()
    home.clock.jump(hours=5)
    resume_grant(home.services, "gr-1", "tester")
    desk.require(Use.VIEW, a_camera(), kept.clip.clock.starts_at)
    with pytest.raises(ConsentOutOfScopeError, match="while it was paused"):
        desk.require(Use.FETCH, a_camera(), paused_at + timedelta(hours=1))
    assert actions(home)[1:] == [CustodyAction.GRANT_PAUSED, CustodyAction.GRANT_RESUMED]
    words = [one.changes for one in versions(home.services, "gr-1")]
    assert words[0] == ()
    assert words[1][0].startswith("paused on 11 March 2026")
    assert words[2][0].startswith("it goes on since 11 March 2026")


def test_a_grant_that_is_over_is_not_changed(home: Town) -> None:
    home.grant()
    revoke_grant(home.services, "gr-1", "tester")
    with pytest.raises(GrantOverError, match="is revoked"):
        pause_grant(home.services, "gr-1", "tester")
    ended = home.grant(grant_id="gr-2")
    home.clock.at = ended.expires_at
    with pytest.raises(GrantOverError, match="has ended"):
        resume_grant(home.services, "gr-2", "tester")


def test_somebody_elses_grant_looks_like_none(home: Town) -> None:
    home.grant()

    assert own_grant(home.services, RESIDENT, "gr-1").grant.grant_id == "gr-1"
    for resident, grant_id in (("resident-bob", "gr-1"), (RESIDENT, "gr-9")):
        with pytest.raises(RecordNotFoundError, match=grant_id):
            own_grant(home.services, resident, grant_id)


def test_a_backup_from_before_does_not_widen_it_again(home: Town) -> None:
    """The second place knows the narrower version and the pause; an older catalogue is told of both, and keeps them."""
    grant = home.grant()
    save = home.services.catalogue.grants
    narrow(home.services, "gr-1", until_an_hour_later(grant), "tester")
    pause_grant(home.services, "gr-1", "tester")
    newest = save.get("gr-1").grant
    with a_town(Settings(store=older(home))) as old:
        key = old.services.key
        save_grant(old.services, sign_grant(grant, key), CustodyAction.GRANT_SIGNED, "tester")
        old.keep("far outside", minutes=120)

        done = heed_second_place(old.services)
        finish_revocations(old.services)

        assert done == ("version 2 of gr-1", "version 3 of gr-1")
        assert heed_second_place(old.services) == ()
        assert old.services.catalogue.grants.get("gr-1").grant == newest
        assert old.services.catalogue.clips.list() == ()


def older(town: Town) -> StoreSettings:
    """Another folder with the same keys and the same second place."""
    store = town.settings.store
    folder = store.directory.with_name("older")
    (folder / "keys").mkdir(parents=True)
    for path in (store.directory / "keys").iterdir():
        (folder / "keys" / path.name).write_bytes(path.read_bytes())
        (folder / "keys" / path.name).chmod(0o600)
    return store.model_copy(update={"directory": folder})


def test_a_pause_before_a_revocation_does_not_bring_the_grant_back(home: Town) -> None:
    home.grant()
    pause_grant(home.services, "gr-1", "tester")
    revoke_grant(home.services, "gr-1", "tester")

    assert list(second_place.versions(home.services))
    assert heed_second_place(home.services) == ()
    assert home.services.catalogue.grants.get("gr-1").grant.revoked_at is not None


@pytest.mark.parametrize(
    ("changes", "wider"),
    [
        ({}, ()),
        ({"camera_ids": ()}, ()),
        ({"camera_ids": ("ring:1001", "ring:2")}, ("cameras",)),
        ({"event_kinds": (EventKind.LOITERING,)}, ()),
        ({"hours": (DailyHours(time(19), time(7), (Weekday.SUNDAY,)),)}, ()),
        ({"hours": (DailyHours(time(18), time(8, 1)),)}, ("hours",)),
        ({"hours": (DailyHours(time(0), time(0)),)}, ("hours",)),
        ({"hours": tuple(DailyHours(time(18), time(8), (day,)) for day in EVERY_DAY)}, ()),
        ({"time_zone": "Europe/London"}, ("hours",)),
        ({"zones": (PORCH,)}, ()),
        ({"audio": True}, ("sound",)),
        ({"purpose": "Package Theft"}, ()),
        ({"purpose": "curiosity", "recipient": "a newspaper"}, ("purpose", "recipient")),
        ({"expires_at": EVENING + timedelta(days=29)}, ()),
        ({"expires_at": EVENING + timedelta(days=31)}, ("end",)),
        ({"covers_from": EVENING - timedelta(days=2)}, ("earliest footage",)),
    ],
)
def test_what_counts_as_more(changes: dict[str, object], wider: tuple[str, ...]) -> None:
    grant = a_grant(hours=(DailyHours(time(18), time(8)),))

    assert wider_parts(grant, replace(grant, **changes)) == wider  # type: ignore[arg-type]


def test_taking_zones_away_is_more_and_adding_another_too() -> None:
    grant = a_grant(zones=(PORCH,))

    assert wider_parts(grant, replace(grant, zones=())) == ("zones", "whole recordings")
    assert wider_parts(grant, replace(grant, zones=(PORCH, replace(PORCH, name="gate")))) == ("zones",)


def test_whole_recordings_are_more_where_events_are_named() -> None:
    named = a_grant(event_kinds=(EventKind.LOITERING,))
    whole = replace(named, whole_recordings=True)

    assert wider_parts(named, whole) == ("whole recordings",)
    assert wider_parts(named, a_grant()) == ("kinds of event", "whole recordings")
    assert wider_parts(whole, named) == ()
    assert wider_parts(whole, a_grant()) == ("kinds of event",)
    assert wider_parts(a_grant(), whole) == ()


def test_other_clips_are_more_and_fewer_or_shorter_ones_are_not() -> None:
    clip = FootageSpan(CAMERA, EVENING, EVENING + timedelta(minutes=1))
    grant = a_grant(spans=(clip,))

    assert wider_parts(a_grant(), grant) == ()
    assert wider_parts(grant, replace(grant, spans=())) == ()
    assert wider_parts(grant, replace(grant, spans=(replace(clip, end=clip.end - timedelta(seconds=1)),))) == ()
    for more in (None, (replace(clip, end=clip.end + timedelta(seconds=1)),), (replace(clip, camera_id="ring:2"),)):
        assert wider_parts(grant, replace(grant, spans=more)) == ("single clips",)


def test_a_grant_that_is_over_has_no_preview(home: Town) -> None:
    grant = home.grant()
    revoke_grant(home.services, "gr-1", "tester")
    with pytest.raises(GrantOverError, match="is revoked"):
        preview(home.services, home.services.catalogue.grants.get("gr-1").grant, "tester")
    with pytest.raises(GrantOverError, match="has ended"):
        preview(home.services, replace(grant, expires_at=home.clock.now()), "tester")
    assert CustodyAction.ACCESSED not in actions(home)
