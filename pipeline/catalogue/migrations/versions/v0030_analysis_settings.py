"""The settings of an analysis by their digest, so that a package can show what a result was made with."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Makes one table."""
    op.create_table(
        "analysis_settings",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_analysis_settings")),
    )
