"""Short clips, written once."""

from pathlib import Path

import pytest

from tests.footage import Picture, wall, with_figure, write_clip

SIZE = (640, 360)


def visitor(seconds: float) -> Picture:
    """Somebody walks in after a second and stays."""
    return wall(SIZE) if seconds < 1 else with_figure(wall(SIZE), 180 + 60 * seconds, 330)


def at_the_left(seconds: float) -> Picture:
    """Somebody comes to the left of the picture only."""
    return wall(SIZE) if seconds < 1 else with_figure(wall(SIZE), 60 + 10 * seconds, 320)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``visit.mp4``, ``left.mp4``, ``empty.mp4``, and ``broken.mp4``, which is no video."""
    folder = tmp_path_factory.mktemp("night-clips")
    write_clip(folder / "visit.mp4", visitor, 3.5)
    write_clip(folder / "left.mp4", at_the_left, 3.5)
    write_clip(folder / "empty.mp4", lambda _: wall(SIZE), 1.0)
    (folder / "broken.mp4").write_bytes(b"this is a page, not a video " * 400)
    return folder
