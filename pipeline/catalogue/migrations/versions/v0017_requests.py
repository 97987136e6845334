"""Requests for footage, the public log of them that is only added to, answers, and what residents keep about them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0018"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

SQLITE_GUARDS = (
    """CREATE TRIGGER request_log_no_update BEFORE UPDATE ON request_log
    BEGIN SELECT RAISE(ABORT, 'the log of requests is public for good: no entry is changed'); END""",
    """CREATE TRIGGER request_log_no_delete BEFORE DELETE ON request_log
    BEGIN SELECT RAISE(ABORT, 'the log of requests is public for good: no entry is removed'); END""",
    """CREATE TRIGGER request_log_in_order BEFORE INSERT ON request_log
    WHEN NEW.number <> (SELECT COALESCE(MAX(number) + 1, 0) FROM request_log)
    BEGIN SELECT RAISE(ABORT, 'the log of requests is public for good: an entry goes to its end'); END""",
)
"""REPLACE removes the old row without asking the delete trigger, so that inserts are checked as well."""

POSTGRESQL_GUARDS = (
    """CREATE FUNCTION request_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log of requests is public for good: no entry is changed or removed'; END $$""",
    """CREATE FUNCTION request_log_require_order() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NEW.number <> (SELECT COALESCE(MAX(number) + 1, 0) FROM request_log) THEN
        RAISE EXCEPTION 'the log of requests is public for good: an entry goes to its end';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER request_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON request_log
    FOR EACH STATEMENT EXECUTE FUNCTION request_log_refuse()""",
    """CREATE TRIGGER request_log_in_order BEFORE INSERT ON request_log
    FOR EACH ROW EXECUTE FUNCTION request_log_require_order()""",
)


def upgrade() -> None:
    """Makes five tables that begin empty, then the guards of the log."""
    _make_desk()
    _make_home()
    for guard in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.execute(guard)


def _make_desk() -> None:
    op.create_table(
        "footage_requests",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_footage_requests")),
    )
    op.create_index(op.f("ix_footage_requests_state"), "footage_requests", ["state"])
    op.create_table(
        "request_log",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_key", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_request_log")),
    )
    op.create_index(op.f("ix_request_log_request_id"), "request_log", ["request_id"])
    op.create_index(op.f("ix_request_log_case_key"), "request_log", ["case_key"])


def _make_home() -> None:
    op.create_table(
        "request_answers",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_request_answers")),
    )
    op.create_index(op.f("ix_request_answers_request_id"), "request_answers", ["request_id"])
    op.create_index(op.f("ix_request_answers_resident_id"), "request_answers", ["resident_id"])
    op.create_table(
        "request_marks",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_request_marks")),
    )
    op.create_table(
        "request_post",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_request_post")),
    )
