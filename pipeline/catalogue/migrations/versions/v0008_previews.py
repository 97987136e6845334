"""What was made for somebody who looked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Makes one table."""
    op.create_table(
        "previews",
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acquisition_id"], ["acquisitions.acquisition_id"], name=op.f("fk_previews_acquisition_id")
        ),
        sa.PrimaryKeyConstraint("acquisition_id", "source", "way", "of", name=op.f("pk_previews")),
    )
    op.create_index(op.f("ix_previews_source"), "previews", ["source"])
    op.create_index(op.f("ix_previews_digest"), "previews", ["digest"])
