"""A picture that somebody brought is opened behind walls, or refused."""

import struct
import tempfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import UnreadablePictureError
from pipeline.ffmpeg.picture import LARGEST_MEGABYTES, LONGEST_SIDE, open_picture
from tests.casework.neighbours.neighbourhood import turned


def encoded(picture: np.ndarray, ending: str) -> bytes:
    done, content = cv2.imencode(ending, picture)
    assert done
    return bytes(content.tobytes())


def quarters(height: int, width: int) -> np.ndarray:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2] = (200, 30, 20)
    picture[height // 2 :, width // 2 :] = (10, 220, 240)
    return picture


@pytest.mark.parametrize("ending", [".png", ".jpg"])
@pytest.mark.parametrize(
    ("size", "opened"), [((300, 400), (300, 400)), ((1200, 900), (640, 480)), ((90, 1280), (45, 640))]
)
def test_a_picture_is_opened_as_it_is_and_made_smaller(
    ending: str, size: tuple[int, int], opened: tuple[int, int]
) -> None:
    picture = open_picture(encoded(quarters(*size), ending))
    assert picture.shape == (*opened, 3)
    assert max(picture.shape) <= LONGEST_SIDE
    height, width = opened
    assert np.abs(picture[height // 4, width // 4].astype(int) - (200, 30, 20)).max() < 12
    assert np.abs(picture[-height // 4, -width // 4].astype(int) - (10, 220, 240)).max() < 12


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def a_bomb(side: int) -> bytes:
    """A PNG of few bytes that states a size of many pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"#EXTM3U\nfile:///etc/passwd\n", id="a playlist"),
        pytest.param(b"ffconcat version 1.0\nfile /etc/passwd\n", id="a list of files"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="a drawing"),
        pytest.param(encoded(quarters(60, 80), ".jpg")[:200], id="cut short"),
        pytest.param(encoded(quarters(60, 80), ".webp"), id="another format"),
        pytest.param(a_bomb(60_000), id="a bomb"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(LARGEST_MEGABYTES * 1_000_000), id="too large"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_of_it_stays(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where nobody else opens pictures meanwhile
    with pytest.raises(UnreadablePictureError):
        open_picture(content)
    assert list(tmp_path.iterdir()) == []


HOW_IT_WAS_HELD = {
    1: lambda seen: seen,
    2: lambda seen: seen[:, ::-1],
    3: lambda seen: seen[::-1, ::-1],
    4: lambda seen: seen[::-1],
    5: lambda seen: seen.transpose(1, 0, 2),
    6: lambda seen: np.rot90(seen, -1),
    7: lambda seen: seen.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda seen: np.rot90(seen, 1),
}
"""By the value of EXIF's orientation (JEITA CP-3451, tag 0112 hex): from the stored picture to the one that is seen."""


@pytest.mark.parametrize("orientation", list(HOW_IT_WAS_HELD))
def test_a_photo_is_opened_as_it_was_held(orientation: int) -> None:
    stored = quarters(320, 240)
    seen = open_picture(turned(encoded(stored, ".jpg"), orientation))
    wanted = HOW_IT_WAS_HELD[orientation](stored)
    assert seen.shape == wanted.shape
    assert np.abs(seen.astype(int) - wanted.astype(int)).mean() < 4
