"""Which packets of a clip are decoded, decided from packet times and sizes and from the key frames. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np

_WINDOW_SECONDS = 0.25
_QUIET_QUANTILE = 0.2
_BUMP_RATIO = 1.3
_BUMP_BYTES = 300
_NEAR = 0.8
"""A key frame this share of a step after the last slot becomes a slot: key frames are the cheapest to decode."""
_SMALL = 1e-3


@dataclass(frozen=True, slots=True)
class PacketMark:
    """What demuxing says of one packet: presentation seconds, bytes, whether decoding can start here."""

    at: float
    size: int
    is_key: bool


class Depth(Enum):
    """How much of a group is decoded."""

    NOTHING = "nothing"
    KEY_ONLY = "key_only"
    UNTIL_LAST_SLOT = "until_last_slot"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Group:
    """A key frame and the packets that rest on it, by index; ``slots`` are the times at which a picture is wanted."""

    first: int
    end: int
    starts_at: float
    ends_at: float
    depth: Depth = Depth.ALL
    slots: tuple[float, ...] = ()

    @property
    def seconds(self) -> float:
        """Time until the next group."""
        return self.ends_at - self.starts_at


def group_packets(marks: Sequence[PacketMark]) -> tuple[Group, ...]:
    """Packets by key frame, in file order; what stands before the first key frame is a group of its own."""
    starts = sorted({0, *(index for index, mark in enumerate(marks) if mark.is_key)}) if marks else []
    bounds = [*starts, len(marks)]
    last = max((mark.at for mark in marks), default=0.0)
    groups = []
    for first, end in pairwise(bounds):
        ends_at = marks[end].at if end < len(marks) else last
        groups.append(Group(first, end, marks[first].at, max(ends_at, marks[first].at)))
    return tuple(groups)


def has_bump(marks: Sequence[PacketMark], group: Group, quiet: float) -> bool:
    """Whether some quarter of a second of the group takes clearly more bytes than the clip's quiet ones."""
    return any(size > quiet * _BUMP_RATIO + _BUMP_BYTES for size in _window_sizes(marks, group))


def quiet_bytes(marks: Sequence[PacketMark], groups: Sequence[Group]) -> float:
    """Bytes that a quiet quarter of a second takes in this clip, key frames left out."""
    sizes = [size for group in groups for size in _window_sizes(marks, group)]
    return float(np.quantile(sizes, _QUIET_QUANTILE)) if sizes else 0.0


def _window_sizes(marks: Sequence[PacketMark], group: Group) -> list[int]:
    sizes: dict[int, int] = {}
    for mark in marks[group.first + 1 : group.end]:
        window = int((mark.at - group.starts_at) / _WINDOW_SECONDS)
        sizes[window] = sizes.get(window, 0) + mark.size
    return list(sizes.values())


def with_slots(groups: Sequence[Group], depths: Sequence[Depth], step: float) -> tuple[Group, ...]:
    """Give each group its depth and the times at which a picture is wanted: at its key frame, then every step."""
    planned = []
    last = float("-inf")
    for group, depth in zip(groups, depths, strict=True):
        slots = _key_slot(group, last, step) if depth is Depth.KEY_ONLY else _even_slots(group, last, step)
        last = slots[-1] if slots else last
        settled = depth if slots or depth is Depth.ALL else Depth.NOTHING
        planned.append(Group(group.first, group.end, group.starts_at, group.ends_at, settled, tuple(slots)))
    return tuple(planned)


def _key_slot(group: Group, last: float, step: float) -> list[float]:
    """The key frame, when the next one would come more than a step after the last slot."""
    return [group.starts_at] if group.ends_at - last > step + _SMALL else []


def _even_slots(group: Group, last: float, step: float) -> list[float]:
    slot = group.starts_at if group.starts_at - last >= _NEAR * step else last + step
    slots = [slot] if slot == group.starts_at else []
    slot += step if slots else 0.0
    while slot < group.ends_at - _SMALL:
        slots.append(slot)
        slot += step
    return slots


def later_slot(slots: Sequence[float], at: float) -> float | None:
    """The first slot after ``at``; None when there is no more."""
    index = bisect_left(slots, at + _SMALL)
    return slots[index] if index < len(slots) else None
