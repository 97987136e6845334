"""What neighbours report, their files, and what of it is published; a job of the desk may be about a report."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes tables that begin empty, and lets jobs name what is no incident."""
    with op.batch_alter_table("desk_jobs") as jobs:
        jobs.drop_constraint(op.f("fk_desk_jobs_incident_id"), type_="foreignkey")
    _reports()
    _files()
    _published()
    op.create_table(
        "neighbour_tombstones",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("receipt_digest", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_neighbour_tombstones")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_neighbour_tombstones_receipt_digest")),
    )


def _reports() -> None:
    op.create_table(
        "neighbour_reports",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("receipt_digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_neighbour_reports")),
        sa.UniqueConstraint("report_id", name=op.f("uq_neighbour_reports_report_id")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_neighbour_reports_receipt_digest")),
    )
    op.create_index(op.f("ix_neighbour_reports_state_decided_at"), "neighbour_reports", ["state", "decided_at"])


def _files() -> None:
    op.create_table(
        "neighbour_media",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["neighbour_reports.report_id"], name=op.f("fk_neighbour_media_report_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_neighbour_media")),
        sa.UniqueConstraint("medium_id", name=op.f("uq_neighbour_media_medium_id")),
    )
    op.create_index(op.f("ix_neighbour_media_report_id"), "neighbour_media", ["report_id"])
    op.create_table(
        "neighbour_uploads",
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("medium_id", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["neighbour_reports.report_id"], name=op.f("fk_neighbour_uploads_report_id")
        ),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_neighbour_uploads")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_neighbour_uploads_secret_digest")),
    )
    op.create_index(op.f("ix_neighbour_uploads_report_id"), "neighbour_uploads", ["report_id"])
    op.create_index(op.f("ix_neighbour_uploads_ends_at"), "neighbour_uploads", ["ends_at"])


def _published() -> None:
    op.create_table(
        "published_reports",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["neighbour_reports.report_id"], name=op.f("fk_published_reports_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_published_reports")),
    )
    op.create_index(op.f("ix_published_reports_published_at"), "published_reports", ["published_at"])
    op.create_index(op.f("ix_published_reports_grant_id"), "published_reports", ["grant_id"])
    op.create_index(op.f("ix_published_reports_latitude_longitude"), "published_reports", ["latitude", "longitude"])
    op.create_table(
        "published_media",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["neighbour_reports.report_id"], name=op.f("fk_published_media_report_id")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_published_media")),
    )
    for column in ("report_id", "acquisition_id", "digest"):
        op.create_index(op.f(f"ix_published_media_{column}"), "published_media", [column])
