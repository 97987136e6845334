"""Whether the motion gate loses an event: our analysis beside the same without a gate."""

import sys
from dataclasses import dataclass
from typing import Any

from bench.clips import BenchClip
from bench.measuring import run_child
from bench.orders import Order

_NEAR_SECONDS = 2.0
SAMPLING_RATE = 2.0
EVERY_FRAME = 30.0
"""No clip here has more frames a second."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clip, with the gate and without.

    Attributes:
        rate: Looks a second without the gate.
        seen: Events that both see.
        lost: Seen without the gate and not with it, in words.
        added: The reverse.
        looks: With the gate, and without.
        cpu: CPU seconds with the gate, and without.
    """

    clip: str
    rate: float
    seen: int
    lost: tuple[str, ...]
    added: tuple[str, ...]
    looks: tuple[int, int]
    cpu: tuple[float, float]


def compare(clips: tuple[BenchClip, ...], rates: tuple[float, ...]) -> list[Comparison]:
    """Every clip at every rate."""
    found = []
    for clip in clips:
        print(f"events with and without the gate: {clip.name}", file=sys.stderr)
        gated = run_child(Order("ours", str(clip.path)))
        for rate in rates:
            plain = run_child(Order("every_frame", str(clip.path), options={"rate": rate}))
            pairs, lost, added = matched(plain.facts["events"], gated.facts["events"])
            found.append(
                Comparison(
                    clip=clip.name,
                    rate=rate,
                    seen=len(pairs),
                    lost=tuple(_worded(event, gated.facts["events"]) for event in lost),
                    added=tuple(_worded(event, plain.facts["events"]) for event in added),
                    looks=(int(gated.facts["looks"]), int(plain.facts["looks"])),
                    cpu=(gated.work.cpu, plain.work.cpu),
                )
            )
    return found


Event = dict[str, Any]


def matched(reference: list[Event], found: list[Event]) -> tuple[list[tuple[Event, Event]], list[Event], list[Event]]:
    """Events that were told, one to one by kind, the nearest first.

    Two are the same when their spans overlap, or both ends lie within two seconds. What one of them cannot tell is not
    seen by it.

    Returns:
        Pairs; those of ``reference`` alone; those of ``found`` alone.
    """
    told = [event for event in reference if not event["cannot_tell"]]
    rest = [event for event in found if not event["cannot_tell"]]
    near = sorted(
        (_distance(one, other), row, column)
        for row, one in enumerate(told)
        for column, other in enumerate(rest)
        if one["kind"] == other["kind"] and _are_same(one, other)
    )
    partner: dict[int, int] = {}
    for _, row, column in near:
        if row not in partner and column not in partner.values():
            partner[row] = column
    pairs = [(told[row], rest[column]) for row, column in partner.items()]
    alone = [event for row, event in enumerate(told) if row not in partner]
    return pairs, alone, [event for column, event in enumerate(rest) if column not in partner.values()]


def _distance(one: Event, other: Event) -> float:
    return float(abs(one["start"] - other["start"]) + abs(one["end"] - other["end"]))


def _are_same(one: Event, other: Event) -> bool:
    overlap = one["start"] <= other["end"] and other["start"] <= one["end"]
    ends = max(abs(one["start"] - other["start"]), abs(one["end"] - other["end"]))
    return bool(overlap or ends <= _NEAR_SECONDS)


def _worded(event: Event, others: list[Event]) -> str:
    unsure = any(one["cannot_tell"] and one["kind"] == event["kind"] and _are_same(one, event) for one in others)
    words = f"{event['kind']} {event['start']:.1f} to {event['end']:.1f} s (score {event['score']:.2f})"
    return f"{words}; the other cannot tell" if unsure else words
