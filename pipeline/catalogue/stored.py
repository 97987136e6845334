"""Which objects of the stores somebody names, and which nobody does."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import select

from pipeline.catalogue.database import Database
from pipeline.catalogue.in_hand import ObjectsInHand
from pipeline.catalogue.names import derivative_names, is_named, original_names
from pipeline.catalogue.retention_tables import disposal_tasks
from pipeline.domain.retention import Leftover


class StoredNames:
    """Originals and derivatives by their names; the bytes are the stores' own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hands = ObjectsInHand(database)

    def in_hand(self, digest: str) -> AbstractContextManager[None]:
        """Has one object in hand: nobody else stores it until a row names it, or deletes it, while the block lasts.

        Raises:
            CatalogueLockedError: Another has it for longer than we wait.
        """
        return self._hands.object(digest)

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
        """Deletes an object unless something names it by now; says whether it was deleted. No writer waits for it."""
        with self.in_hand(digest):
            with self._database.read() as connection:
                is_wanted = is_named(connection, kind, digest)
            return not is_wanted and remove(digest)
