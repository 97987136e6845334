"""The seal of a source is read when it arrives, and its state stands in the acquisition and in the custody log."""

from pathlib import Path

import pytest

from pipeline.domain.evidence import CustodyAction, SealState
from pipeline.night.gather import gather_account
from pipeline.night.tonight import open_night
from pipeline.ring_simulator.server import running_simulator
from tests.evidence.seals import a_key, changed, seal
from tests.footage import wall, write_clip
from tests.night.story import ANN, a_house, a_world, an_event


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Sealed, tampered with after it was sealed, made of the tampered one and sealed again, and never sealed."""
    folder = tmp_path_factory.mktemp("sources")
    plain = write_clip(folder / "plain.mp4", lambda _: wall((320, 240)), 1.0)
    key = a_key(folder)
    sealed = seal(plain, folder / "sealed.mp4", key)
    tampered = changed(sealed, folder / "tampered.mp4")
    return [sealed, tampered, seal(plain, folder / "derived.mp4", key, parent=tampered), plain]


def test_every_source_is_kept_as_it_came_with_the_state_of_its_seal(tmp_path: Path, sources: list[Path]) -> None:
    events = [an_event(number, clip) for number, clip in enumerate(sources)]
    with running_simulator(a_world(*events)) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        with open_night(house.services) as tonight:
            gather_account(tonight, house.accounts[ANN])
        clips = sorted(house.services.catalogue.clips.list(), key=lambda clip: clip.trigger.at)
        front = [clip for clip in clips if clip.trigger.camera_id == "ring:1001"]

        states = [clip.acquisition.seal.state for clip in front]
        assert states == [SealState.VERIFIED, SealState.BROKEN, SealState.BROKEN, SealState.ABSENT]
        assert [house.services.originals.read(clip.item.digest) for clip in front] == [
            path.read_bytes() for path in sources
        ]
        for clip in front:
            entries = [one.entry for one in house.services.catalogue.custody.records(subject=clip.item.digest)]
            told = [entry.detail["seal"] for entry in entries if entry.action is CustodyAction.INGESTED]
            assert clip.acquisition.seal.state in told
        assert "assertion.bmffHash.mismatch" in front[2].acquisition.seal.detail
