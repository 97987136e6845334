"""A redacted copy holds nothing of what it hides."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.domain.events import EventKind
from pipeline.domain.redaction import METHOD, Hidden, Redaction
from pipeline.domain.tracks import Box, ModelIdentity
from pipeline.domain.video import ClipSpan
from pipeline.highlights import CutPlan, RenderedHighlight, plan_highlights
from pipeline.highlights.mask_film import FILL
from pipeline.highlights.masks import Mask, Masks
from pipeline.highlights.render import Cover, render_redacted
from pipeline.settings import HighlightSettings
from tests.highlights.clips import BASE, a_track, an_event, context_of, stamp

SETTINGS = HighlightSettings(padding_seconds=1, width=320)
SIZE = (320, 240)
FACE = Box(200, 60, 240, 120)
VISITOR = Box(40, 60, 100, 220)
SECONDS = 4


def a_clip(path: Path, draw: Callable[[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], int], None]) -> Path:
    """Lossless, so that two clips differ only where they are drawn differently."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"qp": "0", "preset": "ultrafast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.time_base = stream.codec_context.time_base = BASE
        for number in range(SECONDS * 10):
            picture = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
            picture[60:220, 40:100] = (60, 60, 200)
            draw(picture, number)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = stamp(number / 10).pts, BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def inside_of_face(value: int) -> Callable[[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], int], None]:
    def draw(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], number: int) -> None:
        x1, y1, x2, y2 = (round(edge) for edge in FACE.xyxy)
        picture[y1:y2, x1:x2] = (value + 7 * number) % 256
        cv2.circle(picture, (220, 90), 5 + value % 11, (value, 255 - value, 90), -1)

    return draw


def a_cover() -> Cover:
    whole = ((Fraction(-1), Fraction(SECONDS + 1)),)
    mask = Mask("m1", Hidden.PERSON, ((Fraction(0), FACE), (Fraction(SECONDS), FACE)), whole, 0.1)
    masks = Masks((mask,))
    told = Redaction(
        masked=(),
        shown_tracks=(1,),
        unmasked=(),
        reason="",
        also=(),
        method=METHOD,
        model=ModelIdentity("red", "5" * 64),
        looks=32,
        frames_per_second=8.0,
        margin=0.1,
        extend_seconds=1.0,
        has_sound=False,
    )
    return Cover(masks, told)


def copied(source: Path, folder: Path, plan: CutPlan | None = None) -> RenderedHighlight:
    context = context_of(source, [a_track(stamp(0.5), stamp(3.5), VISITOR)])
    return render_redacted(plan or a_plan(source), source, context, folder, SETTINGS, a_cover())


def a_plan(source: Path) -> CutPlan:
    visit = an_event(
        source,
        EventKind.PERSON_VISIT,
        stamp(1.0),
        stamp(3.0),
        track_ids=(1,),
        evidence=(stamp(0.5), stamp(2.0), stamp(3.5)),
    )
    (plan,) = plan_highlights([visit], ClipSpan(stamp(0), stamp(SECONDS - 0.1)), SETTINGS)
    return plan


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[RenderedHighlight, RenderedHighlight]:
    """Of two clips that differ only in a face; one plan, so that no digest of theirs is in the copies."""
    folder = tmp_path_factory.mktemp("faces")
    one = a_clip(folder / "one.mp4", inside_of_face(30))
    other = a_clip(folder / "other.mp4", inside_of_face(200))
    assert one.read_bytes() != other.read_bytes()
    plan = a_plan(one)
    return copied(one, folder / "1", plan), copied(other, folder / "2", plan)


def test_two_clips_that_differ_only_in_what_is_hidden_give_the_same_bytes(
    copies: tuple[RenderedHighlight, RenderedHighlight],
) -> None:
    """So nothing of what is hidden is in the copy: no average of it, no edge, no thumbnail, no tag."""
    one, other = copies
    assert one.mp4.read_bytes() == other.mp4.read_bytes()
    assert one.poster.read_bytes() == other.poster.read_bytes()
    assert one.contact_sheet.read_bytes() == other.contact_sheet.read_bytes()
    assert len(one.pictures) == 3
    for first, second in zip(one.pictures, other.pictures, strict=True):
        assert first.marked.read_bytes() == second.marked.read_bytes()
        assert first.plain.read_bytes() == second.plain.read_bytes()


def test_every_frame_is_filled_where_it_is_hidden_and_the_visitor_stays(
    copies: tuple[RenderedHighlight, RenderedHighlight],
) -> None:
    with av.open(str(copies[0].mp4)) as movie:
        frames = [frame.to_ndarray(format="bgr24") for frame in movie.decode(video=0)]
    assert len(frames) >= 30
    for frame in frames:
        assert np.abs(frame[60:120, 200:240].astype(int) - FILL).max() <= 12
        assert frame[100:180, 55:85, 2].mean() > 150


def test_a_copy_says_that_it_is_one_and_has_one_picture_stream_and_no_sound(
    copies: tuple[RenderedHighlight, RenderedHighlight],
) -> None:
    with av.open(str(copies[0].mp4)) as movie:
        assert [stream.type for stream in movie.streams if stream.type != "data"] == ["video"]
        assert movie.metadata["doorstep_redaction"] == "0 masks"
    assert copies[0].mp4.name.endswith("-redacted.mp4")
    assert '"redaction"' in copies[0].tags.read_text()
