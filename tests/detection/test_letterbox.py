"""Geometry of the canvas, there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detection.letterbox import Letterbox, canvas_for

SIDES = st.integers(16, 4000)


@given(height=SIDES, width=SIDES, side=st.integers(1, 40).map(lambda number: number * 32))
def test_a_canvas_holds_the_picture_and_is_no_larger_than_it_must(height: int, width: int, side: int) -> None:
    canvas = canvas_for((height, width), side)
    size = Letterbox((height, width), canvas, 0).size

    assert max(canvas) == side
    assert all(length % 32 == 0 for length in canvas)
    assert all(0 <= room - length < 32 for room, length in zip(canvas, size, strict=True))


def test_a_wide_picture_needs_little_more_than_half_a_square() -> None:
    assert canvas_for((1080, 1920), 512) == (288, 512)
    assert canvas_for((1920, 1080), 512) == (512, 288)


@given(height=SIDES, width=SIDES, corners=st.tuples(*[st.floats(0, 1)] * 4))
def test_a_box_comes_back_to_where_it_was(height: int, width: int, corners: tuple[float, ...]) -> None:
    letterbox = Letterbox((height, width), (640, 640), 114)
    x1, x2 = sorted((corners[0] * width, corners[2] * width))
    y1, y2 = sorted((corners[1] * height, corners[3] * height))
    (top, left), (high, wide) = letterbox.offset, letterbox.size
    across, down = wide / width, high / height
    on_canvas = np.array([[x1 * across + left, y1 * down + top, x2 * across + left, y2 * down + top]], dtype=np.float32)

    (back,) = letterbox.back(on_canvas)

    assert back == pytest.approx([x1, y1, x2, y2], abs=max(height, width) * 1e-5)


def test_what_reaches_over_the_edge_is_cut_there() -> None:
    letterbox = Letterbox((720, 1280), (640, 640), 114)

    (back,) = letterbox.back(np.array([[-50, 0, 700, 639]], dtype=np.float32))

    assert back.tolist() == [0, 0, 1280, 720]


def test_the_picture_lies_in_the_middle_and_the_rest_is_filled() -> None:
    picture = np.full((720, 1280, 3), 200, dtype=np.uint8)

    canvas = Letterbox((720, 1280), (640, 640), 114).lay(picture)

    assert canvas.shape == (1, 640, 640, 3)
    assert (canvas[0, 140:500] == 200).all()
    assert (canvas[0, :140] == 114).all()
    assert (canvas[0, 500:] == 114).all()
