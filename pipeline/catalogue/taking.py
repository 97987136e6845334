"""Takes every row of an acquisition away, within a transaction, and says what went and which objects it named."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select

from pipeline.catalogue.appearance_tables import event_colours, thing_vectors
from pipeline.catalogue.attached import forget_versions
from pipeline.catalogue.facts import comparisons_of, events_of, highlights_of
from pipeline.catalogue.incident_tables import dismissed_suggestions
from pipeline.catalogue.index.writing import forget_acquisition, forget_notes, index_acquisitions
from pipeline.catalogue.names import is_original_named, pictures_of
from pipeline.catalogue.neighbour_tables import published_media
from pipeline.catalogue.preview_tables import previews
from pipeline.catalogue.rows import noun_from
from pipeline.catalogue.saved_tables import saved_finds
from pipeline.catalogue.tables import (
    acquisitions,
    analyses,
    analysis_settings,
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
from pipeline.catalogue.tag_tables import event_tags, misses
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
    is_preview = or_(previews.c.acquisition_id == name, previews.c.source.in_(derivatives))
    derivatives |= set(connection.execute(select(previews.c.digest).where(is_preview)).scalars())
    public = _published_copies(connection, name)
    derivatives |= public
    results = tuple(connection.execute(select(analyses.c.number).where(analyses.c.acquisition_id == name)).scalars())
    ends = connection.execute(select(stills.c.digest).where(stills.c.acquisition_id == name)).scalars().all()

    neighbours = select(comparisons.c.later).where(comparisons.c.number.in_(pairs), comparisons.c.later != name)
    others = connection.execute(neighbours).scalars().all()
    forget_acquisition(connection, name)
    forget_notes(connection, found)
    said = _take_said(connection, name, pairs)
    remove(connection, previews, is_preview)
    remove(connection, saved_finds, saved_finds.c.event_id.in_(found))
    attached = remove(connection, attachments, attachments.c.highlight_id.in_(shown))
    forget_versions(connection, shown)
    remove(connection, dismissed_suggestions, dismissed_suggestions.c.highlight_id.in_(shown))
    remove(connection, highlight_events, highlight_events.c.highlight_id.in_(shown))
    remove(connection, highlights, highlights.c.highlight_id.in_(shown))
    remove(connection, event_colours, event_colours.c.analysis.in_(results))
    vectors = remove(connection, thing_vectors, thing_vectors.c.acquisition_id == name)
    remove(connection, events, or_(events.c.analysis.in_(results), events.c.comparison.in_(pairs)))
    remove(connection, comparisons, comparisons.c.number.in_(pairs))
    index_acquisitions(connection, others)
    remove(connection, stills, stills.c.acquisition_id == name)
    _take_results(connection, name)
    remove(connection, work, work.c.acquisition_id == name)
    remove(connection, acquisitions, acquisitions.c.acquisition_id == name)
    is_last = not is_original_named(connection, clip.item.digest)
    if is_last:
        remove(connection, items, items.c.digest == clip.item.digest)
    if with_trigger:
        is_it = (triggers.c.camera_id == clip.trigger.camera_id) & (triggers.c.trigger_id == clip.trigger.trigger_id)
        remove(connection, triggers, is_it)
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
            "vectors": vectors,
            "tags": said,
            "published copies": len(public),
            "stored derivatives": len(derivatives),
        },
    )


def _take_results(connection: Connection, name: str) -> None:
    """Deletes the analyses of an acquisition, and settings (a camera's zones among them) that no other result names."""
    used = select(analyses.c.settings_digest).where(analyses.c.acquisition_id == name)
    digests = connection.execute(used.distinct()).scalars().all()
    remove(connection, analyses, analyses.c.acquisition_id == name)
    still = select(1).where(analyses.c.settings_digest == analysis_settings.c.digest)
    remove(connection, analysis_settings, analysis_settings.c.digest.in_(digests) & ~still.exists())


def _take_said(connection: Connection, name: str, pairs: tuple[int, ...]) -> int:
    """Deletes what people said of the events of an acquisition, and of its clip; says how much that was."""
    between = select(events.c.event_id).where(events.c.comparison.in_(pairs))
    of_it = or_(event_tags.c.acquisition_id == name, event_tags.c.event_id.in_(between))
    return remove(connection, event_tags, of_it) + remove(connection, misses, misses.c.acquisition_id == name)


def _derivatives(
    connection: Connection, acquisition_id: str, shown: tuple[str, ...], pairs: tuple[int, ...]
) -> set[str]:
    named = set(connection.execute(select(stills.c.digest).where(stills.c.acquisition_id == acquisition_id)).scalars())
    for body in connection.execute(select(highlights.c.body).where(highlights.c.highlight_id.in_(shown))).scalars():
        named.update(noun_from(Highlight, body).digests)
    between = select(events.c.body).where(events.c.comparison.in_(pairs))
    return named | pictures_of(connection.execute(between).scalars())


def _published_copies(connection: Connection, acquisition_id: str) -> set[str]:
    """Takes the copies that everybody sees off their pages, and gives their digests."""
    is_one = published_media.c.acquisition_id == acquisition_id
    found = set(connection.execute(select(published_media.c.digest).where(is_one)).scalars())
    remove(connection, published_media, is_one)
    return found


def remove(connection: Connection, table: Table, where: ColumnElement[bool]) -> int:
    """Deletes rows; says how many."""
    return connection.execute(delete(table).where(where)).rowcount
