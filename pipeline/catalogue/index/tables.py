"""The tables of the search index. All of it can be made again from the other tables: ``writing.rebuild``.

Moments are microseconds since 1970. What repeats (cameras, zones, labels, sentences without their figures) is a number,
whose name stands once in ``index_values``. Each index of ``event_index`` holds every column that a condition or a count
asks for, so that counting never reads the table itself.
"""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, SmallInteger, Table, Text, text

from pipeline.catalogue.columns import Number, Words
from pipeline.catalogue.tables import metadata

event_index = Table(
    "event_index",
    metadata,
    Column("number", Number, primary_key=True),
    Column("acquisition", Number, ForeignKey("acquisitions.number"), nullable=False, index=True),
    Column("analysis", Number, nullable=False),
    Column("event_id", Text, nullable=False, index=True),
    Column("camera", Integer, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("slack", BigInteger, nullable=False),  # how far off the camera's clock may be
    Column("kind", SmallInteger, nullable=False),
    Column("outcome", SmallInteger, nullable=False),  # 0 where something is stated, otherwise why it cannot be told
    Column("slot", SmallInteger, nullable=False),  # hour of the local week, 0 to 167
    Column("minute", SmallInteger, nullable=False),  # of the local day, 0 to 1439
    Column("score", Float(53), nullable=False),
    Column("zone", Integer, nullable=False),  # 0 where no zone was part of the rule
    Column("objects", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("colours", BigInteger, nullable=False),  # those that are said of it together; 0 where none is
    Column("tag", SmallInteger, nullable=False),
    Column("is_between", SmallInteger, nullable=False),
)

_ROW = event_index.c
_ASKED = (
    _ROW.ends_at, _ROW.slack, _ROW.camera, _ROW.kind, _ROW.outcome, _ROW.slot, _ROW.minute, _ROW.score, _ROW.zone,
    _ROW.objects, _ROW.words, _ROW.colours, _ROW.tag, _ROW.is_between,
)  # fmt: skip


def _index(by: str | None, where: str = "") -> Index:
    """An index that leads to the rows of one value in order of time, and answers without reading them."""
    first = [] if by is None else [_ROW[by]]
    rest = [column for column in _ASKED if column not in first]
    columns = [*first, _ROW.starts_at, _ROW.number, *rest]
    name = f"ix_event_index_by_{by or 'time'}"
    if not where:
        return Index(name, *columns)
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


BY_TIME = _index(None)


def _index_by_two(first: str, second: str, *rest: str) -> Index:
    """An index that leads to the rows of two values."""
    named = (first, second, *rest)
    others = [column for column in (*_ASKED, _ROW.starts_at) if column.name not in named]
    return Index(f"ix_event_index_by_{first}_{second}", *(_ROW[name] for name in named), *others)


BY_TWO = {
    ("camera", "kind"): _index_by_two("camera", "kind", "starts_at", "number"),
    ("kind", "slot"): _index_by_two("kind", "slot", "starts_at", "number"),
}
"""What happened at a place, and what happens on an evening, is asked most, and is little of what either alone has."""
BY_SCORE = _index_by_two("kind", "score", "number")
"""Kinds are few: every kind is followed by itself, whether one is asked for or all are."""
BY_VALUE = {
    "camera": _index("camera"),
    "kind": _index("kind"),
    "slot": _index("slot"),
    "objects": _index("objects"),
    "words": _index("words"),
    "outcome": _index("outcome", "outcome <> 0"),
    "zone": _index("zone", "zone <> 0"),
    "colours": _index("colours", "colours <> 0"),
    "tag": _index("tag", "tag <> 0"),
}

index_values = Table(
    "index_values",
    metadata,
    Column("family", Text, primary_key=True),
    Column("code", Integer, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("events", BigInteger, nullable=False),
    Index(None, "family", "name", unique=True),
)
"""Names of the numbers in ``event_index``, and how many rows have each; a name without a row is not kept."""

index_words = Table(
    "index_words",
    metadata,
    Column("word", Words, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Index(None, "about", "ref"),
)
"""The words of what people wrote: of notes (``note``, event id) and of incidents (``incident``, incident id)."""

index_state = Table(
    "index_state",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("longest", BigInteger, nullable=False),
    Column("is_built", SmallInteger, nullable=False),
)
"""One row. ``version`` counts the transactions that changed the index or the cameras; ``longest`` is no shorter than
the longest event; ``time_zone`` is the one in which slots and minutes are read."""
