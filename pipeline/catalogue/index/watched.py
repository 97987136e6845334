"""What somebody watched, as a condition over the rows of the index: a semi-join by clip on the index of plays.

It says of a row what ``casework.seen`` says of its event, from the same records: a play covers an event that it names,
or whose highlight or acquisition it names; one of the original covers the whole clip, and one of a preview the moments
that were played.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    FromClause,
    Numeric,
    Select,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from pipeline.catalogue.custody_tables import PLAYS, custody, custody_openings
from pipeline.catalogue.index.tables import event_index
from pipeline.catalogue.portions import portions
from pipeline.catalogue.preview_tables import previews
from pipeline.catalogue.tables import acquisitions, events, highlight_events

_SOME_PLAY = (PLAYS, custody.c.subject > "")
"""Every play has a subject; that it is said leads SQLite to the index of plays, and not along that of all acts."""
ANY_PLAY = select(custody.c.subject).where(*_SOME_PLAY).limit(1)
MOST_PLAYS = 2_000
"""Of an agent with more plays the rows are asked one by one: as many rows as they lead to are too many for a list."""
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Limit:
    """What of the rows is left.

    Attributes:
        conditions: Of each row.
        numbers: The only rows that can be meant; None where there is no such limit.
    """

    conditions: tuple[ColumnElement[bool], ...] = ()
    numbers: frozenset[int] | None = None


def limit_of(connection: Connection, agent: str, *, watched: bool) -> Limit:
    """What is left of the rows when only those are wanted that an agent has watched, or those that they have not.

    Where nobody has watched anything, that is everything or nothing, and no row is asked.
    """
    if connection.execute(ANY_PLAY).first() is None:
        return Limit(numbers=frozenset() if watched else None)
    is_watched = _is_watched(connection, agent)
    if not watched:
        return Limit((~is_watched,))
    plays = connection.execute(plays_of(agent).limit(MOST_PLAYS + 1)).scalars().all()
    return Limit((is_watched,)) if len(plays) > MOST_PLAYS else Limit(numbers=_shown_by(connection, plays))


def plays_of(agent: str) -> Select[int]:
    """Where in the custody log an agent's plays stand, in no order."""
    return select(custody.c.position).where(*_SOME_PLAY, _is_by(agent))


def _shown_by(connection: Connection, plays: Sequence[int]) -> frozenset[int]:
    clips = custody.join(acquisitions, acquisitions.c.digest == custody.c.subject)
    rows = clips.join(event_index, event_index.c.acquisition == acquisitions.c.number)
    shows = _is_of_event(acquisitions, is_sqlite=connection.dialect.name == "sqlite")
    query = select(event_index.c.number).select_from(rows).where(shows)
    found: set[int] = set()
    for some in portions(plays):
        found.update(connection.execute(query.where(custody.c.position.in_(some))).scalars())
    return frozenset(found)


def _is_watched(connection: Connection, agent: str) -> Exists:
    clip = acquisitions.alias()
    plays = clip.join(custody, custody.c.subject == clip.c.digest)
    shows = _is_of_event(clip, is_sqlite=connection.dialect.name == "sqlite")
    is_one = (clip.c.number == event_index.c.acquisition, PLAYS, _is_by(agent), shows)
    return _one_by_one(select(custody.c.position).select_from(plays).where(*is_one).correlate(event_index))


def _is_by(agent: str) -> Exists:
    who = custody_openings.c
    is_theirs = (who.position == custody.c.position, who.name == "agent", who.words == agent)
    return exists().where(*is_theirs).correlate(custody)


def _is_of_event(clip: FromClause, *, is_sqlite: bool) -> Exists:
    """The event of the row is one that the play shows."""
    row, event = event_index.c, events.c
    is_it = (event.analysis == row.analysis, event.event_id == row.event_id)
    highlight = highlight_events.c
    shown = exists().where(highlight.event_id == event.event_id, _says("highlight", highlight.highlight_id))
    ways = (
        _says("event", event.event_id),
        _says("acquisition", clip.c.acquisition_id),
        func.replace(custody.c.leaf, '"output":', "") == custody.c.leaf,
        shown.correlate(events, custody),
        _is_played(is_sqlite=is_sqlite),
    )
    covers = select(event.position).where(*is_it, _says("camera", event.camera_id), or_(*ways))
    return _one_by_one(covers.correlate(event_index, custody, clip))


def _one_by_one(query: Select[int]) -> Exists:
    """Asked for each row by itself: PostgreSQL would sooner read all events, to join them with a few plays."""
    return query.offset(0).exists()


def _says(fact: str, value: ColumnElement[str]) -> ColumnElement[bool]:
    """The leaf of the play has this open fact; its text is canonical, and quotation marks within words are escaped."""
    written = literal(f'"{fact}":"') + value + '"'
    return func.replace(custody.c.leaf, written, "") != custody.c.leaf


def _is_played(*, is_sqlite: bool) -> Exists:
    """The moments of a preview that was played are also the event's."""
    event, made = events.c, previews.c
    first, last, unit = (_of_recipe(name, is_sqlite=is_sqlite) for name in ("first_pts", "last_pts", "time_base"))
    both = exists().where(
        made.source == event.clip,
        _says("output", made.digest),
        _is_no_later((first, unit), (event.end_pts, event.end_time_base)),
        _is_no_later((event.start_pts, event.start_time_base), (last, unit)),
    )
    return both.correlate(events, custody)


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
