"""What people say of events."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes one table."""
    op.create_table(
        "event_tags",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("tag_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_event_tags_acquisition_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_tags")),
        sa.UniqueConstraint("tag_id", name=op.f("uq_event_tags_tag_id")),
    )
    op.create_index(op.f("ix_event_tags_event_id"), "event_tags", ["event_id"])
    op.create_index(op.f("ix_event_tags_acquisition_id"), "event_tags", ["acquisition_id"])
    op.create_index(op.f("ix_event_tags_is_latest_status_event_id"), "event_tags", ["is_latest", "status", "event_id"])
