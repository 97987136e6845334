"""Rules about the camera itself: covered, blinded, frozen, moved, cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from statistics import median

from pipeline.domain.camera_changes import CameraChange, ViewChange
from pipeline.domain.events import CannotTell, EventKind, Ground, InferredEvent
from pipeline.domain.scene import Obscured, ObscuredSpan
from pipeline.domain.tracks import ObjectClass
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView

_WORDS = {
    Obscured.BLACK: "The picture was black",
    Obscured.WHITE: "The picture was white",
    Obscured.COVERED: "The picture showed nothing but an even surface",
    Obscured.FROZEN: "The picture stood still to the last bit",
}
_KINDS = {Obscured.WHITE: EventKind.CAMERA_BLINDED, Obscured.FROZEN: EventKind.CAMERA_FROZEN}
"""Others are ``CAMERA_OBSCURED``."""
_LONGEST_UNSEEN = Fraction(2)
"""Seconds between two sightings through which somebody counts as before the lens."""
_STAYED = 0.3
"""Of the picture's detail, at the most, where the camera moved or the footage was cut; scene/views.py says why."""
_LEAST, _MOST = 0.5, 0.95
"""Score of a statement at that limit, and where nothing stayed."""


@dataclass(frozen=True, slots=True)
class CameraObscured:
    """The picture showed nothing of the scene, or nothing of what happened there, for some time."""

    least_seconds: float = 2.0
    whole_share: float = 0.8
    """Of a clip that is shorter than ``least_seconds``."""
    score: float = 0.95

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a span that is long enough."""
        found = (self._event(view, one) for one in view.scene.obscured)
        return tuple(event for event in found if event.grounds[0].holds)

    def _event(self, view: ClipView, obscured: ObscuredSpan) -> InferredEvent:
        lasted = float(obscured.span.duration)
        needed = min(self.least_seconds, self.whole_share * float(view.span.duration))
        sentence = f"{_WORDS[obscured.why]} {view.words(obscured.span)}."
        return InferredEvent(
            _KINDS.get(obscured.why, EventKind.CAMERA_OBSCURED),
            obscured.span,
            self.score,
            sentence,
            evidence=view.around(obscured.span),
            grounds=(ground("lasted", lasted, needed, f"{_WORDS[obscured.why]} for {lasted:.1f} s"),),
        )


@dataclass(frozen=True, slots=True)
class CameraMoved:
    """The same scene lies elsewhere in the picture than before, and stays there; or the picture swept to another."""

    join_seconds: float = 12.0
    """Moves that follow each other within this time are one: who turns a camera slowly turns it once."""
    most_hidden: float = 0.35
    """Share of the picture that one person or vehicle may cover: what is held before the lens moves like a view."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a move."""
        moves: list[list[CameraChange]] = []
        for change in view.scene.camera:
            if change.why is not ViewChange.MOVED:
                continue
            if moves and moves[-1][-1].span.gap_to(change.span) <= self.join_seconds:
                moves[-1].append(change)
            else:
                moves.append([change])
        return tuple(self._event(view, one) for one in moves)

    def _event(self, view: ClipView, changes: Sequence[CameraChange]) -> InferredEvent:
        span = ClipSpan(changes[0].span.start, changes[-1].span.end)
        agreement = min(one.agreement for one in changes)
        hidden = max(_hidden(view, moment) for one in changes for moment in (one.span.start, one.span.end))
        words = f"At most {hidden:.0%} of the picture was hidden by persons and vehicles"
        free = ground("hidden", hidden, self.most_hidden, words, most=True)
        event = InferredEvent(
            EventKind.CAMERA_MOVED,
            span,
            _surety(agreement),
            f"The camera points elsewhere than before: the view changed {view.words(span)}.",
            evidence=view.around(span),
            grounds=(_stayed(agreement), *(_placed(one) for one in changes), free),
        )
        if free.holds:
            return event
        sentence = "Whether the camera was moved cannot be told: somebody or something filled the picture."
        return replace(event, score=0.0, sentence=sentence, reason=CannotTell.OCCLUDED)


def _hidden(view: ClipView, moment: Timestamp) -> float:
    """Share of the picture that the largest person or vehicle covered then."""
    boxes = (
        track.box_at(moment, _LONGEST_UNSEEN)
        for track in view.tracks
        if track.object_class in {ObjectClass.PERSON, ObjectClass.VEHICLE}
    )
    return max((box.area for box in boxes if box is not None), default=0.0) / (view.width * view.height)


def _placed(change: CameraChange) -> Ground:
    if change.shift is None:
        return ground("lies elsewhere", 0.0, None, "The two views share nothing that could be found again")
    right, down = change.shift
    words = (
        f"The scene lies {abs(right):.0%} of the width further {'right' if right > 0 else 'left'} and "
        f"{abs(down):.0%} of the height further {'down' if down > 0 else 'up'}, turned by {change.turned:.0f} degrees "
        f"and {change.zoomed:.2f} times as large"
    )
    return ground("lies elsewhere", max(abs(right), abs(down)), None, words)


@dataclass(frozen=True, slots=True)
class FootageCut:
    """From one look to the next the clip shows another scene, or time is missing in it."""

    least_hole: float = 4.0
    """Seconds without a frame that count as missing time."""
    steps: float = 8.0
    """The same in usual steps between two looks: a camera that records slowly leaves long ones all along."""
    hole_score: float = 0.85

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a cut, and one a hole in the time line."""
        cuts = (self._cut(view, one) for one in view.scene.camera if one.why is ViewChange.CUT)
        return (*cuts, *self._holes(view))

    @staticmethod
    def _cut(view: ClipView, change: CameraChange) -> InferredEvent:
        return InferredEvent(
            EventKind.FOOTAGE_CUT,
            change.span,
            _surety(change.agreement),
            f"From one look to the next the clip shows another scene, {view.words(change.span)}.",
            evidence=view.around(change.span),
            grounds=(_stayed(change.agreement),),
        )

    def _holes(self, view: ClipView) -> Iterator[InferredEvent]:
        looks = view.sampling.sampled
        steps = [float(after.seconds - before.seconds) for before, after in pairwise(looks)]
        needed = max(self.least_hole, self.steps * median(steps)) if steps else self.least_hole
        for hole in view.sampling.holes:
            lasted = float(hole.duration)
            yield self._hole(view, hole, lasted, min(lasted, self.least_hole))
        for (before, after), step in zip(pairwise(looks), steps, strict=True):
            known = any(hole.start < after and before < hole.end for hole in view.sampling.holes)
            if step >= needed and not known and not _accounted(view, before, after):
                yield self._hole(view, ClipSpan(before, after), step, needed)

    def _hole(self, view: ClipView, span: ClipSpan, seconds: float, needed: float) -> InferredEvent:
        return InferredEvent(
            EventKind.FOOTAGE_CUT,
            span,
            self.hole_score,
            f"The clip holds no frame {view.words(span)}: time is missing in it.",
            evidence=view.around(span),
            grounds=(
                ground("no frame for", seconds, needed, f"No frame for {seconds:.1f} s by the clip's own stamps"),
            ),
        )


def _accounted(view: ClipView, before: Timestamp, after: Timestamp) -> bool:
    """Whether the sampling says itself why it did not look between two looks."""
    return any(one.span.start < after and before < one.span.end for one in view.sampling.skipped)


def _stayed(agreement: float) -> Ground:
    words = f"{agreement:.0%} of what has detail in the picture stayed as it was"
    return ground("stayed as it was", agreement, _STAYED, words, most=True)


def _surety(agreement: float) -> float:
    """Surer, the less of the picture stayed."""
    return round(_LEAST + (_MOST - _LEAST) * max(1 - agreement / _STAYED, 0.0), 4)
