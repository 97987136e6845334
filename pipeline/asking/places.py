"""Where, in words: a camera by its name, a street, a point with a radius, the surroundings of a camera."""

import re
from collections.abc import Iterator

from pipeline.asking.limits import number_words
from pipeline.asking.reading import Pair, Reader, Reading, Surroundings, reader
from pipeline.asking.vocabulary import KnownCamera, words_of

CAMERA, STREET, NEAR, AREA = "camera", "street", "near", "area"
_METRES = {"m": 1.0, "k": 1000.0, "y": 0.9144, "f": 0.3048, "mi": 1609.344, "me": 1.0}
_AROUND_METRES = 200.0
"""Of "near 51.5,-0.12" without a radius: two blocks or so. Every chip says it."""
_MOST_WORDS = 7
"""Of the name of a camera or a street."""

_DEGREES = r"-?[0-9]{1,3}(?:\.[0-9]{1,9})?"
_LENGTH = (
    r"(?P<length>[0-9]{1,5}(?:\.[0-9]{1,3})?)\s*"
    "(?P<unit>m|km|metres?|meters?|kilomet(?:re|er)s?|yards?|yd|feet|ft|miles?|mi)"
)
_POINT = rf"(?P<latitude>{_DEGREES})\s*,\s*(?P<longitude>{_DEGREES})"
_WITHIN = re.compile(rf"\s*,?\s*within\s+{_LENGTH}(?!\w)", re.IGNORECASE)
_WITHIN_OF = re.compile(rf"within\s+{_LENGTH}\s+(?:of|from|around)\s+(?:the\s+)?", re.IGNORECASE)
_AT = re.compile(
    r"(?:(?:near|next to|close to|around|at|on|in front of|by|from|in|along)\s+)?(?:the\s+)?(?:camera\s+)?",
    re.IGNORECASE,
)
_NEAR = re.compile(r"(?:near|next to|close to|around|along|on|in)\s+(?:the\s+)?", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;\"]+")


def circle_pair(latitude: float, longitude: float, metres: float) -> Pair:
    """As it stands in an address: ``51.5,-0.12,300``."""
    return NEAR, ",".join(number_words(number) for number in (latitude, longitude, metres))


def _metres(found: re.Match[str]) -> float:
    unit = found["unit"].lower()
    return float(found["length"]) * (_METRES.get(unit[:2]) or _METRES[unit[0]])


def _point(found: re.Match[str], _: Surroundings) -> Reading | None:
    latitude, longitude = float(found["latitude"]), float(found["longitude"])
    metres = _metres(found) if found["length"] else _AROUND_METRES
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and metres > 0):  # noqa: PLR2004 - degrees
        return None
    says = f"within {number_words(round(metres, 1))} m of {number_words(latitude)}, {number_words(longitude)}"
    return Reading((circle_pair(latitude, longitude, metres),), says)


def _endings(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The next words, the most of them first, with where they end; signs at their end are left out."""
    found: list[tuple[int, str]] = []
    at = start
    while len(found) < _MOST_WORDS and (word := _WORD.match(text, at)):
        end = word.end() - (len(word[0]) - len(word[0].rstrip(".!?:)")))
        if end > start:
            found.append((end, text[start:end]))
        space = re.compile(r"\s+").match(text, word.end())
        if space is None:
            break
        at = space.end()
    yield from reversed(found)


def _named_cameras(text: str, start: int, around: Surroundings) -> tuple[int, tuple[KnownCamera, ...], str] | None:
    for end, name in _endings(text, start):
        cameras = around.vocabulary.cameras_by_name.get(" ".join(name.casefold().split()))
        if cameras:
            return end, cameras, name
    return None


def read_camera(text: str, start: int, around: Surroundings) -> tuple[int, Reading] | None:
    """A camera by its name or id; with a radius behind it everything around the camera."""
    before = _AT.match(text, start)
    named = _named_cameras(text, before.end() if before else start, around)
    if named is None:
        return None
    end, cameras, name = named
    within = _WITHIN.match(text, end)
    circles = _circles(cameras, _metres(within)) if within else ()
    if within and circles:
        return within.end(), Reading(circles, f"within {within['length']} {within['unit']} of {name}")
    trailing = re.compile(r"\s+camera(?!\w)", re.IGNORECASE).match(text, end)
    pairs = tuple((CAMERA, camera.camera_id) for camera in cameras)
    hint = f"{len(cameras)} cameras are called so" if len(cameras) > 1 else ""
    return trailing.end() if trailing else end, Reading(pairs, f"camera {cameras[0].name or name}", hint)


def read_around_camera(text: str, start: int, around: Surroundings) -> tuple[int, Reading] | None:
    """So many metres around a camera that is named."""
    within = _WITHIN_OF.match(text, start)
    named = _named_cameras(text, within.end(), around) if within else None
    if within is None or named is None:
        return None
    end, cameras, name = named
    circles = _circles(cameras, _metres(within))
    return (end, Reading(circles, f"within {within['length']} {within['unit']} of {name}")) if circles else None


def _circles(cameras: tuple[KnownCamera, ...], metres: float) -> tuple[Pair, ...]:
    places = (camera.position for camera in cameras)
    return tuple(circle_pair(*place, metres) for place in places if place is not None) if metres > 0 else ()


def read_street(text: str, start: int, around: Surroundings) -> tuple[int, Reading] | None:
    """Words behind "near", "on" or "in" that stand in a camera's address or name."""
    before = _NEAR.match(text, start)
    if before is None:
        return None
    for end, name in _endings(text, before.end()):
        if around.vocabulary.has_place(words_of(name)):
            words = " ".join(name.split())
            return end, Reading(((STREET, words),), f"cameras with {words} in their address or name")
    return None


READERS: tuple[Reader, ...] = (
    reader(
        rf"(?:near |around |at )?{_POINT}(?:\s*,?\s*within\s*{_LENGTH})?",
        _point,
    ),
    reader(rf"within {_LENGTH} (?:of|around|from) {_POINT}", _point),
    read_around_camera,
    read_camera,
    read_street,
)
