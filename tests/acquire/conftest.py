"""Bytes that look like a recording."""

import random
from pathlib import Path

import pytest


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "visit.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + random.Random(7).randbytes(200_000))
    return path
