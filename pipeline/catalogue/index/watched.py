"""What somebody watched, as a condition over the rows of the index.

It says of a row what ``casework.seen`` says of its event, from the same records: a play covers an event that it names,
or whose highlight or acquisition it names; one of the original covers the whole clip, and one of a preview the moments
that were played. The rows that an agent has watched are remembered; of somebody who has watched very much each row is
asked by itself.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Exists, FromClause, Select, exists, func, literal, or_, select

from pipeline.catalogue.custody_tables import PLAYS, custody
from pipeline.catalogue.index.among import marked
from pipeline.catalogue.index.plays import SOME_PLAY, is_by, is_played
from pipeline.catalogue.index.shape import Shape
from pipeline.catalogue.index.shown_rows import rows_shown
from pipeline.catalogue.index.tables import event_index
from pipeline.catalogue.preview_tables import previews
from pipeline.catalogue.tables import acquisitions, events, highlight_events

ANY_PLAY = select(custody.c.subject).where(*SOME_PLAY).limit(1)
MOST_PLAYS = 20_000
"""Of an agent with more plays the rows are asked one by one, and what they have watched is not remembered."""
MOST_LED = 50_000
"""Rows that may be reached by their numbers."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What of the rows is left.

    Attributes:
        conditions: Of each row.
        leading: The numbers of the rows that are left, by which they may be reached; empty where they may not.
        share: Which share of all rows is left, about.
        is_nothing: Whether no row is.
        is_slow: Whether the conditions cost several times what others do.
    """

    conditions: tuple[ColumnElement[bool], ...] = ()
    leading: frozenset[int] = frozenset()
    share: float = 1.0
    is_nothing: bool = False
    is_slow: bool = False


def limit_of(connection: Connection, shape: Shape, agent: str, *, watched: bool) -> Limit:
    """What is left of the rows when only those are wanted that an agent has watched, or those that they have not.

    Where nobody has watched anything, that is everything or nothing, and no row is asked.

    Args:
        connection: Sees the version of the index that the shape is of.
        shape: Of the index; remembers what the agent has watched.
        agent: Who.
        watched: Which of both.
    """
    if connection.execute(ANY_PLAY).first() is None:
        return Limit(is_nothing=watched)
    shown = rows_shown(connection, shape.watched, agent, MOST_PLAYS)
    if shown.plays > MOST_PLAYS:
        is_watched = _is_watched(connection, agent)
        return Limit((is_watched if watched else ~is_watched,), is_slow=True)
    if not shown.numbers:
        return Limit(is_nothing=watched)
    share = len(shown.numbers) / max(shape.rows, 1)
    is_one = marked(event_index.c.number, shown.marks)
    if not watched:
        return Limit((~is_one,), share=1 - share)
    leading = shown.numbers if len(shown.numbers) <= MOST_LED else frozenset[int]()
    return Limit((is_one,), leading, share, is_slow=True)


def plays_of(agent: str) -> Select[int]:
    """Where in the custody log an agent's plays stand, in no order."""
    return select(custody.c.position).where(*SOME_PLAY, is_by(agent))


def _is_watched(connection: Connection, agent: str) -> Exists:
    clip = acquisitions.alias()
    plays = clip.join(custody, custody.c.subject == clip.c.digest)
    shows = _is_of_event(clip, is_sqlite=connection.dialect.name == "sqlite")
    is_one = (clip.c.number == event_index.c.acquisition, PLAYS, is_by(agent), shows)
    return _one_by_one(select(custody.c.position).select_from(plays).where(*is_one).correlate(event_index))


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
    both = exists().where(
        previews.c.source == events.c.clip,
        _says("output", previews.c.digest),
        *is_played(events, is_sqlite=is_sqlite),
    )
    return both.correlate(events, custody)
