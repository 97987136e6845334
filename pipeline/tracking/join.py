"""Pieces of one object's way, before and after it was hidden, to one."""

from collections.abc import Sequence

from pipeline.domain.tracks import Box, Sighting

_PACE = 1.5
"""How far an object may have gone while it was hidden, in its own heights a second: a walker makes about one."""
_STRAY = 0.6
"""And besides, in heights: a half-hidden object's box is cut, and its middle moves."""
_LARGEST_RATIO = 2.2
"""Between the two boxes' areas."""


def join_broken(pieces: Sequence[list[Sighting]], longest_gap: float) -> list[list[Sighting]]:
    """Joins pieces that can be one object which was out of sight for at most ``longest_gap`` seconds.

    The best pair is joined first; a piece has at most one predecessor and one successor. Pieces seen at the same time
    are never joined.

    Args:
        pieces: Sightings of one class, each in order of time and not empty.
        longest_gap: Seconds.

    Returns:
        The joined pieces, in order of their first sighting.
    """
    links = sorted(
        (cost, before, after)
        for before, first in enumerate(pieces)
        for after, second in enumerate(pieces)
        if before != after and (cost := _cost(first[-1], second[0], longest_gap)) is not None
    )
    follower: dict[int, int] = {}
    preceded: set[int] = set()
    for _, before, after in links:
        if before not in follower and after not in preceded:
            follower[before] = after
            preceded.add(after)
    heads = [index for index in range(len(pieces)) if index not in preceded]
    chains = [_chain(head, follower) for head in heads]
    joined = [[sighting for index in chain for sighting in pieces[index]] for chain in chains]
    return sorted(joined, key=lambda sightings: sightings[0].at)


def _chain(head: int, follower: dict[int, int]) -> list[int]:
    chain = [head]
    while chain[-1] in follower:
        chain.append(follower[chain[-1]])
    return chain


def _cost(last: Sighting, first: Sighting, longest_gap: float) -> float | None:
    """How far apart the two are, in what the object could have covered: 0 to 1, or None when they cannot be one."""
    gap = float(first.at.seconds - last.at.seconds)
    if not 0 < gap <= longest_gap:
        return None
    before, after = last.detection.box, first.detection.box
    ratio = before.area / after.area
    if not 1 / _LARGEST_RATIO <= ratio <= _LARGEST_RATIO:
        return None
    reach = _PACE * gap + _STRAY
    distance = _distance(before, after) / ((before.height + after.height) / 2)
    return distance / reach if distance <= reach else None


def _distance(one: Box, other: Box) -> float:
    (x1, y1), (x2, y2) = one.centre, other.centre
    return float(((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5)
