"""Measures one clip: which heads the masks leave open, and how much besides people they cover.

Twice: with nobody named, when everybody must be hidden; and as the clip's highlights would be shared, when those whom
their events name stay visible. Masks are measured as they are planned; that a copy is filled where its masks are is a
test.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.redaction.heads import Head, TrueFrame
from pipeline.analysis import AnalysisRequest, analyse_clip, event_id
from pipeline.bystanders import CloseLook, CloseLookOrder, is_screen, look_closely
from pipeline.detection.detector import Detector
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.redaction import RedactionOrder
from pipeline.domain.tracks import ObjectClass, Track
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.highlights.masking import MaskRules, Seen, plan_masks
from pipeline.highlights.masks import Masks
from pipeline.highlights.plan import CutPlan, plan_highlights
from pipeline.settings import Settings

COVERED = 0.9
"""Share of a head's box that must be hidden for the head to be covered."""
_SAME = 0.3
"""Overlap of a named track's box and a body from which the track is taken to be his."""
_A_WHILE = 5
"""Frames from which a track follows somebody."""
_BODY = 0.35
"""Of a body's height that around it still counts as the body, when it is asked what else is hidden."""
_EMPTY_STEP = 8
"""Of frames without heads one in so many is looked at."""


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over the frames of one clip.

    Attributes:
        person_seconds: With a visible head that must be hidden.
        missed: Of those, not covered.
        people: How many of them, told apart by the truth; zero where it does not tell them apart.
        missed_people: Those with a head that was not covered at some moment.
        shown_seconds: With a visible head of somebody whom the event names.
        lost: Of those, covered all the same.
        mixed: Of ``missed``, of people to whom the event's own track goes over from somebody else: the night took two
            people for one.
        elsewhere: Mean share of the picture that is hidden and is nobody.
    """

    person_seconds: float
    missed: float
    people: int
    missed_people: int
    shown_seconds: float
    lost: float
    mixed: float
    elsewhere: float


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the events of a highlight name, by the truth.

    Attributes:
        owners: Whose the named tracks are, by most of their moments.
        followed: Everybody whom they follow for a while.
    """

    owners: frozenset[int] = frozenset()
    followed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ClipScore:
    """One clip under both questions; ``shared`` is None where it has no highlight."""

    name: str
    kind: str
    everybody: Score
    shared: Score | None

    def plain(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)


def measure(path: Path, kind: str, truth: Sequence[TrueFrame], eyes: tuple[Detector, Detector]) -> ClipScore:
    """Looks at one clip with the detector of the night and the one of redaction, both with the settings' defaults."""
    settings = Settings()
    sure, faint = eyes
    request = AnalysisRequest("0" * 64, settings.sampling, settings.detection, settings.events)
    analysis = analyse_clip(path, request, sure)
    span = ClipSpan(analysis.probe.first, max(analysis.sampling.last, analysis.probe.first))
    look = look_closely(CloseLookOrder(path, analysis.probe, span, settings.sampling, settings.redaction), faint)
    rules = MaskRules(settings.redaction.sure, settings.redaction.margin, Fraction(settings.redaction.extend_seconds))
    everybody, _ = plan_masks(_seen(look, analysis, frozenset()), rules, RedactionOrder())
    first = analysis.probe.first.seconds
    whole = score_frames([(frame, everybody, Named()) for frame in truth], first, analysis)
    shared = list(_as_shared(look, analysis, truth, rules))
    return ClipScore(path.stem, kind, whole, score_frames(shared, first, analysis) if shared else None)


def _as_shared(
    look: CloseLook, analysis: ClipAnalysis, truth: Sequence[TrueFrame], rules: MaskRules
) -> Iterator[tuple[TrueFrame, Masks, Named]]:
    """Every frame of every highlight, with the masks of its copy and who its events name by the truth."""
    for plan in _plans(analysis):
        named = frozenset(track for event in plan.events for track in event.inferred.track_ids)
        masks, _ = plan_masks(_seen(look, analysis, named), rules, RedactionOrder())
        first = analysis.probe.first.seconds
        start, end = (float(edge.seconds - first) for edge in (plan.span.start, plan.span.end))
        inside = [frame for frame in truth if start <= frame.second <= end]
        tracks = [one for one in analysis.tracks if one.track_id in named and one.object_class is ObjectClass.PERSON]
        votes = [_votes(track, inside, first) for track in tracks]
        owners = frozenset(counted.most_common(1)[0][0] for counted in votes if counted) - {-1}
        followed = frozenset(who for counted in votes for who, count in counted.items() if count >= _A_WHILE) - {-1}
        yield from ((frame, masks, Named(owners, followed)) for frame in inside)


def _plans(analysis: ClipAnalysis) -> tuple[CutPlan, ...]:
    events = [
        Event(
            event_id(analysis.clip, "bench", analysis.model.digest, analysis.settings_digest, one),
            analysis.clip,
            "bench",
            one,
        )
        for one in analysis.events
    ]
    span = ClipSpan(analysis.probe.first, max(analysis.sampling.last, analysis.probe.first))
    return plan_highlights(events, span, Settings().highlights)


def _votes(track: Track, frames: Iterable[TrueFrame], first: Fraction) -> Counter[int]:
    """In how many frames the track is at whose body by the truth; -1 for nobody's."""
    votes: Counter[int] = Counter()
    for frame in frames:
        box = track.box_at(_stamp(frame.second, first), Fraction(4))
        if box is None or not frame.heads:
            continue
        best = max(frame.heads, key=lambda head: head.body.iou(box))
        votes[best.who if best.body.iou(box) >= _SAME else -1] += 1
    return votes


def _seen(look: CloseLook, analysis: ClipAnalysis, named: frozenset[int]) -> Seen:
    screens = frozenset(one.track_id for one in look.tracks if is_screen(one))
    moving = tuple((one.at.seconds, tuple(found.box for found in one.detections)) for one in look.moving)
    return Seen(look.tracks, screens, analysis.tracks, named, moving)


def _stamp(second: float, first: Fraction) -> Timestamp:
    return Timestamp(round((second + float(first)) * 1_000_000), Fraction(1, 1_000_000))


def score_frames(frames: Sequence[tuple[TrueFrame, Masks, Named]], first: Fraction, analysis: ClipAnalysis) -> Score:
    """Sums over frames, each with the masks that stand in it and whom its events name."""
    hidden = {True: 0.0, False: 0.0}
    shown = {True: 0.0, False: 0.0}
    mixed = 0.0
    people: set[int] = set()
    missed: set[int] = set()
    elsewhere: list[float] = []
    for number, (frame, masks, named) in enumerate(frames):
        if not frame.heads and number % _EMPTY_STEP:
            continue
        filled = _filled(masks, _stamp(frame.second, first), analysis)
        for head in frame.heads:
            is_covered = _covers(filled, head)
            (shown if head.who in named.owners else hidden)[is_covered] += frame.stands
            if head.who not in named.owners:
                people.add(head.who)
                missed |= set() if is_covered else {head.who}
                mixed += 0.0 if is_covered or head.who not in named.followed else frame.stands
        elsewhere.append(_elsewhere(filled, frame.heads))
    return Score(
        person_seconds=hidden[True] + hidden[False],
        missed=hidden[False],
        people=len(people),
        missed_people=len(missed),
        shown_seconds=shown[True] + shown[False],
        lost=shown[True],
        mixed=mixed,
        elsewhere=float(np.mean(elsewhere)) if elsewhere else 0.0,
    )


def _filled(masks: Masks, at: Timestamp, analysis: ClipAnalysis) -> NDArray[np.bool_]:
    filled = np.zeros((analysis.probe.height, analysis.probe.width), np.bool_)
    for left, top, right, bottom in masks.at(at, analysis.probe):
        filled[top:bottom, left:right] = True
    return filled


def _covers(filled: NDArray[np.bool_], head: Head) -> bool:
    left, top, right, bottom = (round(edge) for edge in head.box.xyxy)
    part = filled[top : max(bottom, top + 1), left : max(right, left + 1)]
    return bool(part.size) and float(part.mean()) >= COVERED


def _elsewhere(filled: NDArray[np.bool_], heads: Sequence[Head]) -> float:
    rest = filled.copy()
    for head in heads:
        around = head.body.grown(_BODY * head.body.height)
        rest[max(0, int(around.y1)) : int(around.y2), max(0, int(around.x1)) : int(around.x2)] = False
    return float(rest.mean())
