"""A clip to frames with exact time stamps, decoded in a child process with walls."""

import importlib.util
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.confinement import Walls
from pipeline.domain.video import ClipProbe, ClipSpan, SamplingReport, SkippedSpan, SkipReason, Timestamp
from pipeline.errors import DecoderDiedError, UnreadableClipError
from pipeline.sampling.decoder_process import DecoderProcess
from pipeline.sampling.wire import Kind, Picture, Request, WireError, read_message

if TYPE_CHECKING:
    from pipeline.settings import SamplingSettings

_CHILD = Path(__file__).with_name("child.py")
_PROJECT = Path(__file__).resolve().parents[2]
_LAST_WORDS_MEGABYTES = 1
_CHILD_NEEDS = ("av", "numpy")


@dataclass(frozen=True, slots=True)
class SampledFrame:
    """One picture of a clip that is looked at.

    Attributes:
        at: Its moment on the clip's time line.
        image: Height x width x 3, BGR, upright, square pixels, longer side at most the working width; read-only.
        moved: Share of the picture that moved since the look before, 0 to 1; zero for the first.
    """

    at: Timestamp
    image: NDArray[np.uint8]
    moved: float


class ClipSampler:
    """Frames of one clip, while the context is open.

    ::

        with sample_clip(path, settings) as sampler:
            for frame in sampler.frames():
                ...
        sampler.report

    The same file and settings give the same frames, byte for byte, on the same machine.
    """

    def __init__(
        self, path: Path, settings: "SamplingSettings", request: Request, at_end: SkipReason = SkipReason.LIMIT
    ) -> None:
        self._clip = path.name
        self._settings = settings
        self._request = request
        self._at_end = at_end
        self._process: DecoderProcess | None = None
        self._probe: ClipProbe | None = None
        self._report: SamplingReport | None = None

    def __enter__(self) -> Self:
        """Start the child and read what the container says.

        Raises:
            UnreadableClipError: The file is no video that is read here.
            DecoderDiedError: The child crashed or met a limit before it could say.
        """
        self._process = DecoderProcess(_command(self._request, self._settings), self._settings.wall_seconds)
        try:
            self._probe = _probe_from(json.loads(self._next_message(Kind.PROBE)[1]))
        except BaseException:
            self._process.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child, whether it is done or not."""
        if self._process is not None:
            self._process.close()

    @property
    def probe(self) -> ClipProbe:
        """What the container says of itself.

        Raises:
            ValueError: The context is not open yet.
        """
        if self._probe is None:
            raise ValueError("the sampler was not entered")
        return self._probe

    @property
    def report(self) -> SamplingReport:
        """What was looked at and what was not.

        Raises:
            ValueError: The frames were not read to their end.
        """
        if self._report is None:
            raise ValueError("the frames were not read to their end")
        return self._report

    def frames(self) -> Iterator[SampledFrame]:
        """The frames that are looked at, in order; once.

        Raises:
            UnreadableClipError: No picture of the clip decodes.
            DecoderDiedError: The child crashed or met a limit; frames handed on before stay good.
        """
        while self._report is None:
            kind, payload = self._next_message(Kind.FRAME, Kind.REPORT)
            if kind is Kind.FRAME:
                yield self._frame(payload)
            else:
                self._report = _report_from(json.loads(payload), self._at_end)

    def _next_message(self, *agreed: Kind) -> tuple[Kind, bytes]:
        if self._process is None:
            raise ValueError("the sampler was not entered")
        try:
            kind, payload = read_message(self._process.read_exactly, self._request.working_width**2 * 3)
        except WireError as error:
            raise DecoderDiedError(self._clip, self._process.end(str(error))) from error
        if kind is Kind.UNREADABLE:
            raise UnreadableClipError(self._clip, str(json.loads(payload)["detail"]))
        if kind not in agreed:
            raise DecoderDiedError(self._clip, f"{kind.name.lower()} was not its turn")
        return kind, payload

    def _frame(self, payload: bytes) -> SampledFrame:
        try:
            picture = Picture.from_bytes(payload)
        except WireError as error:
            raise DecoderDiedError(self._clip, str(error)) from error
        image = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3)
        return SampledFrame(Timestamp(picture.pts, Fraction(*picture.time_base)), image, picture.moved)


def sample_clip(
    path: Path, settings: "SamplingSettings", *, every_frame_rate: float | None = None, until: Fraction | None = None
) -> ClipSampler:
    """Frames of the clip at ``path``, where something moves and now and then where nothing does.

    Args:
        path: The clip; it is only read.
        settings: Rates and limits.
        every_frame_rate: Frames a second that are all looked at, with everything decoded and no gate; for comparison.
        until: Seconds after the first frame beyond which nothing is granted, and nothing looked at; None for no end.
    """
    request = _request(path, settings, every_frame_rate)
    if until is None or until >= request.longest_seconds:
        return ClipSampler(path, settings, request)
    return ClipSampler(path, settings, replace(request, longest_seconds=float(until)), SkipReason.NOT_GRANTED)


def probe_clip(path: Path, settings: "SamplingSettings") -> ClipProbe:
    """What the container of the clip at ``path`` says of itself; one key frame is decoded for the rotation.

    Raises:
        UnreadableClipError: The file is no video that is read here.
        DecoderDiedError: The child crashed or met a limit.
    """
    with ClipSampler(path, settings, _request(path, settings, None, probe_only=True)) as sampler:
        return sampler.probe


def _request(
    path: Path, settings: "SamplingSettings", every_frame_rate: float | None, *, probe_only: bool = False
) -> Request:
    return Request(
        path=str(path.resolve()),
        probe_only=probe_only,
        frames_per_second=every_frame_rate or settings.frames_per_second,
        idle_seconds=settings.idle_seconds,
        gated=every_frame_rate is None,
        working_width=settings.working_width,
        largest_pixels=settings.largest_pixels,
        longest_seconds=settings.longest_seconds,
        most_streams=settings.most_streams,
    )


def _command(request: Request, settings: "SamplingSettings") -> tuple[str, ...]:
    libraries = sorted({str(Path(_origin(name)).parents[1]) for name in _CHILD_NEEDS})
    walls = Walls(
        memory_megabytes=settings.memory_megabytes,
        cpu_seconds=math.ceil(settings.cpu_seconds),
        file_megabytes=_LAST_WORDS_MEGABYTES,
        readable=(request.path, str(_PROJECT / "pipeline"), *libraries),
    )
    request_json = json.dumps({name: getattr(request, name) for name in Request.__dataclass_fields__})
    search_path = json.dumps([str(_PROJECT), *libraries])
    return (sys.executable, "-I", "-S", str(_CHILD), request_json, walls.to_json(), search_path)


def _origin(name: str) -> str:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed", name=name)
    return spec.origin


def _probe_from(facts: dict[str, Any]) -> ClipProbe:
    created = facts["created_at"]
    return ClipProbe(
        container=str(facts["container"]),
        codec=str(facts["codec"]),
        width=int(facts["width"]),
        height=int(facts["height"]),
        rotation=int(facts["rotation"]),
        first=Timestamp(int(facts["first"]), Fraction(*facts["time_base"])),
        duration=Fraction(*facts["duration"]),
        frames_declared=int(facts["frames_declared"]),
        audio_codecs=tuple(str(name) for name in facts["audio_codecs"]),
        created_at=datetime.fromisoformat(created) if created else None,
    )


def _report_from(facts: dict[str, Any], at_end: SkipReason) -> SamplingReport:
    """The report; the child knows one limit of length, and not whose it is."""
    base = Fraction(*facts["time_base"])
    return SamplingReport(
        sampled=tuple(Timestamp(int(stamp), base) for stamp in facts["sampled"]),
        frames_decoded=int(facts["frames_decoded"]),
        decode_errors=int(facts["decode_errors"]),
        skipped=tuple(
            SkippedSpan(
                ClipSpan(Timestamp(int(start), base), Timestamp(int(end), base)),
                at_end if reason == SkipReason.LIMIT else SkipReason(reason),
            )
            for start, end, reason in facts["skipped"]
        ),
        shortest_missable=int(facts["missable"]) * base,
        last=Timestamp(int(facts["last"]), base),
        decoder=str(facts["decoder"]),
        stamps_inferred=int(facts["stamps_inferred"]),
        holes=tuple(ClipSpan(Timestamp(int(start), base), Timestamp(int(end), base)) for start, end in facts["holes"]),
        surges=tuple(Timestamp(int(stamp), base) for stamp in facts["surges"]),
    )
