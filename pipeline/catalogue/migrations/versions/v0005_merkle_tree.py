"""The custody log becomes a Merkle tree: each record of the hash chain becomes a leaf, word for word.

The leaf of an old record is the canonical JSON that its digest in the chain was taken of, so that the chain and its
signed head stay checkable from the leaves alone. Nothing is judged here: `doorstep custody verify` does that.
"""

import hashlib
import json
from collections.abc import Iterator

import rfc8785
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHUNK = 1000

SQLITE_OLD_GUARDS = ("custody_no_update", "custody_head_stays", "custody_head_grows", "custody_head_is_one")
POSTGRESQL_OLD_GUARDS = (
    ("custody_append_only", "custody"),
    ("custody_head_stays", "custody_head"),
    ("custody_head_grows", "custody_head"),
)

SQLITE_GUARDS = (
    """CREATE TRIGGER custody_no_update BEFORE UPDATE ON custody
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: no record is changed'); END""",
    """CREATE TRIGGER custody_subtrees_no_update BEFORE UPDATE ON custody_subtrees
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: its tree only grows'); END""",
    """CREATE TRIGGER custody_subtrees_no_delete BEFORE DELETE ON custody_subtrees
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: its tree only grows'); END""",
    """CREATE TRIGGER custody_subtrees_no_replace BEFORE INSERT ON custody_subtrees
    WHEN EXISTS (SELECT 1 FROM custody_subtrees WHERE level = NEW.level AND place = NEW.place)
    BEGIN SELECT RAISE(ABORT, 'the custody log is append-only: its tree only grows'); END""",
    """CREATE TRIGGER custody_openings_no_update BEFORE UPDATE ON custody_openings
    BEGIN SELECT RAISE(ABORT, 'words of the custody log may be erased and not changed'); END""",
    """CREATE TRIGGER custody_openings_no_replace BEFORE INSERT ON custody_openings
    WHEN NEW.position <> (SELECT MAX(position) FROM custody)
      OR EXISTS (SELECT 1 FROM custody_openings WHERE position = NEW.position AND name = NEW.name)
    BEGIN SELECT RAISE(ABORT, 'words of the custody log come with their record'); END""",
    """CREATE TRIGGER custody_head_stays BEFORE DELETE ON custody_head
    BEGIN SELECT RAISE(ABORT, 'the custody log keeps its signed head'); END""",
    """CREATE TRIGGER custody_head_grows BEFORE UPDATE ON custody_head
    WHEN NEW.size <= OLD.size OR NEW.origin <> OLD.origin
    BEGIN SELECT RAISE(ABORT, 'the custody log only grows'); END""",
    """CREATE TRIGGER custody_head_is_one BEFORE INSERT ON custody_head
    WHEN NEW.only <> 1 OR EXISTS (SELECT 1 FROM custody_head)
    BEGIN SELECT RAISE(ABORT, 'the custody log has one signed head'); END""",
    """CREATE TRIGGER custody_chain_head_no_update BEFORE UPDATE ON custody_chain_head
    BEGIN SELECT RAISE(ABORT, 'the custody log keeps its first head'); END""",
    """CREATE TRIGGER custody_chain_head_no_delete BEFORE DELETE ON custody_chain_head
    BEGIN SELECT RAISE(ABORT, 'the custody log keeps its first head'); END""",
    """CREATE TRIGGER custody_chain_head_no_insert BEFORE INSERT ON custody_chain_head
    BEGIN SELECT RAISE(ABORT, 'the custody log keeps its first head'); END""",
)

POSTGRESQL_GUARDS = (
    """CREATE OR REPLACE FUNCTION custody_head_require_growth() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NEW.size <= OLD.size OR NEW.origin <> OLD.origin THEN RAISE EXCEPTION 'the custody log only grows'; END IF;
      RETURN NEW;
    END $$""",
    """CREATE FUNCTION custody_openings_require_record() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NEW.position <> (SELECT MAX(position) FROM custody) THEN
        RAISE EXCEPTION 'words of the custody log come with their record';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER custody_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
    """CREATE TRIGGER custody_subtrees_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_subtrees
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
    """CREATE TRIGGER custody_openings_stay BEFORE UPDATE OR TRUNCATE ON custody_openings
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
    """CREATE TRIGGER custody_openings_in_order BEFORE INSERT ON custody_openings
    FOR EACH ROW EXECUTE FUNCTION custody_openings_require_record()""",
    """CREATE TRIGGER custody_head_stays BEFORE DELETE OR TRUNCATE ON custody_head
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
    """CREATE TRIGGER custody_head_grows BEFORE UPDATE ON custody_head
    FOR EACH ROW EXECUTE FUNCTION custody_head_require_growth()""",
    """CREATE TRIGGER custody_chain_head_stays BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON custody_chain_head
    FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()""",
)


def upgrade() -> None:
    """Takes the guards away, turns records into leaves, makes the new tables, and puts guards around all of them."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        for name in SQLITE_OLD_GUARDS:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name, table in POSTGRESQL_OLD_GUARDS:
            op.execute(f"DROP TRIGGER {name} ON {table}")
    _make_tree()
    _make_leaves()
    _keep_chain_head()
    _make_head()
    for guard in SQLITE_GUARDS if is_sqlite else POSTGRESQL_GUARDS:
        op.execute(guard)


def _make_tree() -> None:
    op.create_table(
        "custody_subtrees",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_custody_subtrees")),
    )
    op.create_table(
        "custody_openings",
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["custody.position"], name=op.f("fk_custody_openings_position")),
        sa.PrimaryKeyConstraint("position", "name", name=op.f("pk_custody_openings")),
    )
    op.create_index(op.f("ix_custody_openings_words"), "custody_openings", ["words"])


def _make_leaves() -> None:
    """Rewrites the rows in portions, with the subtrees that they complete."""
    bind = op.get_bind()
    change = sa.text("UPDATE custody SET body = :leaf, digest = :digest WHERE position = :position")
    grow = sa.text("INSERT INTO custody_subtrees (level, place, digest) VALUES (:level, :place, :digest)")
    peaks: list[bytes] = []
    for rows in _portions(bind):
        leaves: list[dict[str, object]] = []
        subtrees: list[dict[str, object]] = []
        for position, body in rows:
            record = json.loads(body)
            leaf = rfc8785.dumps({name: record[name] for name in ("index", "previous", "entry")})
            digest = hashlib.sha256(b"\x00" + leaf).digest()
            leaves.append({"position": position, "leaf": leaf.decode(), "digest": digest.hex()})
            subtrees += _completed(peaks, position, digest)
        bind.execute(change, leaves)
        if subtrees:
            bind.execute(grow, subtrees)
    op.drop_column("custody", "previous")
    op.alter_column("custody", "body", new_column_name="leaf")


def _portions(bind: sa.Connection) -> Iterator[list[tuple[int, str]]]:
    ask = sa.text("SELECT position, body FROM custody WHERE position >= :first ORDER BY position LIMIT :count")
    first = 0
    while rows := [(row.position, row.body) for row in bind.execute(ask, {"first": first, "count": CHUNK})]:
        yield rows
        first = rows[-1][0] + 1


def _completed(peaks: list[bytes], index: int, digest: bytes) -> Iterator[dict[str, object]]:
    """Source: RFC 6962, 2.1; the subtrees above level 0 that a leaf completes."""
    level = 0
    while (index >> level) & 1:
        digest = hashlib.sha256(b"\x01" + peaks.pop() + digest).digest()
        level += 1
        yield {"level": level, "place": index >> level, "digest": digest}
    peaks.append(digest)


def _keep_chain_head() -> None:
    op.create_table(
        "custody_chain_head",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_custody_chain_head")),
    )
    op.execute(
        'INSERT INTO custody_chain_head SELECT "only", size, digest, signature, key_id FROM custody_head WHERE size > 0'
    )
    op.drop_table("custody_head")


def _make_head() -> None:
    """Empty: whoever opens the catalogue next signs, and checks the chain's end before."""
    op.create_table(
        "custody_head",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_custody_head")),
    )
