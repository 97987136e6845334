"""Tables of holds and disposals; see ``tables.py`` for how a row keeps its noun."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Number
from pipeline.catalogue.tables import metadata

holds = Table(
    "holds",
    metadata,
    Column("hold_id", Text, primary_key=True),
    Column("is_in_force", Boolean, nullable=False, index=True),
    Column("placed_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("tombstone_id", Text, primary_key=True),
    Column("digest", Text, nullable=False, index=True),
    Column("acquisition_id", Text, nullable=False, index=True),
    Column("grant_id", Text, nullable=False, index=True),
    Column("is_settled", Boolean, nullable=False, index=True),
    Column("decided_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("signature", LargeBinary),
    Column("key_id", Text),
)

disposed = Table(
    "disposed",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("tombstone_id", Text, primary_key=True, index=True),
)

disposal_tasks = Table(
    "disposal_tasks",
    metadata,
    Column("number", Number, primary_key=True),
    Column("tombstone_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Index(None, "tombstone_id", "kind", "name", unique=True),
)

fixity_runs = Table(
    "fixity_runs",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("day", Integer, nullable=False),
    Column("has_sizes", Boolean, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

backups = Table(
    "backups",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)
