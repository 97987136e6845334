"""Looking: one clip through every stage, what is kept of it, and what a bad one may cost."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time as time_of_day
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.cameras import FetchOutcome, Recording
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import ConsentGrant, DailyHours, Use
from pipeline.domain.doorstep import Side
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.nights import WorkState
from pipeline.domain.plain import to_plain
from pipeline.domain.search import EventFilter
from pipeline.domain.video import SkipReason
from pipeline.errors import WorkerDiedError
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.keys import verifying_keys
from pipeline.night.gather import gather_account
from pipeline.night.ingest import Arrival, ingest
from pipeline.night.look import claim_batch, look_at_batch, plan_work
from pipeline.night.morning import write_morning
from pipeline.night.shown import require_for_highlight
from pipeline.night.tonight import Tonight, open_night
from pipeline.night.workers import worker_pool
from pipeline.retention.changing import change_grant
from pipeline.ring_simulator.server import running_simulator
from pipeline.settings import EventSettings, NightSettings, Settings
from tests.builders import PURPOSE, RECIPIENT
from tests.night.story import (
    ANN,
    EVENING,
    FRONT_CAMERA,
    NIGHT,
    House,
    InThisProcess,
    a_house,
    a_world,
    an_event,
    anns_grant,
    eyes_of,
)

LEFT_THIRD = Zone("left", ((0.0, 0.0), (0.33, 0.0), (0.33, 1.0), (0.0, 1.0)))


@contextmanager
def a_fetched_night(folder: Path, *names: Path, grant: ConsentGrant | None = None) -> Iterator[tuple[House, Tonight]]:
    events = [an_event(number, clip) for number, clip in enumerate(names)]
    with running_simulator(a_world(*events)) as simulator, a_house(folder, simulator) as house:
        house.grant(grant)
        with open_night(house.services) as tonight:
            gather_account(tonight, house.accounts[ANN])
            yield house, tonight


def name_of(clip: AcquiredClip) -> str:
    return clip.acquisition.acquisition_id


def looked_at(tonight: Tonight, pool: InThisProcess | None = None) -> InThisProcess:
    pool = pool or InThisProcess()
    eyes = eyes_of(tonight, pool)
    plan_work(tonight, eyes)
    while batch := claim_batch(tonight):
        look_at_batch(tonight, batch, eyes, pool)
    return pool


def test_a_visit_becomes_an_event_a_highlight_and_its_custody_once(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4", clips / "empty.mp4") as (house, tonight):
        first = looked_at(tonight)
        catalogue = house.services.catalogue
        (event,) = catalogue.search.find(EventFilter())
        (highlight,) = catalogue.highlights.list()
        assert event.event.inferred.kind is EventKind.PERSON_VISIT
        assert highlight.event_ids == (event.event.event_id,)
        records = list(catalogue.custody.records())

        second = looked_at(tonight)

        assert first.done == ["analyse_in_worker", "render_in_worker", "analyse_in_worker"]
        assert second.done == []
        assert catalogue.highlights.list() == (highlight,)
        assert list(catalogue.custody.records()) == records
        actions = [record.entry.action for record in catalogue.custody.records()]
        derived = [record.entry for record in records if record.entry.action is CustodyAction.DERIVED]
        (cut,) = [entry for entry in derived if "highlight" in entry.detail]
        stills = {entry.detail["output"]: entry for entry in derived if "still" in entry.detail}
        assert len(derived) == 1 + 4, "two clips with a still picture at each end"
        kept = [still for clip in catalogue.clips.list() for still in catalogue.stills.of_acquisition(name_of(clip))]
        made = [(cut, highlight.recipe), *((stills[still.digest], still.recipe) for still in kept)]
        for entry, recipe in made:
            for name, value in to_plain(recipe).items():
                assert entry.detail[f"recipe_{name}"] == str(value)
        assert [still.side for still in kept] == [Side.FIRST, Side.LAST] * 2
        assert actions.count(CustodyAction.ANALYSED) == 2
        for digest in (highlight.digest, highlight.poster, highlight.contact_sheet, highlight.tags, *stills):
            assert house.services.derivatives.read(digest)


def test_a_highlight_that_was_not_kept_is_cut_again_to_the_same_bytes(tmp_path: Path, clips: Path) -> None:
    """As after a kill between the analysis and the highlight."""
    with a_fetched_night(tmp_path / "a", clips / "visit.mp4") as (house, tonight):
        looked_at(tonight)
        (whole,) = house.services.catalogue.highlights.list()

    class DiesBeforeRendering(InThisProcess):
        def before(self, name: str, _arguments: tuple[Any, ...]) -> None:
            if name == "render_in_worker":
                raise KeyboardInterrupt

    with a_fetched_night(tmp_path / "b", clips / "visit.mp4") as (house, tonight):
        with pytest.raises(KeyboardInterrupt):
            looked_at(tonight, DiesBeforeRendering())
        assert house.services.catalogue.highlights.list() == ()
        assert house.services.catalogue.work.counts(NIGHT)[WorkState.DOING] == 1
        (tonight.scratch / "a piece of footage").touch()
    with running_simulator(a_world()) as simulator, a_house(tmp_path / "b", simulator) as house:
        with open_night(house.services) as tonight:
            assert list(tonight.scratch.iterdir()) == []
            pool = looked_at(tonight)
        assert pool.done == ["render_in_worker"]
        assert house.services.catalogue.highlights.list() == (whole,)
        assert house.services.catalogue.work.counts(NIGHT)[WorkState.DONE] == 1


@pytest.mark.parametrize(
    ("grant", "is_kept"),
    [
        (anns_grant(), True),
        (anns_grant(event_kinds=(EventKind.PACKAGE_PICKED_UP,)), False),
        (anns_grant(zones=(LEFT_THIRD,)), False),
    ],
    ids=["granted", "another kind", "another zone"],
)
def test_only_events_inside_the_grants_words_are_indexed(
    tmp_path: Path, clips: Path, grant: ConsentGrant, is_kept: bool
) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4", grant=grant) as (house, tonight):
        pool = looked_at(tonight)

        found = house.services.catalogue.search.find(EventFilter())
        assert pool.done[0] == "analyse_in_worker"
        assert bool(found) is is_kept
        assert bool(house.services.catalogue.highlights.list()) is is_kept
        (clip,) = house.services.catalogue.clips.list()
        colours = house.services.catalogue.analyses.newest(name_of(clip)).colours
        assert bool(colours) is is_kept, "of what nobody may be shown no colour is kept"
        assert house.services.catalogue.work.counts(NIGHT)[WorkState.DONE] == 1


def test_an_event_inside_the_grants_zone_is_indexed(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "left.mp4", grant=anns_grant(zones=(LEFT_THIRD,))) as (house, tonight):
        looked_at(tonight)

        assert [found.event.inferred.kind for found in house.services.catalogue.search.find(EventFilter())]


def test_of_a_clip_that_runs_on_beyond_the_granted_hours_only_the_granted_part_is_looked_at_told_and_cut(
    tmp_path: Path, clips: Path
) -> None:
    over = EVENING + timedelta(seconds=2.5)
    grant = anns_grant(hours=(DailyHours(time_of_day(20), over.time()),))
    with a_fetched_night(tmp_path, clips / "visit.mp4", grant=grant) as (house, tonight):
        looked_at(tonight)

        services = house.services
        (clip,) = services.catalogue.clips.list()
        analysis = services.catalogue.analyses.newest(name_of(clip))
        seen = [clip.clock.at(stamp, analysis.probe.first) for stamp in analysis.sampling.sampled]
        assert max(seen) < over
        assert [one.reason for one in analysis.sampling.skipped][-1] is SkipReason.NOT_GRANTED
        (found,) = services.catalogue.search.find(EventFilter())
        assert found.ends_at < over
        stills = services.catalogue.stills.of_acquisition(name_of(clip))
        assert all(still.ends_at < over for still in stills)
        (highlight,) = services.catalogue.highlights.list()
        assert clip.clock.at(highlight.span.end, analysis.probe.first) < over
        desk = services.consent(PURPOSE, RECIPIENT)
        assert require_for_highlight(services, desk, Use.VIEW, highlight.highlight_id).grant == grant


def test_a_clip_that_is_no_video_fails_alone_and_its_original_is_kept(tmp_path: Path, clips: Path) -> None:
    names = (clips / "broken.mp4", clips / "visit.mp4")
    with a_fetched_night(tmp_path, *names) as (house, tonight):
        looked_at(tonight)

        items = house.services.catalogue.work.of_night(NIGHT)
        (failed,) = [item for item in items if item.state is WorkState.FAILED]
        assert (failed.error, failed.retryable) == ("UnreadableClipError", False)
        assert "cannot be read as a video" in failed.detail
        clip = house.services.catalogue.clips.get(failed.acquisition_id)
        assert house.services.originals.read(clip.item.digest) == names[0].read_bytes()
        assert sum(item.state is WorkState.DONE for item in items) == 1
        assert len(house.services.catalogue.highlights.list()) == 1
        assert plan_work(tonight, eyes_of(tonight, InThisProcess())) == 0


def test_a_clip_whose_grant_is_gone_is_not_looked_at_until_there_is_another(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4") as (house, tonight):
        eyes = eyes_of(tonight, pool := InThisProcess())
        plan_work(tonight, eyes)
        house.revoke()
        look_at_batch(tonight, claim_batch(tonight), eyes, pool)

        assert pool.done == []
        (item,) = house.services.catalogue.work.of_night(NIGHT)
        assert (item.state, item.error) == (WorkState.FAILED, "ConsentRevokedError")
        assert house.services.catalogue.analyses.failures(eyes.model.digest, eyes.settings_digest) == {}
        assert plan_work(tonight, eyes) == 0
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator) as house:
        house.clock.jump(days=1)
        house.grant(anns_grant(grant_id="gr-2"))
        with open_night(house.services) as tonight:
            assert looked_at(tonight).done == ["analyse_in_worker", "render_in_worker"]


def test_sound_is_cut_out_unless_every_event_shown_is_granted_with_sound(tmp_path: Path, clips: Path) -> None:
    """A grant with sound for another kind of event does not lend its sound to a visit."""
    asked: list[bool] = []

    class Watcher(InThisProcess):
        def before(self, name: str, arguments: tuple[Any, ...]) -> None:
            if name == "render_in_worker":
                asked.append(arguments[0].with_audio)

    loud = anns_grant(grant_id="gr-0", audio=True, event_kinds=(EventKind.PACKAGE_PICKED_UP,))
    with a_fetched_night(tmp_path / "a", clips / "visit.mp4", grant=loud) as (house, tonight):
        house.grant()
        looked_at(tonight, Watcher())
    with a_fetched_night(tmp_path / "b", clips / "visit.mp4", grant=anns_grant(audio=True)) as (_, tonight):
        looked_at(tonight, Watcher())

    assert asked == [False, True]


def test_another_look_with_other_settings_supersedes_and_loses_nothing(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4") as (house, tonight):
        looked_at(tonight)
        (old,) = house.services.catalogue.highlights.list()
    other = EventSettings(visit_gap_seconds=5.0)
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator, events=other) as house:
        with open_night(house.services) as tonight:
            assert looked_at(tonight).done == ["analyse_in_worker", "render_in_worker"]
            report, _ = write_morning(tonight, {})
        assert len(house.services.catalogue.highlights.list()) == 2
        assert old in house.services.catalogue.highlights.list()
        assert len(house.services.catalogue.search.find(EventFilter())) == 1
        assert len(house.services.catalogue.search.find(EventFilter(superseded=True))) == 2
        assert len(report.highlights) == 2


def test_ingest_again_changes_nothing(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "empty.mp4") as (house, tonight):
        catalogue = house.services.catalogue
        (clip,) = catalogue.clips.list()
        records = list(catalogue.custody.records())
        source_says = house.services.originals.read(clip.item.digest)
        recording = Recording(FetchOutcome.READY, source_says, clip.acquisition.method)
        now = house.clock.now()
        again = Arrival(clip.trigger, recording, catalogue.grants.get("gr-1"), now, now)

        assert ingest(tonight, again) == clip
        assert list(catalogue.custody.records()) == records
        assert [record.entry.action for record in records] == [
            CustodyAction.ACCOUNT_LINKED,
            CustodyAction.ACCOUNT_LINKED,
            CustodyAction.GRANT_SIGNED,
            CustodyAction.ACQUIRED,
            CustodyAction.INGESTED,
        ]
        keys = verifying_keys(house.services.settings.store)
        assert verify_log(catalogue.custody, keys).head.size == 5


def sleep_and_say(path: Path) -> str:
    """Runs in a worker: says who it is, then waits to be killed."""
    path.write_text(str(os.getpid()))
    time.sleep(60)
    return "never"


def test_a_worker_that_is_killed_takes_only_the_work_in_its_own_hands(tmp_path: Path) -> None:
    settings = Settings(night=NightSettings(workers=2, purpose=PURPOSE, recipient=RECIPIENT))
    said = tmp_path / "pid"
    with worker_pool(settings) as pool:
        doomed = pool.submit(sleep_and_say, said)
        others = [pool.submit(json.dumps, number) for number in range(3)]
        assert [other.result(timeout=60) for other in others] == ["0", "1", "2"]
        while not said.exists() or not said.read_text():
            assert not doomed.done()
            time.sleep(0.01)
        os.kill(int(said.read_text()), signal.SIGKILL)
        with pytest.raises(WorkerDiedError) as caught:
            doomed.result(timeout=60)

        assert caught.value.retryable
        assert pool.submit(json.dumps, "next").result(timeout=60) == '"next"'


def test_highlights_that_a_killed_night_did_not_cut_are_cut_by_the_next(tmp_path: Path, clips: Path) -> None:
    """The analysis is kept already, so that nothing but the work ledger tells that something is missing."""

    class Killed(InThisProcess):
        def before(self, name: str, arguments: tuple[Any, ...]) -> None:
            if name == "render_in_worker":
                raise KeyboardInterrupt

    with a_fetched_night(tmp_path, clips / "visit.mp4") as (house, tonight):
        with pytest.raises(KeyboardInterrupt):
            looked_at(tonight, Killed())
        assert house.services.catalogue.highlights.list() == ()
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator) as house:
        with open_night(house.services, "2026-03-11") as tonight:
            assert looked_at(tonight).done == ["render_in_worker"]
            assert len(house.services.catalogue.highlights.list()) == 1
        with open_night(house.services, "2026-03-12") as tonight:
            assert plan_work(tonight, eyes_of(tonight, InThisProcess())) == 0, "it came to its end"


def test_a_clip_on_which_workers_die_all_night_is_tried_again_the_next(tmp_path: Path, clips: Path) -> None:
    class Dying(InThisProcess):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            self.done.append(fn.__name__)
            raise WorkerDiedError(fn.__name__)

    with a_fetched_night(tmp_path, clips / "visit.mp4", clips / "empty.mp4") as (_, tonight):
        assert looked_at(tonight, Dying()).done == ["analyse_in_worker"] * 6
        assert plan_work(tonight, eyes_of(tonight, InThisProcess())) == 0, "it is enough for tonight"
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator) as house:
        for key in ("2026-03-11", "2026-03-12"):
            with open_night(house.services, key) as tonight:
                assert len(looked_at(tonight, Dying()).done) == 6
        with open_night(house.services, "2026-03-13") as tonight:
            assert looked_at(tonight, Dying()).done == [], "three nights are enough"


def test_a_broken_clip_of_a_camera_with_zones_is_not_tried_every_night(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "broken.mp4", clips / "empty.mp4") as (house, tonight):
        house.services.catalogue.cameras.draw_zones(FRONT_CAMERA, (LEFT_THIRD,))
        assert len(looked_at(tonight).done) == 2
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator) as house:
        with open_night(house.services, "2026-03-11") as tonight:
            assert looked_at(tonight).done == []
        house.services.catalogue.cameras.draw_zones(FRONT_CAMERA, ())
        with open_night(house.services, "2026-03-12") as tonight:
            assert len(looked_at(tonight).done) == 2, "other zones are another question"


def test_the_rest_of_a_batch_is_left_at_the_deadline(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_fetched_night(tmp_path, *[clips / "empty.mp4"] * 3) as (house, tonight):
        pool = InThisProcess()
        monkeypatch.setattr(type(tonight), "is_over", lambda _: len(pool.done) == 1)
        looked_at(tonight, pool)

        assert len(pool.done) == 1
        left = [item.state for item in house.services.catalogue.work.of_night(NIGHT)]
        assert sorted(left) == [WorkState.DOING, WorkState.DOING, WorkState.DONE]


def test_a_fault_of_ours_stays_with_its_clip_and_is_told(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4", clips / "empty.mp4") as (house, tonight):

        def broken(*_args: object) -> None:
            raise ZeroDivisionError("planted")

        monkeypatch.setattr("pipeline.night.look.granted_parts", broken)
        looked_at(tonight)

        failed = house.services.catalogue.work.of_night(NIGHT)
        assert {item.error for item in failed} == {"UnexpectedFaultError"}
        assert all("ZeroDivisionError" in item.detail for item in failed)
        assert len(house.services.catalogue.clips.items()) == 2
        assert sum(record.levelname == "ERROR" for record in caplog.records) == 2
        caplog.clear()


def test_a_grant_that_is_narrowed_while_a_highlight_is_rendered_leaves_none(tmp_path: Path, clips: Path) -> None:
    with a_fetched_night(tmp_path, clips / "visit.mp4") as (house, tonight):

        class Narrowing(InThisProcess):
            def before(self, name: str, _arguments: tuple[Any, ...]) -> None:
                if name == "render_in_worker":
                    words = replace(anns_grant(), event_kinds=(EventKind.PACKAGE_DELIVERED,))
                    change_grant(house.services, words.grant_id, words, "ann")

        looked_at(tonight, Narrowing())

        catalogue = house.services.catalogue
        assert catalogue.search.find(EventFilter(superseded=True)) == ()
        assert catalogue.highlights.list() == ()
        (item,) = catalogue.work.of_night(NIGHT)
        assert (item.state, item.error) == (WorkState.FAILED, "ConsentOutOfScopeError")
