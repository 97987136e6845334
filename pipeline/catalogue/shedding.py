"""Takes a part of what was made of an acquisition away, within a transaction; the acquisition itself stays.

What rests on an event goes with it: its highlights, pictures, tags, colours and vectors. A highlight that showed other
events too is cut anew for those by the next night, which finds the clip on its list again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from pipeline.catalogue.appearance_tables import event_colours, thing_vectors
from pipeline.catalogue.attached import forget_versions
from pipeline.catalogue.facts import comparisons_of
from pipeline.catalogue.incident_tables import dismissed_suggestions
from pipeline.catalogue.index.writing import forget_notes, index_acquisitions
from pipeline.catalogue.names import pictures_of
from pipeline.catalogue.preview_tables import previews
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.saved_tables import saved_finds
from pipeline.catalogue.tables import analyses, attachments, events, highlight_events, highlights, stills, work
from pipeline.catalogue.tag_tables import event_tags, misses
from pipeline.catalogue.taking import Taken, remove
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.incidents import Highlight
from pipeline.domain.nights import WorkState
from pipeline.domain.previews import PARTS
from pipeline.domain.retention import Shed


def take_part(connection: Connection, clip: AcquiredClip, shed: Shed) -> Taken:
    """Deletes the rows of a part, and says what went and which objects it named.

    Args:
        connection: Of a writing transaction.
        clip: The acquisition that stays.
        shed: What of it goes.
    """
    name = clip.acquisition.acquisition_id
    gone, shown = sorted(shed.event_ids), sorted(shed.highlight_ids)
    rows = _events(connection, name, gone)
    derivatives = pictures_of(row.body for row in rows if row.comparison is not None) | _files(connection, shown)
    is_concerned = or_(previews.c.of.in_(gone), previews.c.source.in_(derivatives), previews.c.way.in_(PARTS))
    is_preview = (previews.c.acquisition_id == name) & is_concerned
    derivatives |= set(connection.execute(select(previews.c.digest).where(is_preview)).scalars())
    is_end = (stills.c.acquisition_id == name) & stills.c.digest.in_(sorted(shed.still_digests))
    derivatives |= shed.still_digests
    others = _others_shown(connection, shown, gone)

    remove(connection, previews, is_preview)
    ends = remove(connection, stills, is_end)
    attached = _take_highlights(connection, shown)
    vectors = _take_events(connection, rows)
    said = remove(connection, event_tags, event_tags.c.event_id.in_(gone))
    said += remove(connection, misses, misses.c.miss_id.in_(sorted(shed.miss_ids)))
    forget_notes(connection, gone)
    remove(connection, saved_finds, saved_finds.c.event_id.in_(gone))
    index_acquisitions(connection, (name,))
    if others:
        _look_again(connection, name)
    return Taken(
        subjects=frozenset({*gone, *shown, *derivatives}),
        derivatives=frozenset(derivatives),
        counts={
            "highlights": len(shown),
            "events": len(gone),
            "attachments": attached,
            "vectors": vectors,
            "tags": said,
            "still pictures": ends,
            "stored derivatives": len(derivatives),
        },
    )


def _events(connection: Connection, acquisition_id: str, event_ids: Sequence[str]) -> Sequence[Row[Any]]:
    results = select(analyses.c.number).where(analyses.c.acquisition_id == acquisition_id)
    is_ours = or_(events.c.analysis.in_(results), events.c.comparison.in_(comparisons_of(acquisition_id)))
    return connection.execute(select(events).where(is_ours, events.c.event_id.in_(event_ids))).all()


def _files(connection: Connection, highlight_ids: Sequence[str]) -> set[str]:
    bodies = connection.execute(select(highlights.c.body).where(highlights.c.highlight_id.in_(highlight_ids))).scalars()
    return {digest for body in bodies for digest in noun_from(Highlight, body).digests}


def _others_shown(connection: Connection, highlight_ids: Sequence[str], gone: Iterable[str]) -> set[str]:
    """Events that stay, and that a highlight which goes showed."""
    query = select(highlight_events.c.event_id).where(highlight_events.c.highlight_id.in_(highlight_ids))
    return set(connection.execute(query).scalars()) - set(gone)


def _take_highlights(connection: Connection, highlight_ids: Sequence[str]) -> int:
    """Deletes highlights, and what is attached of them; says how much that was."""
    attached = remove(connection, attachments, attachments.c.highlight_id.in_(highlight_ids))
    forget_versions(connection, highlight_ids)
    remove(connection, dismissed_suggestions, dismissed_suggestions.c.highlight_id.in_(highlight_ids))
    remove(connection, highlight_events, highlight_events.c.highlight_id.in_(highlight_ids))
    remove(connection, highlights, highlights.c.highlight_id.in_(highlight_ids))
    return attached


def _take_events(connection: Connection, rows: Sequence[Row[Any]]) -> int:
    """Deletes events, from the results that hold them as well; says how many vectors went with them."""
    names = sorted({row.event_id for row in rows})
    for number in sorted({row.analysis for row in rows}):
        ours = [noun_from(Event, row.body) for row in rows if row.analysis == number]
        remove(connection, event_colours, (event_colours.c.analysis == number) & event_colours.c.event_id.in_(names))
        remove(connection, events, (events.c.analysis == number) & events.c.event_id.in_(names))
        _rewrite(connection, number, ours)
    return remove(connection, thing_vectors, thing_vectors.c.event_id.in_(names))


def _rewrite(connection: Connection, number: int, gone: Sequence[Event]) -> None:
    """Takes events, and the colours of what only they rest on, out of a result."""
    body = connection.execute(select(analyses.c.body).where(analyses.c.number == number)).scalar_one()
    before = noun_from(ClipAnalysis, body)
    inferred = [event.inferred for event in gone]
    after = before.without([one for one in before.events if one in inferred])
    connection.execute(update(analyses).where(analyses.c.number == number).values(body=body_of(after)))


def _look_again(connection: Connection, acquisition_id: str) -> None:
    """Puts the clip back on the list of the last night that came to its end: the next one cuts what is lacking."""
    is_ours = (work.c.acquisition_id == acquisition_id) & (work.c.state == WorkState.DONE.value)
    last = connection.execute(select(work.c.night).where(is_ours).order_by(work.c.night.desc()).limit(1)).scalar()
    if last is not None:
        again = {"state": WorkState.TODO.value, "attempts": 0, "failures": 0}
        connection.execute(update(work).where(is_ours, work.c.night == last).values(**again))
