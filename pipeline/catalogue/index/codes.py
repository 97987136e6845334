"""Numbers for what the rows of the index repeat, and moments as whole microseconds."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from pipeline.catalogue.index.tables import index_values
from pipeline.domain.appearance import ColourWanted
from pipeline.domain.search import TagState

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

SAID = "seen"
"""The outcome of a statement; the others are reasons."""

USUAL_SCORE = 0.5
"""A colour that is said at least so surely is part of a row."""


class Family(StrEnum):
    """Of what a number stands for a name; also the column of ``event_index`` that holds it."""

    CAMERA = "camera"
    KIND = "kind"
    OUTCOME = "outcome"
    ZONE = "zone"
    OBJECTS = "objects"
    WORDS = "words"
    COLOURS = "colours"
    TAG = "tag"


_ZEROS = {(Family.OUTCOME, SAID), (Family.ZONE, ""), (Family.COLOURS, ""), (Family.TAG, TagState.NONE)}
"""What is so frequent that the partial indexes leave it out has the number 0."""

_OF_CODE = (Family.KIND, Family.OUTCOME, Family.TAG)
"""Their names are words of ours, and stay; the others go with the last row that has them."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def moment_at(microseconds: int) -> datetime:
    """The UTC moment so many microseconds after 1970 began."""
    return EPOCH + timedelta(microseconds=microseconds)


def colours_name(said: Iterable[tuple[str, str, float]]) -> str:
    """The colours (part, colour, score) that are said surely enough, as one name; empty where none is."""
    return "|".join(sorted({f"{colour}:{part}" for part, colour, score in said if score >= USUAL_SCORE}))


def shows_colour(name: str, wanted: ColourWanted) -> bool:
    """Whether a name of colours has the one that is wanted, of its part or, where none is named, of any."""
    said = (one.split(":") for one in name.split("|") if one)
    return any(colour == wanted.colour and wanted.part in (None, part) for colour, part in said)


# Written once: an event asks for eight numbers.
_IS_OF = index_values.c.family == bindparam("of_family")
_CODE = select(index_values.c.code).where(_IS_OF, index_values.c.name == bindparam("of_name"))
_LAST = select(func.max(index_values.c.code)).where(_IS_OF)
_COUNT = (
    update(index_values)
    .where(_IS_OF, index_values.c.code == bindparam("of_code"))
    .values(events=index_values.c.events + bindparam("change"))
)
_FORGET = delete(index_values).where(index_values.c.events <= 0, index_values.c.family.not_in(_OF_CODE))


class Codes:
    """Gives numbers within one writing transaction, and counts what has them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[Family, str], int] = {}
        self._changes: Counter[tuple[Family, int]] = Counter()
        self._fresh: dict[Family, int] = {}

    def of(self, family: Family, name: str) -> int:
        """The number of a name; a new one where it has none yet."""
        key = (family, name)
        if key not in self._known:
            code = self._connection.execute(_CODE, {"of_family": family, "of_name": name}).scalar()
            self._known[key] = self._add(family, name) if code is None else int(code)
        return self._known[key]

    def count(self, rows: Iterable[Mapping[str, Any]], sign: int) -> None:
        """Adds rows that were written, or takes off rows that went."""
        for row in rows:
            for family in Family:
                self._changes[family, row[family.value]] += sign

    def write(self) -> None:
        """Writes the counts; a name that no row has any more is forgotten."""
        counted = [
            {"of_family": family, "of_code": code, "change": change}
            for (family, code), change in self._changes.items()
            if change
        ]
        if counted:
            self._connection.execute(_COUNT, counted)
        self._connection.execute(_FORGET)
        self._changes.clear()
        self._known.clear()

    def _add(self, family: Family, name: str) -> int:
        code = 0
        if (family, name) not in _ZEROS:
            if family not in self._fresh:
                self._fresh[family] = self._connection.execute(_LAST, {"of_family": family}).scalar() or 0
            self._fresh[family] += 1
            code = self._fresh[family]
        self._connection.execute(insert(index_values), {"family": family, "code": code, "name": name, "events": 0})
        return code
