"""The plainer ways on the same clips, scored as we are."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from bench.race import YOLO_FOLDER, dvr_scan_program, models_folder
from bench.recognition.looking import Looked, told
from bench.recognition.obvious import Followed, consecutive_events, obvious_events
from bench.recognition.peers import Tell, followed_on_every_frame, motion
from pipeline.domain.agreement import TOLERANCE_SECONDS
from pipeline.domain.events import INSTANT_KINDS, ClipAnalysis, EventKind, InferredEvent
from pipeline.domain.tracks import ObjectClass
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.evaluation.folder import Evaluation, evaluate_clips
from pipeline.evaluation.matching import FoundEvent
from pipeline.evaluation.truth import TrueClip, TrueEvent

IN_A_ROW = 3
"""Looks; the description names no number, and three looks are a second and a half of motion."""
_CARRIED = (ObjectClass.PACKAGE, ObjectClass.BAG)
_MILLISECOND = Fraction(1, 1000)
Say = Callable[[TrueClip, ClipAnalysis], list[FoundEvent]]


@dataclass(frozen=True, slots=True)
class Rival:
    """One way beside ours.

    Attributes:
        name: For tables.
        about: What it does and what feeds it, in a sentence.
        evaluation: Its scores; presence is not asked of it.
    """

    name: str
    about: str
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class MotionBound:
    """What motion alone could find at best: the required events at which something moved.

    Attributes:
        by_kind: (events at which something moved, required) by kind.
        moving: Seconds of motion.
        seconds: Of all clips.
    """

    by_kind: dict[EventKind, tuple[int, int]]
    moving: float
    seconds: float


def rivals(clips: Sequence[TrueClip], seen: Looked, memory: Path, tell: Tell) -> list[Rival]:
    """Every way that can be tried on this machine; ultralytics where it and its weights are here.

    Args:
        clips: To score on.
        seen: Our own analyses of all of them: length and looks come from these.
        memory: Folder of what peers said before.
        tell: Told a line about each clip that a peer looks at.
    """
    found = []
    folder = models_folder()
    if folder is not None:
        there = [clip.path for clip in clips if isinstance(seen.get(str(clip.path)), ClipAnalysis)]
        followed = followed_on_every_frame(there, folder / YOLO_FOLDER, memory, tell)
        about = "ultralytics' `track` with yolo11n (8 bit) on every frame; " + _OBVIOUS
        found.append(_rival("obvious rules, every frame", about, clips, seen, lambda c, a: _by(followed[c.path], a)))
    about = "our own tracks from the embedded model at our own looks; " + _OBVIOUS
    found.append(_rival("obvious rules, our tracks", about, clips, seen, lambda _, a: _by(_followed(a), a)))
    about = (
        f"packages that are there in {IN_A_ROW} looks in a row arrive, and those that are absent in as many vanish, as "
        "OpenNVR describes its packages; written from that description. Fed by what our detector calls a package or a "
        "bag at our own looks."
    )
    found.append(_rival("packages by looks in a row", about, clips, seen, lambda _, a: _in_a_row(a)))
    return found


_OBVIOUS = (
    "a person is a visit, a vehicle passes, and a suitcase, backpack, handbag or box that appears is delivered and one "
    "that vanishes is picked up."
)


def _rival(name: str, about: str, clips: Sequence[TrueClip], seen: Looked, say: Say) -> Rival:
    look = told(seen)

    def analyse(clip: TrueClip) -> ClipAnalysis:
        analysis = look(clip)
        return spoken(analysis, say(clip, analysis))

    return Rival(name, about, evaluate_clips(clips, analyse))


def spoken(analysis: ClipAnalysis, events: Sequence[FoundEvent]) -> ClipAnalysis:
    """The same clip with other events, and without tracks."""
    inferred = tuple(
        InferredEvent(event.kind, ClipSpan(_at(analysis, event.start), _at(analysis, event.end)), event.score, "")
        for event in events
    )
    return replace(analysis, events=inferred, tracks=())


def _at(analysis: ClipAnalysis, seconds: float) -> Timestamp:
    return Timestamp(round((analysis.probe.first.seconds + Fraction(seconds)) / _MILLISECOND), _MILLISECOND)


def _by(followed: Sequence[Followed], analysis: ClipAnalysis) -> list[FoundEvent]:
    return obvious_events(followed, seconds_of(analysis))


def seconds_of(analysis: ClipAnalysis) -> float:
    """Length of what was decoded."""
    return float(analysis.sampling.last.seconds - analysis.probe.first.seconds)


def _followed(analysis: ClipAnalysis) -> list[Followed]:
    origin = analysis.probe.first.seconds
    return [
        Followed(
            Counter(sighting.detection.label for sighting in track.sightings).most_common(1)[0][0],
            tuple(float(sighting.at.seconds - origin) for sighting in track.sightings),
            track.confidence,
        )
        for track in analysis.tracks
    ]


def _in_a_row(analysis: ClipAnalysis) -> list[FoundEvent]:
    shown: dict[Timestamp, float] = dict.fromkeys(analysis.sampling.sampled, 0.0)
    for track in analysis.tracks:
        for sighting in track.sightings:
            if sighting.detection.object_class in _CARRIED and sighting.at in shown:
                shown[sighting.at] = max(shown[sighting.at], sighting.detection.confidence)
    origin = analysis.probe.first.seconds
    return consecutive_events([(float(at.seconds - origin), shown[at]) for at in analysis.sampling.sampled], IN_A_ROW)


def motion_bound(evaluation: Evaluation, clips: Sequence[TrueClip], memory: Path, tell: Tell) -> MotionBound | None:
    """DVR-Scan's motion events against everything that our evaluation asked for; None where it is not here."""
    program = dvr_scan_program()
    if program is None:
        return None
    moved = motion([clip.path for clip in clips if clip.path.is_file()], program, memory, tell)
    counts: dict[EventKind, tuple[int, int]] = {}
    for clip, report in zip(clips, evaluation.clips, strict=True):
        for kind, matching in report.outcome.matchings.items():
            for true in (*(true for true, _ in matching.pairs), *matching.missed):
                at, asked = counts.get(kind, (0, 0))
                counts[kind] = (at + _is_moving(kind, true, moved.get(clip.path, ())), asked + 1)
    moving = sum(end - start for spans in moved.values() for start, end in spans)
    return MotionBound(counts, moving, evaluation.clip_seconds)


def _is_moving(kind: EventKind, true: TrueEvent, spans: Sequence[tuple[float, float]]) -> bool:
    slack = TOLERANCE_SECONDS if kind in INSTANT_KINDS else 0.0
    return any(start - slack <= true.end and true.start <= end + slack for start, end in spans)
