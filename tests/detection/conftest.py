"""A picture with people, and a shelf with this program's models alone."""

from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.detection.detector import Picture
from pipeline.detection.weights import Shelf, open_shelf
from tests.conftest import SHARED


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return open_shelf(tmp_path / "models")


@pytest.fixture(scope="session")
def street() -> Picture:
    """The first frame of a real clip, 1280 x 720: a couple walks in front, others far behind."""
    with av.open(str(SHARED / "clips" / "couple_crossing_street.mp4")) as container:
        return next(container.decode(video=0)).to_ndarray(format="bgr24").astype(np.uint8)
