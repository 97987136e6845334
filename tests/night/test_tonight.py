"""The night's key, its lease, and clocks that jump."""

import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.nights import NightState
from pipeline.errors import NightAlreadyRunningError, NightError, StorageError
from pipeline.evidence.custody import read_checkpoints
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.keys import verifying_keys
from pipeline.night.attach import attach_highlights
from pipeline.night.gather import gather_account
from pipeline.night.look import plan_work
from pipeline.night.morning import write_morning
from pipeline.night.tonight import night_key, open_night
from pipeline.ring_simulator.server import running_simulator
from pipeline.settings import NightSettings, StoreSettings
from tests.builders import PURPOSE, RECIPIENT
from tests.conftest import ROOT
from tests.night.story import ANN, NIGHT, InThisProcess, a_house, a_world, an_event, anns_grant, eyes_of, trigger_of
from tests.night.test_look import looked_at


@pytest.mark.parametrize(
    ("now", "zone", "key"),
    [
        ("2026-03-10T22:00+00:00", "UTC", "2026-03-10"),
        ("2026-03-11T01:00+00:00", "UTC", "2026-03-10"),
        ("2026-03-11T11:59+00:00", "UTC", "2026-03-10"),
        ("2026-03-11T12:00+00:00", "UTC", "2026-03-11"),
        ("2026-03-11T12:00+00:00", "America/New_York", "2026-03-10"),
        ("2026-03-11T05:00+00:00", "Pacific/Auckland", "2026-03-11"),
        ("2026-01-01T00:30+00:00", "UTC", "2025-12-31"),
        ("2026-03-29T10:30+00:00", "Europe/Berlin", "2026-03-29"),
    ],
)
def test_a_night_is_named_by_the_day_on_whose_evening_it_begins(now: str, zone: str, key: str) -> None:
    assert night_key(datetime.fromisoformat(now), zone) == key


def test_a_second_night_is_refused_while_the_first_is_alive(tmp_path: Path) -> None:
    """Also another night of the same installation, and from another process."""
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator) as house:
        with open_night(house.services):
            for key in (None, "2026-03-01"):
                with pytest.raises(NightAlreadyRunningError) as caught, open_night(house.services, key):
                    pass
                assert caught.value.night == NIGHT
                assert caught.value.remedy
        with open_night(house.services) as tonight:
            assert tonight.key == NIGHT


def test_missed_nights_are_merged_into_the_next(tmp_path: Path, clips: Path) -> None:
    world = a_world(an_event(0, clips / "empty.mp4"))
    with running_simulator(world) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        for key in ("2026-03-08", "2026-03-09"):
            with open_night(house.services, key) as tonight:
                gather_account(tonight, house.accounts[ANN])
        with open_night(house.services) as tonight:
            report, files = write_morning(tonight, {})
            assert plan_work(tonight, eyes_of(tonight, InThisProcess())) == 1
            tonight.finish(files.json.read_text())

        assert tonight.merged == ("2026-03-09",)
        states = {record.night: record.state for record in house.services.catalogue.nights.list()}
        merged = NightState.MERGED
        assert states == {"2026-03-08": merged, "2026-03-09": merged, NIGHT: NightState.FINISHED}
        assert report.merged == ("2026-03-09",)


def test_the_heartbeat_keeps_the_lease_alive_past_its_length(tmp_path: Path) -> None:
    short = NightSettings(purpose=PURPOSE, recipient=RECIPIENT, lease_seconds=5.1)
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator, night=short) as house:
        renewed: list[datetime] = []
        nights = house.services.catalogue.nights
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(nights, "renew", lambda _lease, now: renewed.append(now))
            with open_night(house.services):
                end = time.monotonic() + 30
                while len(renewed) < 2:
                    assert time.monotonic() < end
                    time.sleep(0.05)


def test_whoever_lost_the_lease_may_not_finish_nor_take_up_work(tmp_path: Path) -> None:
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator) as house:
        with open_night(house.services) as tonight:
            nights = house.services.catalogue.nights
            nights.release(tonight.lease, house.clock.now())
            taken = nights.open(NIGHT, house.clock.now(), 120.0, holder="another machine")
            with pytest.raises(NightAlreadyRunningError):
                tonight.finish("{}")
            with pytest.raises(NightAlreadyRunningError):
                house.services.catalogue.work.claim(tonight.lease, 1, house.clock.now())
        nights.renew(taken, house.clock.now())
        assert nights.get(NIGHT).state is NightState.OPEN


@pytest.mark.parametrize("hours", [-5.0, 30.0], ids=["backwards", "forwards"])
def test_a_clock_that_jumps_between_the_steps_neither_breaks_nor_ends_the_night(
    tmp_path: Path, clips: Path, hours: float
) -> None:
    events = (an_event(0, clips / "visit.mp4"), an_event(1, clips / "empty.mp4"))
    with running_simulator(a_world(*events)) as simulator, a_house(tmp_path, simulator) as house:
        house.grant(anns_grant(granted_at=house.clock.now() - timedelta(days=3)))
        with open_night(house.services) as tonight:
            gather_account(tonight, house.accounts[ANN])
            house.clock.jump(hours=hours)
            pool = looked_at(tonight)
            house.clock.jump(hours=-2 * hours)
            attach_highlights(house.services)
            report, files = write_morning(tonight, {})
            tonight.finish(files.json.read_text())

        catalogue = house.services.catalogue
        assert pool.done.count("analyse_in_worker") == 2
        assert house.outcomes()[trigger_of(0)] is FetchOutcome.READY
        assert report.is_complete
        assert catalogue.nights.get(NIGHT).state is NightState.FINISHED
        keys = verifying_keys(house.services.settings.store)
        verify_log(catalogue.custody, keys)
        with open_night(house.services, NIGHT) as tonight:
            gather_account(tonight, house.accounts[ANN])
            assert looked_at(tonight).done == []


def test_a_night_that_was_given_back_says_so(tmp_path: Path) -> None:
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator) as house:
        with open_night(house.services) as tonight:
            pass
        with pytest.raises(NightError, match="given back"):
            house.services.catalogue.work.claim(tonight.lease, 1, house.clock.now())


_HOLDER = """
import sys
from pathlib import Path
from pipeline.night.services import open_services
from pipeline.night.tonight import open_night
from pipeline.settings import Settings
with open_services(Settings()) as services, open_night(services):
    sys.stdout.write("running\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


def test_a_killed_holder_gives_way_at_once_and_a_living_one_does_not(tmp_path: Path) -> None:
    """The lease of a process that is known to be gone need not run out first."""
    environment = {"DOORSTEP_STORE__DIRECTORY": str(tmp_path / "store"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _HOLDER]

    def another() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, env=environment, text=True, capture_output=True, input="", check=False)

    with subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "running\n"
        refused = another()
        first.kill()
    second = another()

    assert "NightAlreadyRunningError" in refused.stderr
    assert (second.returncode, second.stdout) == (0, "running\n"), second.stderr


def test_a_night_whose_head_has_no_second_place_is_finished_when_it_has(tmp_path: Path) -> None:
    place = tmp_path / "stick"
    place.write_bytes(b"not a folder")
    store = StoreSettings(directory=tmp_path, free_megabytes=16, checkpoint_directory=place / "heads")
    with running_simulator(a_world()) as simulator, a_house(tmp_path, simulator, store=store) as house:
        with open_night(house.services) as tonight:
            with pytest.raises(StorageError):
                tonight.finish("{}")
            assert house.services.catalogue.nights.get(NIGHT).state is NightState.OPEN
            place.unlink()
            tonight.finish("{}")

        assert house.services.catalogue.nights.get(NIGHT).state is NightState.FINISHED
        assert read_checkpoints(place / "heads") == (house.services.catalogue.custody.checkpoint(),)
