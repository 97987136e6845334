"""Objects that walk, drive and stand through made-up frames, and what a detector would say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeline.domain.tracks import Box, Detection, FrameDetections, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, SamplingReport, Timestamp

PICTURE = (1920, 1080)


def at(seconds: float) -> Timestamp:
    """A stamp to the millisecond."""
    return Timestamp(round(seconds * 1000), Fraction(1, 1000))


def span(start: float, end: float) -> ClipSpan:
    """A span in seconds."""
    return ClipSpan(at(start), at(end))


@dataclass(frozen=True)
class Mover:
    """Something seen from ``start`` to ``end`` seconds that goes straight from ``path[0]`` to ``path[-1]``, evenly.

    ``path`` holds middles of its lower edge; ``hidden`` the spans (seconds) in which no detector sees it.
    """

    start: float
    end: float
    path: tuple[tuple[float, float], ...]
    width: float = 180.0
    height: float = 520.0
    object_class: ObjectClass = ObjectClass.PERSON
    confidence: float = 0.8
    hidden: tuple[tuple[float, float], ...] = ()

    def seen_at(self, moment: float) -> Detection | None:
        """What the detector says at ``moment``; None when it sees nothing."""
        if not self.start <= moment <= self.end or any(low < moment < high for low, high in self.hidden):
            return None
        way = (moment - self.start) / (self.end - self.start or 1) * (len(self.path) - 1)
        leg = min(int(way), len(self.path) - 2) if len(self.path) > 1 else 0
        (x1, y1), (x2, y2) = self.path[leg], self.path[min(leg + 1, len(self.path) - 1)]
        x, y = x1 + (x2 - x1) * (way - leg), y1 + (y2 - y1) * (way - leg)
        box = Box(x - self.width / 2, y - self.height, x + self.width / 2, y)
        return Detection(self.object_class, self.object_class.value, self.confidence, box)


def frames(movers: Sequence[Mover], moments: Sequence[float]) -> tuple[FrameDetections, ...]:
    """What a detector says at each of ``moments`` seconds."""
    return tuple(
        FrameDetections(at(moment), tuple(seen for mover in movers if (seen := mover.seen_at(moment)) is not None))
        for moment in moments
    )


def every(step: float, until: float) -> list[float]:
    """Moments from 0 to ``until`` seconds."""
    return [index * step for index in range(int(until / step) + 1)]


def a_track(number: int, mover: Mover, moments: Sequence[float]) -> Track:
    """The track of one mover, looked at at ``moments``."""
    seen = ((moment, mover.seen_at(moment)) for moment in moments)
    sightings = tuple(Sighting(at(moment), detection) for moment, detection in seen if detection is not None)
    return Track(number, mover.object_class, sightings)


def looked_at(moments: Sequence[float], last: float | None = None) -> SamplingReport:
    """A report of having looked at ``moments`` and skipped nothing."""
    return SamplingReport(
        sampled=tuple(at(moment) for moment in moments),
        frames_decoded=len(moments),
        decode_errors=0,
        skipped=(),
        shortest_missable=Fraction(1, 2),
        last=at(moments[-1] if last is None else last),
        decoder="test",
    )
