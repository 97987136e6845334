"""Plays as the custody log has them: whose they are, and which moments of a clip were played."""

from sqlalchemy import (
    ColumnElement,
    Exists,
    FromClause,
    Numeric,
    case,
    cast,
    exists,
    func,
    literal_column,
)

from pipeline.catalogue.custody_tables import PLAYS, custody, custody_openings

SOME_PLAY = (PLAYS, custody.c.subject > "")
"""Every play has a subject; that it is said leads SQLite to the index of plays, and not along that of all acts."""
_DIGITS = "0123456789"


def is_by(agent: str) -> Exists:
    """The record is of this agent; none is whose name was erased."""
    who = custody_openings.c
    is_theirs = (who.position == custody.c.position, who.name == "agent", who.words == agent)
    return exists().where(*is_theirs).correlate(custody)


def is_played(event: FromClause, *, is_sqlite: bool) -> tuple[ColumnElement[bool], ...]:
    """The moments of a preview of the event's clip are also the event's."""
    one = event.c
    first, last, unit = (_of_recipe(name, is_sqlite=is_sqlite) for name in ("first_pts", "last_pts", "time_base"))
    return (
        _is_no_later((first, unit), (one.end_pts, one.end_time_base)),
        _is_no_later((one.start_pts, one.start_time_base), (last, unit)),
    )


def _of_recipe(name: str, *, is_sqlite: bool) -> ColumnElement[str]:
    if is_sqlite:
        return literal_column(f"json_extract(previews.body, '$.recipe.{name}')")
    return literal_column(f"(previews.body::json -> 'recipe' ->> '{name}')")


Stamp = tuple[ColumnElement[int] | ColumnElement[str], ColumnElement[str]]


def _is_no_later(one: Stamp, other: Stamp) -> ColumnElement[bool]:
    """Exact: units, as ``numerator/denominator``, are multiplied and not divided. Nearly always they are the same."""
    (pts, unit), (other_pts, other_unit) = one, other
    crossed = cast(pts, Numeric) * _above(unit) * _below(other_unit)
    return case(
        (unit == other_unit, cast(pts, Numeric) <= cast(other_pts, Numeric)),
        else_=crossed <= cast(other_pts, Numeric) * _above(other_unit) * _below(unit),
    )


def _above(unit: ColumnElement[str]) -> ColumnElement[int]:
    """The numerator; a unit without a stroke is whole seconds."""
    return cast(func.coalesce(func.nullif(func.rtrim(func.rtrim(unit, _DIGITS), "/"), ""), unit), Numeric)


def _below(unit: ColumnElement[str]) -> ColumnElement[int]:
    return cast(func.coalesce(func.nullif(func.ltrim(func.ltrim(unit, _DIGITS), "/"), ""), "1"), Numeric)
