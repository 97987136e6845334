"""What stands in place of detectors, codecs and the typesetter: it writes the mark of what it was given."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from pipeline.analysis import AnalysisRequest, settings_digest
from pipeline.appearance import MODEL_ID
from pipeline.domain.appearance import Colour, ColourMark, Part, ThingVector
from pipeline.domain.doorstep import Side, StillPicture
from pipeline.domain.events import CannotTell, ClipAnalysis, EventKind, InferredEvent
from pipeline.domain.evidence import Recipe
from pipeline.domain.incidents import Role
from pipeline.domain.redaction import METHOD, Redaction
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipProbe, ClipSpan, SamplingReport
from pipeline.highlights.evidence_pictures import PictureOrder, TakenPicture
from pipeline.highlights.masks import Masks
from pipeline.highlights.plan import CutPlan
from pipeline.highlights.preview import FrameStamps
from pipeline.highlights.render import RenderedHighlight
from pipeline.night.workers import Eyes, LookedAt, RenderOrder, analyse_in_worker
from pipeline.settings import Settings
from tests.catalogue.stories import MODEL, at
from tests.sequences.law import LEFT, Asked
from tests.sequences.street import Street
from tests.sequences.takes import EVENT_MARK, GONE, MARK, SECONDS, Take, pair_mark


class Workers(Executor):
    """Looks and renders at once: what a detector finds is written in the take."""

    def __init__(self, street: Street) -> None:
        self._street = street

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if fn is analyse_in_worker:
            path, request = args
            take = self._street.take_of(path.read_bytes())
            self._street.require(Asked(take.camera, take.at), "look")
            future.set_result(looked_at(take, request))
        else:
            order: RenderOrder = args[0]
            future.set_result(rendered(order.plan, order.source, order.out_dir, with_audio=order.with_audio))
        return future


def looked_at(take: Take, request: AnalysisRequest) -> LookedAt:
    tracks, events, vectors, colours = [], [], [], []
    for number, one in enumerate(take.happenings, start=1):
        is_vehicle = one.kind == EventKind.VEHICLE_STOPPED
        what = (ObjectClass.VEHICLE, "car") if is_vehicle else (ObjectClass.PERSON, "person")
        box = Box(400, 300, 460, 700) if one.half == LEFT else Box(1400, 300, 1460, 700)
        tracks.append(
            Track(number, what[0], tuple(Sighting(at(s), Detection(*what, 0.8, box)) for s in range(SECONDS)))
        )
        span = ClipSpan(at(one.second), at(one.second + 1))
        sentence = f"Something was seen for {number} s: {one.mark}"
        reason = CannotTell.OCCLUDED if one.is_unsure else None
        events.append(InferredEvent(EventKind(one.kind), span, 0.8, sentence, (number,), reason=reason))
        if is_vehicle:
            values = one.mark.encode().ljust(64, b"\1")
            vectors.append(ThingVector(ObjectClass.VEHICLE, number, None, at(one.second), MODEL_ID, values))
        else:
            colours.append(ColourMark(number, Part.UPPER, Colour.RED, 0.7, 3))
    analysis = ClipAnalysis(
        clip=request.clip,
        model=MODEL,
        settings_digest=request.settings_digest,
        probe=ClipProbe(
            "mov,mp4", "h264", 1920, 1080, 0, at(0), Fraction(10), 100, audio_codecs=("aac",) * take.has_sound
        ),
        sampling=SamplingReport((at(0), at(5)), 2, 0, (), Fraction(1, 2), at(SECONDS), "none 1"),
        tracks=tuple(tracks),
        events=tuple(events),
        mean_luma=90.0,
        colours=tuple(colours),
    )
    ends = ((Side.FIRST, ClipSpan(at(0), at(1))), (Side.LAST, ClipSpan(at(9), at(SECONDS))))
    stills = tuple(
        StillPicture(side, span, f"{take.mark}still {side} {take.half}".encode(), 1.0, "none", "none")
        for side, span in ends
    )
    return LookedAt(analysis, stills, tuple(vectors))


def marks_in(plan: CutPlan) -> list[str]:
    return [event.inferred.sentence.rpartition(" ")[2] for event in plan.events]


def rendered(plan: CutPlan, source: Path, folder: Path, *, with_audio: bool, word: str = "") -> RenderedHighlight:
    """Files that say whose events they show."""
    folder.mkdir(parents=True, exist_ok=True)
    take = MARK.search(source.read_bytes().decode("utf-8", "replace"))
    assert take is not None
    said = " ".join((f"{take.group()}cut", *marks_in(plan), "sound" if with_audio else "silent", word))

    def made(name: str) -> Path:
        path = folder / f"{plan.highlight_id}-{name}"
        path.write_text(f"{said} {name} {plan.highlight_id}")
        return path

    recipe = Recipe(plan.clip, 1, 2, "1/90000", "none", "x264" if with_audio else "x264 without sound", "none 1")
    tags = made("tags")
    tags.write_text(json.dumps({"said": said, "of": plan.highlight_id}))
    pictures = tuple(
        TakenPicture(
            event.event_id, Role.DURING, event.inferred.span.start, made(f"plain-{number}"), made(f"marked-{number}")
        )
        for number, event in enumerate(plan.events)
    )
    return RenderedHighlight(made("mp4"), made("poster"), made("sheet"), tags, recipe, pictures)


def _taken(order: PictureOrder) -> tuple[TakenPicture, ...]:
    made = []
    for number, event in enumerate(order.events):
        paths = [order.out_dir / f"{name}-{number}.jpg" for name in ("plain", "marked")]
        for path in paths:
            path.write_text(f"{event.inferred.sentence} {path.name} {event.event_id}")
        made.append(TakenPicture(event.event_id, Role.DURING, event.inferred.span.start, paths[0], paths[1]))
    return tuple(made)


def _previewed(video: Path, folder: Path, *_: Any, **__: Any) -> tuple[Path, str]:
    made = folder / "preview.mp4"
    made.write_bytes(b"preview without sound of " + video.read_bytes().replace(b"raw", b"cut"))
    return made, "none without sound"


def _encoded(video: Path, _: Any, folder: Path, *__: Any, part: ClipSpan | None = None, **___: Any) -> tuple[Path, str]:
    made, how = _previewed(video, folder)
    if part is not None:
        first, last = (float(edge.seconds - at(0).seconds) for edge in (part.start, part.end))
        made.write_bytes(f"preview part {first} to {last} of ".encode() + made.read_bytes())
    return made, how


def _stamped(*_: Any) -> FrameStamps:
    return FrameStamps(at(0).time_base, tuple(at(number / 4).pts for number in range(4 * SECONDS + 1)))


class _Differences:
    """Says that one thing went between two takes; whose still pictures they are stands in the pictures."""

    def infer(self, view: Any) -> tuple[InferredEvent, ...]:
        earlier, later, half = view.comparison
        region = Box(400, 300, 460, 700) if half == LEFT else Box(1400, 300, 1460, 700)
        sentence = f"Something went away: {pair_mark(earlier, later)}"
        return (InferredEvent(EventKind(GONE), ClipSpan(at(0), at(1)), 0.7, sentence, region=region),)


def _decoded(picture: bytes) -> tuple[str, str]:
    return picture.decode(), ""


def _compared(before: Any, after: Any, *_: Any) -> tuple[str, str, str]:
    marks = [MARK.findall(one.image)[0] for one in (before, after)]
    return marks[0], marks[1], before.image.rpartition(" ")[2]


def _beside(before: tuple[str, str], after: tuple[str, str], _: Any) -> bytes:
    return f"beside: {before[0]} {after[0]}".encode()


def _masked(order: Any, analysis: ClipAnalysis, *_: Any) -> tuple[Masks, Masks, Redaction]:
    told = Redaction((), (), (), "", (), METHOD, analysis.model, 2, 8.0, 0.1, 1.0, has_sound=False)
    return Masks(()), Masks(()), told


def _render(plan: CutPlan, source: Path, _: Any, folder: Path, *__: Any, with_audio: bool = False) -> RenderedHighlight:
    return rendered(plan, source, folder, with_audio=with_audio)


def _redacted(plan: CutPlan, source: Path, _: Any, folder: Path, __: Any, cover: Any) -> RenderedHighlight:
    return rendered(plan, source, folder / "redacted", with_audio=cover.redaction.has_sound, word="masked")


def _paper(*said: Any) -> bytes:
    """A paper that a search for marks can read."""
    views = [dict(one) for one in said if isinstance(one, Mapping) and not _is_pictures(one)]
    return b"%PDF " + json.dumps(views, default=str, ensure_ascii=False).encode()


def _is_pictures(one: Mapping[str, Any]) -> bool:
    return bool(one) and all(isinstance(value, bytes) for value in one.values())


_BOUNDARIES: Mapping[str, Any] = {
    "pipeline.night.between.decoded": _decoded,
    "pipeline.night.between.compare": _compared,
    "pipeline.night.between.side_by_side": _beside,
    "pipeline.night.between.embedded_likeness": lambda: None,
    "pipeline.night.between.left_lying": lambda *_: (),
    "pipeline.night.between.ThingsBetweenClips": _Differences,
    "pipeline.night.between.Still": lambda image, seen: SimpleNamespace(image=image, seen=seen),
    "pipeline.night.explanation.take_pictures": _taken,
    "pipeline.night.redaction.masks_of": _masked,
    "pipeline.night.redaction.render_redacted": _redacted,
    "pipeline.night.redaction.faint_detector": lambda _: None,
    "pipeline.night.redaction.is_installed": lambda: False,
    "pipeline.casework.cuts.render": _render,
    "pipeline.casework.previews.without_sound": _previewed,
    "pipeline.casework.previews.encoded": _encoded,
    "pipeline.casework.previews.frame_stamps": _stamped,
    "pipeline.casework.previews.ffmpeg_version": lambda _: "none",
    "pipeline.casework.previews.find_ffmpeg": lambda: Path("none"),
    "pipeline.reports.write.render_paper": _paper,
    "pipeline.packages.papers.set_paper": _paper,
}


@contextmanager
def boundaries() -> Iterator[None]:
    """Cameras' makers, detectors, codecs and the typesetter are away; nothing else is."""
    with ExitStack() as stack:
        for name, instead in _BOUNDARIES.items():
            stack.enter_context(patch(name, instead))
        yield


def eyes_of(settings: Settings) -> Eyes:
    return Eyes(MODEL, settings_digest(settings.sampling, settings.detection, settings.events))


def event_marks(texts: Sequence[str]) -> set[str]:
    return {found for text in texts for found in EVENT_MARK.findall(text)}
