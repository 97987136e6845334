"""The table of subscriptions; see ``tables.py`` for how a row keeps its noun."""

from sqlalchemy import Column, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment
from pipeline.catalogue.tables import metadata

digest_subscriptions = Table(
    "digest_subscriptions",
    metadata,
    Column("subscription_id", Text, primary_key=True),
    Column("address", LargeBinary, nullable=False),
    Column("pseudonym", Text, nullable=False, index=True),
    Column("confirm_digest", Text, nullable=False, unique=True),
    Column("asked_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("body", Text, nullable=False),
)
