"""Between nouns and rows. Writers are serial, so that looking first and then writing is safe."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update

from pipeline.domain.plain import from_plain, to_plain

T = TypeVar("T")


def body_of(noun: object) -> str:
    """The noun as JSON: the same noun gives the same text, and ``noun_from`` gives it back equal."""
    return json.dumps(to_plain(noun), sort_keys=True, separators=(",", ":"))


def noun_from(kind: type[T], body: str) -> T:
    """The noun of which ``body_of`` made ``body``."""
    return from_plain(kind, json.loads(body))


@lru_cache(maxsize=8192)
def kept_noun(kind: type[T], body: str) -> T:
    """As ``noun_from``, for nouns that are read again and again: the same text gives the same frozen noun."""
    return noun_from(kind, body)


def insert_new(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Writes a row unless there is one with this key; says whether it was written."""
    if connection.execute(select(1).select_from(table).where(_matches(table, key))).first() is not None:
        return False
    connection.execute(insert(table).values(**key, **values))
    return True


def put(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Writes a row, or gives the row with this key new values."""
    changed = connection.execute(update(table).where(_matches(table, key)).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def _matches(table: Table, key: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in key.items()))
