"""What sessions of agents and of residents share: a row a browser, found by the digest of a secret."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Column, Table, delete, insert, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.domain.agents import DeskSession
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.residents import ResidentSession


class SessionStore:
    """Opens, keeps alive and ends sessions in a table of their own.

    Agents and residents have a table each: a session of one never opens the door of the other.
    """

    def __init__(self, database: Database, log: CustodyLog, table: Table, owner: Column[str]) -> None:
        self._database = database
        self._log = log
        self._table = table
        self._owner = owner

    def saw(self, session_id: str, at: datetime) -> None:
        """Notes that a session is in use."""
        with self._database.write() as connection:
            those = self._table.c.session_id == session_id
            connection.execute(update(self._table).where(those).values(seen_at=at))

    def end(self, owner_id: str, custody: Sequence[CustodyEntry], *, session_id: str = "", keep: str = "") -> int:
        """Ends one session of somebody, or all of them but one.

        Args:
            owner_id: Whose.
            custody: Written when at least one ended.
            session_id: Which; empty for all.
            keep: Which stays.

        Returns:
            How many ended.
        """
        those = (self._owner == owner_id) & (self._table.c.session_id != keep)
        if session_id:
            those &= self._table.c.session_id == session_id
        with self._database.write() as connection:
            ended = connection.execute(delete(self._table).where(those)).rowcount
            if ended:
                self._log.append_in(connection, custody)
            return ended

    def _open(
        self,
        secret_digest: str,
        session: DeskSession | ResidentSession,
        owner: Mapping[str, str],
        custody: Sequence[CustodyEntry],
        replaces: str,
    ) -> None:
        """Writes a session, in place of the one of another secret when that is named; old ones go on the way."""
        table = self._table
        with self._database.write() as connection:
            over = table.c.ends_at < session.created_at
            connection.execute(delete(table).where(over | (table.c.secret_digest == replaces)))
            connection.execute(
                insert(table).values(
                    secret_digest=secret_digest,
                    session_id=session.session_id,
                    stage=session.stage.value,
                    created_at=session.created_at,
                    seen_at=session.seen_at,
                    ends_at=session.ends_at,
                    address=session.address,
                    browser=session.browser,
                    **owner,
                )
            )
            self._log.append_in(connection, custody)
