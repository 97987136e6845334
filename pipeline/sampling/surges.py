"""Frames in which much of the picture changed at once, told from the sizes of packets alone. Runs in the child; pure.

Where a film was cut, the first frame after the cut cannot be told from the one before it: it takes more bytes than any
about it, or the encoder starts anew with a key frame out of turn. What moves, moves over many frames and takes its
bytes in all of them. Light that is switched on surges too: a surge by itself says nothing of time that is missing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from pipeline.sampling.plan import PacketMark

_ABOUT = 0.8
"""Seconds before and after that a frame is compared with."""
_FEWEST, _MOST = 6, 48
"""Frames there without which nothing is said, and of which no more are asked on each side."""
_USUAL, _LARGEST = 2.3, 1.15
"""Sizes of the middle and of the largest frame about it that a surging one must have. In 14 cuts inside one view, made
of seven real clips at two qualities, the frame had 2.4 and 1.16 at the least."""
_EARLY = 0.9
"""Of the longest distance of two key frames, below which one comes out of turn."""
_MOST_EARLY = 3
"""In one clip: an encoder that sets more sets them as it likes."""


def surges(marks: Sequence[PacketMark]) -> tuple[float, ...]:
    """Presentation seconds of the frames that surge, in order; key frames that come in turn are never among them."""
    ordered = sorted(marks, key=lambda one: one.at)
    times = [one.at for one in ordered]
    plain = [
        one.at
        for place, one in enumerate(ordered)
        if place and not one.is_key and _stands_out(one, _about(ordered, times, place))
    ]
    return tuple(sorted({*plain, *_out_of_turn(ordered)}))


def _about(ordered: Sequence[PacketMark], times: Sequence[float], place: int) -> list[int]:
    """Sizes of the frames about one, key frames and itself left out."""
    first = max(bisect_left(times, times[place] - _ABOUT), place - _MOST)
    end = min(bisect_right(times, times[place] + _ABOUT), place + _MOST + 1)
    return [ordered[other].size for other in range(first, end) if other != place and not ordered[other].is_key]


def _stands_out(one: PacketMark, about: Sequence[int]) -> bool:
    if len(about) < _FEWEST:
        return False
    sizes = sorted(about)
    return one.size >= _LARGEST * sizes[-1] and one.size >= _USUAL * sizes[len(sizes) // 2]


def _out_of_turn(ordered: Sequence[PacketMark]) -> list[float]:
    """Key frames before which the encoder did not wait for as long as it waits at most."""
    keys = [one.at for one in ordered if one.is_key]
    if not keys:
        return []
    waits = [after - before for before, after in pairwise([*keys, ordered[-1].at])]
    early = [key for key, wait in zip(keys[1:], waits, strict=False) if wait < _EARLY * max(waits)]
    return early if len(early) <= _MOST_EARLY else []
