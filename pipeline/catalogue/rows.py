"""Between nouns and rows. Writers are serial, so that looking first and then writing is safe."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, Update, and_, bindparam, insert, select, update

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
    if connection.execute(_asked(table, tuple(key)), _bound(key)).first() is not None:
        return False
    connection.execute(insert(table), {**key, **values})
    return True


def put(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Writes a row, or gives the row with this key new values."""
    changed = connection.execute(_changed(table, tuple(key)), {**_bound(key), **values})
    if changed.rowcount == 0:
        connection.execute(insert(table), {**key, **values})


# Written once for each set of columns: putting a question into words takes longer than the answer.


@cache
def _asked(table: Table, key: tuple[str, ...]) -> Select[int]:
    return select(1).select_from(table).where(_matches(table, key))


@cache
def _changed(table: Table, key: tuple[str, ...]) -> Update:
    return update(table).where(_matches(table, key))


def _matches(table: Table, key: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == bindparam(f"key_{name}") for name in key))


def _bound(key: Mapping[str, Any]) -> dict[str, Any]:
    return {f"key_{name}": value for name, value in key.items()}
