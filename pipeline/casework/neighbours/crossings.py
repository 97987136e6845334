"""Whether shapes of the map overlap, and whether an edge crosses itself. Degrees count as a plane, which a town is."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.agency_areas import Shape
from pipeline.domain.incidents import EARTH_RADIUS_METRES
from pipeline.domain.places import Area

SLIVER_METRES = 25.0
"""Two shapes that lie over each other by less are neighbours whose common border was drawn twice."""
_METRES_A_DEGREE = math.radians(EARTH_RADIUS_METRES)
_MOST_CORNERS, _LINES = 400, 200
"""How many of the strips between two corners are looked into, the widest first, and how many lines besides."""

Numbers = NDArray[np.float64]


def crossing_of(ring: Area) -> tuple[float, float] | None:
    """Where an edge crosses itself, as latitude and longitude; None where it does not. To touch is not to cross."""
    corners = np.array(ring.corners, dtype=np.float64)[:, ::-1]
    ends = np.roll(corners, -1, axis=0)
    order = np.argsort(np.minimum(corners[:, 0], ends[:, 0]), kind="stable")
    one, other = corners[order], ends[order]
    begins, stops = np.minimum(one[:, 0], other[:, 0]), np.maximum(one[:, 0], other[:, 0])
    last = np.searchsorted(begins, stops, side="right")
    for at in range(len(one)):
        near = slice(at + 1, int(last[at]))
        crossed = _cross(one[at], other[at], one[near], other[near])
        if crossed.any():
            number = at + 1 + int(np.argmax(crossed))
            return _meeting(one[at], other[at], one[number], other[number])
    return None


def overlap_of(ours: Sequence[Shape], theirs: Sequence[Shape]) -> tuple[float, float] | None:
    """A place that lies in both, more than a sliver wide, as latitude and longitude; None where there is none."""
    return next((place for one in ours for other in theirs for place in _shared(one, other)), None)


def _shared(one: Shape, other: Shape) -> Iterator[tuple[float, float]]:
    """Middles of what two shapes have in common, along lines of one latitude."""
    ours, theirs = one.outline.bounds, other.outline.bounds
    south, north = max(ours.south, theirs.south), min(ours.north, theirs.north)
    if south >= north or max(ours.west, theirs.west) >= min(ours.east, theirs.east):
        return
    least = SLIVER_METRES / _METRES_A_DEGREE
    if north - south < least:
        return
    wide = least / max(math.cos(math.radians((south + north) / 2)), 0.01)
    for latitude in _latitudes((one, other), south, north):
        for start, end in _common(_inside(one, latitude), _inside(other, latitude)):
            if end - start > wide:
                yield round(latitude, 5), round((start + end) / 2, 5)


def _latitudes(shapes: Sequence[Shape], south: float, north: float) -> Numbers:
    """Lines through the strips between two corners, so that none is missed where edges are few, and lines besides."""
    corners = [latitude for shape in shapes for ring in _rings(shape) for latitude, _ in ring.corners]
    bounds = np.unique(np.clip(np.array(corners), south, north))
    heights = np.diff(bounds)
    widest = np.argsort(-heights, kind="stable")[:_MOST_CORNERS]
    besides = np.linspace(south, north, _LINES + 2)[1:-1]
    return np.concatenate([bounds[widest] + heights[widest] / 2, besides])


def _inside(shape: Shape, latitude: float) -> list[tuple[float, float]]:
    """From where to where a line of one latitude lies inside a shape and in none of its holes: by the even-odd rule."""
    meets: list[float] = []
    for ring in _rings(shape):
        corners = np.array(ring.corners, dtype=np.float64)
        ends = np.roll(corners, -1, axis=0)
        cut = (corners[:, 0] > latitude) != (ends[:, 0] > latitude)
        from_, to = corners[cut], ends[cut]
        share = (latitude - from_[:, 0]) / (to[:, 0] - from_[:, 0])
        meets.extend((from_[:, 1] + share * (to[:, 1] - from_[:, 1])).tolist())
    meets.sort()
    return list(zip(meets[::2], meets[1::2], strict=False))


def _common(ours: list[tuple[float, float]], theirs: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    for one in ours:
        for other in theirs:
            start, end = max(one[0], other[0]), min(one[1], other[1])
            if start < end:
                yield start, end


def _rings(shape: Shape) -> tuple[Area, ...]:
    return (shape.outline, *shape.holes)


def _cross(one: Numbers, other: Numbers, ones: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Whether a piece of an edge crosses each of others, in their insides."""
    beside = _side(one, other, ones) * _side(one, other, others) < 0
    across = _side(ones, others, one) * _side(ones, others, other) < 0
    return beside & across


def _side(one: Numbers, other: Numbers, point: Numbers) -> Numbers:
    """On which side of a line a point lies: 1, -1, or 0 on it."""
    way, there = other - one, point - one
    turned: Numbers = np.sign(way[..., 0] * there[..., 1] - way[..., 1] * there[..., 0])
    return turned


def _meeting(one: Numbers, other: Numbers, third: Numbers, fourth: Numbers) -> tuple[float, float]:
    way, across, apart = other - one, fourth - third, third - one
    turned = way[0] * across[1] - way[1] * across[0]
    longitude, latitude = one + way * ((apart[0] * across[1] - apart[1] * across[0]) / turned)
    return round(float(latitude), 5), round(float(longitude), 5)
