"""Saved searches: each agent's own, with what each found since its agent last looked."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.saved_tables import saved_finds, saved_searches
from pipeline.catalogue.tables import acquisitions, analyses
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.saved_searches import Find, Fresh, SavedSearch
from pipeline.errors import RecordNotFoundError, SearchNameTakenError


class SavedSearches:
    """Keeps and finds them; a name belongs to one search of an agent, whatever its case."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, saved: SavedSearch, custody: Sequence[CustodyEntry]) -> None:
        """Keeps a search, with its custody; what was looked at before is not new to it.

        Raises:
            SearchNameTakenError: The agent has one of this name.
        """
        with self._database.write() as connection:
            if connection.execute(select(1).where(_named(saved.matter.agent, saved.name))).first() is not None:
                raise SearchNameTakenError(saved.name)
            values = {
                "saved_id": saved.saved_id,
                "agent": saved.matter.agent,
                "name_key": _key(saved.name),
                "is_notifying": saved.is_notifying,
                "went_to": _newest(connection),
                "body": body_of(saved),
            }
            connection.execute(insert(saved_searches).values(**values))
            self._log.append_in(connection, custody)

    def change(self, saved: SavedSearch, custody: Sequence[CustodyEntry]) -> None:
        """Writes what it is now, with its custody; from here on what is new counts from now.

        Raises:
            RecordNotFoundError: It is gone.
        """
        is_it = saved_searches.c.saved_id == saved.saved_id
        with self._database.write() as connection:
            values = {"is_notifying": saved.is_notifying, "went_to": _newest(connection), "body": body_of(saved)}
            if connection.execute(update(saved_searches).where(is_it).values(**values)).rowcount == 0:
                raise RecordNotFoundError("saved search", saved.saved_id)
            self._log.append_in(connection, custody)

    def named(self, agent: str, name: str) -> SavedSearch:
        """The agent's search of this name.

        Raises:
            RecordNotFoundError: The agent has none.
        """
        return self._one(_named(agent, name), name)

    def get(self, agent: str, saved_id: str) -> SavedSearch:
        """The agent's search of this id; somebody else's is not there.

        Raises:
            RecordNotFoundError: The agent has none.
        """
        return self._one((saved_searches.c.agent == agent) & (saved_searches.c.saved_id == saved_id), saved_id)

    def list(self, agent: str) -> tuple[SavedSearch, ...]:
        """The agent's searches by name; empty when there are none."""
        return self._read(saved_searches.c.agent == agent)

    def notifying(self) -> tuple[SavedSearch, ...]:
        """Those that are run at the end of a night, of every agent, by agent and name."""
        return self._read(saved_searches.c.is_notifying)

    def drop(self, saved: SavedSearch, custody: Sequence[CustodyEntry]) -> None:
        """Deletes a search with what it found, with its custody.

        Raises:
            RecordNotFoundError: It is gone.
        """
        with self._database.write() as connection:
            connection.execute(delete(saved_finds).where(saved_finds.c.saved_id == saved.saved_id))
            gone = connection.execute(delete(saved_searches).where(saved_searches.c.saved_id == saved.saved_id))
            if gone.rowcount == 0:
                raise RecordNotFoundError("saved search", saved.name)
            self._log.append_in(connection, custody)

    def fresh(self, saved_id: str) -> Fresh:
        """What was looked at since the search last went through the results.

        Raises:
            RecordNotFoundError: It is gone.
        """
        with self._database.read() as connection:
            went_to = connection.execute(
                select(saved_searches.c.went_to).where(saved_searches.c.saved_id == saved_id)
            ).scalar()
            if went_to is None:
                raise RecordNotFoundError("saved search", saved_id)
            joined = analyses.join(acquisitions, acquisitions.c.acquisition_id == analyses.c.acquisition_id)
            query = select(acquisitions.c.acquisition_id, acquisitions.c.starts_at).select_from(joined)
            rows = connection.execute(query.where(analyses.c.number > went_to, analyses.c.is_done)).all()
            earliest = min((row.starts_at for row in rows), default=None)
            return Fresh(_newest(connection), frozenset(row.acquisition_id for row in rows), earliest)

    def note(
        self,
        saved_id: str,
        went_to: int,
        at: datetime,
        finds: Iterable[Find],
        custody: Callable[[int], Sequence[CustodyEntry]] = lambda _: (),
    ) -> int:
        """Writes down what is new, and from where the next run goes on; says how much of it was not known.

        Args:
            saved_id: Which; one that is gone notes nothing.
            went_to: As ``Fresh.number`` said when the run began.
            at: UTC.
            finds: What was found.
            custody: The records of it, by how much was new; written in the same transaction.
        """
        with self._database.write() as connection:
            is_it = saved_searches.c.saved_id == saved_id
            if connection.execute(update(saved_searches).where(is_it).values(went_to=went_to, ran_at=at)).rowcount == 0:
                return 0
            added = sum(
                insert_new(
                    connection,
                    saved_finds,
                    {"saved_id": saved_id, "event_id": find.event_id},
                    {"night": find.night, "found_at": at},
                )
                for find in finds
            )
            self._log.append_in(connection, custody(added))
            return added

    def finds(self, saved_id: str) -> tuple[Find, ...]:
        """What was found and not looked at yet, by night and event; empty when nothing is new."""
        query = select(saved_finds).where(saved_finds.c.saved_id == saved_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(saved_finds.c.night, saved_finds.c.event_id)).all()
        return tuple(Find(row.event_id, row.night) for row in rows)

    def looked_at(self, saved_id: str) -> None:
        """The agent has seen what is new: nothing of it is any more."""
        with self._database.write() as connection:
            connection.execute(delete(saved_finds).where(saved_finds.c.saved_id == saved_id))

    def _one(self, condition: ColumnElement[bool], name: str) -> SavedSearch:
        found = self._read(condition)
        if not found:
            raise RecordNotFoundError("saved search", name)
        return found[0]

    def _read(self, condition: ColumnElement[bool]) -> tuple[SavedSearch, ...]:
        query = select(saved_searches.c.body).where(condition)
        query = query.order_by(saved_searches.c.agent, saved_searches.c.name_key)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(noun_from(SavedSearch, body) for body in bodies)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _named(agent: str, name: str) -> ColumnElement[bool]:
    return (saved_searches.c.agent == agent) & (saved_searches.c.name_key == _key(name))


def _newest(connection: Connection) -> int:
    newest: int | None = connection.execute(select(func.max(analyses.c.number))).scalar()
    return newest or 0
