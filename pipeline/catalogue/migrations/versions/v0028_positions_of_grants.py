"""Who checks the custody log reads under which grants each record is found, in order of the records."""

from alembic import op

revision = "0028"
down_revision = "0026"


def upgrade() -> None:
    """Makes the index."""
    op.create_index(op.f("ix_custody_grants_position"), "custody_grants", ["position"])
