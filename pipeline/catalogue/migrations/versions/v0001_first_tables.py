"""The first tables, and what keeps the custody log append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

SQLITE_GUARDS = (
    """CREATE TRIGGER custody_no_update BEFORE UPDATE ON custody
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: no record is changed'); END""",
    """CREATE TRIGGER custody_no_delete BEFORE DELETE ON custody
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: no record is removed'); END""",
    """CREATE TRIGGER custody_in_order BEFORE INSERT ON custody
    WHEN NEW.position <> (SELECT COALESCE(MAX(position) + 1, 0) FROM custody)
      OR EXISTS (SELECT 1 FROM custody WHERE digest = NEW.digest OR once = NEW.once)
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: a record goes to its end'); END""",
    """CREATE TRIGGER custody_head_stays BEFORE DELETE ON custody_head
    BEGIN SELECT RAISE(ABORT, 'the custody log keeps its signed head'); END""",
    """CREATE TRIGGER custody_head_grows BEFORE UPDATE ON custody_head WHEN NEW.size <= OLD.size
    BEGIN SELECT RAISE(ABORT, 'the custody log only grows'); END""",
    """CREATE TRIGGER custody_head_is_one BEFORE INSERT ON custody_head
    WHEN NEW.only <> 1 OR EXISTS (SELECT 1 FROM custody_head)
    BEGIN SELECT RAISE(ABORT, 'the custody log has one signed head'); END""",
)
"""REPLACE removes the old row without asking the delete trigger, so that inserts are checked as well."""

POSTGRESQL_GUARDS = (
    """CREATE FUNCTION custody_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the custody log is append-only: no record is changed or removed'; END $$""",
    """CREATE FUNCTION custody_require_order() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NEW.position <> (SELECT COALESCE(MAX(position) + 1, 0) FROM custody) THEN
        RAISE EXCEPTION 'the custody log is append-only: a record goes to its end';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE FUNCTION custody_head_require_growth() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NEW.size <= OLD.size THEN RAISE EXCEPTION 'the custody log only grows'; END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER custody_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
    """CREATE TRIGGER custody_in_order BEFORE INSERT ON custody
    FOR EACH ROW EXECUTE FUNCTION custody_require_order()""",
    """CREATE TRIGGER custody_head_stays BEFORE DELETE OR TRUNCATE ON custody_head
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
    """CREATE TRIGGER custody_head_grows BEFORE UPDATE ON custody_head
    FOR EACH ROW EXECUTE FUNCTION custody_head_require_growth()""",
)


def upgrade() -> None:
    """Makes the tables in the order in which they name each other, then the guards."""
    _make_residents()
    _make_footage()
    _make_results()
    _make_running()
    guards = SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS
    for guard in guards:
        op.execute(guard)


def _make_residents() -> None:
    """Accounts, cameras and grants."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hardware_id", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_accounts_pseudonym")),
    )
    op.create_index(op.f("ix_accounts_resident_id"), "accounts", ["resident_id"], unique=False)
    op.create_table(
        "cameras",
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("is_owned", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_cameras_account_id")),
        sa.PrimaryKeyConstraint("camera_id", "account_id", name=op.f("pk_cameras")),
    )
    op.create_table(
        "camera_zones",
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "position", name=op.f("pk_camera_zones")),
    )
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("grant_id", "version", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_resident_id"), "grants", ["resident_id"], unique=False)
    op.create_table(
        "grant_cameras",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id", "version"],
            ["grants.grant_id", "grants.version"],
            name=op.f("fk_grant_cameras_grant_id_version"),
        ),
        sa.PrimaryKeyConstraint("grant_id", "version", "camera_id", name=op.f("pk_grant_cameras")),
    )
    op.create_index(op.f("ix_grant_cameras_camera_id"), "grant_cameras", ["camera_id"], unique=False)


def _make_footage() -> None:
    """Triggers, coverage and clips."""
    op.create_table(
        "triggers",
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "trigger_id", name=op.f("pk_triggers")),
    )
    op.create_index(op.f("ix_triggers_camera_id_at"), "triggers", ["camera_id", "at"], unique=False)
    op.create_table(
        "coverage",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("night", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_coverage")),
        sa.UniqueConstraint("night", "camera_id", "trigger_id", name=op.f("uq_coverage_night_camera_id_trigger_id")),
    )
    op.create_index(op.f("ix_coverage_camera_id_trigger_id"), "coverage", ["camera_id", "trigger_id"], unique=False)
    op.create_table(
        "items",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_items")),
    )
    op.create_table(
        "acquisitions",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id", "trigger_id"],
            ["triggers.camera_id", "triggers.trigger_id"],
            name=op.f("fk_acquisitions_camera_id_trigger_id"),
        ),
        sa.ForeignKeyConstraint(["digest"], ["items.digest"], name=op.f("fk_acquisitions_digest")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_acquisitions")),
        sa.UniqueConstraint("acquisition_id", name=op.f("uq_acquisitions_acquisition_id")),
    )
    op.create_index(
        op.f("ix_acquisitions_camera_id_starts_at"), "acquisitions", ["camera_id", "starts_at"], unique=False
    )
    op.create_index(op.f("ix_acquisitions_digest"), "acquisitions", ["digest"], unique=False)


def _make_results() -> None:
    """What was seen, cut and attached."""
    op.create_table(
        "analyses",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("model_digest", sa.Text(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("settings_digest", sa.Text(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("is_retryable", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_analyses_acquisition_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_analyses")),
        sa.UniqueConstraint(
            "acquisition_id",
            "model_digest",
            "settings_digest",
            name=op.f("uq_analyses_acquisition_id_model_digest_settings_digest"),
        ),
    )
    op.create_table(
        "events",
        sa.Column("analysis", NUMBER, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("clip", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.Column("start_pts", sa.BigInteger(), nullable=False),
        sa.Column("start_time_base", sa.Text(), nullable=False),
        sa.Column("end_pts", sa.BigInteger(), nullable=False),
        sa.Column("end_time_base", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["analysis"], ["analyses.number"], name=op.f("fk_events_analysis")),
        sa.PrimaryKeyConstraint("analysis", "event_id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_camera_id_starts_at"), "events", ["camera_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_events_clip"), "events", ["clip"], unique=False)
    op.create_index(op.f("ix_events_event_id"), "events", ["event_id"], unique=False)
    op.create_index(op.f("ix_events_kind_starts_at"), "events", ["kind", "starts_at"], unique=False)
    op.create_index(op.f("ix_events_starts_at"), "events", ["starts_at"], unique=False)
    op.create_table(
        "highlights",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("highlight_id", sa.Text(), nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("clip", sa.Text(), nullable=False),
        sa.Column("night", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_highlights_acquisition_id")
        ),
        sa.ForeignKeyConstraint(["clip"], ["items.digest"], name=op.f("fk_highlights_clip")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_highlights")),
        sa.UniqueConstraint("highlight_id", name=op.f("uq_highlights_highlight_id")),
    )
    op.create_index(op.f("ix_highlights_acquisition_id"), "highlights", ["acquisition_id"], unique=False)
    op.create_index(op.f("ix_highlights_clip"), "highlights", ["clip"], unique=False)
    op.create_index(op.f("ix_highlights_night"), "highlights", ["night"], unique=False)
    op.create_table(
        "highlight_events",
        sa.Column("highlight_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["highlight_id"], ["highlights.highlight_id"], name=op.f("fk_highlight_events_highlight_id")
        ),
        sa.PrimaryKeyConstraint("highlight_id", "event_id", name=op.f("pk_highlight_events")),
    )
    op.create_index(op.f("ix_highlight_events_event_id"), "highlight_events", ["event_id"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incidents")),
    )
    op.create_index(op.f("ix_incidents_status"), "incidents", ["status"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("highlight_id", sa.Text(), nullable=False),
        sa.Column("attached_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["highlight_id"], ["highlights.highlight_id"], name=op.f("fk_attachments_highlight_id")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.incident_id"], name=op.f("fk_attachments_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "highlight_id", name=op.f("pk_attachments")),
    )


def _make_running() -> None:
    """Nights and the custody log."""
    op.create_table(
        "nights",
        sa.Column("night", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_nights")),
    )
    op.create_table(
        "lease",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("night", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("renewed_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_lease")),
    )
    op.create_table(
        "work",
        sa.Column("night", sa.Text(), nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("retryable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_work_acquisition_id")
        ),
        sa.ForeignKeyConstraint(["night"], ["nights.night"], name=op.f("fk_work_night")),
        sa.PrimaryKeyConstraint("night", "acquisition_id", name=op.f("pk_work")),
    )
    op.create_index(op.f("ix_work_night_state"), "work", ["night", "state"], unique=False)
    op.create_table(
        "custody",
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_custody")),
        sa.UniqueConstraint("digest", name=op.f("uq_custody_digest")),
        sa.UniqueConstraint("once", name=op.f("uq_custody_once")),
    )
    op.create_index(op.f("ix_custody_subject"), "custody", ["subject"], unique=False)
    op.create_table(
        "custody_head",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_custody_head")),
    )
