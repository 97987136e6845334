"""Where a page ended, as letters for an address."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.domain.plain import to_plain
from pipeline.domain.search import Wanted
from pipeline.errors import CursorError

_MARK_BYTES = 6
_TOO_GREAT = 1 << 62


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list of visits.

    Attributes:
        value: What the list is sorted by, of the row at which reading goes on.
        number: That row.
        given: Rows further on that were shown already, since they belong to a visit of an earlier page.
        skip: Visits of the portion that were shown already; of lists that are sorted by something else than time.
        level: How well that row answers the words, or its place in the order of likeness.
    """

    value: float
    number: int
    given: frozenset[int] = frozenset()
    skip: int = 0
    level: float = 0.0


def write(cursor: Cursor, wanted: Wanted) -> str:
    """The cursor for the page after one of this question."""
    plain = [_mark(wanted), cursor.value, cursor.number, cursor.skip, cursor.level, list(_steps(sorted(cursor.given)))]
    words = json.dumps(plain, separators=(",", ":"))
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def read(wanted: Wanted) -> Cursor | None:
    """The cursor of a question; None for the first page.

    Raises:
        CursorError: It is no cursor of ours, or one of another question.
    """
    if not wanted.cursor:
        return None
    try:
        padded = wanted.cursor + "=" * (-len(wanted.cursor) % 4)
        mark, *place, steps = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        value, number, skip, level = map(_number, place)
        cursor = Cursor(value, int(number), frozenset(_sums(steps)), int(skip), level)
    except (binascii.Error, ValueError, TypeError) as error:
        raise CursorError from error
    if mark != _mark(wanted) or cursor.skip < 0:
        raise CursorError
    return cursor


def _mark(wanted: Wanted) -> str:
    """Tells one question from another, whatever its page."""
    question = replace(wanted, cursor="", page_size=1, with_facets=False)
    words = json.dumps(to_plain(question), sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[: 2 * _MARK_BYTES]


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < _TOO_GREAT:
        raise ValueError("no number that a database holds")
    return value


def _steps(numbers: Iterable[int]) -> Iterator[int]:
    """Differences are shorter than numbers."""
    before = 0
    for number in numbers:
        yield number - before
        before = number


def _sums(steps: Iterable[int]) -> Iterator[int]:
    number = 0
    for step in steps:
        number += int(step)
        yield number
