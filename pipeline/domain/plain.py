"""Frozen nouns to plain JSON values and back, exact: fractions as ``n/d``, moments as ISO 8601 in UTC, bytes as hex.

A plain value is what RFC 8785 can put in canonical form: strings, whole numbers, floats, booleans, None, lists and
objects.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from fractions import Fraction
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

LATER = {"later": True}
"""Metadata of a field that its noun did not always have, and that has a default.

While it has that default it is no part of the plain form: what was signed or kept before keeps its bytes.
"""

_SAID_ALWAYS = object()
_Reader = Callable[[Any], Any]
_Writer = Callable[[Any], Any]

_TO_PLAIN: tuple[tuple[Any, _Writer], ...] = (
    (Enum, lambda value: value.value),
    (str | int | float | NoneType, lambda value: value),
    (datetime, lambda value: value.astimezone(UTC).isoformat()),
    (time, time.isoformat),
    (timedelta, timedelta.total_seconds),
    (Fraction, lambda value: f"{value.numerator}/{value.denominator}"),
    (bytes, bytes.hex),
    (Mapping, lambda value: {str(to_plain(key)): to_plain(item) for key, item in value.items()}),
    (frozenset | set, lambda value: sorted(to_plain(item) for item in value)),
    (tuple | list, lambda value: [to_plain(item) for item in value]),
)

_fraction = lru_cache(maxsize=4096)(Fraction)
"""A time base is written beside every stamp, and is nearly always the same."""

_FROM_PLAIN: dict[Any, Callable[[Any], object]] = {
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    Fraction: _fraction,
    bytes: bytes.fromhex,
    float: float,
}


def to_plain(value: object) -> Any:  # noqa: ANN401 - a plain JSON value has no narrower type
    """The plain form of a frozen noun, or of anything that one is made of.

    Raises:
        TypeError: ``value`` holds something that has no exact plain form.
    """
    return _writer(cast(Hashable, type(value)))(value)


@cache
def _writer(kind: Any) -> _Writer:  # noqa: ANN401 - types are walked at run time
    """What makes the plain form of values of a type. A type is walked once: a result has thousands of nouns."""
    if is_dataclass(kind):
        return _noun_writer(kind)
    for known, convert in _TO_PLAIN:
        if issubclass(kind, known):
            return convert
    raise TypeError(f"no plain form for {kind.__name__}")


def _noun_writer(kind: Any) -> _Writer:  # noqa: ANN401 - any noun
    own = [(field.name, field.default if field.metadata.get("later") else _SAID_ALWAYS) for field in fields(kind)]

    def write(noun: Any) -> dict[str, Any]:  # noqa: ANN401
        said = ((name, getattr(noun, name), default) for name, default in own)
        return {name: to_plain(value) for name, value, default in said if default is _SAID_ALWAYS or value != default}

    return write


def from_plain(kind: type[T], plain: object) -> T:
    """The noun of type ``kind`` whose plain form is ``plain``; what ``to_plain`` made comes back equal.

    Raises:
        TypeError, ValueError, KeyError: ``plain`` is not the plain form of such a noun.
    """
    result = _reader(cast(Hashable, kind))(plain)
    if not isinstance(result, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(result).__name__}")
    return result


@cache
def _reader(kind: Any) -> _Reader:  # noqa: ANN401 - types are walked at run time
    """What reads a plain value of a type. A type is walked once: pages of search read thousands of nouns."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _union_reader([member for member in get_args(kind) if member is not NoneType])
    if origin is not None and issubclass(origin, tuple | frozenset):
        return _sequence_reader(origin, get_args(kind))
    if origin is not None and issubclass(origin, Mapping):
        item = _reader(get_args(kind)[1])
        return lambda plain: {key: item(value) for key, value in plain.items()}
    if is_dataclass(kind):
        return _noun_reader(kind)
    return _FROM_PLAIN.get(kind) or (kind if issubclass(kind, Enum) else _as_it_is)


def _union_reader(members: Sequence[Any]) -> _Reader:
    """Of several nouns, the one that has the fields of the plain value."""
    readers = [_reader(member) for member in members]
    if len(readers) == 1:
        return lambda plain: None if plain is None else readers[0](plain)
    names = [{field.name for field in fields(member)} for member in members]

    def read(plain: Any) -> Any:  # noqa: ANN401
        if plain is None:
            return None
        (fitting,) = (reader for reader, own in zip(readers, names, strict=True) if own.issuperset(plain))
        return fitting(plain)

    return read


def _sequence_reader(origin: Any, members: tuple[Any, ...]) -> _Reader:  # noqa: ANN401
    if issubclass(origin, frozenset) or members[1:] == (Ellipsis,):
        item = _reader(members[0])
        return lambda plain: origin([item(value) for value in plain])
    readers = [_reader(member) for member in members]
    return lambda plain: tuple(read(value) for read, value in zip(readers, plain, strict=True))


def _noun_reader(kind: Any) -> _Reader:  # noqa: ANN401
    readers: list[tuple[str, _Reader]] | None = None

    def read(plain: Mapping[str, Any]) -> Any:  # noqa: ANN401
        nonlocal readers
        if readers is None:  # not before: a noun may hold others of its own kind
            every = [(name, _reader(hint)) for name, hint in get_type_hints(kind).items()]
            readers = [(name, reader) for name, reader in every if reader is not _as_it_is]
        values = dict(plain)
        for name, reader in readers:
            if name in values:
                values[name] = reader(values[name])
        return kind(**values)

    return read


def _as_it_is(plain: Any) -> Any:  # noqa: ANN401
    return plain
