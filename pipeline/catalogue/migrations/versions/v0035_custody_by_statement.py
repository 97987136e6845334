"""On PostgreSQL the custody log's guards look at a statement once, and not at each of its rows.

A search writes a record for each clip that it showed, with its words and grants. The foreign keys of these took a lock
on the record for each of them: a quarter of the time of a search. One look at all new rows says the same.
"""

from alembic import op

revision = "0035"
down_revision = "0034"

TABLES = ("custody_openings", "custody_grants")

CHANGES = (
    "DROP TRIGGER custody_in_order ON custody",
    "DROP TRIGGER custody_openings_in_order ON custody_openings",
    *(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_position" for table in TABLES),
    """CREATE OR REPLACE FUNCTION custody_require_order() RETURNS trigger LANGUAGE plpgsql AS
    $$ DECLARE lowest bigint; highest bigint; many bigint; BEGIN
      SELECT MIN(position), MAX(position), COUNT(*) INTO lowest, highest, many FROM fresh;
      IF many > 0 AND (
        lowest < 0
        OR highest - lowest + 1 <> many
        OR highest <> (SELECT MAX(position) FROM custody)
        OR (lowest > 0 AND NOT EXISTS (SELECT FROM custody WHERE position = lowest - 1))
      ) THEN
        RAISE EXCEPTION 'the custody log is append-only: a record goes to its end';
      END IF;
      RETURN NULL;
    END $$""",
    """CREATE OR REPLACE FUNCTION custody_openings_require_record() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF EXISTS (SELECT FROM fresh)
        AND COALESCE((SELECT MIN(position) FROM fresh) < (SELECT size FROM custody_head), TRUE) THEN
        RAISE EXCEPTION 'words of the custody log come with their record';
      END IF;
      RETURN NULL;
    END $$""",
    """CREATE FUNCTION custody_beside_require_record() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF EXISTS (SELECT FROM fresh WHERE NOT EXISTS (SELECT FROM custody WHERE custody.position = fresh.position)) THEN
        RAISE EXCEPTION 'the custody log has no such record';
      END IF;
      RETURN NULL;
    END $$""",
    """CREATE TRIGGER custody_in_order AFTER INSERT ON custody REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION custody_require_order()""",
    """CREATE TRIGGER custody_openings_in_order AFTER INSERT ON custody_openings REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION custody_openings_require_record()""",
    *(
        f"""CREATE TRIGGER {table}_of_a_record AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION custody_beside_require_record()"""
        for table in TABLES
    ),
)


def upgrade() -> None:
    """Puts guards of statements in the place of those of rows; SQLite has no such guards, and needs none."""
    if op.get_bind().dialect.name == "postgresql":
        for change in CHANGES:
            op.execute(change)
