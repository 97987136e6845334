"""The tables of how things look: rows of an analysis, gone when its acquisition goes."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Number
from pipeline.catalogue.tables import metadata

event_colours = Table(
    "event_colours",
    metadata,
    Column("analysis", Number, ForeignKey("analyses.number"), primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("track_id", Integer, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("colour", Text, primary_key=True),
    Column("score", Float(53), nullable=False),
    Index(None, "colour", "part", "score"),
    Index(None, "event_id"),
)
"""The colours said of the tracks that an event rests on; of every result, like the events themselves."""

thing_vectors = Table(
    "thing_vectors",
    metadata,
    Column("number", Number, primary_key=True),
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), nullable=False, index=True),
    Column("event_id", Text, nullable=False, index=True),
    Column("track_id", Integer),
    Column("camera_id", Text, nullable=False),
    Column("object_class", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("at_pts", BigInteger, nullable=False),
    Column("at_time_base", Text, nullable=False),
    Column("model_id", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Index(None, "model_id", "number"),
    sqlite_autoincrement=True,
)
"""Of an acquisition's newest result alone: a later one takes the place of what an earlier one left. Numbers are never
used twice, so that a row that is held in memory can be recognised as gone."""
