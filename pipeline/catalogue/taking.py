"""Takes every row of an acquisition away, within a transaction, and says what went and which objects it named."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select

from pipeline.catalogue.facts import comparisons_of, events_of, highlights_of
from pipeline.catalogue.names import is_original_named, pictures_of
from pipeline.catalogue.rows import noun_from
from pipeline.catalogue.tables import (
    acquisitions,
    analyses,
    attachments,
    comparisons,
    events,
    highlight_events,
    highlights,
    items,
    stills,
    triggers,
    work,
)
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.incidents import Highlight


@dataclass(frozen=True, slots=True)
class Taken:
    """What went.

    Attributes:
        subjects: Digests and ids that nothing can read any more.
        derivatives: Digests of objects that go unless something else names them.
        counts: How many of each kind of thing.
    """

    subjects: frozenset[str]
    derivatives: frozenset[str]
    counts: Mapping[str, int]


def take_away(connection: Connection, clip: AcquiredClip, *, with_trigger: bool) -> Taken:
    """Deletes all rows of an acquisition, also those that it shares with a neighbour: what lies between the two.

    Args:
        connection: Of a writing transaction.
        clip: The acquisition.
        with_trigger: Whether why the camera recorded goes as well; that it was asked for stays in the coverage ledger.
    """
    name = clip.acquisition.acquisition_id
    shown = tuple(connection.execute(highlights_of(name)).scalars())
    found = tuple(connection.execute(events_of(name)).scalars())
    pairs = tuple(connection.execute(comparisons_of(name)).scalars())
    derivatives = _derivatives(connection, name, shown, pairs)
    results = tuple(connection.execute(select(analyses.c.number).where(analyses.c.acquisition_id == name)).scalars())
    ends = connection.execute(select(stills.c.digest).where(stills.c.acquisition_id == name)).scalars().all()

    attached = _delete(connection, attachments, attachments.c.highlight_id.in_(shown))
    _delete(connection, highlight_events, highlight_events.c.highlight_id.in_(shown))
    _delete(connection, highlights, highlights.c.highlight_id.in_(shown))
    _delete(connection, events, or_(events.c.analysis.in_(results), events.c.comparison.in_(pairs)))
    _delete(connection, comparisons, comparisons.c.number.in_(pairs))
    _delete(connection, stills, stills.c.acquisition_id == name)
    _delete(connection, analyses, analyses.c.acquisition_id == name)
    _delete(connection, work, work.c.acquisition_id == name)
    _delete(connection, acquisitions, acquisitions.c.acquisition_id == name)
    is_last = not is_original_named(connection, clip.item.digest)
    if is_last:
        _delete(connection, items, items.c.digest == clip.item.digest)
    if with_trigger:
        is_it = (triggers.c.camera_id == clip.trigger.camera_id) & (triggers.c.trigger_id == clip.trigger.trigger_id)
        _delete(connection, triggers, is_it)
    return Taken(
        subjects=frozenset({name, *shown, *found, *derivatives, *([clip.item.digest] if is_last else [])}),
        derivatives=frozenset(derivatives),
        counts={
            "originals": int(is_last),
            "highlights": len(shown),
            "events": len(set(found)),
            "analyses": len(results),
            "still pictures": len(set(ends)),
            "comparisons": len(pairs),
            "attachments": attached,
            "stored derivatives": len(derivatives),
        },
    )


def _derivatives(
    connection: Connection, acquisition_id: str, shown: tuple[str, ...], pairs: tuple[int, ...]
) -> set[str]:
    named = set(connection.execute(select(stills.c.digest).where(stills.c.acquisition_id == acquisition_id)).scalars())
    for body in connection.execute(select(highlights.c.body).where(highlights.c.highlight_id.in_(shown))).scalars():
        named.update(noun_from(Highlight, body).digests)
    between = select(events.c.body).where(events.c.comparison.in_(pairs))
    return named | pictures_of(connection.execute(between).scalars())


def _delete(connection: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(where)).rowcount
