"""The search index: a narrow row a current event, names of its numbers, words that people wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ASKED = (
    "ends_at", "slack", "camera", "kind", "outcome", "slot", "minute", "score", "zone", "objects", "words", "colours",
    "tag", "is_between",
)  # fmt: skip
PARTIAL = ("outcome", "zone", "tag")


def upgrade() -> None:
    """Makes the tables empty; whoever opens the catalogue next fills them where there are events."""
    _make_rows()
    for by in ("camera", "kind", "slot", "objects", "words", *PARTIAL):
        rest = [name for name in ASKED if name != by]
        where = sa.text(f"{by} <> 0") if by in PARTIAL else None
        columns = [by, "starts_at", "number", *rest]
        op.create_index(f"ix_event_index_by_{by}", "event_index", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_event_index_by_time", "event_index", ["starts_at", "number", *ASKED])
    rest = [name for name in ASKED if name != "score"]
    op.create_index("ix_event_index_by_score", "event_index", ["score", "number", *rest, "starts_at"])
    _make_names()
    op.execute(
        'INSERT INTO index_state ("only", version, time_zone, longest, is_built) '
        "SELECT 1, 0, 'UTC', 0, CASE WHEN EXISTS (SELECT 1 FROM acquisitions) THEN 0 ELSE 1 END"
    )


def _make_rows() -> None:
    op.create_table(
        "event_index",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("acquisition", NUMBER, nullable=False),
        sa.Column("analysis", NUMBER, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("camera", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("slack", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.Column("zone", sa.Integer(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("colours", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.SmallInteger(), nullable=False),
        sa.Column("is_between", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["acquisition"], ["acquisitions.number"], name=op.f("fk_event_index_acquisition")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_index")),
    )
    op.create_index(op.f("ix_event_index_acquisition"), "event_index", ["acquisition"])
    op.create_index(op.f("ix_event_index_event_id"), "event_index", ["event_id"])


def _make_names() -> None:
    op.create_table(
        "index_values",
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("family", "code", name=op.f("pk_index_values")),
    )
    op.create_index(op.f("ix_index_values_family_name"), "index_values", ["family", "name"], unique=True)
    op.create_table(
        "index_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", "about", "ref", name=op.f("pk_index_words")),
    )
    op.create_index(op.f("ix_index_words_about_ref"), "index_words", ["about", "ref"])
    op.create_table(
        "index_state",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("longest", sa.BigInteger(), nullable=False),
        sa.Column("is_built", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_index_state")),
    )
