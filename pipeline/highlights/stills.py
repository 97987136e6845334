"""Pictures out of a rendered highlight: a poster, and a contact sheet with the time under each."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from pipeline.domain.video import Timestamp
from pipeline.errors import StorageError
from pipeline.highlights.context import RenderContext, Shape
from pipeline.highlights.lettering import Plate, Row, Words, letter
from pipeline.highlights.overlay import DARK
from pipeline.highlights.plan import CutPlan

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, blue, green, red."""

_COLUMNS = 3
_CELLS = 9
_CELL_WIDTH = 426
_GAP = 6
_QUALITY = 88


def nearest(stamps: Sequence[Timestamp], moment: Timestamp) -> int:
    """The number of the frame that stands at ``moment``: the last that starts at or before it, or the first."""
    before = [number for number, stamp in enumerate(stamps) if stamp <= moment]
    return before[-1] if before else 0


def contact_moments(plan: CutPlan, stamps: Sequence[Timestamp]) -> tuple[int, ...]:
    """Numbers of up to nine different frames: those that the events name first, then even steps, in order of time."""
    named = [moment for event in plan.events for moment in event.inferred.evidence]
    inside = [moment for moment in named if plan.span.start <= moment <= plan.span.end]
    chosen: dict[int, None] = {nearest(stamps, plan.key_moment): None}
    chosen |= dict.fromkeys([nearest(stamps, moment) for moment in inside][: _CELLS - 1])
    parts = _CELLS - 1
    while len(chosen) < min(_CELLS, len(stamps)):
        steps = [(len(stamps) - 1) * step // parts for step in range(parts + 1)]
        chosen |= dict.fromkeys(steps[: parts + 1])
        if len(chosen) >= _CELLS:
            break
        parts *= 2
    return tuple(sorted(list(chosen)[:_CELLS]))


def frames_of(video: Path, numbers: Sequence[int]) -> dict[int, Picture]:
    """The frames of our own rendering with these numbers, counted from 0; fewer when it has fewer."""
    wanted = set(numbers)
    found: dict[int, Picture] = {}
    with av.open(str(video)) as movie:
        for number, frame in enumerate(movie.decode(video=0)):
            if number in wanted:
                found[number] = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
            if len(found) == len(wanted):
                break
    return found


def write_poster(picture: Picture, path: Path) -> None:
    """Writes the poster as JPEG, with its strip of words.

    Raises:
        StorageError: It cannot be written.
    """
    write_jpeg(picture, path)


def write_contact_sheet(
    pictures: Sequence[tuple[Timestamp, Picture]], zero: Timestamp, context: RenderContext, shape: Shape, path: Path
) -> None:
    """Writes up to nine pictures in rows of three, each with the camera's time and the second of the highlight.

    Raises:
        StorageError: It cannot be written.
    """
    width = min(_CELL_WIDTH, shape.width)
    height = max(1, round(shape.height * width / shape.width))
    plates = [_cell_words(moment, zero, context, width) for moment, _ in pictures]
    words = [picture[..., :3] for picture in letter(plates, 13)]
    high = height + max(word.shape[0] for word in words)
    rows = -(-len(pictures) // _COLUMNS)
    columns = min(_COLUMNS, len(pictures))
    sheet = np.empty((rows * (high + _GAP) + _GAP, columns * (width + _GAP) + _GAP, 3), np.uint8)
    sheet[:] = tuple(int(DARK[start : start + 2], 16) for start in (5, 3, 1))
    for number, ((_, picture), word) in enumerate(zip(pictures, words, strict=True)):
        y, x = (
            _GAP + part * size for part, size in zip(divmod(number, _COLUMNS), (high + _GAP, width + _GAP), strict=True)
        )
        sheet[y : y + height, x : x + width] = cv2.resize(
            picture[: shape.height], (width, height), interpolation=cv2.INTER_AREA
        )
        sheet[y + height : y + height + word.shape[0], x : x + width] = word
    write_jpeg(sheet, path)


def _cell_words(moment: Timestamp, zero: Timestamp, context: RenderContext, width: int) -> Plate:
    local = context.local(moment)
    second = Fraction(moment.seconds - zero.seconds)
    row = Row(
        (Words(f"{local:%H:%M:%S}.{local.microsecond // 100_000}", "#f2f4f6"),),
        (Words(f"+{float(second):.1f} s", "#9aa3ad"),),
    )
    return Plate((row,), DARK, width=width, margin=0.35)


def write_jpeg(picture: Picture, path: Path) -> None:
    """Writes a picture as JPEG, the same bytes for the same picture.

    Raises:
        StorageError: It cannot be written.
    """
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise StorageError("write a picture", path.name)
    try:
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        raise StorageError("write a picture", error.strerror or type(error).__name__) from error
