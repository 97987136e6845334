"""That a number is one of many, said with one value: thousands of them as values of their own are slow to send."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Among(FunctionElement[bool]):
    """A column, and the numbers as a JSON list; rows may be reached by it."""

    name = "among"
    type = Boolean()
    inherit_cache = True


class _Marked(FunctionElement[bool]):
    """A column, the bytes of marks, and the first number that they are about."""

    name = "marked"
    type = Boolean()
    inherit_cache = True


def among(column: ColumnElement[int], numbers: Collection[int]) -> ColumnElement[bool]:
    """The condition that a column has one of these numbers, by which rows are reached.

    Args:
        column: Of whole numbers.
        numbers: May be none, which is never so.
    """
    return _Among(column, literal(f"[{','.join(map(str, numbers))}]"))


@dataclass(frozen=True, slots=True)
class Marks:
    """Some numbers, as a byte for each from the least of them to the greatest: 1 for those that are meant.

    Attributes:
        first: The least.
        content: At least one byte, since an empty text is none to SQLite.
    """

    first: int = 0
    content: bytes = b"\0"


def marks_of(numbers: Collection[int]) -> Marks:
    """Marks for these numbers; there may be none."""
    first = min(numbers, default=0)
    made = bytearray(max(numbers, default=0) - first + 1)
    for number in numbers:
        made[number - first] = 1
    return Marks(first, bytes(made))


def marked(column: ColumnElement[int], marks: Marks) -> ColumnElement[bool]:
    """The condition that a column has a number that is marked, asked of rows that are reached in another way."""
    return _Marked(column, literal(marks.content), literal(marks.first))


@compiles(_Among, "sqlite")
def _among_in_sqlite(element: _Among, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401 - the compiler's own
    column, numbers = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - compiled parts


@compiles(_Among, "postgresql")
def _among(element: _Among, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401 - the compiler's own
    column, numbers = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY (CAST(translate({numbers}, '[]', '{{}}') AS BIGINT[]))"


@compiles(_Marked, "sqlite")
def _marked_in_sqlite(element: _Marked, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401 - the compiler's own
    column, marks, first = (compiler.process(one, **more) for one in element.clauses)
    return f"substr({marks}, max({column} - {first} + 1, 0), 1) = x'01'"


@compiles(_Marked, "postgresql")
def _marked(element: _Marked, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401 - the compiler's own
    column, marks, first = (compiler.process(one, **more) for one in element.clauses)
    return f"substr({marks}, CAST(greatest({column} - {first} + 1, 0) AS INTEGER), 1) = '\\x01'::bytea"
