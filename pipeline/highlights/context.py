"""What a highlight needs to know of its clip, and the shape of the picture that it becomes."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from pipeline.domain.cameras import Camera
from pipeline.domain.events import Event, Verdict
from pipeline.domain.tracks import Box, ModelIdentity, Track
from pipeline.domain.video import CameraClock, ClipProbe, Timestamp

NOT_CONFIRMED = "machine, not yet confirmed"

CHOSEN = "Span chosen by a person"
"""What a cut is called in which the machine found no event."""


def caption(event: Event) -> str:
    """The event in a few words; what cannot be told is a question with its reason."""
    inferred = event.inferred
    name = inferred.kind.words.capitalize()
    words = name if event.since is None else f"{name} before this clip, not seen"
    if inferred.verdict is Verdict.SEEN or inferred.reason is None:
        return words
    return f"{words}? cannot tell: {inferred.reason.value.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What is known of the clip that a highlight is cut from.

    Attributes:
        tracks: Of the clip.
        clock: Of the camera.
        first: Stamp of the clip's first frame, to which ``clock`` belongs.
        camera: Which camera.
        grant_id: The authority.
        grant_version: Its version.
        model: Which weights looked.
        probe: Of the clip; boxes are in pixels of its ``width`` and ``height``.
    """

    tracks: tuple[Track, ...]
    clock: CameraClock
    first: Timestamp
    camera: Camera
    grant_id: str
    grant_version: int
    model: ModelIdentity
    probe: ClipProbe

    def utc(self, moment: Timestamp) -> datetime:
        """The moment in UTC, by the camera's clock."""
        return self.clock.at(moment, self.first)

    def local(self, moment: Timestamp) -> datetime:
        """The moment in the camera's own time zone."""
        return self.utc(moment).astimezone(ZoneInfo(self.camera.time_zone))


_WIDE = 640
"""Pixels from which the strip below the picture has two lines instead of four."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The picture of a highlight: the original scaled down, and a strip with words below it; all sizes even.

    Attributes:
        width: Pixels.
        height: Pixels of the picture, without the strip.
        letters: Height of a letter in pixels.
        strip: Height of the strip in pixels.
        x: Factor from the original's pixels to these.
        y: Likewise.
    """

    width: int
    height: int
    letters: float
    strip: int
    x: float
    y: float

    @property
    def is_wide(self) -> bool:
        """Whether two lines of words suffice."""
        return self.width >= _WIDE

    @property
    def whole(self) -> int:
        """Height with the strip."""
        return self.height + self.strip

    def box(self, box: Box) -> Box:
        """A box of the original in this picture."""
        return box.scaled(self.x, self.y)


def shape_of(probe: ClipProbe, widest: int) -> Shape:
    """The shape of a highlight of this clip: ``widest`` pixels, or the original's width when that is less."""
    width = _even(min(widest, probe.width))
    height = _even(probe.height * Fraction(width, probe.width))
    letters = max(11.0, width / 64 if width >= _WIDE else width / 32)
    rows = 2 if width >= _WIDE else 4
    strip = _even(letters * (1.45 * rows + 0.84))
    return Shape(width, height, letters, strip, width / probe.width, height / probe.height)


def _even(size: float | Fraction) -> int:
    return max(2, int(size) // 2 * 2)
