"""What people saw in clips and the machine did not say."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes one table."""
    op.create_table(
        "misses",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("miss_id", sa.Text(), nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_misses_acquisition_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_misses")),
        sa.UniqueConstraint("miss_id", name=op.f("uq_misses_miss_id")),
    )
    op.create_index(op.f("ix_misses_acquisition_id"), "misses", ["acquisition_id"])
