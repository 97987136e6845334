"""Coordinates in the forms in which people and programs write them."""

import re

from pipeline.domain.found_places import FoundPlace, PlaceSource

_NUMBER = r"[+-]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"(?:geo:)?\s*({_NUMBER})\s*[,; ]\s*({_NUMBER})\s*(?:;.*)?", re.ASCII | re.IGNORECASE)
"""Latitude first, as maps of telephones and RFC 5870 have it."""
_PART = (
    r"(\d{1,3}(?:\.\d+)?)\s*[°º]?\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*['\u2032\u2019]\s*)?"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*[\"\u2033\u201d]\s*)?"
)
_WORDED = re.compile(rf"{_PART}([NS])\s*[,; ]?\s*{_PART}([EW])", re.IGNORECASE)
_DIGITS = 5


def read_coordinates(words: str) -> FoundPlace | None:
    """The place that the words name by its coordinates; None when they name none on earth.

    Source: RFC 5870 for ``geo:``; degrees, minutes and seconds as ISO 6709 writes them for people.
    """
    text = words.strip()
    found = _PAIR.fullmatch(text)
    if found:
        return _place(float(found[1]), float(found[2]))
    found = _WORDED.fullmatch(text)
    if found:
        latitude = _degrees(found[1], found[2], found[3]) * (-1 if found[4] in "sS" else 1)
        longitude = _degrees(found[5], found[6], found[7]) * (-1 if found[8] in "wW" else 1)
        return _place(latitude, longitude)
    return None


def _degrees(degrees: str, minutes: str | None, seconds: str | None) -> float:
    return float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600


def _place(latitude: float, longitude: float) -> FoundPlace | None:
    latitude, longitude = round(latitude, _DIGITS), round(longitude, _DIGITS)
    try:
        return FoundPlace(f"{latitude:g}, {longitude:g}", latitude, longitude, PlaceSource.COORDINATES)
    except ValueError:
        return None  # no place on earth, and so no answer
