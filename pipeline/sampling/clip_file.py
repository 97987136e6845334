"""Opens a foreign clip under limits, and reads what it says of itself. Runs in the decoding child."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet as AnyPacket
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from pipeline.sampling.plan import PacketMark
from pipeline.sampling.wire import Request

if TYPE_CHECKING:
    Packet = AnyPacket[VideoStream]  # generic in its stubs alone
else:
    Packet = AnyPacket

_DEMUXERS = "mov,avi,matroska,mpegts"
_CODECS = (
    "h264,hevc,libdav1d,av1,vp8,libvpx,vp9,libvpx-vp9,mpeg4,msmpeg4v1,msmpeg4v2,msmpeg4,"
    "mpeg1video,mpeg2video,h263,mjpeg,cinepak"
)
_PROBE_BYTES = 5_000_000
_KEY_BYTES = 64_000_000
_MOST_PACKETS = 2_000_000
_RIGHT_ANGLE = 90
_MOST_STRETCHED = 4
_HALF_WIDTH = {(960, 1080), (640, 720), (1280, 1440)}
"""Stored sizes of recorders that keep every second column (1080N, 720N, 4M-N) and state square pixels."""


class UnreadableError(Exception):
    """The file is no video that is read here; the message says why."""


@dataclass(slots=True)
class ClipFile:
    """An open clip with its first video stream; close it by ``container.close()``.

    Attributes:
        pixel_aspect: Width of a stored pixel over its height.
        time_base: Seconds a unit of the stream's stamps; the stream itself makes a new fraction each time it is asked.
    """

    container: InputContainer
    stream: VideoStream
    pixel_aspect: Fraction
    time_base: Fraction

    @classmethod
    def open(cls, request: Request) -> Self:
        """Open the clip.

        Raises:
            UnreadableError: No video, or more pixels or streams than allowed.
        """
        options = {
            "protocol_whitelist": "file",
            "format_whitelist": _DEMUXERS,
            "codec_whitelist": _CODECS,
            "max_streams": str(request.most_streams + 1),
            "probesize": str(_PROBE_BYTES),
        }
        try:
            container = av.open(f"file:{request.path}", options=options, metadata_errors="replace")
        except av.error.FFmpegError as error:
            raise UnreadableError(error.strerror or "it cannot be opened") from error
        return cls._checked(container, request)

    @classmethod
    def _checked(cls, container: InputContainer, request: Request) -> Self:
        if not container.streams.video:
            raise UnreadableError("no video stream")
        if len(container.streams) > request.most_streams:
            raise UnreadableError(f"{len(container.streams)} streams, where {request.most_streams} are allowed")
        stream = container.streams.video[0]
        context = stream.codec_context
        if context is None:
            raise UnreadableError("no decoder for its video")
        if not 0 < context.width * context.height <= request.largest_pixels:
            raise UnreadableError(
                f"{context.width}x{context.height} pixels, where {request.largest_pixels} are allowed"
            )
        context.thread_count = 1
        context.options = {"max_pixels": str(request.largest_pixels)}
        return cls(container, stream, _pixel_aspect(context, stream), stream.time_base or Fraction(1, 90_000))

    @property
    def context(self) -> VideoCodecContext:
        """The decoder."""
        return self.stream.codec_context

    def seconds(self, stamp: int) -> float:
        """A stamp as seconds; asked for every frame, so without a new fraction."""
        return stamp * self.time_base.numerator / self.time_base.denominator

    def shown_size(self, rotation: int) -> tuple[int, int]:
        """Width and height as shown: square pixels, upright."""
        width, height = max(1, round(self.context.width * self.pixel_aspect)), self.context.height
        return (height, width) if rotation % 180 else (width, height)

    def declared_seconds(self, first: int) -> Fraction:
        """Length by the stream, else by the container; zero when neither says.

        Args:
            first: Stamp of the first packet: Matroska counts its length from zero, not from there.
        """
        if self.stream.duration is not None and self.stream.duration > 0:
            return self.stream.duration * self.time_base
        length = Fraction(max(0, self.container.duration or 0), av.time_base)
        before = first * self.time_base if "matroska" in self.container.format.name else Fraction(0)
        return max(Fraction(0), length - max(Fraction(0), before))

    def facts(self, first: int, rotation: int) -> dict[str, Any]:
        """Everything that ``ClipProbe`` holds, as plain values."""
        width, height = self.shown_size(rotation)
        declared = self.declared_seconds(first)
        return {
            "container": self.container.format.name,
            "codec": self.context.name,
            "width": width,
            "height": height,
            "rotation": rotation,
            "first": first,
            "time_base": [self.time_base.numerator, self.time_base.denominator],
            "duration": [declared.numerator, declared.denominator],
            "frames_declared": max(0, self.stream.frames),
            "audio_codecs": [_codec_name(stream) for stream in self.container.streams.audio],
            "created_at": _created_at(self.container, self.stream),
        }


@dataclass(frozen=True, slots=True)
class PacketTable:
    """What demuxing a whole clip tells.

    Attributes:
        stamps: One a packet, in file order, in units of the time base.
        marks: The same packets with seconds and sizes, up to the longest length that is looked at.
        key_packets: Index and packet of the key frames among ``marks``, as many as 64 MB hold.
        is_cut: Whether packets beyond that length were left out of ``marks``.
        refused: Times at which the demuxer stumbled.
    """

    stamps: tuple[int, ...]
    marks: tuple[PacketMark, ...]
    key_packets: dict[int, Packet]
    is_cut: bool
    refused: int


def demux(clip: ClipFile, longest_seconds: float) -> PacketTable:
    """Read every packet of the video stream once; nothing is decoded.

    Raises:
        UnreadableError: There is none.
    """
    stamps: list[int] = []
    marks: list[PacketMark] = []
    keys: dict[int, Packet] = {}
    is_cut, refused, kept_bytes = False, 0, 0
    packets = clip.container.demux(clip.stream)
    while len(stamps) < _MOST_PACKETS:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            refused += 1
            break
        if packet is None:
            break
        if packet.size == 0:
            continue
        stamps.append(_packet_stamp(packet, stamps))
        is_cut = is_cut or clip.seconds(stamps[-1] - stamps[0]) > longest_seconds
        if not is_cut:
            if packet.is_keyframe and kept_bytes + packet.size <= _KEY_BYTES:
                kept_bytes += packet.size
                keys[len(marks)] = packet
            marks.append(PacketMark(clip.seconds(stamps[-1]), packet.size, packet.is_keyframe))
    if not marks:
        raise UnreadableError("its video stream is empty")
    return PacketTable(tuple(stamps), tuple(marks), keys, is_cut, refused)


def _codec_name(stream: AudioStream) -> str:
    """Of a stream for whose codec there is no decoder, and of which PyAV makes no context: unknown."""
    context: AudioCodecContext | None = stream.codec_context
    return "unknown" if context is None else context.name


def _packet_stamp(packet: Packet, before: list[int]) -> int:
    stamp = packet.pts if packet.pts is not None else packet.dts
    if stamp is not None:
        return stamp
    return before[-1] + max(1, packet.duration or 1) if before else 0


def _pixel_aspect(context: VideoCodecContext, stream: VideoStream) -> Fraction:
    stated = stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1)
    if stated == 1 and (context.width, context.height) in _HALF_WIDTH:
        return Fraction(2)
    return stated if Fraction(1, _MOST_STRETCHED) <= stated <= _MOST_STRETCHED else Fraction(1)


def clockwise_rotation(frame: av.VideoFrame) -> int:
    """Degrees to turn the frame clockwise so that it stands upright: 0, 90, 180 or 270."""
    turned = round(-frame.rotation / _RIGHT_ANGLE) * _RIGHT_ANGLE
    return turned % 360


def _created_at(container: InputContainer, stream: VideoStream) -> str | None:
    """The creation time in ISO form with its offset; None when it is absent or cannot be read."""
    stated = container.metadata.get("creation_time") or stream.metadata.get("creation_time")
    try:
        moment = datetime.fromisoformat(stated) if stated else None
    except ValueError:
        return None
    return moment.isoformat() if moment is not None and moment.tzinfo is not None else None
