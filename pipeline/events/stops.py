"""Where people stop before a camera: a zone for the door where the resident drew none."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.domain.events import Zone
from pipeline.domain.tracks import ObjectClass, Sighting, Track
from pipeline.events.door import FOUND_DOOR_ZONE
from pipeline.events.zones import pace

_FEWEST_VISITS = 3
"""Clips in which somebody stopped at a place, for it to be where people stop: once is chance, twice may be one
visitor."""
_STANDING = 0.3
"""Own heights a second; see ``PersonAtDoor.walking``."""
_LEAST_SECONDS = 1.5
_NEAR = 0.12
"""Of the picture's width and height: stops that lie nearer to each other are at one place."""
_MARGIN = 0.05
_DIGITS = 4

_Place = tuple[float, float]


def where_people_stop(clips: Sequence[Sequence[Track]], width: float, height: float) -> Zone | None:
    """The place at which most persons of earlier clips stopped, as a zone named ``FOUND_DOOR_ZONE``.

    Of each clip at most one stop counts for a place, so that one visitor who waits is no crowd. Of two places with as
    many stops, the one that lies lower in the picture, and so nearer to the camera, is taken.

    Args:
        clips: The tracks of each clip of one camera, whose view is the same in all of them.
        width: Of the picture, in pixels.
        height: Likewise.

    Returns:
        None where people stopped nowhere often enough.
    """
    stops = [[(x / width, min(y / height, 1.0)) for x, y in _stops(tracks)] for tracks in clips]
    places = [place for of_clip in stops for place in of_clip]
    best = max(places, key=lambda one: (_visits(stops, one), one[1], one[0]), default=None)
    if best is None or _visits(stops, best) < _FEWEST_VISITS:
        return None
    return _around([place for place in places if _is_near(place, best)])


def _stops(tracks: Sequence[Track]) -> Iterator[_Place]:
    """Where the feet of each person stood, in pixels."""
    for track in tracks:
        if track.object_class is not ObjectClass.PERSON:
            continue
        for stretch in _stretches(track.sightings):
            if stretch[-1].at.seconds - stretch[0].at.seconds >= _LEAST_SECONDS:
                yield stretch[len(stretch) // 2].detection.box.feet


def _stretches(sightings: Sequence[Sighting]) -> Iterator[list[Sighting]]:
    """Unbroken runs of sightings at which a person stood."""
    standing = [pace(sightings, index) < _STANDING for index in range(len(sightings))]
    edges = [-1, *(index for index, stands in enumerate(standing) if not stands), len(sightings)]
    for before, after in pairwise(edges):
        if after - before > 1:
            yield list(sightings[before + 1 : after])


def _visits(stops: Sequence[Sequence[_Place]], place: _Place) -> int:
    return sum(1 for of_clip in stops if any(_is_near(one, place) for one in of_clip))


def _is_near(one: _Place, other: _Place) -> bool:
    return abs(one[0] - other[0]) <= _NEAR and abs(one[1] - other[1]) <= _NEAR


def _around(places: Sequence[_Place]) -> Zone:
    """A rectangle about the places, with a margin, inside the picture."""
    left, right = min(x for x, _ in places) - _MARGIN, max(x for x, _ in places) + _MARGIN
    top, bottom = min(y for _, y in places) - _MARGIN, max(y for _, y in places) + _MARGIN
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Zone(FOUND_DOOR_ZONE, tuple((_inside(x), _inside(y)) for x, y in corners))


def _inside(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), _DIGITS)
