"""Masks as a lossless movie with transparency, which ffmpeg lays over the picture before anything else is drawn."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipProbe, ClipSpan, Timestamp
from pipeline.highlights.context import Shape
from pipeline.highlights.masks import Masks
from pipeline.highlights.stills import Picture

FILL = (112, 104, 96)
"""Blue, green, red: a grey that no picture of people has in such large even patches."""
MASK_FILM = "masks.mov"
_STEPS = 25
"""Pictures a second; each mask reaches a fifth of a second to both sides of its moment, so that none comes late."""
_STAMPS_A_SECOND = 1000


def write_mask_film(masks: Masks, probe: ClipProbe, span: ClipSpan, shape: Shape, path: Path) -> None:
    """Writes the movie in the size of the highlight's picture, its time starting with ``span``; the rest is clear."""
    with av.open(str(path), "w", format="mov", options={"fflags": "+bitexact"}) as movie:
        stream = movie.add_stream("qtrle", rate=_STAMPS_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, "argb"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _STAMPS_A_SECOND)
        before: object = None
        for step in range(int(span.duration * _STEPS) + 2):
            since = Fraction(step, _STEPS)
            boxes = tuple(_whole_pixels(box, shape) for box in masks.at(_at(span, since), probe))
            if boxes != before:
                movie.mux(stream.encode(_frame(boxes, since, shape)))
            before = boxes
        movie.mux(stream.encode(_frame(before if isinstance(before, tuple) else (), span.duration + 1, shape)))
        movie.mux(stream.encode())


def paint(picture: Picture, masks: Masks, at: Timestamp, probe: ClipProbe) -> Picture:
    """A copy of a whole frame, in the size as shown, with what is masked filled."""
    painted = picture.copy()
    for left, top, right, bottom in masks.at(at, probe):
        painted[top:bottom, left:right] = FILL
    return painted


def _at(span: ClipSpan, since: Fraction) -> Timestamp:
    moment = span.start.seconds + since
    return Timestamp(moment.numerator, Fraction(1, moment.denominator))


def _whole_pixels(box: tuple[int, int, int, int], shape: Shape) -> tuple[int, int, int, int]:
    """On even pixels, which are whole ones of the colours too, outwards."""
    x1, y1, x2, y2 = shape.box(Box(*box)).xyxy
    left, top = int(x1) // 2 * 2, int(y1) // 2 * 2
    right, bottom = min(shape.width, -(-int(x2 + 1) // 2) * 2), min(shape.height, -(-int(y2 + 1) // 2) * 2)
    return left, top, right, bottom


def _frame(boxes: tuple[tuple[int, int, int, int], ...], since: Fraction, shape: Shape) -> av.VideoFrame:
    canvas = np.zeros((shape.height, shape.width, 4), np.uint8)
    for left, top, right, bottom in boxes:
        cv2.rectangle(canvas, (left, top), (right - 1, bottom - 1), (*FILL, 255), -1)
    frame = av.VideoFrame.from_ndarray(canvas, format="bgra").reformat(format="argb")
    frame.pts, frame.time_base = round(since * _STAMPS_A_SECOND), Fraction(1, _STAMPS_A_SECOND)
    return frame
