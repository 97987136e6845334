"""Residents who sign in at home, their sessions, and links by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes three tables that begin empty."""
    _make_residents()
    _make_sessions()
    op.create_table(
        "mail_links",
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("mail_key", sa.Text(), nullable=False),
        sa.Column("sealed_mail", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("secret_digest", name=op.f("pk_mail_links")),
    )
    for column in ("resident_id", "mail_key", "ends_at"):
        op.create_index(op.f(f"ix_mail_links_{column}"), "mail_links", [column])


def _make_residents() -> None:
    op.create_table(
        "residents",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("mail_key", sa.Text(), nullable=True),
        sa.Column("sealed_mail", sa.LargeBinary(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("second_factor", sa.LargeBinary(), nullable=True),
        sa.Column("second_factor_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_residents")),
        sa.UniqueConstraint("mail_key", name=op.f("uq_residents_mail_key")),
    )


def _make_sessions() -> None:
    op.create_table(
        "resident_sessions",
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("secret_digest", name=op.f("pk_resident_sessions")),
        sa.UniqueConstraint("session_id", name=op.f("uq_resident_sessions_session_id")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.resident_id"], name=op.f("fk_resident_sessions_resident_id")
        ),
    )
    op.create_index(op.f("ix_resident_sessions_resident_id"), "resident_sessions", ["resident_id"])
    op.create_index(op.f("ix_resident_sessions_ends_at"), "resident_sessions", ["ends_at"])
