"""Many rows, or many ids, in one statement whose words do not depend on how many there are.

PostgreSQL takes them as arrays: it is told the words once, plans them once, and answers in one round trip. SQLite lies
within this process; to it a list is written out, and rows go one by one.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Row, Select, Table, any_, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY


class ByList:
    """A question about a list of values, written once for each database."""

    def __init__(self, name: str, column: ColumnElement[Any], rest: Select[Any]) -> None:
        """Nothing is asked yet.

        Args:
            name: Of the list.
            column: It is one of them.
            rest: The question without that condition.
        """
        self._name = name
        self._one_by_one = rest.where(column.in_(bindparam(name, expanding=True)))
        self._at_once = rest.where(column == any_(bindparam(name, type_=ARRAY(column.type))))

    def of(self, connection: Connection, values: Sequence[Any]) -> Sequence[Row[Any]]:
        """The answer; see ``portions`` for how many values there may be."""
        is_sqlite = connection.dialect.name == "sqlite"
        query = self._one_by_one if is_sqlite else self._at_once
        return connection.execute(query, {self._name: list(values)}).all()


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows, each with the same columns; none where there is none."""
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        connection.execute(_one_by_one(table), rows)
    else:
        connection.execute(_at_once(table, names), {name: [row[name] for row in rows] for name in names})


@cache
def _one_by_one(table: Table) -> Insert:
    return insert(table)


@cache
def _at_once(table: Table, names: tuple[str, ...]) -> Insert:
    arrays = (func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))).label(name) for name in names)
    return insert(table).from_select(names, select(*arrays))
