"""What a rule may know of a clip, and what a rule is."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod, sqrt
from typing import Protocol

from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import InferredEvent, Zone
from pipeline.domain.scene import SceneReport
from pipeline.domain.tracks import Box, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, SamplingReport, Timestamp
from pipeline.events.zones import between_exits, faint_and_fixed, leaves, stays_put

_SURE_ALONE = 0.6
"""Confidence at which an object that was seen only once is believed; others need two sightings."""
_FIXTURE_SECONDS = 8.0
_FIXTURE_MISSING = 0.3
"""Share of the looks in which a poster may go unseen at either end: a detector is not sure of it every time."""
_LONGEST_UNSEEN = Fraction(2)
"""Seconds between two sightings through which somebody counts as in view."""
_INSIDE = 0.85
"""Of a box, that must lie in a larger one to be part of the same body."""
GONE_SECONDS = 2.0
"""After the last sighting on the way out over the picture's edge, from which on somebody has left."""
MOST_SURE = 0.99
"""No rule is surer than this."""


@dataclass(frozen=True, slots=True)
class ClipView:
    """What was found in one clip.

    Attributes:
        tracks: In order of ``track_id``.
        scene: What the still scene did.
        sampling: What was looked at.
        width: Of the picture as shown, pixels.
        height: Likewise.
        span: From the clip's first frame to its last.
        trigger: Why the camera recorded.
        triggered_at: The trigger's moment on the clip's time line; None when nobody said.
        zones: The camera's; empty when none were drawn.
        taken_for_one: Tracks, each with its first or last moment, that were parted from another there for other reasons
            than that somebody vanished or appeared.
    """

    tracks: tuple[Track, ...]
    scene: SceneReport
    sampling: SamplingReport
    width: int
    height: int
    span: ClipSpan
    trigger: TriggerKind = TriggerKind.OTHER
    triggered_at: Timestamp | None = None
    zones: tuple[Zone, ...] = ()
    taken_for_one: frozenset[tuple[int, Timestamp]] = frozenset()

    def believed(self, object_class: ObjectClass) -> tuple[Track, ...]:
        """The tracks of a class that rest on more than one faint sighting, and did not stand like a picture."""
        return tuple(
            track
            for track in self.tracks
            if track.object_class is object_class
            and self._has_weight(track)
            and not self.is_fixture(track)
            and not (len(track.sightings) > 1 and faint_and_fixed(track.sightings))
        )

    def is_fixture(self, track: Track) -> bool:
        """Whether the object was there for most of the clip and never moved: a poster, a statue.

        Somebody who comes to stand still is seen to come; what is still at every sighting was there before.
        """
        looks = self.sampling.sampled
        return (
            bool(looks)
            and track.span.duration >= _FIXTURE_SECONDS
            and _looks_missing(looks, track) <= max(_FIXTURE_MISSING * len(looks), 2)  # one at each end may fail
            and stays_put(track.sightings)
        )

    def seconds(self, moment: Timestamp) -> float:
        """Seconds since the clip's first frame, for people."""
        return float(moment.seconds - self.span.start.seconds)

    def words(self, span: ClipSpan) -> str:
        """A span in words, counted from the clip's first frame."""
        start, end = f"{self.seconds(span.start):.1f}", f"{self.seconds(span.end):.1f}"
        return f"at {start} s" if start == end else f"from {start} s to {end} s"

    def around(self, span: ClipSpan, during: Timestamp | None = None) -> tuple[Timestamp, ...]:
        """Looked-at moments before, during and after; as many as there are, in order, each once."""
        looks = self.sampling.sampled
        before = [moment for moment in looks if moment < span.start][-1:]
        after = [moment for moment in looks if moment > span.end][:1]
        inside = [during] if during is not None else [span.start]
        return tuple(sorted({*before, *inside, *after}))

    @staticmethod
    def _has_weight(track: Track) -> bool:
        return len(track.sightings) > 1 or track.confidence >= _SURE_ALONE


class Rule(Protocol):
    """Infers events of one subject from one clip; pure, and the same view gives the same events."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """The events that the rule sees, in any order; empty when it sees none."""
        ...


def sureness(sightings: Sequence[Sighting]) -> float:
    """0 to 0.99: how sure it is that something was there, from all sightings of it.

    Each sighting that is wrong by itself with the chance ``1 - confidence`` counts half, since neighbouring frames err
    together: four sightings at 0.5 give 0.75.
    """
    wrong = prod(sqrt(1 - sighting.detection.confidence) for sighting in sightings)
    return min(1 - wrong, MOST_SURE)


def clearest(sightings: Sequence[Sighting]) -> Timestamp:
    """The moment of the sighting to show: large and sure; the earliest of equals."""
    best = max(sightings, key=lambda one: one.detection.confidence * one.detection.box.area**0.5)
    return best.at


@dataclass(frozen=True, slots=True)
class Presence:
    """Tracks that were in view together or one after the other, as one presence; at least one."""

    tracks: tuple[Track, ...]

    @property
    def span(self) -> ClipSpan:
        """From the first sighting of any to the last."""
        return ClipSpan(min(one.span.start for one in self.tracks), max(one.span.end for one in self.tracks))

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Of all tracks, track by track."""
        return tuple(sighting for one in self.tracks for sighting in one.sightings)

    @property
    def track_ids(self) -> tuple[int, ...]:
        """Each once, in order."""
        return tuple(sorted({one.track_id for one in self.tracks}))

    @property
    def at_once(self) -> int:
        """The largest number that was in view together in two looks or more, or in the only one.

        A box that lies in another counts with it: an arm and its body are one.
        """
        moments = sorted({sighting.at for sighting in self.sightings})
        counts = sorted((_apart(self._boxes_at(moment)) for moment in moments), reverse=True)
        return counts[1] if len(counts) > 1 else counts[0]

    def _boxes_at(self, moment: Timestamp) -> list[Box]:
        boxes = (one.box_at(moment, _LONGEST_UNSEEN) for one in self.tracks)
        return [box for box in boxes if box is not None]


def _apart(boxes: Sequence[Box]) -> int:
    """How many boxes do not lie inside a larger one."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda one: -one.area):
        if all(box.intersection(other) < _INSIDE * box.area for other in kept):
            kept.append(box)
    return len(kept)


def presences(tracks: Sequence[Track], gap_seconds: float, width: float | None = None) -> tuple[Presence, ...]:
    """Groups tracks that overlap in time or follow each other within ``gap_seconds``, in order of time.

    Args:
        tracks: In any order.
        gap_seconds: For which somebody who was lost from sight still counts as present.
        width: Of the picture; where it is given, who went out over its left or right edge is gone for good, but for
            the moment in which a body that is half cut off goes undetected.
    """
    groups: list[list[Track]] = []
    parts = tracks if width is None else between_exits(tracks, width, GONE_SECONDS)
    for track in sorted(parts, key=lambda one: (one.span.start, one.track_id)):
        if groups and any(one.span.gap_to(track.span) <= _patience(one, gap_seconds, width) for one in groups[-1]):
            groups[-1].append(track)
        else:
            groups.append([track])
    return tuple(Presence(tuple(group)) for group in groups)


def _patience(track: Track, gap_seconds: float, width: float | None) -> float:
    has_left = width is not None and leaves(track.sightings, width)
    return min(GONE_SECONDS, gap_seconds) if has_left else gap_seconds


def _looks_missing(looks: Sequence[Timestamp], track: Track) -> int:
    return sum(1 for moment in looks if moment < track.span.start or moment > track.span.end)
