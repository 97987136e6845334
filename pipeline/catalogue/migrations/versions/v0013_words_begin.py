"""Sealed words are found by how they begin: PostgreSQL refuses whole ones of more than a few kilobytes in an index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Puts one index in place of another."""
    op.drop_index("ix_custody_openings_words", "custody_openings")
    op.create_index("ix_custody_openings_words_begin", "custody_openings", [sa.text("substr(words, 1, 80)")])
