"""What stands beside the player and what it draws: only of what a grant lets be told."""

from datetime import time
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.casework.media import clip_medium, write_down_look
from pipeline.casework.player import review_event
from pipeline.casework.playing import playing_facts
from pipeline.casework.tags import Decision, tag_event
from pipeline.domain.agents import Matter
from pipeline.domain.consent import DailyHours
from pipeline.domain.differences import Difference
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.tags import TagStatus
from pipeline.errors import ConsentError
from pipeline.night.tonight import open_night
from tests.builders import RECIPIENT
from tests.casework.story import JANE, a_morning, entries, events_of, look
from tests.night.story import InThisProcess, anns_grant

SEAT = "se-0123456789ab"


def test_a_look_is_written_down_and_everything_stands_beside_it(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        review = review_event(house.services, JANE, found.event.event_id)
        (entry,) = entries(house.services, CustodyAction.ACCESSED, "review")
        assert (entry.subject, entry.detail["event"]) == (found.event.clip, found.event.event_id)
        assert [one.event.event_id for one in review.events] == [found.event.event_id]
        assert {track.track_id for track in review.tracks} == set(found.event.inferred.track_ids)
        assert (review.tag, review.history, review.earlier, review.refused, review.way) == (None, (), (), "", None)
        actions = [record.entry.action for record in review.custody]
        assert actions[0] is CustodyAction.ACQUIRED
        assert actions[-1] is CustodyAction.ACCESSED, "this very look"


def test_what_the_player_draws_is_what_the_analysis_saw(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        facts = playing_facts(house.services, JANE, SEAT, found.event.event_id)
        analysis = house.services.catalogue.analyses.newest(found.acquisition_id)
        assert (facts["width"], facts["height"]) == (640, 360)
        unit = Fraction(*facts["time_base"])
        assert [float(number * unit) for number in facts["frames"]] == [pytest.approx(n / 10) for n in range(35)]
        looks = [float(look.seconds - analysis.probe.first.seconds) for look in analysis.sampling.sampled]
        assert facts["looks"] == pytest.approx(looks)
        (track,) = facts["tracks"]
        assert track["is_of_event"]
        for at, x1, y1, x2, y2, confidence in track["sightings"]:
            assert (x1 + x2) / 2 == pytest.approx(180 + 60 * at, abs=8), "the red figure stands there"
            assert (y1, y2, confidence) == (pytest.approx(160, abs=8), pytest.approx(330, abs=8), 0.9)
        (event,) = facts["events"]
        span = found.event.inferred.span
        assert event["span"] == pytest.approx(
            [float(one.seconds - analysis.probe.first.seconds) for one in (span.start, span.end)]
        )


def test_where_somebody_stood_is_not_told_unseen(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        playing_facts(house.services, JANE, SEAT, found.event.event_id)
        (entry,) = entries(house.services, CustodyAction.ACCESSED, "play")
        assert (entry.agent, entry.subject) == ("jane", found.event.clip)
        medium = clip_medium(house.services, JANE, found.event.event_id)
        write_down_look(house.services, JANE, SEAT, medium)
        assert len(entries(house.services, CustodyAction.ACCESSED, "play")) == 1, "the clip itself is the same look"


def test_without_a_grant_there_is_nothing_to_review(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        nobody = Matter("jane", "traffic", RECIPIENT)
        with pytest.raises(ConsentError):
            review_event(house.services, nobody, found.event.event_id)
        with pytest.raises(ConsentError):
            playing_facts(house.services, nobody, SEAT, found.event.event_id)
        assert entries(house.services, CustodyAction.ACCESSED) == []


def test_of_a_clip_that_may_not_be_watched_as_a_whole_the_granted_part_is_played(tmp_path: Path, clips: Path) -> None:
    hours = (DailyHours(time(0), time(22, 30, 2)),)
    with a_morning(tmp_path, clips / "visit.mp4", grant=anns_grant(hours=hours)) as house:
        (found,) = events_of(house.services)
        review = review_event(house.services, JANE, found.event.event_id)
        assert review.refused == ""
        assert review.part is not None
        facts = playing_facts(house.services, JANE, SEAT, found.event.event_id)
        assert facts["begins"] + facts["length"] < 2.1, "up to the last granted moment"


def test_what_was_said_of_an_earlier_result_is_offered_with_the_later_one(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (before,) = events_of(house.services)
        tag = tag_event(house.services, JANE, before.event.event_id, Decision(TagStatus.CONFIRMED))
        pool = InThisProcess()
        pool.detector.digest = "6" * 64
        with open_night(house.services) as tonight:
            look(tonight, pool)
        (after,) = events_of(house.services)
        assert after.event.event_id != before.event.event_id
        review = review_event(house.services, JANE, after.event.event_id)
        (earlier,) = review.earlier
        assert (earlier.tag, earlier.event_id) == (tag, after.event.event_id)
        assert earlier.difference is Difference.SAME
        assert review.tag is None, "another result is judged anew"
