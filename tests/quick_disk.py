"""The disk of tests: what is written is not waited for, since no power fails under a test.

A process that is killed loses nothing by that: what it wrote is the system's. That the program does wait, and in which
order, is told by tests that watch its calls (``tests.evidence.test_local``, ``tests.catalogue.test_database``), and the
processes that tests start and kill wait for the disk as ever.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.catalogue import engines

_fsync = os.fsync
_prepare_sqlite = engines._prepare_sqlite


@contextmanager
def not_waited_for() -> Iterator[None]:
    """Within, this process does not wait for the disk."""
    with patch.object(os, "fsync", _forget), patch.object(engines, "_prepare_sqlite", _prepare_quickly):
        yield


@contextmanager
def really_waited_for() -> Iterator[None]:
    """Within, it does; of databases, those that are opened within."""
    with patch.object(os, "fsync", _fsync), patch.object(engines, "_prepare_sqlite", _prepare_sqlite):
        yield


def _forget(handle: int) -> None:
    os.fstat(handle)  # what is not open fails as it does when it is waited for


def _prepare_quickly(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    _prepare_sqlite(connection, entry)
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
