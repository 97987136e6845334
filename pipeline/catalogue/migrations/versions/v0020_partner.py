"""What Ring's partner interface sends by itself: tokens that nobody claimed yet, and webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes two tables that begin empty."""
    op.create_table(
        "partner_unclaimed",
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_partner_unclaimed")),
    )
    op.create_table(
        "partner_webhooks",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_partner_webhooks")),
    )
    op.create_index(op.f("ix_partner_webhooks_state"), "partner_webhooks", ["state"])
    op.create_index(op.f("ix_partner_webhooks_pseudonym_device_id"), "partner_webhooks", ["pseudonym", "device_id"])
