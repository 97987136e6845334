"""The rows of the index that an agent's plays show, all at once, and remembered as long as nothing of it changes.

The custody log only grows: later plays are added to what is remembered. It is read anew when the rows of the index are
others, when words of the log were erased, and when a preview came or went.
"""

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import CTE, ColumnElement, Connection, Select, Text, func, literal_column, or_, select

from pipeline.catalogue.custody_tables import PLAYS, custody
from pipeline.catalogue.index.among import Marks, marks_of
from pipeline.catalogue.index.plays import SOME_PLAY, is_by, is_played
from pipeline.catalogue.index.tables import event_index
from pipeline.catalogue.preview_tables import previews
from pipeline.catalogue.tables import acquisitions, events, highlight_events
from pipeline.domain.evidence import CustodyAction

_MOST_AGENTS = 16
"""Of whom it is remembered: about as many as ask at the same time."""
_NEAR_THE_END = 5_000
"""Records of the log that are looked through one by one for later plays, before the index of plays is quicker."""
_FACTS = ("event", "highlight", "acquisition", "camera", "output")


@dataclass(frozen=True, slots=True)
class ShownRows:
    """What an agent's plays show.

    Attributes:
        numbers: Of rows.
        marks: The same, as ``among.marks_of`` has them.
        plays: How many plays there are.
        size: Records of the log that were heeded.
        erased: The last record by which words were erased; -1 for none.
        previews: How many there were.
    """

    numbers: frozenset[int]
    marks: Marks
    plays: int
    size: int
    erased: int
    previews: int


Remembered = MutableMapping[str, ShownRows]
"""By agent; of one version of the index."""


def rows_shown(connection: Connection, remembered: Remembered, agent: str, most: int) -> ShownRows:
    """The rows that an agent has watched; none of them where the agent has more plays than ``most``.

    Args:
        connection: Sees the version of the index of which something is remembered.
        remembered: What was read before; what is read now is added to it.
        agent: Who.
        most: Plays.
    """
    size, erased, made = connection.execute(_STATE).one()
    known = remembered.get(agent)
    if known is None or (known.erased, known.previews) != (erased, made):
        known = ShownRows(frozenset(), Marks(), 0, 0, erased, made)
    if known.size < size:
        known = _with_later(connection, known, agent, size, most)
    remembered.pop(agent, None)
    remembered[agent] = known  # the one that asked last is the last
    for other in [*remembered][:-_MOST_AGENTS]:
        remembered.pop(other, None)
    return known


def _with_later(connection: Connection, known: ShownRows, agent: str, size: int, most: int) -> ShownRows:
    is_later = _is_later(agent, known.size, size)
    later = connection.execute(select(custody.c.position).where(*is_later).limit(most + 1)).scalars().all()
    plays = known.plays + len(later)
    if not later:
        return replace(known, size=size)
    if plays > most:
        return replace(known, numbers=frozenset(), marks=Marks(), plays=plays, size=size)
    numbers = known.numbers | frozenset(connection.execute(_shown(connection, is_later)).scalars())
    return replace(known, numbers=numbers, marks=marks_of(numbers), plays=plays, size=size)


def _last(position: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.max(position), -1)


_STATE = select(
    select(_last(custody.c.position) + 1).scalar_subquery(),
    select(_last(custody.c.position)).where(custody.c.action == CustodyAction.OPENINGS_ERASED).scalar_subquery(),
    select(func.count()).select_from(previews).scalar_subquery(),
)


def _is_later(agent: str, since: int, size: int) -> tuple[ColumnElement[bool], ...]:
    """The record is a play of the agent, from a record on."""
    is_play = (PLAYS,) if since and size - since <= _NEAR_THE_END else SOME_PLAY
    return (*is_play, *((custody.c.position >= since,) if since else ()), is_by(agent))


def _shown(connection: Connection, is_later: Sequence[ColumnElement[bool]]) -> Select[int]:
    is_sqlite = connection.dialect.name == "sqlite"
    first, *others = _ways(_plays(is_later, is_sqlite=is_sqlite), is_sqlite=is_sqlite)
    found = first.union_all(*others).subquery()
    return select(found.c.number)


def _plays(is_later: Sequence[ColumnElement[bool]], *, is_sqlite: bool) -> CTE:
    """What each play says that it showed: the open facts of its leaf, which is read once."""
    said = select(custody.c.subject, _detail(is_sqlite=is_sqlite).label("detail")).where(*is_later)
    leaves = said.cte("said").prefix_with("MATERIALIZED")
    written = "json_extract(said.detail, '$.{}')" if is_sqlite else "(said.detail ->> '{}')"
    facts: list[ColumnElement[str]] = [literal_column(written.format(name), Text).label(name) for name in _FACTS]
    return select(leaves.c.subject, *facts).cte("play").prefix_with("MATERIALIZED")


def _detail(*, is_sqlite: bool) -> ColumnElement[str]:
    """Leaves of the first form have an entry within."""
    if is_sqlite:
        ways = ("json_extract(custody.leaf, '$.detail')", "json_extract(custody.leaf, '$.entry.detail')")
    else:
        ways = ("custody.leaf::jsonb -> 'detail'", "custody.leaf::jsonb -> 'entry' -> 'detail'")
    return literal_column(f"COALESCE({', '.join(ways)})")


def _ways(play: CTE, *, is_sqlite: bool) -> Iterator[Select[int]]:
    """How a play shows rows, each of its clip and its camera.

    An empty text behind a column keeps a database from looking there: each way leads from the plays to the rows.
    """
    clip, row, one, shown = acquisitions.c, event_index.c, events.c, highlight_events.c
    named, of = (play.c[name].concat("") for name in ("highlight", "subject"))
    base = select(row.number).where(clip.number == row.acquisition, clip.camera_id == play.c.camera)
    by_event, by_clip = base.where(clip.digest.concat("") == of), base.where(clip.digest == of)
    yield by_event.where(row.event_id == play.c.event.concat(""))
    yield by_event.where(shown.highlight_id == named, row.event_id == shown.event_id)
    yield by_clip.where(or_(play.c.output.is_(None), play.c.acquisition == clip.acquisition_id))
    source = previews.c.source.concat("")
    yield base.where(
        previews.c.digest == play.c.output.concat(""),
        source == of,
        clip.digest == source,
        one.clip.concat("") == source,
        one.analysis == row.analysis,
        one.event_id == row.event_id,
        *is_played(events, is_sqlite=is_sqlite),
    )
