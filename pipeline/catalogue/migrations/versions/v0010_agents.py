"""Agents of the desk, their sessions and tokens, and indices with which the custody log is read in part."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes six tables that begin empty, and three indices."""
    _make_agents()
    _make_sessions()
    _make_tokens()
    _make_memory()
    op.create_index("ix_custody_action_position", "custody", ["action", "position"])
    op.create_index("ix_custody_at_position", "custody", ["at", "position"])
    read_by = sa.text("name IN ('agent', 'detail.case', 'detail.purpose')")
    op.create_index(
        "ix_custody_openings_read_by",
        "custody_openings",
        ["name", "words", "position"],
        sqlite_where=read_by,
        postgresql_where=read_by,
    )


def _make_agents() -> None:
    op.create_table(
        "agents",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_renew", sa.Boolean(), nullable=False),
        sa.Column("second_factor", sa.LargeBinary(), nullable=True),
        sa.Column("second_factor_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agents")),
        sa.UniqueConstraint("name_key", name=op.f("uq_agents_name_key")),
    )


def _make_sessions() -> None:
    op.create_table(
        "agent_sessions",
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("secret_digest", name=op.f("pk_agent_sessions")),
        sa.UniqueConstraint("session_id", name=op.f("uq_agent_sessions_session_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_agent_sessions_agent_id")),
    )
    op.create_index(op.f("ix_agent_sessions_agent_id"), "agent_sessions", ["agent_id"])
    op.create_index(op.f("ix_agent_sessions_ends_at"), "agent_sessions", ["ends_at"])


def _make_tokens() -> None:
    op.create_table(
        "agent_tokens",
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("secret_digest", name=op.f("pk_agent_tokens")),
        sa.UniqueConstraint("token_id", name=op.f("uq_agent_tokens_token_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_agent_tokens_agent_id")),
    )
    op.create_index(op.f("ix_agent_tokens_agent_id"), "agent_tokens", ["agent_id"])
    op.create_index(op.f("ix_agent_tokens_ends_at"), "agent_tokens", ["ends_at"])
    op.create_table(
        "known_browsers",
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("secret_digest", name=op.f("pk_known_browsers")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_known_browsers_agent_id")),
    )
    op.create_index(op.f("ix_known_browsers_agent_id"), "known_browsers", ["agent_id"])
    op.create_index(op.f("ix_known_browsers_ends_at"), "known_browsers", ["ends_at"])


def _make_memory() -> None:
    op.create_table(
        "agent_matters",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "purpose", "recipient", "case_number", name=op.f("pk_agent_matters")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.agent_id"], name=op.f("fk_agent_matters_agent_id")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", MOMENT, nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_sign_in_tries")),
    )
    op.create_index(op.f("ix_sign_in_tries_failed_at"), "sign_in_tries", ["failed_at"])
