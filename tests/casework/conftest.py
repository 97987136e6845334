"""Short clips, written once."""

from pathlib import Path

import pytest

from tests.casework.story import visitor, write_sounding_clip
from tests.footage import write_clip


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``visit.mp4`` is silent, ``sounding.mp4`` has a tone, ``hevc.mp4`` is one that browsers do not play."""
    folder = tmp_path_factory.mktemp("casework-clips")
    write_clip(folder / "visit.mp4", visitor, 3.5)
    write_sounding_clip(folder / "sounding.mp4")
    write_sounding_clip(folder / "hevc.mp4", codec="libx265")
    return folder
