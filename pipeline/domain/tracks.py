"""Boxes, detections and tracks."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pipeline.domain.video import ClipSpan, Timestamp


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture as shown: origin top left, x1 < x2, y1 < y2."""

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not (self.x1 < self.x2 and self.y1 < self.y2):
            raise ValueError(f"box is empty or inverted: {self.xyxy}")

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """The four edges: left, top, right, bottom."""
        return (self.x1, self.y1, self.x2, self.y2)

    @property
    def width(self) -> float:
        """Pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Pixels."""
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, (x, y)."""
        return ((self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2)

    @property
    def feet(self) -> tuple[float, float]:
        """The middle of the lower edge, (x, y): where a person stands."""
        return ((self.x1 + self.x2) / 2, self.y2)

    def intersection(self, other: "Box") -> float:
        """Area that both cover, in square pixels."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: "Box") -> float:
        """Intersection over union, 0 to 1."""
        shared = self.intersection(other)
        return shared / (self.area + other.area - shared)

    def scaled(self, x: float, y: float) -> "Box":
        """The same rectangle in a picture that is ``x`` times as wide and ``y`` times as high."""
        return Box(self.x1 * x, self.y1 * y, self.x2 * x, self.y2 * y)

    def grown(self, margin: float) -> "Box":
        """Each edge moved outwards by ``margin`` pixels; may reach over the picture's edge."""
        return Box(self.x1 - margin, self.y1 - margin, self.x2 + margin, self.y2 + margin)


class ObjectClass(StrEnum):
    """The classes that events speak of; a model's own label is kept beside it."""

    PERSON = "person"
    VEHICLE = "vehicle"
    BICYCLE = "bicycle"
    ANIMAL = "animal"
    PACKAGE = "package"
    BAG = "bag"
    OTHER = "other"


BODY_LABEL = "large moving body"
"""Label of what no detector named: its shape and its way alone say what it is taken for."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One labelled box in one frame.

    Attributes:
        object_class: Ours.
        label: The model's own word, for example ``truck``.
        confidence: The model's, 0 to 1; not calibrated.
        box: In pixels of the picture as shown.
    """

    object_class: ObjectClass
    label: str
    confidence: float
    box: Box

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence must lie in 0..1, got {self.confidence}")


@dataclass(frozen=True, slots=True)
class FrameDetections:
    """All detections of one sampled frame; an empty tuple says that the model looked and found nothing."""

    at: Timestamp
    detections: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One detection of a tracked object, with its moment."""

    at: Timestamp
    detection: Detection


@dataclass(frozen=True, slots=True)
class Track:
    """One object followed through one clip.

    Attributes:
        track_id: Counts from 1 within the clip, in order of first sighting.
        object_class: By the weight of its sightings.
        sightings: At least one, in order of time.
    """

    track_id: int
    object_class: ObjectClass
    sightings: tuple[Sighting, ...]

    def __post_init__(self) -> None:
        if not self.sightings:
            raise ValueError("a track needs a sighting")
        moments = [sighting.at.seconds for sighting in self.sightings]
        if moments != sorted(moments):
            raise ValueError("sightings must be in order of time")

    @property
    def span(self) -> ClipSpan:
        """From the first sighting to the last."""
        return ClipSpan(self.sightings[0].at, self.sightings[-1].at)

    @property
    def confidence(self) -> float:
        """Mean confidence of the sightings, 0 to 1."""
        return sum(sighting.detection.confidence for sighting in self.sightings) / len(self.sightings)

    def during(self, span: ClipSpan) -> tuple[Sighting, ...]:
        """The sightings inside ``span``, in order; empty when there are none."""
        return tuple(sighting for sighting in self.sightings if span.start <= sighting.at <= span.end)

    def box_at(self, moment: Timestamp, longest_gap: Fraction) -> Box | None:
        """The box at ``moment``, drawn straight between its two neighbours.

        Returns:
            None before the first sighting, after the last, and inside a gap longer than ``longest_gap`` seconds.
        """
        before = None
        for sighting in self.sightings:
            if sighting.at == moment:
                return sighting.detection.box
            if sighting.at > moment:
                if before is None or sighting.at.seconds - before.at.seconds > longest_gap:
                    return None
                return _between(before, sighting, moment)
            before = sighting
        return None


def _between(before: Sighting, after: Sighting, moment: Timestamp) -> Box:
    whole = after.at.seconds - before.at.seconds
    share = float((moment.seconds - before.at.seconds) / whole)
    pairs = zip(before.detection.box.xyxy, after.detection.box.xyxy, strict=True)
    return Box(*(start + (end - start) * share for start, end in pairs))


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which weights looked.

    Attributes:
        name: As in models/manifest.toml.
        digest: SHA-256 of the weights, hexadecimal; of several files, of their sorted ``digest  name`` lines.
    """

    name: str
    digest: str
