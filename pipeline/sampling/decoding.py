"""Decodes what the plan asks for, gates it, and hands on the pictures that are looked at. Runs in the child."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from pipeline.sampling.clip_file import ClipFile, Packet, PacketTable, clockwise_rotation
from pipeline.sampling.gate import GREY_LONGER_SIDE, Grey, MotionGate
from pipeline.sampling.plan import Depth, Group, has_bump, later_slot, quiet_bytes, with_slots
from pipeline.sampling.stamps import StampReader
from pipeline.sampling.wire import Picture, Request

_TOLERANCE = 1e-3
_PATIENCE = 1.05
_LEAST_PAUSE = 0.75
"""Share of a step: two looks are never closer, but for the clip's last picture."""
_REFERENCE_FRAMES_A_STEP = 8
"""Encoders put at most some three disposable frames between two others; with this many frames a step, skipping the
disposable ones still leaves two in every step."""


@dataclass(slots=True)
class Sight:
    """What was seen while decoding, for the report; stamps in units of the time base."""

    looked: list[int] = field(default_factory=list)
    inspected: list[int] = field(default_factory=list)
    blind: list[tuple[int, int]] = field(default_factory=list)
    pictures: int = 0
    errors: int = 0
    inferred: int = 0
    last_picture: int | None = None


def grey_of(frame: av.VideoFrame) -> Grey:
    """The small grey picture that the gate compares."""
    scale = GREY_LONGER_SIDE / max(frame.width, frame.height)
    small = frame.reformat(
        max(8, round(frame.width * scale)),
        max(8, round(frame.height * scale)),
        "gray",
        interpolation=Interpolation.AREA,
    )
    return small.to_ndarray().astype(np.uint8, copy=False)


def decode_alone(context: VideoCodecContext, packet: Packet) -> list[av.VideoFrame]:
    """The frames of one key packet, decoded by itself; empty when it does not decode."""
    context.flush_buffers()
    try:
        frames = [*context.decode(packet), *context.decode(None)]
    except av.error.FFmpegError:
        frames = []
    context.flush_buffers()
    return frames


def plan_depths(clip: ClipFile, table: PacketTable, groups: Sequence[Group], request: Request) -> tuple[Group, ...]:
    """Decide for every group how much of it is decoded.

    A group no longer than the idle time is left at its key frame when the key frames at both of its ends show the same
    and its packets show no bump. Everything else is decoded.
    """
    if not request.gated:
        return with_slots(groups, [Depth.ALL] * len(groups), request.step)
    short = [group.seconds <= request.idle_seconds for group in groups]
    if not any(short[:-1]):
        depths = [Depth.UNTIL_LAST_SLOT] * (len(groups) - 1) + [Depth.ALL]
        return with_slots(groups, depths, request.step)
    still = _StillGroups(clip, table, quiet_bytes(table.marks, groups))
    depths = []
    for group, after, is_short in zip(groups, groups[1:], short, strict=False):
        is_still = is_short and (group.seconds <= request.step or still.is_still(group, after))
        depths.append(Depth.KEY_ONLY if is_still else Depth.UNTIL_LAST_SLOT)
    return with_slots(groups, [*depths, Depth.ALL], request.step)


@dataclass(slots=True)
class _StillGroups:
    """Looks at key frames on demand; the last one decoded is kept."""

    clip: ClipFile
    table: PacketTable
    quiet: float
    gate: MotionGate = field(default_factory=MotionGate)
    _kept: tuple[int, Grey | None] = (-1, None)

    def is_still(self, group: Group, after: Group) -> bool:
        if has_bump(self.table.marks, group, self.quiet):
            return False
        before, now = self._grey(group.first), self._grey(after.first)
        return before is not None and now is not None and before.shape == now.shape and not self.gate.moved(before, now)

    def _grey(self, index: int) -> Grey | None:
        if self._kept[0] != index:
            packet = self.table.key_packets.get(index)
            frames = decode_alone(self.clip.context, packet) if packet is not None else []
            self._kept = (index, grey_of(frames[0]) if frames else None)
        return self._kept[1]


class Looker:
    """Walks through the plan, and calls ``hand_on`` for each picture that is looked at."""

    def __init__(
        self,
        clip: ClipFile,
        table: PacketTable,
        plan: Sequence[Group],
        request: Request,
        hand_on: Callable[[Picture], None],
    ) -> None:
        self.sight = Sight()
        self._clip = clip
        self._table = table
        self._plan = plan
        self._request = request
        self._hand_on = hand_on
        self._slots = [slot for group in plan for slot in group.slots]
        self._stamps = StampReader()
        self._gate = MotionGate()
        self._ordered = sorted(table.stamps)
        self._usual = max(1, (self._ordered[-1] - self._ordered[0]) // max(1, len(self._ordered) - 1))
        self._is_running = False
        self._wanted = 0
        self._reference: Grey | None = None
        self._held: tuple[int, av.VideoFrame] | None = None

    def look(self) -> None:
        """Decode the whole plan; the last picture of the clip is always looked at."""
        packets = self._packets()
        for group in self._plan:
            for packet in self._of_group(packets, group):
                self._feed(packet)
                if group.depth is Depth.KEY_ONLY:
                    self._drain()
        self._drain()
        if self._held is not None and self._held[0] not in self.sight.looked[-1:]:
            self._look_at(*self._held, grey_of(self._held[1]))
        self.sight.inferred = self._stamps.inferred

    def _packets(self) -> Iterator[Packet]:
        for packet in self._clip.container.demux(self._clip.stream):
            if packet.size:
                yield packet

    def _of_group(self, packets: Iterator[Packet], group: Group) -> Iterator[Packet]:
        """The packets of the group that are decoded; the others are read past."""
        for index in range(group.first, group.end):
            packet = next(packets, None)
            if packet is None:
                return
            is_first = index == group.first
            is_read_past = not is_first and (group.depth is Depth.KEY_ONLY or self._is_done_with(group))
            if group.depth is Depth.NOTHING or is_read_past:
                self._is_running = False
            else:
                yield packet

    def _is_done_with(self, group: Group) -> bool:
        """Whether every picture that was wanted of the group is there."""
        if group.depth is not Depth.UNTIL_LAST_SLOT:
            return False
        return self._wanted >= len(self._slots) or self._slots[self._wanted] >= group.ends_at - _TOLERANCE

    def _feed(self, packet: Packet) -> None:
        if not self._is_running:
            self._clip.context.flush_buffers()
            self._is_running = True
        self._clip.context.skip_frame = self._skipping(packet)
        self._decode(packet)

    def _skipping(self, packet: Packet) -> Literal["NONREF", "DEFAULT"]:
        """Frames that no other rests on need no decoding, where enough others stand in every step."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        is_dense = self._usual * _REFERENCE_FRAMES_A_STEP * float(self._clip.time_base) <= self._request.step
        is_tail = stamp is None or self._clip.seconds(stamp) > self._plan[-1].ends_at - self._request.step
        return "NONREF" if self._request.gated and is_dense and not is_tail else "DEFAULT"

    def _drain(self) -> None:
        if self._is_running:
            self._decode(None)
            self._clip.context.flush_buffers()
            self._is_running = False

    def _decode(self, packet: Packet | None) -> None:
        try:
            frames = self._clip.context.decode(packet)
        except MemoryError:
            raise  # the child's limit, not the clip's fault alone: it is reported as the child's end
        except av.error.FFmpegError:
            self.sight.errors += 1
            return
        for frame in frames:
            self._take(frame)

    def _take(self, frame: av.VideoFrame) -> None:
        sight = self.sight
        stamp = self._stamps.read(frame.pts, frame.dts, self._usual)
        sight.pictures += 1
        sight.errors += frame.is_corrupt
        if stamp is None:
            return
        self._note_blindness(stamp)
        sight.last_picture = stamp
        self._held = (stamp, frame)
        if self._reaches_a_slot(self._clip.seconds(stamp)):
            self._inspect(stamp, frame)

    def _reaches_a_slot(self, at: float) -> bool:
        before = self._wanted
        while self._wanted < len(self._slots) and self._slots[self._wanted] <= at + _TOLERANCE:
            self._wanted += 1
        return self._wanted > before

    def _note_blindness(self, stamp: int) -> None:
        """A slot that is met more than a step late, with packets before it that gave no picture."""
        late = self._clip.seconds(stamp) - self._slots[self._wanted] if self._wanted < len(self._slots) else 0.0
        last = self.sight.last_picture
        since = self._ordered[0] - 1 if last is None else last
        has_packets = bisect_left(self._ordered, stamp) > bisect_right(self._ordered, since)
        if late > self._request.step and has_packets:
            self.sight.blind.append((max(since, self._ordered[0]), stamp))

    def _inspect(self, stamp: int, frame: av.VideoFrame) -> None:
        self.sight.inspected.append(stamp)
        if not self.sight.looked or not self._request.gated:
            self._look_at(stamp, frame, grey_of(frame))
            return
        since = self._clip.seconds(stamp - self.sight.looked[-1])
        grey = grey_of(frame)
        moved = self._moved(grey)
        upcoming = later_slot(self._slots, self._clip.seconds(stamp)) or self._plan[-1].ends_at
        until = self._request.idle_seconds * _PATIENCE
        is_due = since + upcoming - self._clip.seconds(stamp) > until
        if (moved and since >= _LEAST_PAUSE * self._request.step) or is_due:
            self._look_at(stamp, frame, grey, moved)

    def _moved(self, grey: Grey) -> float:
        if self._reference is None or self._reference.shape != grey.shape:
            return 1.0
        return self._gate.moved(self._reference, grey)

    def _look_at(self, stamp: int, frame: av.VideoFrame, grey: Grey, moved: float | None = None) -> None:
        share = self._moved(grey) if moved is None and self._reference is not None else (moved or 0.0)
        self._reference = grey
        self.sight.looked.append(stamp)
        image = upright_picture(frame, self._clip, self._request.working_width)
        base = self._clip.time_base
        self._hand_on(
            Picture(stamp, (base.numerator, base.denominator), image.shape[1], image.shape[0], share, image.tobytes())
        )


def upright_picture(frame: av.VideoFrame, clip: ClipFile, working_width: int) -> NDArray[np.uint8]:
    """The frame as BGR with square pixels, upright, and no larger than asked."""
    width, height = frame.width * float(clip.pixel_aspect), float(frame.height)
    scale = min(1.0, working_width / max(width, height))
    target = max(1, round(width * scale)), max(1, round(height * scale))
    scaled = frame.reformat(*target, "bgr24", interpolation=Interpolation.AREA)
    image = scaled.to_ndarray().astype(np.uint8, copy=False)
    turned: NDArray[np.uint8] = np.rot90(image, k=-clockwise_rotation(frame) // 90)
    return turned
