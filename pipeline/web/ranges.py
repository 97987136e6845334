"""Which bytes of a representation a request asks for (RFC 9110, sections 13 and 14). Pure.

One range is served; several at once are answered with the whole, which the standard allows and every player takes.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

_UNIT = re.compile(r"^\s*bytes\s*=\s*(.*)$", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"^\s*(\d*)-(\d*)\s*$", re.ASCII)
_MOST_DIGITS = 18
"""Of a number that may still lie inside something; longer ones lie beyond the end of everything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says of the representation that it wants; None where a header is absent.

    Attributes:
        method: ``GET`` or ``HEAD``.
        range: The header of that name.
        if_range: Likewise; a date never matches, since nothing here has one.
        if_none_match: Likewise.
    """

    method: str
    range: str | None = None
    if_range: str | None = None
    if_none_match: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Which bytes are sent.

    Attributes:
        status: 200, 206, 304 or 416.
        first: Index of the first byte.
        length: How many; zero with 304 and 416.
    """

    status: HTTPStatus
    first: int
    length: int

    def content_range(self, size: int) -> str | None:
        """The header of that name, for a representation of ``size`` bytes; None where there is none."""
        if self.status is HTTPStatus.PARTIAL_CONTENT:
            return f"bytes {self.first}-{self.first + self.length - 1}/{size}"
        return f"bytes */{size}" if self.status is HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE else None


def answer(asked: Asked, etag: str, size: int) -> Answer:
    """The answer to a request for a representation that is there and may be seen.

    Args:
        asked: The request.
        etag: Strong entity tag of the representation, with its quotes.
        size: Its bytes.
    """
    if asked.if_none_match is not None and _is_named(asked.if_none_match, etag):
        return Answer(HTTPStatus.NOT_MODIFIED, 0, 0)
    whole = Answer(HTTPStatus.OK, 0, size)
    if asked.method != "GET" or asked.range is None or (asked.if_range is not None and asked.if_range.strip() != etag):
        return whole
    return _of_range(asked.range, size) or whole


def _of_range(header: str, size: int) -> Answer | None:
    """None where the header asks for nothing that is understood, so that the whole is sent."""
    unit = _UNIT.match(header)
    found = _RANGE.match(unit[1]) if unit else None
    if found is None or not (found[1] or found[2]) or not size:
        return None
    if not found[1]:
        return _last_bytes(_number(found[2]), size)
    first = _number(found[1])
    last = _number(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    if first >= size:
        return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, 0)
    return Answer(HTTPStatus.PARTIAL_CONTENT, first, min(last, size - 1) - first + 1)


def _last_bytes(count: int, size: int) -> Answer:
    if count == 0:
        return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, 0)
    length = min(count, size)
    return Answer(HTTPStatus.PARTIAL_CONTENT, size - length, length)


def _number(digits: str) -> int:
    short = digits.lstrip("0") or "0"
    return int(short) if len(short) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _is_named(header: str, etag: str) -> bool:
    """Whether the list names the tag, by weak comparison."""
    if header.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == etag for part in header.split(","))
