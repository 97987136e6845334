"""Tables of residents who sign in at home. No secret is kept that opens one, and no mail address that can be read."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, Table, Text

from pipeline.catalogue.columns import Moment, Words
from pipeline.catalogue.tables import metadata

residents = Table(
    "residents",
    metadata,
    Column("resident_id", Text, primary_key=True),
    Column("mail_key", Text, unique=True),
    Column("sealed_mail", LargeBinary),
    Column("is_enabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("password_hash", Text),
    Column("second_factor", LargeBinary),
    Column("second_factor_step", BigInteger, nullable=False),
    Column("recovery", Text, nullable=False),
)

resident_sessions = Table(
    "resident_sessions",
    metadata,
    Column("secret_digest", Text, primary_key=True),
    Column("session_id", Text, nullable=False, unique=True),
    Column("resident_id", Text, ForeignKey("residents.resident_id"), nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("address", Words, nullable=False),
    Column("browser", Words, nullable=False),
)

mail_links = Table(
    "mail_links",
    metadata,
    Column("secret_digest", Text, primary_key=True),
    Column("resident_id", Text, nullable=False, index=True),
    Column("mail_key", Text, nullable=False, index=True),
    Column("sealed_mail", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
)
