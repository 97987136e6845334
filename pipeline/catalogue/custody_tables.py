"""The tables of the custody log: leaves, the tree over them, the words that may be forgotten, and the signed head."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    literal_column,
    text,
)

from pipeline.catalogue.columns import Moment, Number
from pipeline.catalogue.tables import metadata

custody = Table(
    "custody",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("once", Text, unique=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("leaf", Text, nullable=False),
    Index("ix_custody_action_position", "action", "position"),
    Index("ix_custody_at_position", "at", "position"),
)


def _of_a_record() -> ForeignKeyConstraint:
    """On PostgreSQL a guard says this of all rows of a statement at once (migration 0035)."""
    return ForeignKeyConstraint(["position"], ["custody.position"]).ddl_if(dialect="sqlite")


PLAYS = text("substr(once, 1, 5) = 'play '")
"""Records of videos that somebody watched: a small part of all looks, and looked for by what was watched."""

Index("ix_custody_plays", custody.c.subject, sqlite_where=PLAYS, postgresql_where=PLAYS)

custody_subtrees = Table(
    "custody_subtrees",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),
)

READ_BY = ("agent", "detail.case", "detail.purpose")
"""Openings by whose words records are looked for."""

_READ_BY = text("name IN ('agent', 'detail.case', 'detail.purpose')")

custody_openings = Table(
    "custody_openings",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("words", Text, nullable=False),
    _of_a_record(),
    Index("ix_custody_openings_read_by", "name", "words", "position", sqlite_where=_READ_BY, postgresql_where=_READ_BY),
)

WORDS_BEGIN = func.substr(custody_openings.c.words, literal_column("1"), literal_column("80"))
"""By which whole words are found: PostgreSQL puts no more than a few kilobytes into an index."""

Index("ix_custody_openings_words_begin", WORDS_BEGIN)

custody_grants = Table(
    "custody_grants",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("position", Number, primary_key=True, autoincrement=False, index=True),
    _of_a_record(),
)
"""Which records stand under which grants, as their leaves say; by it a resident finds who looked."""

custody_head = Table(
    "custody_head",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
)

custody_chain_head = Table(
    "custody_chain_head",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
)
