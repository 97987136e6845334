"""The kept subtrees of the custody log: written once, and read by level and place."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from pipeline.catalogue.at_once import insert_all
from pipeline.catalogue.custody_tables import custody, custody_subtrees
from pipeline.errors import CustodyChainError


class Subtrees:
    """Kept subtrees by level and place, each read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, place: int, /) -> bytes:
        """The hash of the whole subtree at this level and place.

        Raises:
            CustodyChainError: The database has lost it.
        """
        if (level, place) not in self._known:
            found = subtree_level(self._connection, level, place, place + 1)
            if not found:
                raise CustodyChainError(place << level, f"a subtree of level {level}", "none")
            (self._known[level, place],) = found
        return self._known[level, place]


def subtree_level(connection: Connection, level: int, first: int, end: int) -> list[bytes]:
    """Hashes of one level from ``first`` to just before ``end``, in order."""
    if level == 0:
        leaves = select(custody.c.digest).where(custody.c.position >= first, custody.c.position < end)
        return [bytes.fromhex(text) for text in connection.execute(leaves.order_by(custody.c.position)).scalars()]
    kept = custody_subtrees.c
    nodes = select(kept.digest).where(kept.level == level, kept.place >= first, kept.place < end).order_by(kept.place)
    return [bytes(digest) for digest in connection.execute(nodes).scalars()]


def save_subtrees(connection: Connection, completed: Sequence[tuple[int, int, bytes]]) -> None:
    """Keeps what new leaves completed; the leaves themselves are kept with their records."""
    rows = [{"level": level, "place": place, "digest": digest} for level, place, digest in completed if level]
    insert_all(connection, custody_subtrees, rows)
