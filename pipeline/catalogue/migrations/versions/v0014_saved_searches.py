"""Searches that agents keep, and what they found."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes two tables that begin empty."""
    op.create_table(
        "saved_searches",
        sa.Column("saved_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("is_notifying", sa.Boolean(), nullable=False),
        sa.Column("went_to", NUMBER, nullable=False),
        sa.Column("ran_at", MOMENT, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("saved_id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("agent", "name_key", name=op.f("uq_saved_searches_agent_name_key")),
    )
    op.create_table(
        "saved_finds",
        sa.Column("saved_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("night", sa.Text(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["saved_id"], ["saved_searches.saved_id"], name=op.f("fk_saved_finds_saved_id")),
        sa.PrimaryKeyConstraint("saved_id", "event_id", name=op.f("pk_saved_finds")),
    )
    op.create_index(op.f("ix_saved_finds_event_id"), "saved_finds", ["event_id"])
