"""Tables of what neighbours report; see ``tables.py`` for how a row keeps its noun.

Whoever sent a report is found by the digest of the receipt's code alone; how to reach them is sealed and can be erased.
"""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Number
from pipeline.catalogue.tables import metadata

neighbour_reports = Table(
    "neighbour_reports",
    metadata,
    Column("number", Number, primary_key=True),
    Column("report_id", Text, nullable=False, unique=True),
    Column("receipt_digest", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("area_id", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("contact", LargeBinary),
    Column("incident_id", Text, index=True),
    Column("body", Text, nullable=False),
    Index(None, "state", "decided_at"),
)

neighbour_media = Table(
    "neighbour_media",
    metadata,
    Column("number", Number, primary_key=True),
    Column("medium_id", Text, nullable=False, unique=True),
    Column("report_id", Text, ForeignKey("neighbour_reports.report_id"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("body", Text, nullable=False),
)

neighbour_uploads = Table(
    "neighbour_uploads",
    metadata,
    Column("upload_id", Text, primary_key=True),
    Column("secret_digest", Text, nullable=False, unique=True),
    Column("report_id", Text, ForeignKey("neighbour_reports.report_id"), nullable=False, index=True),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("medium_id", Text),
    Column("body", Text, nullable=False),
)

published_reports = Table(
    "published_reports",
    metadata,
    Column("report_id", Text, ForeignKey("neighbour_reports.report_id"), primary_key=True),
    Column("category", Text, nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("published_at", Moment, nullable=False, index=True),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("grant_id", Text, nullable=False, index=True),
    Column("is_open", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "latitude", "longitude"),
)

published_media = Table(
    "published_media",
    metadata,
    Column("name", Text, primary_key=True),
    Column("report_id", Text, ForeignKey("neighbour_reports.report_id"), nullable=False, index=True),
    Column("acquisition_id", Text, nullable=False, index=True),
    Column("position", Integer),
    Column("digest", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

neighbour_tombstones = Table(
    "neighbour_tombstones",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("receipt_digest", Text, nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)
