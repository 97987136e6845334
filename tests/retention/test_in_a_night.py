"""A resident revokes in the middle of a night, from another process: the night goes on, and keeps nothing of hers."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.night.gather import gather_account
from pipeline.night.look import claim_batch, look_at_batch, plan_work
from pipeline.night.morning import write_morning
from pipeline.night.tonight import open_night
from pipeline.retention.revocation import revoke_grant
from pipeline.ring_simulator.server import running_simulator
from tests.night.conftest import clips as clips
from tests.night.story import ANN, InThisProcess, a_house, a_world, an_event, eyes_of


class RevokedBefore(InThisProcess):
    """The workers' work, and a revocation just before one piece of it."""

    def __init__(self, services: Any, piece: str) -> None:
        super().__init__()
        self._services = services
        self._piece = piece

    def before(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name == self._piece and self._piece not in self.done:
            revoke_grant(self._services, "gr-1", "tester")


@pytest.mark.parametrize("piece", ["analyse_in_worker", "render_in_worker"])
def test_a_night_in_whose_middle_a_grant_is_revoked_keeps_nothing(tmp_path: Path, clips: Path, piece: str) -> None:
    world = a_world(an_event(0, clips / "visit.mp4"), an_event(5, clips / "left.mp4"))
    with running_simulator(world) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        services = house.services
        pool = RevokedBefore(services, piece)
        with open_night(services) as tonight:
            gather_account(tonight, house.accounts[ANN])
            eyes = eyes_of(tonight, pool)
            assert plan_work(tonight, eyes) == 2
            while batch := claim_batch(tonight):
                look_at_batch(tonight, batch, eyes, pool)
            report, _ = write_morning(tonight, {})

        assert piece in pool.done
        assert report.highlights == ()
        assert list(services.originals.digests()) == []
        assert services.catalogue.clips.list() == ()
        assert services.catalogue.highlights.list() == ()
        assert services.catalogue.work.of_night(tonight.key) == ()
        assert len(services.catalogue.disposals.of_grant("gr-1")) == 2
