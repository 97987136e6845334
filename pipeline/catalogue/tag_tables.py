"""The tables of what people say of events and of clips; see ``tables.py`` for how a row keeps its noun."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text

from pipeline.catalogue.columns import Moment, Number, Words
from pipeline.catalogue.tables import metadata

event_tags = Table(
    "event_tags",
    metadata,
    Column("number", Number, primary_key=True),
    Column("tag_id", Text, nullable=False, unique=True),
    Column("event_id", Text, nullable=False, index=True),
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), nullable=False, index=True),
    Column("camera_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("kind", Text, nullable=False),  # by the person; of a rejected event the machine's
    Column("agent", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("is_latest", Boolean, nullable=False),
    Column("note", Words, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "is_latest", "status", "event_id"),
)

misses = Table(
    "misses",
    metadata,
    Column("number", Number, primary_key=True),
    Column("miss_id", Text, nullable=False, unique=True),
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)
