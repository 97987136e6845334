"""Subscriptions to the news of a neighbourhood."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes one table that begins empty."""
    op.create_table(
        "digest_subscriptions",
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("confirm_digest", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_digest_subscriptions")),
        sa.UniqueConstraint("confirm_digest", name=op.f("uq_digest_subscriptions_confirm_digest")),
    )
    op.create_index(op.f("ix_digest_subscriptions_pseudonym"), "digest_subscriptions", ["pseudonym"])
