"""Before, during and after an event: the untouched part of the frame around its region, and the whole frame, marked.

What is drawn stands only on the marked picture; the other shows the original's own pixels, as the decoder gave them.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from pipeline.domain.events import Event, InferredEvent
from pipeline.domain.incidents import Role
from pipeline.domain.tracks import Box, Track
from pipeline.domain.video import ClipProbe, ClipSpan, Timestamp
from pipeline.highlights.cut import CutOrder, take_frames
from pipeline.highlights.mask_film import paint
from pipeline.highlights.masks import Masks
from pipeline.highlights.overlay import AMBER, BLUE, DARK, LONGEST_GAP, bgr
from pipeline.highlights.stills import Picture, write_jpeg
from pipeline.settings import HighlightSettings

RECIPE = "evidence pictures: untouched crop around the region, and whole frame with region (blue) and tracks (amber)"
"""What a recipe says of them, before their stamps."""
_WIDEST = 640
"""Pixels of the longer side, above which a picture is made smaller: in a report three stand beside each other."""
_MARGIN = 0.6
"""Share of a region's longer side that is shown around it: what it lies on must be seen to judge it."""
_LEAST_MARGIN = 48
"""Pixels that are shown around a small region."""
_LEAD = Fraction(1)
"""Seconds beyond the last moment within which its frame is still looked for."""


@dataclass(frozen=True, slots=True)
class TakenPicture:
    """As ``EvidencePicture``, with files in place of digests."""

    event_id: str
    role: Role
    at: Timestamp
    plain: Path
    marked: Path


@dataclass(frozen=True, slots=True)
class PictureOrder:
    """Of what the pictures are made.

    Attributes:
        events: Of one clip; may be empty.
        tracks: Of the clip.
        probe: Of the clip; boxes are in pixels of its ``width`` and ``height``.
        source: The original's bytes; only read.
        out_dir: Is there; the files in it are named by event and role.
        settings: Limits of the child process.
        masks: What is hidden in them; empty for nothing.
    """

    events: tuple[Event, ...]
    tracks: tuple[Track, ...]
    probe: ClipProbe
    source: Path
    out_dir: Path
    settings: HighlightSettings
    masks: Masks = field(default_factory=lambda: Masks(()))


def moments_of(inferred: InferredEvent) -> tuple[tuple[Role, Timestamp], ...]:
    """At most one moment before, one during and one after; during is the middle of the span where none is named."""
    span, named = inferred.span, sorted(inferred.evidence)
    before = [moment for moment in named if moment < span.start][-1:]
    after = [moment for moment in named if moment > span.end][:1]
    inside = [moment for moment in named if span.start <= moment <= span.end]
    during = inside[len(inside) // 2] if inside else _middle(span)
    return (
        *((Role.BEFORE, moment) for moment in before),
        (Role.DURING, during),
        *((Role.AFTER, moment) for moment in after),
    )


def wanted_moments(events: Sequence[Event]) -> tuple[Timestamp, ...]:
    """Every moment of which a picture is wanted, in order, each once."""
    return tuple(sorted({moment for event in events for _, moment in moments_of(event.inferred)}))


def take_pictures(order: PictureOrder) -> tuple[TakenPicture, ...]:
    """Makes the pictures of events from the original, decoding behind walls; the same bytes whenever it runs.

    Raises:
        FfmpegError: ffmpeg fails or is ended by a limit.
        StorageError: A file cannot be written.
    """
    wanted = wanted_moments(order.events)
    if not wanted:
        return ()
    base, probe = order.probe.first.time_base, order.probe
    first = Timestamp(int(wanted[0].seconds / base), base)
    last = Timestamp(int((wanted[-1].seconds + _LEAD) / base), base)
    frames = CutOrder(
        clip=order.events[0].clip,
        source=order.source,
        container=probe.container,
        span=ClipSpan(first, last),
        wanted=wanted,
        size=(probe.width, probe.height),
    )
    with tempfile.TemporaryDirectory(prefix=".frames-", dir=order.out_dir) as name:
        return write_pictures(order, take_frames(frames, order.settings, Path(name)))


def write_pictures(order: PictureOrder, frames: Sequence[tuple[Timestamp, Path]]) -> tuple[TakenPicture, ...]:
    """Writes the pictures of events for which there are frames.

    Args:
        order: Of what.
        frames: Untouched ones with their stamps, in order of time; a moment's is the first at or after it.

    Raises:
        StorageError: A file cannot be written.
    """
    whole: dict[Timestamp, Picture] = {}
    made = []
    for event in order.events:
        crop = _crop(event.inferred, order)
        for role, moment in moments_of(event.inferred):
            found = next(((stamp, path) for stamp, path in frames if stamp >= moment), None)
            if found is None or not _stands(role, found[0], event.inferred.span):
                continue  # the moment's own frame was not decoded, and another would show something else
            stamp, path = found
            if stamp not in whole:
                frame = np.asarray(cv2.imread(str(path)), dtype=np.uint8)
                whole[stamp] = paint(frame, order.masks, stamp, order.probe)
            made.append(_write(event, role, stamp, whole, crop, order))
    return tuple(made)


def recipe_words(pictures: Sequence[TakenPicture]) -> str:
    """How they were made, with the stamp of each; empty when there is none."""
    if not pictures:
        return ""
    stamps = ", ".join(f"{picture.event_id} {picture.role} {picture.at.pts}" for picture in pictures)
    return f"{RECIPE}, longer side at most {_WIDEST} pixels, at stamps {stamps}"


def _write(
    event: Event, role: Role, stamp: Timestamp, whole: Mapping[Timestamp, Picture], crop: Box, order: PictureOrder
) -> TakenPicture:
    stem = order.out_dir / f"{event.event_id}-{role}"
    taken = TakenPicture(event.event_id, role, stamp, Path(f"{stem}.jpg"), Path(f"{stem}-marked.jpg"))
    left, top, right, bottom = (round(edge) for edge in crop.xyxy)
    write_jpeg(_fitted(whole[stamp][top:bottom, left:right]), taken.plain)
    write_jpeg(_marked(whole[stamp], event.inferred, stamp, order), taken.marked)
    return taken


def _stands(role: Role, stamp: Timestamp, span: ClipSpan) -> bool:
    return stamp < span.start if role is Role.BEFORE else role is Role.DURING or stamp > span.end


def _middle(span: ClipSpan) -> Timestamp:
    base = span.start.time_base
    return Timestamp(span.start.pts + int(span.duration / 2 / base), base)


def _crop(inferred: InferredEvent, order: PictureOrder) -> Box:
    """Around the region; without one around the event's tracks; without those the whole picture. The same all along."""
    width, height = order.probe.width, order.probe.height
    picture = Box(0, 0, width, height)
    boxes = [inferred.region] if inferred.region is not None else _boxes(inferred, order)
    if not boxes:
        return picture
    box = Box(*(side([box.xyxy[edge] for box in boxes]) for edge, side in enumerate((min, min, max, max))))
    wide = box.grown(max(_LEAST_MARGIN, _MARGIN * max(box.width, box.height)))
    left, top = (min(max(edge, 0), size - 2) for edge, size in ((wide.x1, width), (wide.y1, height)))
    right, bottom = min(max(wide.x2, left + 2), width), min(max(wide.y2, top + 2), height)
    return Box(left, top, right, bottom)


def _boxes(inferred: InferredEvent, order: PictureOrder) -> list[Box]:
    moments = [moment for _, moment in moments_of(inferred)]
    tracks = [track for track in order.tracks if track.track_id in inferred.track_ids]
    found = [track.box_at(moment, LONGEST_GAP) for track in tracks for moment in moments]
    return [box for box in found if box is not None]


def _marked(frame: Picture, inferred: InferredEvent, stamp: Timestamp, order: PictureOrder) -> Picture:
    picture = _fitted(frame)
    scale = picture.shape[1] / frame.shape[1], picture.shape[0] / frame.shape[0]
    for track in order.tracks:
        box = track.box_at(stamp, LONGEST_GAP)
        if track.track_id in inferred.track_ids and box is not None:
            _draw(picture, box.scaled(*scale), AMBER)
    if inferred.region is not None:
        _draw(picture, inferred.region.scaled(*scale), BLUE)
    return picture


def _draw(picture: Picture, box: Box, colour: str) -> None:
    corners = [round(edge) for edge in box.xyxy]
    for line, shade in ((4, DARK), (2, colour)):
        cv2.rectangle(picture, (corners[0], corners[1]), (corners[2], corners[3]), bgr(shade), line)


def _fitted(picture: Picture) -> Picture:
    """A copy, made smaller where its longer side is above the widest; never larger."""
    height, width = picture.shape[:2]
    scale = min(1.0, _WIDEST / max(height, width))
    if scale == 1.0:
        return picture.copy()
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
