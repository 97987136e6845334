"""Who watched which video is found quickly, to say on a page what its reader has seen before."""

from alembic import op
from sqlalchemy import text

revision = "0034"
down_revision = "0033"

_PLAYS = text("substr(once, 1, 5) = 'play '")


def upgrade() -> None:
    """Makes the index."""
    op.create_index("ix_custody_plays", "custody", ["subject"], sqlite_where=_PLAYS, postgresql_where=_PLAYS)
