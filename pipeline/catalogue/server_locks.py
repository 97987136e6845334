"""Locks of one process on the database's server: all of them in one session, however many there are.

Whoever holds a lock does slow things meanwhile, and writes to the catalogue before they let go. With a session each, as
many of them as there are connections would each wait for one more, which none of them gives back.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, text

from pipeline.catalogue.database import Database, translated
from pipeline.errors import CatalogueLockedError, PipelineError

_STEP_SECONDS = 0.02


class ServerLocks:
    """Advisory locks of one family; the server lets go of them when this process ends."""

    def __init__(self, database: Database, family: int, refusal: str) -> None:
        """Asks for nothing yet.

        Args:
            database: PostgreSQL.
            family: First key of the locks, 32 bits.
            refusal: What is said to whoever waited too long.
        """
        self._database = database
        self._family = family
        self._refusal = refusal
        self._process = os.getpid()
        self._turn = threading.Lock()
        self._session: _Session | None = None
        self._parents: list[_Session] = []

    @contextmanager
    def held(self, key: int) -> Iterator[None]:
        """Holds the lock of this key, 32 bits with a sign, while the block lasts.

        Raises:
            CatalogueLockedError: Another has it for longer than we wait, or the server does not answer, or it let go of
                the lock while the block lasted.
        """
        session = self._take(key)
        try:
            yield
        finally:
            self._let_go(session, key)

    def _take(self, key: int) -> "_Session":
        """Asks again and again: a session that waited on the server would keep its other locks from being let go."""
        self._own()
        deadline = time.monotonic() + self._database.wait_seconds
        while True:
            with self._turn:
                session = self._open()
                with self._ended_by_errors(session):
                    if session.takes(key):
                        return session
                self._end_unused(session)
            if time.monotonic() > deadline:
                raise CatalogueLockedError(self._refusal)
            time.sleep(_STEP_SECONDS)

    def _let_go(self, session: "_Session", key: int) -> None:
        with self._turn:
            if session is not self._session:
                raise CatalogueLockedError("the database let go of a lock before its holder did")
            with self._ended_by_errors(session):
                session.lets_go(key)
            self._end_unused(session)

    def _open(self) -> "_Session":
        if self._session is None:
            self._session = _Session(self._database, self._family)
        return self._session

    def _end_unused(self, session: "_Session") -> None:
        if not session.keys:
            self._end(session)

    def _end(self, session: "_Session") -> None:
        self._session = None
        session.close()

    @contextmanager
    def _ended_by_errors(self, session: "_Session") -> Iterator[None]:
        """A session that failed holds nothing any more: whoever had a lock in it learns so when they let go."""
        try:
            yield
        except PipelineError:
            self._end(session)
            raise

    def _own(self) -> None:
        """A forked child keeps its parent's session, and leaves it alone: to close it would end the parent's locks."""
        if os.getpid() != self._process:
            self._parents += [self._session] if self._session else []
            self._session = None
            self._turn = threading.Lock()
            self._process = os.getpid()


class _Session:
    """A connection outside any transaction with the keys of the locks that are held in it."""

    def __init__(self, database: Database, family: int) -> None:
        self.keys: set[int] = set()
        self._family = family
        self._opened = ExitStack()
        self._connection: Connection = self._opened.enter_context(database.bare())

    def takes(self, key: int) -> bool:
        """Whether the lock is held from now on; the server would give it twice to one session."""
        if key in self.keys or not self._says("pg_try_advisory_lock", key):
            return False
        self.keys.add(key)
        return True

    def lets_go(self, key: int) -> None:
        """Gives the lock back.

        Raises:
            CatalogueLockedError: It was not held any more.
        """
        self.keys.discard(key)
        if not self._says("pg_advisory_unlock", key):
            raise CatalogueLockedError("the database let go of a lock before its holder did")

    def close(self) -> None:
        """Gives the connection back."""
        self._opened.close()

    def _says(self, function: str, key: int) -> bool:
        query = text(f"SELECT {function}(:family, :key)")
        with translated():
            return bool(self._connection.execute(query, {"family": self._family, "key": key}).scalar_one())
