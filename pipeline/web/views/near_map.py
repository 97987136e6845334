"""The map of the reports as the server draws it, for whoever runs no script: streets, areas, and a dot a block."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pipeline.casework.near.town import Town
from pipeline.domain.found_places import Street
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.reports.near_frame import Frame, Point

SIDE = 800
"""Of the drawing, in its own units; what lies beside is drawn too, since a window is seldom square."""
RING = 0.42
"""Radius of the neighbourhood, in sides."""
_BESIDE, _ABOVE = 1.4, 0.2
"""How far beyond its edges streets are drawn, in sides: as far as the widest window of the page reaches."""
_MOST_STREETS = 3000
_MOST_CHARACTERS = 40_000
"""Of all streets, the longest first: the page has a budget."""
_LEAST_STEP = 3
"""Units: a corner nearer than this to the one before is not seen."""
_MOST_NAMES = 12
_LETTER, _LINE = 19, 44
"""Units that a letter takes at the size of a telephone, and a line of them."""

_DOT = "dot"
"""As wide as a dot is."""

Units = tuple[int, int]


def map_view(town: Town, where: Neighbourhood, reports: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What is drawn; None where nothing says which part of the world.

    Args:
        town: Its streets and areas.
        where: Which neighbourhood.
        reports: As ``report_view`` has them, in the order of the list.
    """
    blocks = [(float(one["latitude"]), float(one["longitude"])) for one in reports]
    middle = where.place or (None if blocks else town.start)
    if middle is None and not blocks:
        return None
    frame = Frame.around(middle, where.metres, RING, 1) if middle else Frame.over(blocks, 1)
    found = town.ground.within(frame.bounds(_BESIDE, _ABOVE), _MOST_STREETS)
    streets = sorted(_drawn(frame, found), key=lambda one: -one[2])
    return {
        "side": SIDE,
        "ring": round(SIDE * RING) if where.place else 0,
        "streets": _path([line for _, line, _ in streets], _MOST_CHARACTERS),
        "areas": _path([line for _, line, _ in _drawn(frame, town.areas)], _MOST_CHARACTERS),
        "names": _names(frame, streets, found, [_units(frame, block) for block in blocks]),
        "dots": _dots(frame, blocks, reports),
    }


def _units(frame: Frame, place: Point) -> Units:
    x, y = frame.at(place)
    return round(x * SIDE), round(y * SIDE)


def _drawn(frame: Frame, streets: Sequence[Street]) -> Iterator[tuple[str, list[Units], int]]:
    """Each line that is long enough to be seen, with its street's name and its length."""
    for street in streets:
        for line in street.lines:
            kept: list[Units] = []
            for place in line:
                at = _units(frame, place)
                if not kept or _far(kept[-1], at) >= _LEAST_STEP:
                    kept.append(at)
            if len(kept) > 1:
                yield street.name, kept, sum(_far(one, other) for one, other in pairwise(kept))


def _far(one: Units, other: Units) -> int:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))


def _path(lines: Sequence[Sequence[Units]], most: int) -> str:
    """Lines as one SVG path of at most so many characters."""
    written, length = [], 0
    for line in lines:
        steps = (f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in pairwise(line))
        words = f"M{line[0][0]} {line[0][1]}l{' '.join(steps)}"
        length += len(words)
        if length > most:
            break
        written.append(words)
    return "".join(written)


def _names(
    frame: Frame, lines: Sequence[tuple[str, list[Units], int]], found: Sequence[Street], dots: Sequence[Units]
) -> list[dict[str, object]]:
    """Names of places and of the longest streets that have room, each once, none over another or under a dot."""
    places = [(street.name, _units(frame, line[0])) for street in found for line in street.lines if len(line) == 1]
    streets = [
        (name, _middle(line)) for name, line, length in lines if length >= len(name) * _LETTER
    ]  # a name as long as its street at most
    told: dict[str, Units] = {}
    for name, at in (*places, *streets):
        half = len(name) * _LETTER // 2
        is_inside = half <= at[0] <= SIDE - half and _LINE <= at[1] <= SIDE - _LINE
        is_free = all(
            abs(at[1] - y) >= _LINE or abs(at[0] - x) >= half + len(other) * _LETTER // 2
            for other, (x, y) in (*told.items(), *((_DOT, dot) for dot in dots))
        )
        if name and name not in told and is_inside and is_free and len(told) < _MOST_NAMES:
            told[name] = at
    return [{"name": name, "x": x, "y": y} for name, (x, y) in told.items()]


def _middle(line: Sequence[Units]) -> Units:
    one, other = line[(len(line) - 1) // 2], line[(len(line) - 1) // 2 + 1]
    return (one[0] + other[0]) // 2, (one[1] + other[1]) // 2


def _dots(frame: Frame, blocks: Sequence[Point], reports: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Reports of one block share a dot, which leads to the first of them in the list."""
    groups: dict[Point, list[Mapping[str, Any]]] = {}
    for block, report in zip(blocks, reports, strict=True):
        groups.setdefault(block, []).append(report)
    return [
        {
            "x": _units(frame, block)[0],
            "y": _units(frame, block)[1],
            "radius": min(36, 17 + 3 * len(group)),
            "tone": group[0]["tone"],
            "url": f"#{group[0]['id']}",
            "words": "; ".join(f"{one['category']}, {one['when']}" for one in group),
        }
        for block, group in groups.items()
    ]
