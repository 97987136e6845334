"""The custody log's tables: append-only, and written in the same transaction as the thing that is recorded.

Beside the leaves, every whole subtree of the tree over them is kept, and with the signed head the tree's peaks. So
signing a head reads one row however long the log is, and a proof reads as many subtrees as the tree has levels.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from pipeline.catalogue.at_once import insert_all
from pipeline.catalogue.custody_chain import Chain, Tree
from pipeline.catalogue.custody_grants import grants_at, save_grants
from pipeline.catalogue.custody_openings import erase_openings, openings_of, save_openings
from pipeline.catalogue.custody_rows import columns_of, record_from
from pipeline.catalogue.custody_tables import custody, custody_chain_head, custody_head
from pipeline.catalogue.custody_tree import Subtrees, save_subtrees, subtree_level
from pipeline.catalogue.database import Database
from pipeline.catalogue.portions import portions
from pipeline.domain.evidence import ChainHead, Checkpoint, CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.sealed import erased_in_words
from pipeline.errors import CatalogueError, RecordNotFoundError

_CHUNK = 1000
_HASH_BYTES = 32
_HEAD, _GROWN = select(custody_head), update(custody_head)
"""Written once: one of each for every look at anything."""


@dataclass(frozen=True, slots=True)
class _Head:
    size: int
    origin: str
    note: str
    peaks: tuple[bytes, ...]


class CustodyLog:
    """Appends to the custody log and reads it; nothing changes or removes a record."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    def append(self, entries: Sequence[CustodyEntry]) -> tuple[CustodyRecord, ...]:
        """Appends entries and signs the new head, in one transaction.

        Returns:
            The new records in order; an entry whose ``once`` key is known already gives none.
        """
        with self._database.write() as connection:
            return self.append_in(connection, entries)

    def append_in(self, connection: Connection, entries: Sequence[CustodyEntry]) -> tuple[CustodyRecord, ...]:
        """As ``append``, within a writing transaction of the catalogue.

        Raises:
            CheckpointError, CustodyChainError: The log is not what was signed last; nothing is signed over that.
        """
        if not entries:
            return ()
        head = _head(connection)
        tree = self._chain.resume(head.note, head.size, head.peaks)
        records: list[CustodyRecord] = []
        completed: list[tuple[int, int, bytes]] = []
        for entry in _unknown(connection, entries):
            record = self._chain.seal(tree.size, entry)
            completed += tree.append(bytes.fromhex(record.digest))
            records.append(record)
        if records:
            insert_all(connection, custody, [columns_of(record) for record in records])
            save_openings(connection, records)
            save_grants(connection, records)
            save_subtrees(connection, completed)
            note = self._chain.sign(head.origin, tree)
            connection.execute(_GROWN, _head_columns(head.origin, note, tree))
        return tuple(records)

    def has(self, once: str) -> bool:
        """Whether an entry with this ``once`` key was written."""
        with self._database.read() as connection:
            return _is_known(connection, once)

    def begin(self) -> None:
        """Signs the first head, once in the life of a log: over nothing, or over a hash chain that became leaves.

        Raises:
            CustodyChainError: The chain does not end as its own signed head says.
        """
        with self._database.read() as connection:
            if connection.execute(select(custody_head.c.size)).first() is not None:
                return
        with self._database.write() as connection:
            if connection.execute(select(custody_head.c.size)).first() is None:
                tree = self._first_tree(connection)
                name = self._chain.new_name()
                columns = _head_columns(name, self._chain.sign(name, tree), tree)
                connection.execute(insert(custody_head).values(only=1, **columns))

    def head(self) -> Checkpoint:
        """The state of the log; of size zero when nothing happened yet."""
        return self._chain.read(self.checkpoint())

    def checkpoint(self) -> str:
        """The signed state of the log as a C2SP checkpoint."""
        with self._database.read() as connection:
            return _head(connection).note

    def chain_head(self) -> ChainHead | None:
        """The last head of the hash chain that the log was in its first form; None when it never was one."""
        with self._database.read() as connection:
            return _chain_head(connection)

    def records(self, first: int = 0, size: int | None = None, subject: str | None = None) -> Iterator[CustodyRecord]:
        """The records in order, read in portions; empty when there are none.

        Args:
            first: Index of the first record wanted.
            size: Records of this index and later are left out; None reads to the end.
            subject: Only what was done to this digest or id.

        Raises:
            CustodyChainError: A record is found by other words than its leaf has.
        """
        query = select(custody).order_by(custody.c.position).limit(_CHUNK)
        if size is not None:
            query = query.where(custody.c.position < size)
        if subject is not None:
            query = query.where(custody.c.subject == subject)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(query.where(custody.c.position >= first)).all()
                openings = openings_of(connection, [row.position for row in rows])
            yield from (record_from(row, openings.get(row.position, ())) for row in rows)
            if len(rows) < _CHUNK:
                return
            first = rows[-1].position + 1

    def record(self, index: int) -> CustodyRecord:
        """One record.

        Raises:
            RecordNotFoundError: The log is not that long.
        """
        found = next(self.records(index, index + 1), None)
        if found is None:
            raise RecordNotFoundError("custody record", str(index))
        return found

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """What proves that the record at ``index`` is in the log of ``size`` records; hashes, leaf's neighbour first.

        Raises:
            ProofError: That log has no such record.
            CustodyChainError: The database has lost what the proof is made of.
        """
        with self._database.read() as connection:
            return self._chain.inclusion(index, size, Subtrees(connection))

    def inclusions(self, indices: Collection[int], size: int) -> dict[int, tuple[bytes, ...]]:
        """Several proofs of inclusion in one log, by index; what they share is read once.

        Raises:
            ProofError, CustodyChainError: As ``inclusion``.
        """
        with self._database.read() as connection:
            subtrees = Subtrees(connection)
            return {index: self._chain.inclusion(index, size, subtrees) for index in indices}

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """What proves that the log of ``old`` records is the beginning of the log of ``new`` records.

        Raises:
            ProofError: The old log is the longer one.
            CustodyChainError: The database has lost what the proof is made of.
        """
        with self._database.read() as connection:
            return self._chain.consistency(old, new, Subtrees(connection))

    def level(self, level: int, count: int) -> Iterator[bytes]:
        """The kept hashes of one level of the tree in order, the first ``count``; level 0 are the leaves'."""
        first = 0
        while first < count:
            with self._database.read() as connection:
                found = subtree_level(connection, level, first, min(count, first + _CHUNK))
            yield from found
            if not found:
                return
            first += len(found)

    def kept_grants(self, first: int, size: int) -> Mapping[int, frozenset[str]]:
        """By index, from ``first`` to just before ``size``, under which grants records are found; may be empty."""
        with self._database.read() as connection:
            return grants_at(connection, first, size)

    def erase_openings(
        self, entry: CustodyEntry, *, words: Collection[str] = (), subjects: Collection[str] = ()
    ) -> int:
        """Forgets what people wrote: the tree stays as it is, the words behind its salted digests are deleted.

        Args:
            entry: Who erases, when and on what authority; its action and what was erased are filled in. The record
                names the erased places and never the words.
            words: Openings with exactly these words, wherever they stand.
            subjects: Every opening of the records about these digests and ids.

        Returns:
            How many were erased; a record is written only when there were any.
        """
        with self._database.write() as connection:
            return self.erase_openings_in(connection, entry, words=words, subjects=subjects)

    def erase_openings_in(
        self,
        connection: Connection,
        entry: CustodyEntry,
        *,
        words: Collection[str] = (),
        subjects: Collection[str] = (),
        names: Collection[str] = (),
    ) -> int:
        """As ``erase_openings``, within a writing transaction; of the subjects only openings of these names, if any."""
        erased = erase_openings(connection, words, subjects, names)
        texts = erased_in_words(erased)
        facts = [{**entry.detail, "openings": str(sum(map(len, erased.values()))), "erased": text} for text in texts]
        entries = [replace(entry, action=CustodyAction.OPENINGS_ERASED, detail=fact, once="") for fact in facts]
        self.append_in(connection, entries)
        return sum(map(len, erased.values()))

    def count(self) -> int:
        """How many records there are, counted and not taken from the head."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(custody)).scalar_one()

    def _first_tree(self, connection: Connection) -> Any:  # noqa: ANN401
        last = connection.execute(select(custody).order_by(custody.c.position.desc()).limit(1)).first()
        if last is None:
            return self._chain.tree(0, ())
        chained = _chain_head(connection)
        if chained is None:
            raise _lost_head()
        self._chain.require_chain_head(chained, record_from(last, ()))
        subtrees = Subtrees(connection)
        return self._chain.tree(chained.size, [subtrees(*place) for place in self._chain.peak_places(chained.size)])


def _is_known(connection: Connection, once: str) -> bool:
    return bool(_known(connection, [once]))


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in portions(keys):
        found.update(connection.execute(select(custody.c.once).where(custody.c.once.in_(some))).scalars())
    return found


def _unknown(connection: Connection, entries: Sequence[CustodyEntry]) -> Iterator[CustodyEntry]:
    """The entries that were not written yet, in order; of those with the same ``once`` key the first."""
    known = _known(connection, [entry.once for entry in entries if entry.once])
    for entry in entries:
        if entry.once not in known:
            yield entry
        if entry.once:
            known.add(entry.once)


def _head_columns(origin: str, note: str, tree: Tree) -> dict[str, Any]:
    return {"size": tree.size, "origin": origin, "note": note, "peaks": b"".join(tree.peaks)}


def _head(connection: Connection) -> _Head:
    row: Row[Any] | None = connection.execute(_HEAD).first()
    if row is None:
        raise _lost_head()
    packed = bytes(row.peaks)
    peaks = tuple(packed[start : start + _HASH_BYTES] for start in range(0, len(packed), _HASH_BYTES))
    return _Head(row.size, row.origin, row.note, peaks)


def _lost_head() -> CatalogueError:
    return CatalogueError("the custody log has lost its signed head: restore the catalogue from a backup")


def _chain_head(connection: Connection) -> ChainHead | None:
    row: Row[Any] | None = connection.execute(select(custody_chain_head)).first()
    return None if row is None else ChainHead(row.size, row.digest, bytes(row.signature), row.key_id)
