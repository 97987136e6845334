"""The tables of the partner interface."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Words
from pipeline.catalogue.tables import metadata

partner_unclaimed = Table(
    "partner_unclaimed",
    metadata,
    Column("pseudonym", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
)

partner_webhooks = Table(
    "partner_webhooks",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("pseudonym", Text, nullable=False),
    Column("device_id", Words, nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Words, nullable=False),
    Index(None, "state"),
    Index(None, "pseudonym", "device_id"),
)
