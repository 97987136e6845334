"""What is drawn over and below the picture: boxes of tracks and regions, event names, and the time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.tracks import Box, Track
from pipeline.domain.video import ClipSpan, ClockSource, Timestamp
from pipeline.highlights.context import CHOSEN, NOT_CONFIRMED, RenderContext, Shape, caption
from pipeline.highlights.lettering import Pixels, Plate, Row, Words, letter, put
from pipeline.highlights.plan import CutPlan

STEPS_PER_SECOND = 10
"""How often boxes move."""
LONGEST_GAP = Fraction(4)
"""Seconds between two sightings over which a box is still drawn; a still scene is looked at every two seconds."""

AMBER, BLUE, DARK = "#ffb84d", "#5ec8f2", "#101418"
"""Tracks, regions, ground: told apart with any kind of colour vision."""
_LIGHT, _DIM = "#f2f4f6", "#9aa3ad"
_STAMPS_A_SECOND = 1000
_FROM_START = frozenset({EventKind.PACKAGE_PICKED_UP, EventKind.OBJECT_REMOVED})
_TO_END = frozenset({EventKind.PACKAGE_DELIVERED, EventKind.OBJECT_LEFT})


Corners = tuple[int, int, int, int]
"""Of a box in the picture, whole pixels."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to draw: where it is at a moment, in which colour, what is written on it, and when that is happening."""

    colour: str
    words: str
    box_at: Callable[[Timestamp], Box | None]
    span: ClipSpan | None = None

    def is_lit(self, moment: Timestamp) -> bool:
        """Whether its event goes on at a moment; of a track never, since a track is no event."""
        return self.span is not None and self.span.start <= moment <= self.span.end


def draw_overlay(plan: CutPlan, context: RenderContext, shape: Shape, path: Path) -> None:
    """Writes the overlay as a lossless movie with transparency; its time starts with the plan's span.

    A picture is written whenever something changes, and holds until the next. The last stands a second longer than
    the plan's span, so that it is the original that ends the highlight.
    """
    marks = _marks(plan, context)
    labels = letter([_label(mark) for mark in marks], max(11.0, shape.letters * 0.8))
    moments = _moments(plan, context)
    strips, numbers = _strips(plan, context, shape, moments)
    with av.open(str(path), "w", format="mov", options={"fflags": "+bitexact"}) as movie:
        stream = movie.add_stream("qtrle", rate=_STAMPS_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = shape.width, shape.whole, "argb"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _STAMPS_A_SECOND)
        before: object = None
        canvas = np.zeros((shape.whole, shape.width, 4), np.uint8)
        for moment, number in zip(moments, numbers, strict=True):
            boxes = tuple(_in_picture(mark.box_at(moment), shape) for mark in marks)
            if (boxes, number) == before:
                continue
            before = (boxes, number)
            canvas = np.zeros((shape.whole, shape.width, 4), np.uint8)
            canvas[shape.height :] = strips[number]
            for box, place in drawn_at(marks, boxes, moment):
                _draw(canvas, shape, marks[place], labels[place], box)
            movie.mux(stream.encode(_frame(canvas, moment.seconds - plan.span.start.seconds)))
        movie.mux(stream.encode(_frame(canvas, plan.span.duration + 1)))
        movie.mux(stream.encode())


def drawn_at(marks: Sequence[Mark], boxes: Sequence[Corners | None], moment: Timestamp) -> list[tuple[Corners, int]]:
    """Which marks are drawn: of several at one place the one whose event goes on, so that what is lit has a box.

    Where several go on, or none does, the last of them.

    Args:
        marks: In the order in which they are drawn.
        boxes: Where each is at the moment; None where it is not.
        moment: On the original's time line.

    Returns:
        Boxes, each once, with the number of the mark whose word it bears, in the order of the marks.
    """
    told: dict[Corners, int] = {}
    for place, box in enumerate(boxes):
        if box is None:
            continue
        known = told.get(box)
        if known is None or marks[place].is_lit(moment) or not marks[known].is_lit(moment):
            told[box] = place
    return sorted(told.items(), key=lambda item: item[1])


def _frame(canvas: Pixels, since: Fraction) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(canvas, format="bgra").reformat(format="argb")
    frame.pts, frame.time_base = round(since * _STAMPS_A_SECOND), Fraction(1, _STAMPS_A_SECOND)
    return frame


def region_span(inferred: InferredEvent, span: ClipSpan) -> ClipSpan:
    """When the event's region is worth a box: while the object lies there as well, as far as ``span`` goes."""
    start = span.start if inferred.kind in _FROM_START else max(inferred.span.start, span.start)
    end = span.end if inferred.kind in _TO_END else min(inferred.span.end, span.end)
    return ClipSpan(start, max(start, end))


def _marks(plan: CutPlan, context: RenderContext) -> tuple[Mark, ...]:
    if not plan.has_boxes:
        return ()
    wanted = {track_id for event in plan.events for track_id in event.inferred.track_ids}
    tracks = [_track_mark(track) for track in context.tracks if track.track_id in wanted]
    regions = [_region_mark(event.inferred, caption(event), plan.span) for event in plan.events]
    return (*(region for region in regions if region is not None), *tracks)


def _track_mark(track: Track) -> Mark:
    words = f"{track.object_class.value} {track.confidence:.2f}"
    return Mark(AMBER, words, lambda moment: track.box_at(moment, LONGEST_GAP))


def _region_mark(inferred: InferredEvent, words: str, span: ClipSpan) -> Mark | None:
    region = inferred.region
    if region is None:
        return None
    shown = region_span(inferred, span)
    return Mark(BLUE, words, lambda moment: region if shown.start <= moment <= shown.end else None, inferred.span)


def _moments(plan: CutPlan, context: RenderContext) -> list[Timestamp]:
    """Every step of the boxes, every full second of the camera's clock, and where events start and end.

    Each has a stamp of its own in the overlay: of two that would share one, the later is kept.
    """
    start, longest = plan.span.start.seconds, plan.span.duration
    steps = int(longest * STEPS_PER_SECOND) + 1
    offsets = {Fraction(step, STEPS_PER_SECOND) for step in range(steps)}
    tick = Fraction((1_000_000 - context.utc(plan.span.start).microsecond) % 1_000_000, 1_000_000)
    offsets |= {tick + second for second in range(int(longest) + 1)}
    for event in plan.events:
        offsets |= {event.inferred.span.start.seconds - start, event.inferred.span.end.seconds - start}
    kept = {round(offset * _STAMPS_A_SECOND): offset for offset in sorted(offsets) if 0 <= offset <= longest}
    return [_exact(start + offset) for offset in kept.values()]


def _exact(seconds: Fraction) -> Timestamp:
    return Timestamp(seconds.numerator, Fraction(1, seconds.denominator))


def _strips(
    plan: CutPlan, context: RenderContext, shape: Shape, moments: list[Timestamp]
) -> tuple[tuple[Pixels, ...], tuple[int, ...]]:
    """The different strips, and which of them stands at each moment."""
    plates: dict[Plate, int] = {}
    numbers = []
    for moment in moments:
        rows = _rows(plan, context, moment, is_wide=shape.is_wide)
        plate = Plate(rows, DARK, width=shape.width, height=shape.strip)
        numbers.append(plates.setdefault(plate, len(plates)))
    return letter(list(plates), shape.letters), tuple(numbers)


def _rows(plan: CutPlan, context: RenderContext, moment: Timestamp, *, is_wide: bool) -> tuple[Row, ...]:
    names = tuple(
        Words(caption(event), AMBER if event.inferred.span.start <= moment <= event.inferred.span.end else _DIM)
        for event in plan.events
    )
    names = names or (Words(CHOSEN, _DIM),)
    local = Words(_local_words(context, moment), _LIGHT)
    utc = Words(f"{context.utc(moment):%Y-%m-%d %H:%M:%S} UTC", _DIM)
    name, clip, status = Words(context.camera.name, _LIGHT), Words(f"clip {plan.clip[:12]}", _DIM), NOT_CONFIRMED
    if is_wide:
        return (Row(names, (Words(status, _LIGHT),)), Row((local, utc, name), (clip,)))
    return (Row(names), Row((local, name)), Row((utc, clip)), Row((Words(status, _LIGHT),)))


def _local_words(context: RenderContext, moment: Timestamp) -> str:
    local = context.local(moment)
    words = f"{local:%Y-%m-%d %H:%M:%S} {_zone(local)}"
    if context.clock.source is ClockSource.UPLOAD:
        return f"{words} by time of receipt"
    off = context.clock.uncertainty
    return words if off < timedelta(seconds=1) else f"{words} \u00b1{_length(off)}"


def _zone(local: datetime) -> str:
    """The zone's short name; where it has none but an offset, ``UTC+03:00``."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local:%z}"[:-2] + ":" + f"{local:%z}"[-2:]


def _length(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"  # noqa: PLR2004 - two minutes


def _label(mark: Mark) -> Plate:
    return Plate((Row((Words(mark.words, DARK),)),), mark.colour, margin=0.3)


def _in_picture(box: Box | None, shape: Shape) -> Corners | None:
    """Whole pixels inside the picture; None when nothing of the box lies in it."""
    if box is None:
        return None
    x1, y1, x2, y2 = (round(value) for value in shape.box(box).xyxy)
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, shape.width - 1), min(y2, shape.height - 1)
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None


def _draw(canvas: Pixels, shape: Shape, mark: Mark, label: Pixels, box: Corners) -> None:
    x1, y1, x2, y2 = box
    line = max(2, shape.width // 500)
    picture = canvas[: shape.height]
    cv2.rectangle(picture, (x1, y1), (x2, y2), (*bgr(DARK), 170), line + 2)
    cv2.rectangle(picture, (x1, y1), (x2, y2), (*bgr(mark.colour), 255), line)
    high, wide = label.shape[:2]
    above = y1 - high - line // 2
    x = min(max(x1 - line // 2, 0), max(shape.width - wide, 0))
    put(picture, label, x, above if above >= 0 else min(y2 + line, shape.height - high))


def bgr(colour: str) -> tuple[int, int, int]:
    """``#rrggbb`` as blue, green, red, 0 to 255."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return (blue, green, red)
