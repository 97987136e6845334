"""The tables of saved searches; see ``tables.py`` for how a row keeps its noun."""

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text, UniqueConstraint

from pipeline.catalogue.columns import Moment, Number, Words
from pipeline.catalogue.tables import metadata

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("saved_id", Text, primary_key=True),
    Column("agent", Words, nullable=False),
    Column("name_key", Words, nullable=False),
    Column("is_notifying", Boolean, nullable=False),
    Column("went_to", Number, nullable=False),
    Column("ran_at", Moment),
    Column("body", Text, nullable=False),
    UniqueConstraint("agent", "name_key"),
)

saved_finds = Table(
    "saved_finds",
    metadata,
    Column("saved_id", Text, ForeignKey("saved_searches.saved_id"), primary_key=True),
    Column("event_id", Text, primary_key=True, index=True),
    Column("night", Text, nullable=False),
    Column("found_at", Moment, nullable=False),
)
