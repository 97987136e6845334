"""Time inside a clip, and what is known of a clip's streams."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import total_ordering


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Timestamp:
    """A moment of a clip's own time line, exact; two stamps are equal when they name the same moment.

    Attributes:
        pts: Presentation time stamp, in units of ``time_base``; may be negative.
        time_base: Seconds a unit, as the container states it (for example 1/90000).
    """

    pts: int
    time_base: Fraction

    def __post_init__(self) -> None:
        if self.time_base.numerator <= 0:
            raise ValueError(f"time base must be positive, got {self.time_base}")

    @property
    def seconds(self) -> Fraction:
        """Seconds on the clip's time line, exact; the container's start is not subtracted."""
        return self.pts * self.time_base

    def after(self, seconds: Fraction) -> "Timestamp":
        """The stamp so many seconds later, in the same unit, as near as the unit lets it be."""
        return Timestamp(self.pts + round(seconds / self.time_base), self.time_base)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timestamp):
            return False
        if self.time_base == other.time_base:  # as nearly always: fractions are multiplied slowly
            return self.pts == other.pts
        return self.seconds == other.seconds

    def __lt__(self, other: "Timestamp") -> bool:
        if self.time_base == other.time_base:
            return self.pts < other.pts
        return self.seconds < other.seconds

    def __hash__(self) -> int:
        return hash(self.seconds)


@dataclass(frozen=True, slots=True)
class ClipSpan:
    """A closed span on a clip's time line; start and end may coincide."""

    start: Timestamp
    end: Timestamp

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"span ends ({self.end.seconds}) before it starts ({self.start.seconds})")

    @property
    def duration(self) -> Fraction:
        """Length in seconds, exact."""
        return self.end.seconds - self.start.seconds

    def overlaps(self, other: "ClipSpan") -> bool:
        """Whether the two spans share at least one moment."""
        return self.start <= other.end and other.start <= self.end

    def gap_to(self, other: "ClipSpan") -> Fraction:
        """Seconds between the spans; zero when they overlap."""
        if self.overlaps(other):
            return Fraction(0)
        return max(other.start.seconds - self.end.seconds, self.start.seconds - other.end.seconds)


class ClockSource(StrEnum):
    """Who says when the clip began."""

    VENDOR = "vendor"
    """The camera maker's service stated the moment of the trigger."""
    CONTAINER = "container"
    """The file's own creation time, where its name states none."""
    FILE_NAME = "file_name"
    """The uploader's file name."""
    UPLOAD = "upload"
    """Nobody said: only the moment at which we received it is known."""


@dataclass(frozen=True, slots=True)
class CameraClock:
    """Maps a clip's time line to UTC. The camera's clock and ours are both kept; neither is corrected by the other.

    Attributes:
        starts_at: UTC moment of the clip's first video frame by the camera's clock.
        source: Who stated it.
        uncertainty: How far off it may be, either way.
    """

    starts_at: datetime
    source: ClockSource
    uncertainty: timedelta

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None:
            raise ValueError("a camera clock needs an aware datetime")

    def at(self, moment: Timestamp, first: Timestamp) -> datetime:
        """UTC moment of ``moment``, where ``first`` is the stamp of the clip's first frame; to the microsecond."""
        since = moment.seconds - first.seconds
        return self.starts_at + timedelta(microseconds=round(since * 1_000_000))


@dataclass(frozen=True, slots=True)
class ClipProbe:
    """What a clip's container says of itself, before a frame is decoded.

    Attributes:
        container: ffmpeg's name of the format, for example ``mov,mp4,m4a,3gp,3g2,mj2``.
        codec: ffmpeg's name of the video codec.
        width: Pixels of the picture as shown: rotated, and with square pixels.
        height: Likewise.
        rotation: Clockwise degrees that were applied to show it upright: 0, 90, 180 or 270.
        first: Stamp of the first video packet that has one.
        duration: Seconds of video by the container; zero when it does not say.
        frames_declared: By the container; zero when it does not say.
        audio_codecs: One name an audio stream; empty when there is no sound.
        created_at: The container's creation_time, when it has one.
    """

    container: str
    codec: str
    width: int
    height: int
    rotation: int
    first: Timestamp
    duration: Fraction
    frames_declared: int
    audio_codecs: tuple[str, ...] = ()
    created_at: datetime | None = None


class SkipReason(StrEnum):
    """Why a span of a clip was not looked at."""

    STILL = "still"
    """The motion gate saw nothing move."""
    NOT_DECODED = "not_decoded"
    """The decoder gave no picture."""
    LIMIT = "limit"
    """A limit of duration, frames or time was reached."""
    NOT_GRANTED = "not_granted"
    """No grant covers when it was recorded."""


@dataclass(frozen=True, slots=True)
class SkippedSpan:
    """A span of the clip in which no frame was looked at, longer than the sampling step."""

    span: ClipSpan
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class SamplingReport:
    """What was looked at in a clip, and what was not.

    Attributes:
        sampled: Stamps of the frames handed on, in order.
        frames_decoded: Pictures that the decoder gave.
        decode_errors: Packets or frames that it refused.
        skipped: Spans not looked at, in order.
        shortest_missable: Seconds: a visit shorter than this can lie unseen between two looks.
        last: Stamp of the clip's last video packet.
        decoder: Name and version of what decoded, for the record.
        stamps_inferred: Decoded pictures whose stamp the container omits or states wrongly; theirs is the decoding
            stamp, or is counted on from the picture before.
        holes: Spans between two neighbouring packets that are far longer than is usual in the clip, in order: no frame
            was ever recorded there, or it was taken out.
        surges: Stamps of frames, in order, that took far more bytes than those around them, or before which the encoder
            set a key frame out of turn: from the frame before to this one much of the picture changed at once.
    """

    sampled: tuple[Timestamp, ...]
    frames_decoded: int
    decode_errors: int
    skipped: tuple[SkippedSpan, ...]
    shortest_missable: Fraction
    last: Timestamp
    decoder: str
    stamps_inferred: int = 0
    holes: tuple[ClipSpan, ...] = ()
    surges: tuple[Timestamp, ...] = ()
