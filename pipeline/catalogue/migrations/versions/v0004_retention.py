"""Holds, tombstones, the work list of disposals, fixity runs and backups."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes six tables that begin empty."""
    _make_holds()
    _make_tombstones()
    _make_tasks()
    _make_runs()


def _make_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("is_in_force", sa.Boolean(), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_is_in_force"), "holds", ["is_in_force"])


def _make_tombstones() -> None:
    op.create_table(
        "tombstones",
        sa.Column("tombstone_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("acquisition_id", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tombstone_id", name=op.f("pk_tombstones")),
    )
    for name in ("digest", "acquisition_id", "grant_id", "is_settled"):
        op.create_index(op.f(f"ix_tombstones_{name}"), "tombstones", [name])
    op.create_table(
        "disposed",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("tombstone_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "tombstone_id", name=op.f("pk_disposed")),
    )
    op.create_index(op.f("ix_disposed_tombstone_id"), "disposed", ["tombstone_id"])


def _make_tasks() -> None:
    op.create_table(
        "disposal_tasks",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("tombstone_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_disposal_tasks")),
    )
    columns = ["tombstone_id", "kind", "name"]
    op.create_index(op.f("ix_disposal_tasks_tombstone_id_kind_name"), "disposal_tasks", columns, unique=True)


def _make_runs() -> None:
    op.create_table(
        "fixity_runs",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("has_sizes", sa.Boolean(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_fixity_runs")),
    )
    op.create_table(
        "backups",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_backups")),
    )
