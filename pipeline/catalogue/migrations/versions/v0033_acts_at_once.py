"""Words of the custody log come before the head that signs their record, and no longer one record at a time.

What was signed takes no more words, that of the newest record neither. So the records of one act are written together.

And the search index is made anew where the catalogue is opened next: events about packages are found as packages.
"""

from alembic import op

revision = "0033"
down_revision = "0030"

SQLITE_GUARD = """CREATE TRIGGER custody_openings_no_replace BEFORE INSERT ON custody_openings
    WHEN NEW.position < COALESCE((SELECT size FROM custody_head), NEW.position + 1)
      OR EXISTS (SELECT 1 FROM custody_openings WHERE position = NEW.position AND name = NEW.name)
    BEGIN SELECT RAISE(ABORT, 'words of the custody log come with their record'); END"""

POSTGRESQL_GUARD = """CREATE OR REPLACE FUNCTION custody_openings_require_record() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NEW.position < COALESCE((SELECT size FROM custody_head), NEW.position + 1) THEN
        RAISE EXCEPTION 'words of the custody log come with their record';
      END IF;
      RETURN NEW;
    END $$"""


def upgrade() -> None:
    """Puts another guard in the place of the old one, and has the index made anew."""
    op.execute("UPDATE index_state SET is_built = 0")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER custody_openings_no_replace")
        op.execute(SQLITE_GUARD)
    else:
        op.execute(POSTGRESQL_GUARD)
