"""The tables. A row keeps its noun whole in ``body`` (plain JSON, exact), beside the columns that it is found by.

A field that a noun gains, with a default, needs no migration; a column that is searched does.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.catalogue.columns import Moment, Number, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("resident_id", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("hardware_id", Text, nullable=False),
    Column("pseudonym", Text, nullable=False, unique=True),
    Column("sealed_token", LargeBinary, nullable=False),
    Column("body", Text, nullable=False),
)

cameras = Table(
    "cameras",
    metadata,
    Column("camera_id", Text, primary_key=True),
    Column("account_id", Text, ForeignKey("accounts.account_id"), primary_key=True),
    Column("is_owned", Boolean, nullable=False),
    Column("name", Words, nullable=False),
    Column("body", Text, nullable=False),
)

camera_zones = Table(
    "camera_zones",
    metadata,
    Column("camera_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("body", Text, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("resident_id", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

grant_cameras = Table(
    "grant_cameras",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("camera_id", Text, primary_key=True, index=True),
    ForeignKeyConstraint(["grant_id", "version"], ["grants.grant_id", "grants.version"]),
)

triggers = Table(
    "triggers",
    metadata,
    Column("camera_id", Text, primary_key=True),
    Column("trigger_id", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "camera_id", "at"),
)

coverage = Table(
    "coverage",
    metadata,
    Column("number", Number, primary_key=True),
    Column("night", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("trigger_id", Words, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Words, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("night", "camera_id", "trigger_id"),
    Index(None, "camera_id", "trigger_id"),
)

items = Table(
    "items",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
)

acquisitions = Table(
    "acquisitions",
    metadata,
    Column("number", Number, primary_key=True),
    Column("acquisition_id", Text, nullable=False, unique=True),
    Column("digest", Text, ForeignKey("items.digest"), nullable=False, index=True),
    Column("camera_id", Text, nullable=False),
    Column("trigger_id", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(["camera_id", "trigger_id"], ["triggers.camera_id", "triggers.trigger_id"]),
    Index(None, "camera_id", "starts_at"),
)

analyses = Table(
    "analyses",
    metadata,
    Column("number", Number, primary_key=True),
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), nullable=False),
    Column("model_digest", Text, nullable=False),
    Column("model_name", Text, nullable=False),
    Column("settings_digest", Text, nullable=False),
    Column("is_done", Boolean, nullable=False),
    Column("is_retryable", Boolean, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("acquisition_id", "model_digest", "settings_digest"),
)

analysis_settings = Table(
    "analysis_settings",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("analysis", Number, ForeignKey("analyses.number"), primary_key=True),
    Column("event_id", Text, primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("clip", Text, nullable=False, index=True),
    Column("camera_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text),
    Column("score", Float(53), nullable=False),
    Column("start_pts", BigInteger, nullable=False),
    Column("start_time_base", Text, nullable=False),
    Column("end_pts", BigInteger, nullable=False),
    Column("end_time_base", Text, nullable=False),
    Column("starts_at", Moment, nullable=False, index=True),
    Column("ends_at", Moment, nullable=False),
    Column("zone", Words),
    Column("sentence", Words, nullable=False),
    Column("body", Text, nullable=False),
    Column("comparison", Number, index=True),
    Index(None, "camera_id", "starts_at"),
    Index(None, "kind", "starts_at"),
)

stills = Table(
    "stills",
    metadata,
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), primary_key=True),
    Column("model_digest", Text, primary_key=True),
    Column("settings_digest", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("camera_id", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("digest", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Index(None, "camera_id", "starts_at"),
)

comparisons = Table(
    "comparisons",
    metadata,
    Column("number", Number, primary_key=True),
    Column("earlier", Text, ForeignKey("acquisitions.acquisition_id"), nullable=False, index=True),
    Column("later", Text, ForeignKey("acquisitions.acquisition_id"), nullable=False, index=True),
    Column("model_digest", Text, nullable=False),
    Column("settings_digest", Text, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("compared_at", Moment, nullable=False),
    UniqueConstraint("earlier", "later", "model_digest", "settings_digest"),
)

highlights = Table(
    "highlights",
    metadata,
    Column("number", Number, primary_key=True),
    Column("highlight_id", Text, nullable=False, unique=True),
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), nullable=False, index=True),
    Column("clip", Text, ForeignKey("items.digest"), nullable=False, index=True),
    Column("night", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

highlight_events = Table(
    "highlight_events",
    metadata,
    Column("highlight_id", Text, ForeignKey("highlights.highlight_id"), primary_key=True),
    Column("event_id", Text, primary_key=True, index=True),
)

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("status", Text, nullable=False, index=True),
    Column("opened_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.incident_id"), primary_key=True),
    Column("highlight_id", Text, ForeignKey("highlights.highlight_id"), primary_key=True),
    Column("attached_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

nights = Table(
    "nights",
    metadata,
    Column("night", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("merged_into", Text, nullable=False),
    Column("summary", Words, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("term", Integer, nullable=False),
    Column("night", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("renewed_at", Moment, nullable=False),
    Column("seconds", Float(53), nullable=False),
)

work = Table(
    "work",
    metadata,
    Column("night", Text, ForeignKey("nights.night"), primary_key=True),
    Column("acquisition_id", Text, ForeignKey("acquisitions.acquisition_id"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("term", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("detail", Words, nullable=False),
    Column("retryable", Boolean, nullable=False),
    Index(None, "night", "state"),
)

disclosures = Table(
    "disclosures",
    metadata,
    Column("package_id", Text, primary_key=True),
    Column("incident_id", Text, nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

disclosed_clips = Table(
    "disclosed_clips",
    metadata,
    Column("package_id", Text, ForeignKey("disclosures.package_id"), primary_key=True),
    Column("acquisition_id", Text, primary_key=True, index=True),
)
