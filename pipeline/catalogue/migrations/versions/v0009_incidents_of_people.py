"""Who works on incidents, what they said before, people, suggestions turned down, approvals, and jobs of the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes six tables that begin empty."""
    _make_agents_and_versions()
    _make_people()
    _make_dismissed()
    _make_approvals_and_jobs()


def _of_incident(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_incident_id")
    return sa.ForeignKeyConstraint(["incident_id"], ["incidents.incident_id"], name=name)


def _make_agents_and_versions() -> None:
    op.create_table(
        "incident_agents",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "agent", name=op.f("pk_incident_agents")),
        _of_incident("incident_agents"),
    )
    op.create_index(op.f("ix_incident_agents_agent"), "incident_agents", ["agent"])
    op.create_table(
        "incident_versions",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "number", name=op.f("pk_incident_versions")),
        _of_incident("incident_versions"),
    )


def _make_people() -> None:
    op.create_table(
        "incident_people",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_incident_people")),
        sa.UniqueConstraint("note_id", name=op.f("uq_incident_people_note_id")),
        _of_incident("incident_people"),
    )
    op.create_index(op.f("ix_incident_people_incident_id"), "incident_people", ["incident_id"])


def _make_dismissed() -> None:
    op.create_table(
        "dismissed_suggestions",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("highlight_id", sa.Text(), nullable=False),
        sa.Column("dismissed_at", MOMENT, nullable=False),
        sa.Column("dismissed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "highlight_id", name=op.f("pk_dismissed_suggestions")),
        _of_incident("dismissed_suggestions"),
        sa.ForeignKeyConstraint(
            ["highlight_id"], ["highlights.highlight_id"], name=op.f("fk_dismissed_suggestions_highlight_id")
        ),
    )
    op.create_index(op.f("ix_dismissed_suggestions_highlight_id"), "dismissed_suggestions", ["highlight_id"])


def _make_approvals_and_jobs() -> None:
    op.create_table(
        "approvals",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("is_decided", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_approvals")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_approvals_approval_id")),
        _of_incident("approvals"),
    )
    op.create_index(op.f("ix_approvals_incident_id"), "approvals", ["incident_id"])
    op.create_table(
        "desk_jobs",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_desk_jobs")),
        sa.UniqueConstraint("job_id", name=op.f("uq_desk_jobs_job_id")),
        _of_incident("desk_jobs"),
    )
    op.create_index(op.f("ix_desk_jobs_incident_id"), "desk_jobs", ["incident_id"])
    op.create_index(op.f("ix_desk_jobs_state"), "desk_jobs", ["state"])
