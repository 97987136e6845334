"""Frozen nouns to plain JSON values and back, exact: fractions as ``n/d``, moments as ISO 8601 in UTC, bytes as hex.

A plain value is what RFC 8785 can put in canonical form: strings, whole numbers, floats, booleans, None, lists and
objects.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_hints: dict[type, dict[str, Any]] = {}

_TO_PLAIN: tuple[tuple[Any, Callable[[Any], object]], ...] = (
    (Enum, lambda value: value.value),
    (str | int | float | NoneType, lambda value: value),
    (datetime, lambda value: value.astimezone(UTC).isoformat()),
    (time, time.isoformat),
    (timedelta, timedelta.total_seconds),
    (Fraction, lambda value: f"{value.numerator}/{value.denominator}"),
    (bytes, bytes.hex),
)

_FROM_PLAIN: dict[Any, Callable[[Any], object]] = {
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    Fraction: Fraction,
    bytes: bytes.fromhex,
    float: float,
}


def to_plain(value: object) -> Any:  # noqa: ANN401 - a plain JSON value has no narrower type
    """The plain form of a frozen noun, or of anything that one is made of.

    Raises:
        TypeError: ``value`` holds something that has no exact plain form.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(to_plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return _scalar_to_plain(value)


def _scalar_to_plain(value: object) -> object:
    for kind, convert in _TO_PLAIN:
        if isinstance(value, kind):
            return convert(value)
    raise TypeError(f"no plain form for {type(value).__name__}")


def from_plain(kind: type[T], plain: object) -> T:
    """The noun of type ``kind`` whose plain form is ``plain``; what ``to_plain`` made comes back equal.

    Raises:
        TypeError, ValueError, KeyError: ``plain`` is not the plain form of such a noun.
    """
    result = _from_plain(kind, plain)
    if not isinstance(result, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(result).__name__}")
    return result


def _from_plain(kind: Any, plain: Any) -> Any:  # noqa: ANN401 - types are walked at run time
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _union_from_plain(kind, plain)
    if origin is not None and issubclass(origin, tuple | frozenset):
        return _sequence_from_plain(kind, origin, plain)
    if origin is not None and issubclass(origin, Mapping):
        _, item = get_args(kind)
        return {key: _from_plain(item, value) for key, value in plain.items()}
    if is_dataclass(kind):
        return _noun_from_plain(kind, plain)
    return _scalar_from_plain(kind, plain)


def _union_from_plain(kind: Any, plain: Any) -> Any:  # noqa: ANN401
    if plain is None:
        return None
    (only,) = (member for member in get_args(kind) if member is not NoneType)
    return _from_plain(only, plain)


def _sequence_from_plain(kind: Any, origin: type, plain: Sequence[Any]) -> Any:  # noqa: ANN401
    members = get_args(kind)
    if len(members) == 2 and members[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return origin(_from_plain(members[0], item) for item in plain)
    if issubclass(origin, frozenset):
        return origin(_from_plain(members[0], item) for item in plain)
    return tuple(_from_plain(member, item) for member, item in zip(members, plain, strict=True))


def _noun_from_plain(kind: Any, plain: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if kind not in _hints:
        _hints[kind] = get_type_hints(kind)
    hints = _hints[kind]
    return kind(**{name: _from_plain(hints[name], value) for name, value in plain.items()})


def _scalar_from_plain(kind: Any, plain: Any) -> Any:  # noqa: ANN401
    convert = _FROM_PLAIN.get(kind)
    if convert is not None:
        return convert(plain)
    return kind(plain) if issubclass(kind, Enum) else plain
