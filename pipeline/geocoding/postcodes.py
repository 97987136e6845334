"""Postal codes that come with the program; the middle of what a code covers.

Source: the package countrystatecity-postal-codes, data of the countries-states-cities-database under the Open Database
License 1.0; which countries have positions, and how fine, stands in docs/neighbours.md.
"""

import re
from collections.abc import Sequence

from countrystatecity_postal_codes import Postcode, get_postcodes_by_code

from pipeline.domain.found_places import FoundPlace, PlaceSource

CREDIT = "Postal codes: countries-states-cities-database, ODbL 1.0"
_WHOLE = re.compile(r"(?=[^\d]*\d)[A-Za-z\d][A-Za-z\d -]{1,9}", re.ASCII)
_AT_THE_END = re.compile(r"(?:^|[\s,])([A-Za-z]{0,2}-?\d{4,6}(?:-\d{3,4})?)\s*$", re.ASCII)


class Postcodes:
    """The codes of some countries, each read when it is asked for first (the United States: 6 MB, 0.1 s)."""

    def __init__(self, countries: Sequence[str]) -> None:
        self._countries = tuple(country.upper() for country in countries)

    def whole(self, words: str) -> tuple[FoundPlace, ...]:
        """The places of a code that is all that was asked; empty for none."""
        text = words.strip()
        return self._find(text) if _WHOLE.fullmatch(text) else ()

    def at_the_end(self, words: str) -> tuple[FoundPlace, ...]:
        """The places of a code with which an address ends; empty for none."""
        found = _AT_THE_END.search(words)
        return self._find(found[1]) if found else ()

    def _find(self, code: str) -> tuple[FoundPlace, ...]:
        found = []
        for country in self._countries:
            rows = next((rows for one in _forms(country, code) if (rows := _placed(country, one))), [])
            found += [_found(row) for row in rows[:1]]
        return tuple(found)


def _forms(country: str, code: str) -> tuple[str, ...]:
    """A code, and the part of it that is known: without a ZIP+4's end, the first half of a Canadian one."""
    match country:
        case "US":
            return code, code.partition("-")[0]
        case "CA":
            return code, code.replace(" ", "")[:3]
        case _:
            return (code,)


def _placed(country: str, code: str) -> list[Postcode]:
    return [row for row in get_postcodes_by_code(country, code) if None not in (row.latitude, row.longitude)]


def _found(row: Postcode) -> FoundPlace:
    parts = (row.code, row.localityName, row.stateCode, row.countryCode)
    name = ", ".join(part for part in parts if part)
    return FoundPlace(name, float(row.latitude or 0), float(row.longitude or 0), PlaceSource.POSTCODE, CREDIT)
