"""The table of previews; see ``tables.py`` for how a row keeps its noun."""

from sqlalchemy import Column, ForeignKey, Table, Text

from pipeline.catalogue.tables import metadata

previews = Table(
    "previews",
    metadata,
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), primary_key=True),
    Column("source", Text, primary_key=True, index=True),
    Column("way", Text, primary_key=True),
    Column("of", Text, primary_key=True),
    Column("digest", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
)
