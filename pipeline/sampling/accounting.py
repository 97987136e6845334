"""What was looked at and what was not, in words of the domain but as plain values. Runs in the child."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pipeline.sampling.clip_file import ClipFile, PacketTable
from pipeline.sampling.decoding import Sight
from pipeline.sampling.surges import surges
from pipeline.sampling.wire import Request

_LONGER = 1.25
"""A gap between two looks counts as skipped when it is this many steps long: stamps are never quite regular."""
_LEAST_HOLE = 1.0
"""Seconds without a packet."""
_MOST, _STEPS = 0.95, 8
"""And in steps, each as long as all but the longest twentieth are."""

Skipped = tuple[int, int, str]


def account(clip: ClipFile, table: PacketTable, sight: Sight, request: Request, decoder: str) -> dict[str, Any]:
    """The facts of a ``SamplingReport``; stamps in units of the time base."""
    inspected = sorted({*sight.inspected, *sight.looked})
    known = [round(mark.at / float(clip.time_base)) for mark in table.marks]  # nothing is told of what lies beyond
    return {
        "time_base": [clip.time_base.numerator, clip.time_base.denominator],
        "sampled": sight.looked,
        "frames_decoded": sight.pictures,
        "decode_errors": sight.errors + table.refused,
        "stamps_inferred": sight.inferred,
        "holes": holes(known, 1 / float(clip.time_base)),
        "surges": [round(at / float(clip.time_base)) for at in surges(table.marks)],
        "skipped": skipped_spans(clip, table, sight, request),
        "missable": max((after - before for before, after in pairwise(inspected)), default=0),
        "last": max(table.stamps),
        "decoder": decoder,
    }


def skipped_spans(clip: ClipFile, table: PacketTable, sight: Sight, request: Request) -> list[Skipped]:
    """Spans without a look that are longer than a step, in order."""
    blind = [(start, end, "not_decoded") for start, end in sight.blind]
    end = _unseen_end(clip, table, sight, request)
    ordered = sorted(table.stamps)
    still = [
        (before, after, "still")
        for before, after in pairwise(sight.looked)
        if clip.seconds(after - before) > _LONGER * request.step
        and bisect_left(ordered, after) > bisect_right(ordered, before)
        and not _touches(before, after, blind)
    ]
    return sorted([*blind, *still, *end])


def holes(stamps: Sequence[int], a_second: float) -> list[tuple[int, int]]:
    """Neighbouring stamps that lie far further apart than most, in order.

    A camera that records slowly, or a picture now and then, leaves long steps all along, and none of them is a hole.

    Args:
        stamps: Of packets, in any order, in units of the time base.
        a_second: In those units.
    """
    ordered = sorted(set(stamps))
    steps = sorted(after - before for before, after in pairwise(ordered))
    if not steps:
        return []
    usual = steps[int(_MOST * (len(steps) - 1))]
    least = max(_LEAST_HOLE * a_second, _STEPS * usual)
    return [(before, after) for before, after in pairwise(ordered) if after - before >= least]


def _unseen_end(clip: ClipFile, table: PacketTable, sight: Sight, request: Request) -> list[Skipped]:
    """From the last picture to where the packets, or the container's own word, say that the clip ends."""
    if sight.last_picture is None:
        return []
    first = min(table.stamps)
    declared = first + int(clip.declared_seconds(first) / clip.time_base)
    end = max(max(table.stamps), declared)
    if clip.seconds(end - sight.last_picture) <= _LONGER * request.step + _usual_seconds(clip, table):
        return []
    return [(sight.last_picture, end, "limit" if table.is_cut else "not_decoded")]


def _usual_seconds(clip: ClipFile, table: PacketTable) -> float:
    """Mean time that one frame is shown: a container's length reaches that far beyond its last stamp."""
    return clip.seconds(max(table.stamps) - min(table.stamps)) / max(1, len(table.stamps) - 1)


def _touches(start: int, end: int, spans: Sequence[Skipped]) -> bool:
    return any(span_start < end and start < span_end for span_start, span_end, _ in spans)
