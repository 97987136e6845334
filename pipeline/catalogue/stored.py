"""Which objects of the stores somebody names, and which nobody does."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from pipeline.catalogue.database import Database
from pipeline.catalogue.names import derivative_names, is_named, original_names
from pipeline.catalogue.retention_tables import disposal_tasks
from pipeline.domain.retention import Leftover


class StoredNames:
    """Originals and derivatives by their names; the bytes are the stores' own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def named(self, kind: Leftover) -> frozenset[str]:
        """Every original, or every derivative, that something names."""
        with self._database.read() as connection:
            return frozenset(original_names(connection) if kind is Leftover.ORIGINAL else derivative_names(connection))

    def unnamed(self, kind: Leftover, digests: Sequence[str]) -> tuple[str, ...]:
        """Those of these objects that nothing names, and no disposal is about to delete, in the order given."""
        with self._database.read() as connection:
            named = original_names(connection) if kind is Leftover.ORIGINAL else derivative_names(connection)
            query = select(disposal_tasks.c.name).where(disposal_tasks.c.kind == kind.value)
            named.update(connection.execute(query).scalars())
        return tuple(digest for digest in digests if digest not in named)

    def remove_unnamed(self, kind: Leftover, digest: str, remove: Callable[[str], bool]) -> bool:
        """Deletes an object unless something names it by now; says whether it was deleted."""
        with self._database.write() as connection:
            return not is_named(connection, kind, digest) and remove(digest)
