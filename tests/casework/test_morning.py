"""A night's morning: what it counts, what it may not tell, what waits, and that each reading is written down."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.asking.question import Question
from pipeline.casework.counting import countable_events
from pipeline.casework.morning import read_morning
from pipeline.casework.morning_parts import Part, Reader
from pipeline.casework.morning_view import morning_view
from pipeline.casework.saved_searches import run_after_night, save_search
from pipeline.casework.tags import Decision, tag_event
from pipeline.casework.waiting_kinds import WaitingKind
from pipeline.catalogue.upkeep import FixityRun
from pipeline.domain.agents import Matter, Role
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.consent import DailyHours
from pipeline.domain.coverage import CameraOutcome
from pipeline.domain.events import CannotTell, EventKind, Zone
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.nights import NightState
from pipeline.domain.retention import Hold, HoldScope, Instrument
from pipeline.domain.search import EventFilter
from pipeline.domain.tags import TagStatus
from pipeline.errors import RecordNotFoundError
from pipeline.night.shown import visible
from pipeline.settings import Settings, StoreSettings
from tests.builders import CAMERA, EVENING, PURPOSE, RECIPIENT
from tests.casework.nights import run_night
from tests.catalogue.stories import NIGHT, an_entry, inferred
from tests.retention.story import Town, a_town

MATTER = Matter("inspector@desk", PURPOSE, RECIPIENT, "C-17")
UNSURE = inferred(EventKind.PACKAGE_DELIVERED, reason=CannotTell.TOO_DARK)
TAKEN = inferred(EventKind.PACKAGE_PICKED_UP)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "store"))) as town:
        yield town


def accesses(town: Town) -> list[tuple[str, str]]:
    return [(entry.subject, entry.detail["as"]) for entry in looks_of(town)]


def looks_of(town: Town) -> list[CustodyEntry]:
    entries = (record.entry for record in town.services.catalogue.custody.records())
    return [entry for entry in entries if entry.action is CustodyAction.ACCESSED]


def kinds_waiting(town: Town, role: Role) -> dict[WaitingKind, int]:
    return {one.kind: one.count for one in read_morning(town.services, Reader.at_the_desk(MATTER, role)).waiting}


def test_a_morning_says_what_was_fetched_what_failed_what_was_found_and_what_could_not_be_told(town: Town) -> None:
    town.grant()
    seen, silent = town.keep("a", found=(TAKEN, UNSURE)), town.keep("b", minutes=5, with_events=False)
    broken = town.keep("c", minutes=9, with_events=False)
    missing = [(FetchOutcome.NOT_READY, "it is still being prepared"), (FetchOutcome.DELETED, "")]
    run_night(town, NIGHT, (seen, silent), outcomes=missing, unreadable=(broken,))

    morning = read_morning(town.services, Reader.at_the_desk(MATTER, Role.INVESTIGATOR))

    (camera,) = morning.cameras
    assert (camera.listed, camera.outcomes[FetchOutcome.READY], camera.failed) == (5, 3, 1)
    assert (camera.looked_at, camera.silent, camera.unreadable) == (2, 1, 1)
    assert camera.kinds == {EventKind.PACKAGE_PICKED_UP: 1}
    assert [(one.kind, one.reason, one.count) for one in camera.cannot_tell] == [
        (EventKind.PACKAGE_DELIVERED, CannotTell.TOO_DARK, 1)
    ]
    assert [one.inferred.kind for one in morning.worth] == [EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_DELIVERED]
    assert (morning.state, morning.figures.events, morning.figures.share) == (NightState.FINISHED, 1, 0.6)
    words = [one["what"] for one in morning_view(morning, "UTC")["unseen"]]
    assert words == [
        "1 recording: not ready yet; asked again the next night",
        "1 recording: deleted at the source",
        "1 clip: could not be looked at",
    ]


def test_the_reading_and_each_look_are_written_down_before_anything_is_handed_out(town: Town) -> None:
    town.grant()
    kept = town.keep("a", found=(TAKEN,))
    run_night(town, NIGHT, (kept,))

    read_morning(town.services, Reader.at_the_desk(MATTER, Role.INVESTIGATOR))

    assert accesses(town) == [(f"night-{NIGHT}", "morning"), (kept.clip.item.digest, "morning")]
    (_, look) = looks_of(town)
    assert look.detail["case"] == "C-17"
    assert look.authority == "gr-1 v1"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.RECORDS_OFFICER])
def test_who_sees_no_footage_is_told_of_no_event(town: Town, role: Role) -> None:
    town.grant()
    run_night(town, NIGHT, (town.keep("a", found=(TAKEN, UNSURE)),))

    morning = read_morning(town.services, Reader.at_the_desk(MATTER, role))

    assert morning.worth == ()
    assert [(camera.kinds, camera.cannot_tell, camera.looked_at) for camera in morning.cameras] == [({}, (), 1)]
    assert all(not one.kinds and not one.cannot_tell for one in morning.trend)
    assert accesses(town) == [(f"night-{NIGHT}", "morning")]


def test_nothing_is_counted_without_a_live_grant_for_the_matter(town: Town) -> None:
    town.grant()
    run_night(town, NIGHT, (town.keep("a", found=(TAKEN,)),), outcomes=[(FetchOutcome.NOT_READY, "late")])

    other = read_morning(town.services, Reader.at_the_desk(replace(MATTER, purpose="parking"), Role.SUPERVISOR))

    assert (other.cameras, other.worth, other.not_told) == ((), (), 1)
    assert (other.figures.listed, other.figures.failed, other.figures.kinds) == (0, 0, {})
    assert morning_view(other, "UTC")["unseen"][-1]["what"].startswith("1 camera: no live grant")


GRANTS: dict[str, dict[str, Any]] = {
    "all day": {},
    "another kind": {"event_kinds": (EventKind.PERSON_VISIT,)},
    "other hours": {"hours": (DailyHours(time(22, 32), time(22, 40)),)},
    "no hour": {"hours": ()},
    "ended": {"expires_at": EVENING + timedelta(hours=1)},
    "begun later": {"granted_at": EVENING + timedelta(minutes=7)},
    "for another": {"recipient": "somebody else"},
    "of another": {"resident_id": "resident-bob"},
    "a zone": {"zones": (Zone("left", ((0.0, 0.0), (0.01, 0.0), (0.01, 1.0), (0.0, 1.0))),)},
    "a zone that all touch": {"zones": (Zone("all", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))),)},
    "revoked": {"version": 2, "revoked_at": EVENING + timedelta(hours=2)},
}


@pytest.mark.parametrize("words", list(GRANTS))
def test_what_is_counted_is_what_may_be_shown_event_by_event(town: Town, words: str) -> None:
    if GRANTS[words].get("version"):
        town.grant()
    town.grant(**GRANTS[words])
    clips = [
        town.keep(str(minute), minutes=minute, found=(TAKEN, inferred(EventKind.PERSON_VISIT))) for minute in (0, 5, 9)
    ]
    town.between(clips[0], clips[2])
    run_night(town, NIGHT, clips)
    desk = town.services.consent(PURPOSE, RECIPIENT)
    shown = visible(town.services, desk, town.services.catalogue.search.find(EventFilter()))

    counted = list(countable_events(town.services, desk, NIGHT, NIGHT))

    assert sorted((one.kind, one.starts_at, one.is_between) for one in counted) == sorted(
        (one.event.inferred.kind, one.starts_at, one.event.since is not None) for one in shown
    )


def test_a_trend_has_an_entry_a_date_and_says_where_no_night_was_run(town: Town) -> None:
    town.grant(granted_at=EVENING - timedelta(days=9))
    clips = [town.keep(str(number), minutes=-1440 * number, found=(TAKEN,) * number) for number in (3, 1)]
    run_night(town, "2026-03-07", clips[:1])
    run_night(town, "2026-03-09", clips[1:], outcomes=[(FetchOutcome.TRUNCATED, "cut")])
    run_night(town, NIGHT)

    morning = read_morning(town.services, Reader.at_the_desk(MATTER, Role.INVESTIGATOR))

    assert [one.night for one in morning.trend][-4:] == ["2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"]
    assert len(morning.trend) == 30
    states = [one.state for one in morning.trend][-4:]
    assert states == [NightState.FINISHED, None, NightState.FINISHED, NightState.FINISHED]
    assert [one.kinds.get(EventKind.PACKAGE_PICKED_UP, 0) for one in morning.trend][-4:] == [3, 0, 1, 0]
    assert [one.share for one in morning.trend][-4:] == [1.0, None, 0.5, None]
    series = {one["key"]: one["values"][-4:] for one in morning_view(morning, "UTC")["series"]}
    assert series["share"] == [100, None, 50, None]
    assert series["package_picked_up"] == [3, None, 1, 0]


def test_missed_and_merged_nights_are_named(town: Town) -> None:
    run_night(town, "2026-03-06")
    run_night(town, "2026-03-09", is_finished=False)
    run_night(town, NIGHT)

    morning = read_morning(town.services, Reader.at_the_desk(MATTER, Role.SUPERVISOR))
    before = read_morning(town.services, Reader.at_the_desk(MATTER, Role.SUPERVISOR), "2026-03-09")

    assert morning.merged == ("2026-03-09",)
    assert morning.missed == ()
    assert before.missed == ("2026-03-07", "2026-03-08")
    assert (before.state, before.earlier, before.later) == (NightState.MERGED, "2026-03-06", NIGHT)


def test_the_newest_finished_night_is_read_and_a_running_one_only_when_there_is_no_other(town: Town) -> None:
    with pytest.raises(RecordNotFoundError):
        read_morning(town.services, Reader(MATTER, None, frozenset()))
    run_night(town, "2026-03-09", is_finished=False)
    assert read_morning(town.services, Reader(MATTER, None, frozenset())).night == "2026-03-09"
    run_night(town, "2026-03-08")
    assert read_morning(town.services, Reader(MATTER, None, frozenset())).night == "2026-03-08"
    with pytest.raises(RecordNotFoundError):
        read_morning(town.services, Reader(MATTER, None, frozenset()), "2026-01-01")


def test_everything_that_waits_is_counted_for_those_who_decide_it(town: Town) -> None:
    services = town.services
    town.grant(expires_at=town.clock.at + timedelta(days=13))
    kept = town.keep("a", found=(TAKEN, UNSURE))
    town.attach(town.open_incident(assigned=(MATTER.agent,)), kept)
    missing = [(FetchOutcome.REFUSED, "the source refuses account ring-ann: 401")]
    run_night(town, NIGHT, (kept,), outcomes=missing)
    town.clock.jump(days=0.1)
    services.catalogue.fixity.add(
        FixityRun(town.clock.at, 1, 30, 2, True, 2, ("original abc is missing",)), (an_entry("fixity"),)
    )
    scope = HoldScope(digest=kept.clip.item.digest)
    hold = Hold("ho-1", Instrument.COURT_ORDER, "17", scope, False, town.clock.at, "clerk")
    services.catalogue.holds.save(hold, ())

    assert kinds_waiting(town, Role.INVESTIGATOR) == {
        WaitingKind.SIGN_IN_AGAIN: 1,
        WaitingKind.REVIEW: 2,
        WaitingKind.SUGGESTED: 1,
    }
    assert kinds_waiting(town, Role.AUDITOR) == {
        WaitingKind.SIGN_IN_AGAIN: 1,
        WaitingKind.FIXITY: 1,
        WaitingKind.GRANT_ENDS: 1,
        WaitingKind.HELD: 1,
    }
    assert set(kinds_waiting(town, Role.SUPERVISOR)) == {
        *kinds_waiting(town, Role.INVESTIGATOR),
        *kinds_waiting(town, Role.AUDITOR),
    }


def test_what_goes_within_a_week_is_counted_and_what_is_held_is_not(town: Town) -> None:
    town.grant()
    kept = town.keep("a", with_events=False)
    run_night(town, NIGHT, (kept,))
    assert WaitingKind.GOES_SOON not in kinds_waiting(town, Role.RECORDS_OFFICER)

    town.clock.jump(days=10)
    assert kinds_waiting(town, Role.RECORDS_OFFICER)[WaitingKind.GOES_SOON] == 1

    hold = Hold("ho-1", Instrument.COURT_ORDER, "17", HoldScope(digest=kept.clip.item.digest), False, EVENING, "clerk")
    town.services.catalogue.holds.save(hold, ())
    assert WaitingKind.GOES_SOON not in kinds_waiting(town, Role.RECORDS_OFFICER)


def test_a_camera_that_could_not_be_asked_is_named_only_to_whom_a_grant_lets_it(town: Town) -> None:
    town.grant()
    run_night(town, NIGHT, outcomes=[(CameraOutcome.FAILED, "no answer")])
    parts = frozenset({Part.RUNNING})

    (told,) = read_morning(town.services, Reader(MATTER, None, parts)).waiting
    (not_told,) = read_morning(town.services, Reader(replace(MATTER, purpose="parking"), None, parts)).waiting

    assert (told.kind, told.count, told.detail) == (WaitingKind.FAILURE, 1, (f"Front door ({CAMERA})",))
    assert (not_told.count, not_told.detail) == (1, ())


def test_what_saved_searches_found_waits_until_their_agent_looks(town: Town) -> None:
    town.grant()
    save_search(town.services, MATTER, "taken", Question.from_query("q=package+picked+up"), notifies=True)
    run_night(town, NIGHT, (town.keep("a", found=(TAKEN,)),))
    run_after_night(town.services, NIGHT)

    (news,) = [
        one
        for one in read_morning(town.services, Reader.at_the_desk(MATTER, Role.INVESTIGATOR)).waiting
        if one.kind is WaitingKind.NEWS
    ]

    assert (news.count, news.what, news.detail) == (1, "1 new event in your saved searches", ("taken: 1",))
    assert news.where.startswith("/saved/ss-")
    assert WaitingKind.NEWS not in kinds_waiting(town, Role.AUDITOR)


def test_what_people_said_is_what_is_counted_and_what_they_rejected_is_counted_nowhere(town: Town) -> None:
    town.grant()
    other = inferred(EventKind.LOITERING)
    kept = town.keep("a", found=(TAKEN, UNSURE, other))
    run_night(town, NIGHT, (kept,))
    taken, unsure, loiterer = (event.event_id for event in kept.events)
    tag_event(town.services, MATTER, taken, Decision(TagStatus.REJECTED))
    tag_event(town.services, MATTER, unsure, Decision(TagStatus.CONFIRMED))
    tag_event(town.services, MATTER, loiterer, Decision(TagStatus.CORRECTED, kind=EventKind.PERSON_VISIT))

    for zones in ((), (Zone("all", ((0, 0), (1, 0), (1, 1), (0, 1))),)):
        if zones:
            town.grant(version=2, zones=zones)
        morning = read_morning(town.services, Reader.at_the_desk(MATTER, Role.INVESTIGATOR))
        (camera,) = morning.cameras
        assert camera.kinds == {EventKind.PACKAGE_DELIVERED: 1, EventKind.PERSON_VISIT: 1}
        assert (camera.cannot_tell, camera.rejected, morning.figures.rejected) == ((), 1, 1)
        assert [one.event_id for one in morning.worth] == [unsure], "what was rejected needs nobody"
        (shown,) = morning_view(morning, "UTC")["worth"]
        assert (shown["name"], shown["said"]) == ("Package delivered", "confirmed")
