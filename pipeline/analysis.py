"""One clip through all stages that look at it: sample, detect, watch the still scene, track, infer.

A clip is analysed in one pass inside one call; only small frozen results leave it.
"""

import hashlib
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import rfc8785

from pipeline.appearance import ColourWatch, ThingWatch, skin_like
from pipeline.detection.detector import Detector
from pipeline.detection.eye import Eye
from pipeline.detection.weights import digest_of, embedded_directory
from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import ClipAnalysis, EarlierLook, InferredEvent, Zone
from pipeline.domain.plain import to_plain
from pipeline.domain.tracks import Box, Detection, FrameDetections, ObjectClass
from pipeline.domain.video import ClipProbe, ClipSpan, SamplingReport, Timestamp
from pipeline.errors import ModelUnavailableError, WeightsMismatchError
from pipeline.events import ClipView, infer_events
from pipeline.events.calibration import SCORES_DIGEST, ScoreTable
from pipeline.events.mistaken import without_mistaken
from pipeline.events.view import GONE_SECONDS
from pipeline.events.zones import exits
from pipeline.sampling import SampledFrame, sample_clip
from pipeline.scene.bodies import BodyWatch, as_vehicles
from pipeline.scene.edges import EdgeStills
from pipeline.scene.lasting import LastingChanges, merged
from pipeline.scene.package_likeness import Likeness, PackageLikeness
from pipeline.scene.somebody import SecondLook
from pipeline.scene.still import StillScene
from pipeline.settings import DetectionSettings, EventSettings, SamplingSettings
from pipeline.stopwatch import Stopwatch
from pipeline.tracking import ClothesWatch, parted, taken_for_one, track

ANALYSIS_VERSION = 12
"""Raised whenever the same clip, weights and settings would give another result."""
LIKENESS_DIGEST = "65571b64241163f7684c4bb1135d791d07a28b0aeede33927120b4c49a91a745"
"""Of the embedded network that says how much a thing looks like a parcel, by `digest_of` its two files."""
_BUSY = frozenset({ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.BICYCLE, ObjectClass.ANIMAL})
_ALIVE = frozenset({ObjectClass.PERSON, ObjectClass.BICYCLE})
_MAY_REST = frozenset({ObjectClass.VEHICLE, ObjectClass.ANIMAL})
"""A detector that knows no boxes calls parcels cars and dogs: what rests belongs to the scene."""
_SAMPLING = ("frames_per_second", "idle_seconds", "working_width", "largest_pixels", "longest_seconds", "most_streams")
"""The settings of sampling that can change a result; the others bound what a clip may cost."""


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What to look for in one clip, and how.

    Attributes:
        clip: SHA-256 of the evidence item.
        trigger: Why the camera recorded.
        triggered_after: Seconds from the clip's first frame to the trigger; None when nobody said.
        zones: The camera's; empty when none were drawn.
        until: Seconds from the clip's first frame to the last moment that may be looked at; None for all of it.
    """

    clip: str
    sampling: SamplingSettings
    detection: DetectionSettings
    events: EventSettings
    trigger: TriggerKind = TriggerKind.OTHER
    triggered_after: Fraction | None = None
    zones: tuple[Zone, ...] = ()
    until: Fraction | None = None

    @property
    def settings_digest(self) -> str:
        """See `settings_digest`."""
        return settings_digest(self.sampling, self.detection, self.events, self.zones)


@dataclass(frozen=True, slots=True)
class Beside:
    """Sees every look of an analysis too; what it makes of them is kept beside the result.

    Attributes:
        edges: Makes the still pictures at the clip's ends.
        things: Makes vectors of things.
    """

    edges: EdgeStills
    things: ThingWatch


def settings_digest(
    sampling: SamplingSettings, detection: DetectionSettings, events: EventSettings, zones: tuple[Zone, ...] = ()
) -> str:
    """SHA-256 of `settings_text`."""
    return hashlib.sha256(settings_text(sampling, detection, events, zones)).hexdigest()


def settings_text(
    sampling: SamplingSettings, detection: DetectionSettings, events: EventSettings, zones: tuple[Zone, ...] = ()
) -> bytes:
    """All that is set and can change a result, as canonical JSON; the weights are named by a digest of their own."""
    return rfc8785.dumps(
        {
            "version": ANALYSIS_VERSION,
            "likeness": LIKENESS_DIGEST,
            "scores": SCORES_DIGEST,
            "sampling": {name: getattr(sampling, name) for name in _SAMPLING},
            "detection": {"confidence": detection.confidence},
            "events": events.model_dump(),
            "zones": to_plain(zones),
        }
    )


def event_id(
    clip: str,
    camera_id: str,
    model_digest: str,
    settings_digest: str,
    inferred: InferredEvent,
    since: EarlierLook | None = None,
) -> str:
    """The name of an event: the same whenever the same is inferred from the same clips in the same way."""
    parts = [clip, camera_id, model_digest, settings_digest, to_plain(inferred)]
    if since is not None:
        parts += [since.clip, to_plain(since.at), to_plain(since.moment)]
    return "ev-" + _digest(parts)[:20]


def analyse_clip(
    path: Path,
    request: AnalysisRequest,
    detector: Detector,
    likeness: Likeness | None = None,
    scores: ScoreTable | None = None,
    beside: Beside | None = None,
) -> ClipAnalysis:
    """Looks at one clip.

    Args:
        path: The clip's bytes, read only.
        request: What to look for.
        detector: Its identity becomes part of the result.
        likeness: Says how much a thing that came or went looks like a parcel; by default the embedded weights do.
        scores: What the rules' scores are worth; by default the embedded table.
        beside: Sees every look too.

    Raises:
        VideoError: The clip cannot be read or decoded, or a limit ended the decoding.
        DetectionError: A model cannot be used.
    """
    watch = Stopwatch()
    looks: list[FrameDetections] = []
    with sample_clip(path, request.sampling, until=request.until) as sample:
        probe = sample.probe
        eye, bodies = Eye(detector, request.detection.confidence), BodyWatch((probe.width, probe.height))
        likeness, somebody = likeness or embedded_likeness(), SecondLook(eye.alone)
        scene = StillScene((probe.width, probe.height), likeness=likeness, somebody=somebody)
        lasting = LastingChanges((probe.width, probe.height), likeness, somebody)
        clothes, colours = ClothesWatch(skin_like), ColourWatch()
        for frame in watch.each("sampling", sample.frames()):
            with watch.on("detection"):
                found = eye.look(frame.image, has_moved=bool(frame.moved))
            busy = [one.box for one in found if one.object_class in _BUSY]
            with watch.on("scene"):
                scene.look(frame.at, frame.image, busy)
                bodies.look(frame.at, frame.image)
                lasting.look(frame.at, frame.image, _boxes(found, _ALIVE), _boxes(found, _MAY_REST))
            shown = _as_shown(found, frame, probe)
            with watch.on("appearance"):
                colours.look(frame.at, frame.image, found, shown)
            with watch.on("tracking"):
                clothes.look(frame.at, frame.image, found, shown)
            if beside is not None:
                beside.edges.look(frame.at, frame.image, busy)
                beside.things.look(frame, found, shown)
            looks.append(FrameDetections(frame.at, shown))
        sampling = sample.report
    with watch.on("scene"):
        seen = scene.report()
        seen = replace(seen, changes=merged(lasting.changes(), seen.changes))
    with watch.on("tracking"):
        followed = track(as_vehicles(track(bodies.patches()), looks, probe.width, probe.height))
        tracks = parted(followed, lambda one: (*clothes.handovers(one), *exits(one, probe.width, GONE_SECONDS)))
    with watch.on("events"):
        span, moment = _span(probe, sampling, request), _triggered_at(request, probe)
        known = without_mistaken(tracks, seen.changes)
        asked = (request.trigger, moment, request.zones, taken_for_one(followed, tracks))
        view = ClipView(known, seen, sampling, probe.width, probe.height, span, *asked)
        events = infer_events(view, request.events, scores=embedded_scores() if scores is None else scores)
    return ClipAnalysis(
        clip=request.clip,
        model=detector.identity,
        settings_digest=request.settings_digest,
        probe=probe,
        sampling=sampling,
        tracks=tracks,
        events=events,
        mean_luma=seen.mean_luma,
        stage_seconds=watch.laps(),
        colours=colours.marks(tracks),
    )


@cache
def embedded_likeness() -> PackageLikeness:
    """The parcel classifier that comes with this program; read once a process.

    Raises:
        ModelUnavailableError: The weights are not here.
        WeightsMismatchError: They are not the ones that this version was measured with.
    """
    from pipeline.detection.openvino_runtime import Network  # 0.3 s, and only an analysis needs it

    files = _embedded("package-likeness", "model.xml", "model.bin")
    found = digest_of({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    if found != LIKENESS_DIGEST:
        raise WeightsMismatchError("package-likeness", LIKENESS_DIGEST, found)
    return PackageLikeness(Network(files["model.xml"], files["model.bin"], threads=1))


@cache
def embedded_scores() -> ScoreTable:
    """What scores are worth, from the table that comes with this program; read once a process.

    Raises:
        ModelUnavailableError: The table is not here, or is none.
        WeightsMismatchError: It is not the one that this version was measured with.
    """
    (table,) = _embedded("event-scores", "scores.toml").values()
    found = hashlib.sha256(table).hexdigest()
    if found != SCORES_DIGEST:
        raise WeightsMismatchError("event-scores", SCORES_DIGEST, found)
    try:
        return ScoreTable.read(table)
    except ValueError as error:
        raise ModelUnavailableError("event-scores", str(error)) from error


def _embedded(name: str, *files: str) -> dict[str, bytes]:
    try:
        return {file: (embedded_directory() / name / file).read_bytes() for file in files}
    except OSError as error:
        raise ModelUnavailableError(name, str(error)) from error


def _boxes(found: tuple[Detection, ...], classes: frozenset[ObjectClass]) -> list[Box]:
    return [one.box for one in found if one.object_class in classes]


def _as_shown(found: tuple[Detection, ...], frame: SampledFrame, probe: ClipProbe) -> tuple[Detection, ...]:
    height, width = frame.image.shape[:2]
    x, y = probe.width / width, probe.height / height
    return tuple(replace(one, box=one.box.scaled(x, y)) for one in found)


def _span(probe: ClipProbe, sampling: SamplingReport, request: AnalysisRequest) -> ClipSpan:
    """From the first frame to the last that may be looked at: for the rules the clip ends there."""
    last = max(sampling.last, probe.first)
    if request.until is None:
        return ClipSpan(probe.first, last)
    base = probe.first.time_base
    return ClipSpan(probe.first, min(last, Timestamp(probe.first.pts + int(request.until / base), base)))


def _triggered_at(request: AnalysisRequest, probe: ClipProbe) -> Timestamp | None:
    return None if request.triggered_after is None else probe.first.after(request.triggered_after)


def _digest(value: Any) -> str:  # noqa: ANN401 - plain JSON has no narrower type
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
