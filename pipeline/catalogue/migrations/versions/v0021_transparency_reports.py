"""Transparency reports that were published."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes a table that begins empty."""
    op.create_table(
        "transparency_reports",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_transparency_reports")),
        sa.UniqueConstraint("starts_at", name=op.f("uq_transparency_reports_starts_at")),
    )
