"""Under which grants each custody record stands, so that residents find who looked without reading the whole log."""

import json
import re
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHUNK = 1000
GRANTS = re.compile(r"gr-[\w.:-]+ v\d+(, gr-[\w.:-]+ v\d+)*")

SQLITE_GUARDS = (
    """CREATE TRIGGER custody_grants_no_update BEFORE UPDATE ON custody_grants
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: no record is changed'); END""",
    """CREATE TRIGGER custody_grants_no_delete BEFORE DELETE ON custody_grants
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: no record is changed'); END""",
)
POSTGRESQL_GUARDS = (
    """CREATE TRIGGER custody_grants_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_grants
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
)


def upgrade() -> None:
    """Makes the table, fills it from the leaves, and puts guards around it."""
    op.create_table(
        "custody_grants",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["position"], ["custody.position"], name=op.f("fk_custody_grants_position")),
        sa.PrimaryKeyConstraint("grant_id", "position", name=op.f("pk_custody_grants")),
    )
    bind = op.get_bind()
    write = sa.text("INSERT INTO custody_grants (grant_id, position) VALUES (:grant_id, :position)")
    for rows in _portions(bind):
        found = [{"grant_id": grant_id, "position": position} for position, leaf in rows for grant_id in _named(leaf)]
        if found:
            bind.execute(write, found)
    for guard in SQLITE_GUARDS if bind.dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.execute(guard)


def _portions(bind: sa.Connection) -> Iterator[list[tuple[int, str]]]:
    first = -1
    query = sa.text("SELECT position, leaf FROM custody WHERE position > :first ORDER BY position LIMIT :count")
    while True:
        rows = [(row.position, row.leaf) for row in bind.execute(query, {"first": first, "count": CHUNK})]
        if not rows:
            return
        yield rows
        first = rows[-1][0]


def _named(leaf: str) -> tuple[str, ...]:
    """Of a leaf from before the tree as well, which has its words one level deeper."""
    record = json.loads(leaf)
    authority = record.get("entry", record).get("authority", "")
    if not isinstance(authority, str) or not GRANTS.fullmatch(authority):
        return ()
    return tuple(dict.fromkeys(part.partition(" ")[0] for part in authority.split(", ")))
