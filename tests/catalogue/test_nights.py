"""The lease and the work ledger: one night at a time, and a killed one goes on where it stood."""

import multiprocessing
import os
import signal
from datetime import datetime, timedelta
from multiprocessing.connection import Connection

import pytest

from pipeline.catalogue import Catalogue
from pipeline.catalogue.holders import is_gone, this_process
from pipeline.catalogue.work import EXHAUSTED, MOST_DEATHS
from pipeline.domain.nights import NightLease, NightState, WorkState
from pipeline.errors import NightAlreadyRunningError, NightError, StorageError, UnreadableClipError
from tests.builders import EVENING
from tests.catalogue.stories import NIGHT, a_clip, with_clip

ELSEWHERE = "another-machine/boot/namespace/17/4"
MINUTE = timedelta(minutes=1)
LEASE_SECONDS = 120.0


def opened(catalogue: Catalogue, holder: str = ELSEWHERE, night: str = NIGHT, now: datetime = EVENING) -> NightLease:
    return catalogue.nights.open(night, now, LEASE_SECONDS, holder)


def three_clips(catalogue: Catalogue) -> tuple[str, ...]:
    clips = [with_clip(catalogue, a_clip(str(number), minutes=number)) for number in range(3)]
    return tuple(clip.acquisition.acquisition_id for clip in clips)


@pytest.mark.parametrize("night", [NIGHT, "2026-03-11"])
def test_a_second_night_waits_for_the_first(catalogue: Catalogue, night: str) -> None:
    opened(catalogue)
    with pytest.raises(NightAlreadyRunningError) as caught:
        opened(catalogue, "b", night, EVENING + MINUTE)
    assert caught.value.night == NIGHT
    assert caught.value.lease_left == MINUTE
    assert caught.value.retryable


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_refused(catalogue: Catalogue) -> None:
    ids = three_clips(catalogue)
    first = opened(catalogue)
    catalogue.work.plan(first, ids, EVENING)
    second = opened(catalogue, "b", now=EVENING + 3 * MINUTE)
    assert second.term == first.term + 1
    now = EVENING + 3 * MINUTE
    for step in (
        lambda: catalogue.nights.renew(first, now),
        lambda: catalogue.nights.finish(first, "{}", now),
        lambda: catalogue.nights.merge_unfinished(first, now),
        lambda: catalogue.work.plan(first, ids, now),
        lambda: catalogue.work.claim(first, 1, now),
        lambda: catalogue.work.done(first, ids[0], now),
        lambda: catalogue.work.failed(first, ids[0], StorageError("x", "y"), now),
    ):
        with pytest.raises(NightAlreadyRunningError):
            step()
    catalogue.nights.release(first, now)
    catalogue.nights.renew(second, now)
    assert catalogue.work.counts(NIGHT)[WorkState.TODO] == 3


def test_renewing_keeps_the_lease(catalogue: Catalogue) -> None:
    lease = opened(catalogue)
    for minute in range(1, 10):
        catalogue.nights.renew(lease, EVENING + minute * MINUTE)
    with pytest.raises(NightAlreadyRunningError):
        opened(catalogue, "b", now=EVENING + 10 * MINUTE)


def test_a_clock_that_jumps_back_does_not_keep_a_dead_lease_alive(catalogue: Catalogue) -> None:
    opened(catalogue, now=EVENING)
    with pytest.raises(NightAlreadyRunningError):
        opened(catalogue, "b", now=EVENING - MINUTE)
    opened(catalogue, "b", now=EVENING - timedelta(hours=5))


def test_a_clock_that_jumps_back_does_not_end_a_live_lease(catalogue: Catalogue) -> None:
    lease = opened(catalogue)
    earlier = EVENING - timedelta(hours=5)
    catalogue.nights.renew(lease, earlier)
    with pytest.raises(NightAlreadyRunningError):
        opened(catalogue, "b", now=earlier + MINUTE)
    catalogue.nights.finish(lease, "{}", earlier)


def test_a_lease_that_was_given_back_is_free_and_of_no_use(catalogue: Catalogue) -> None:
    lease = opened(catalogue)
    catalogue.nights.release(lease, EVENING)
    with pytest.raises(NightError, match="given back"):
        catalogue.nights.renew(lease, EVENING)
    assert catalogue.nights.get(NIGHT).state is NightState.OPEN
    opened(catalogue, "b")


def _hold(pipe: Connection) -> None:
    pipe.send(this_process())
    signal.pause()


def test_a_holder_that_was_killed_is_known_to_be_gone_at_once(catalogue: Catalogue) -> None:
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_hold, args=(theirs,))
    child.start()
    holder = ours.recv()
    catalogue.nights.open(NIGHT, EVENING, LEASE_SECONDS, holder)
    with pytest.raises(NightAlreadyRunningError):
        catalogue.nights.open(NIGHT, EVENING, LEASE_SECONDS)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert is_gone(holder)
    lease = catalogue.nights.open(NIGHT, EVENING, LEASE_SECONDS)
    assert lease.holder == this_process()


def test_of_a_holder_elsewhere_nothing_is_known() -> None:
    assert not is_gone(this_process())
    assert not is_gone(ELSEWHERE)
    assert not is_gone("nonsense")
    parts = this_process().split("/")
    assert is_gone("/".join((*parts[:4], "1")))


def test_a_night_ends_with_its_summary_and_may_be_opened_again(catalogue: Catalogue) -> None:
    lease = opened(catalogue)
    catalogue.nights.finish(lease, '{"events": 3}', EVENING + MINUTE)
    record = catalogue.nights.get(NIGHT)
    assert (record.state, record.summary) == (NightState.FINISHED, '{"events": 3}')
    assert (record.opened_at, record.finished_at) == (EVENING, EVENING + MINUTE)
    opened(catalogue, now=EVENING + 2 * MINUTE)
    assert catalogue.nights.get(NIGHT).state is NightState.OPEN
    assert catalogue.nights.get(NIGHT).opened_at == EVENING


def test_nights_that_were_never_finished_are_merged(catalogue: Catalogue) -> None:
    for number in (7, 8, 9):
        night = f"2026-03-0{number}"
        lease = opened(catalogue, night=night)
        if number == 8:
            catalogue.nights.finish(lease, "{}", EVENING)
        else:
            catalogue.nights.release(lease, EVENING)
    tonight = opened(catalogue)
    assert catalogue.nights.merge_unfinished(tonight, EVENING) == ("2026-03-07", "2026-03-09")
    assert catalogue.nights.merge_unfinished(tonight, EVENING) == ()
    assert catalogue.nights.get("2026-03-09").merged_into == NIGHT
    assert [record.night for record in catalogue.nights.list(NightState.OPEN)] == [NIGHT]
    assert [record.night for record in catalogue.nights.list()] == ["2026-03-07", "2026-03-08", "2026-03-09", NIGHT]


def test_a_killed_night_goes_on_where_it_stood(catalogue: Catalogue) -> None:
    ids = three_clips(catalogue)
    first = opened(catalogue)
    assert catalogue.work.plan(first, ids, EVENING) == 3
    assert catalogue.work.claim(first, 2, EVENING) == ids[:2]
    catalogue.work.done(first, ids[0], EVENING)
    assert catalogue.work.claim(first, 5, EVENING) == ids[2:]
    assert catalogue.work.claim(first, 5, EVENING) == ()

    later = EVENING + 3 * MINUTE
    second = opened(catalogue, "b", now=later)
    assert catalogue.work.plan(second, ids, later) == 0
    assert catalogue.work.claim(second, 5, later) == ids[1:]
    for acquisition_id in ids[1:]:
        catalogue.work.done(second, acquisition_id, later)
    assert catalogue.work.claim(second, 5, later) == ()
    assert catalogue.work.counts(NIGHT) == {
        WorkState.TODO: 0,
        WorkState.DOING: 0,
        WorkState.DONE: 3,
        WorkState.FAILED: 0,
    }


def test_a_failure_that_may_pass_is_taken_up_again_for_a_while(catalogue: Catalogue) -> None:
    ids = three_clips(catalogue)
    lease = opened(catalogue)
    catalogue.work.plan(lease, ids[:2], EVENING)
    tries = 0
    while claimed := catalogue.work.claim(lease, 9, EVENING, most_failures=3):
        tries += ids[0] in claimed
        for acquisition_id in claimed:
            passing = acquisition_id == ids[0]
            error = StorageError("read", "the disk\0\udc80") if passing else UnreadableClipError("clip", "no video")
            catalogue.work.failed(lease, acquisition_id, error, EVENING)
    assert tries == 3
    items = {item.acquisition_id: item for item in catalogue.work.of_night(NIGHT)}
    assert (items[ids[0]].failures, items[ids[0]].retryable) == (3, True)
    assert (items[ids[1]].failures, items[ids[1]].retryable) == (1, False)
    assert items[ids[1]].error == "UnreadableClipError"

    catalogue.work.done(lease, ids[0], EVENING)
    (done,) = [item for item in catalogue.work.of_night(NIGHT) if item.acquisition_id == ids[0]]
    assert (done.state, done.error, done.retryable) == (WorkState.DONE, "", False)


def test_a_clip_that_ends_the_process_each_time_is_given_up(catalogue: Catalogue) -> None:
    ids = three_clips(catalogue)
    catalogue.work.plan(opened(catalogue, "0"), ids[:1], EVENING)
    for death in range(MOST_DEATHS):
        now = EVENING + 3 * MINUTE * (death + 1)
        lease = opened(catalogue, str(death), now=now)
        assert catalogue.work.claim(lease, 1, now) == ids[:1]
    now += 3 * MINUTE
    lease = opened(catalogue, "last", now=now)
    assert catalogue.work.claim(lease, 1, now) == ()
    (item,) = catalogue.work.of_night(NIGHT)
    assert (item.state, item.error, item.attempts) == (WorkState.FAILED, EXHAUSTED, MOST_DEATHS)
