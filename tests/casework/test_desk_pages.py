"""The queue, the timeline and the cameras: only under a live grant, and what was not seen beside what was."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipeline.casework.camera_map import granted_cameras
from pipeline.casework.queue import QueueFilter, needs_review, next_to_review
from pipeline.casework.tags import Decision, tag_event
from pipeline.casework.timeline import UnseenReason, timeline
from pipeline.casework.visits import visits_of
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.review import ReviewReason
from pipeline.domain.tags import TagStatus
from pipeline.night.gather import gather_account
from pipeline.night.tonight import open_night
from pipeline.ring_simulator.server import running_simulator
from tests.builders import RECIPIENT
from tests.casework.story import JANE, a_morning, entries, events_of, look
from tests.night.story import (
    ANN,
    EVENING,
    FRONT_CAMERA,
    InThisProcess,
    a_house,
    a_world,
    an_event,
)

HOUR = timedelta(hours=1)
NOBODY = Matter("jane", "traffic", RECIPIENT)


def test_the_timeline_shows_what_was_seen_and_what_was_not(tmp_path: Path, clips: Path) -> None:
    front = (
        an_event(0, clips / "visit.mp4"),
        an_event(5, None),
        an_event(9, clips / "visit.mp4", is_e2ee=True),
    )
    with running_simulator(a_world(*front)) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        with open_night(house.services) as tonight:
            gather_account(tonight, house.accounts[ANN])
            look(tonight, InThisProcess())
        found = timeline(house.services, JANE, EVENING - HOUR, EVENING + HOUR)
        (row,) = found.rows
        assert row.camera.camera_id == FRONT_CAMERA, "the porch is shared and the lawn has no grant"
        (bar,) = row.clips
        assert (bar.starts_at, bar.is_looked_at) == (EVENING, True)
        assert bar.ends_at == EVENING + timedelta(seconds=3.4)
        assert [one.event.event_id for one in row.events] == [one.event.event_id for one in events_of(house.services)]
        reasons = {one.starts_at: (one.reason, one.outcome) for one in row.unseen}
        assert reasons[EVENING + timedelta(minutes=9)] == (UnseenReason.NOT_FETCHED, FetchOutcome.ENCRYPTED)
        assert reasons[EVENING + timedelta(minutes=5)][0] is UnseenReason.NOT_FETCHED
        (visit,) = found.visits
        assert visit.events == row.events
        assert {one.subject for one in entries(house.services, CustodyAction.ACCESSED, "timeline")} == {bar.clip}


def test_a_recording_that_came_and_was_not_looked_at_is_a_gap(tmp_path: Path, clips: Path) -> None:
    with (
        running_simulator(a_world(an_event(0, clips / "visit.mp4"))) as simulator,
        a_house(tmp_path, simulator) as house,
    ):
        house.grant()
        with open_night(house.services) as tonight:
            gather_account(tonight, house.accounts[ANN])
        (row,) = timeline(house.services, JANE, EVENING - HOUR, EVENING + HOUR).rows
        assert [one.reason for one in row.unseen] == [UnseenReason.NOT_LOOKED_AT]


def test_without_a_grant_there_is_no_row(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        assert timeline(services, NOBODY, EVENING - HOUR, EVENING + HOUR).rows == ()
        assert granted_cameras(services, NOBODY) == ()
        assert needs_review(services, NOBODY, QueueFilter(), 10).total == 0
        house.revoke()
        assert timeline(services, JANE, EVENING - HOUR, EVENING + HOUR).rows == ()
        assert entries(services, CustodyAction.ACCESSED) == []


def test_what_was_seen_within_a_minute_is_one_visit_and_a_camera_far_away_sees_another(
    tmp_path: Path, clips: Path
) -> None:
    with a_morning(tmp_path, clips / "visit.mp4", clips / "sounding.mp4") as house:
        first, second = events_of(house.services)
        camera = house.services.catalogue.cameras.get(FRONT_CAMERA)
        at_once = replace(second, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(seconds=5))
        later = replace(second, starts_at=first.ends_at + timedelta(seconds=61), ends_at=second.ends_at + HOUR)
        elsewhere = replace(at_once, event=replace(at_once.event, camera_id="ring:9"))
        settings = house.services.settings.search
        assert [len(one.events) for one in visits_of([at_once, first], [camera], settings)] == [2]
        assert [len(one.events) for one in visits_of([first, later], [camera], settings)] == [1, 1]
        beside = replace(camera, camera_id="ring:9")
        assert [len(one.events) for one in visits_of([first, elsewhere], [camera, beside], settings)] == [2]
        far = replace(beside, position=(52.0, -0.12))
        assert [len(one.events) for one in visits_of([first, elsewhere], [camera, far], settings)] == [1, 1]


def test_a_camera_is_shown_on_its_street_and_not_at_its_door(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (camera,) = granted_cameras(house.services, JANE)
        assert camera.place == (51.5, -0.12)
        assert (camera.clips, camera.last_clip_at) == (1, EVENING)
        assert camera.grant.grant.grant_id == "gr-1"
        (entry,) = entries(house.services, CustodyAction.ACCESSED, "cameras")
        assert (entry.subject, entry.authority) == (FRONT_CAMERA, "gr-1 v1")


def test_what_somebody_has_tagged_waits_no_more(tmp_path: Path, clips: Path) -> None:
    disputed = [
        an_event(number, clips / name, detection_type="animal")
        for number, name in ((0, "visit.mp4"), (5, "sounding.mp4"))
    ]
    with a_morning(tmp_path, *disputed) as house:
        services = house.services
        before = needs_review(services, JANE, QueueFilter(), 10)
        assert before.counts == {ReviewReason.CONTRADICTION: 2}
        assert len(entries(services, CustodyAction.ACCESSED, "review")) == 2
        newest, oldest = (item.beside[0] for item in before.items)
        assert next_to_review(services, JANE, QueueFilter()) == newest
        assert next_to_review(services, JANE, QueueFilter(), newest) == oldest
        assert next_to_review(services, JANE, QueueFilter(), oldest) == newest, "what was passed over comes again"
        tag_event(services, JANE, newest, Decision(TagStatus.CONFIRMED))
        after = needs_review(services, JANE, QueueFilter(), 1, is_shown=False)
        assert (after.total, after.decided, after.items) == (1, 1, ())
        assert next_to_review(services, JANE, QueueFilter(), newest) == oldest
        tag_event(services, JANE, oldest, Decision(TagStatus.REJECTED))
        assert next_to_review(services, JANE, QueueFilter(), oldest) == ""
        assert needs_review(services, JANE, QueueFilter(reasons=(ReviewReason.UNTOLD_PACKAGE,)), 10).decided == 0


def test_what_people_rejected_is_of_no_visit_and_what_they_confirmed_is_no_longer_untold(
    tmp_path: Path, clips: Path
) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        window = found.starts_at - timedelta(hours=1), found.ends_at + timedelta(hours=1)
        assert len(timeline(house.services, JANE, *window).visits) == 1

        tag_event(house.services, JANE, found.event.event_id, Decision(TagStatus.REJECTED))
        left = timeline(house.services, JANE, *window)
        (row,) = [one for one in left.rows if one.clips]
        assert (left.visits, row.events, row.rejected) == ((), (), (found,))
        assert row.tags[found.event.event_id].status is TagStatus.REJECTED
