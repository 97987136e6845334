"""The tables of the custody log: leaves, the tree over them, the words that may be forgotten, and the signed head."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text

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
)

custody_subtrees = Table(
    "custody_subtrees",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),
)

custody_openings = Table(
    "custody_openings",
    metadata,
    Column("position", Number, ForeignKey("custody.position"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("words", Text, nullable=False, index=True),
)

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
