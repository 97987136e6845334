"""Keeps the index: whatever changes what it is made of calls this within the same transaction.

There is one way to write: the rows of an acquisition go, and are made again from what the other tables say now. So the
index cannot drift from them, and ``rebuild`` is the same for all acquisitions.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pipeline.catalogue.appearance_tables import event_colours
from pipeline.catalogue.index.codes import SAID, Codes, Family, colours_name, micros
from pipeline.catalogue.index.tables import event_index, index_state, index_values, index_words
from pipeline.catalogue.portions import portions
from pipeline.catalogue.rows import noun_from
from pipeline.catalogue.tables import acquisitions, analyses, comparisons, events, incidents
from pipeline.catalogue.tag_tables import event_tags
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import PACKAGE_KINDS, ClipAnalysis, Event, InferredEvent
from pipeline.domain.incidents import Incident
from pipeline.domain.search import TagState
from pipeline.domain.tracks import ObjectClass
from pipeline.domain.words import searchable

NOTE, INCIDENT = "note", "incident"
"""What words are about."""


def index_acquisitions(connection: Connection, acquisition_ids: Iterable[str]) -> None:
    """Makes the rows of these acquisitions anew; one that is gone is left out."""
    codes, zone = Codes(connection), ZoneInfo(_state(connection).time_zone)
    for acquisition_id in dict.fromkeys(acquisition_ids):
        row = connection.execute(select(acquisitions).where(acquisitions.c.acquisition_id == acquisition_id)).first()
        if row is not None:
            _forget(connection, codes, row.number)
            _write(connection, codes, _rows(connection, codes, row, zone))
    codes.write()
    touch(connection)


def forget_acquisition(connection: Connection, acquisition_id: str) -> None:
    """Takes the rows of an acquisition away, and the names and words that nothing else has; before it goes itself."""
    codes = Codes(connection)
    query = select(acquisitions.c.number).where(acquisitions.c.acquisition_id == acquisition_id)
    for number in connection.execute(query).scalars().all():
        _forget(connection, codes, number)
    codes.write()
    touch(connection)


def index_note(connection: Connection, event_id: str, note: str) -> None:
    """Puts these words in place of those that were noted about an event before."""
    _write_words(connection, NOTE, event_id, note)


def forget_notes(connection: Connection, event_ids: Sequence[str]) -> None:
    """Takes away what was noted about these events."""
    for some in portions(event_ids):
        connection.execute(delete(index_words).where(index_words.c.about == NOTE, index_words.c.ref.in_(some)))


def index_incident(connection: Connection, incident: Incident) -> None:
    """Puts these words in place of those that an incident had before."""
    _write_words(connection, INCIDENT, incident.incident_id, f"{incident.title} {incident.narrative}")


def touch(connection: Connection) -> None:
    """Says that something changed on which an answer may depend: what readers remember counts no more."""
    connection.execute(update(index_state).values(version=index_state.c.version + 1))


def rebuild(connection: Connection, time_zone: str) -> int:
    """Makes the whole index anew, with local times in this zone.

    Returns:
        How many rows it has.
    """
    for table in (event_index, index_values, index_words):
        connection.execute(delete(table))
    connection.execute(update(index_state).values(time_zone=time_zone, longest=0, is_built=1))
    ids = connection.execute(select(acquisitions.c.acquisition_id).order_by(acquisitions.c.number)).scalars().all()
    for some in portions(ids):
        index_acquisitions(connection, some)
    latest = select(event_tags.c.event_id, event_tags.c.note).where(event_tags.c.is_latest)
    for row in connection.execute(latest).all():
        index_note(connection, row.event_id, row.note)
    for body in connection.execute(select(incidents.c.body)).scalars().all():
        index_incident(connection, noun_from(Incident, body))
    return connection.execute(select(func.count()).select_from(event_index)).scalar_one()


def _state(connection: Connection) -> Row[Any]:
    return connection.execute(select(index_state)).one()


def _forget(connection: Connection, codes: Codes, acquisition: int) -> None:
    is_ours = event_index.c.acquisition == acquisition
    gone = connection.execute(select(event_index).where(is_ours)).mappings().all()
    codes.count([dict(row) for row in gone], -1)
    connection.execute(delete(event_index).where(is_ours))


def _write(connection: Connection, codes: Codes, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    connection.execute(insert(event_index), list(rows))
    codes.count(rows, +1)
    longest = max(row["ends_at"] - row["starts_at"] for row in rows)
    connection.execute(update(index_state).where(index_state.c.longest < longest).values(longest=longest))


def _write_words(connection: Connection, about: str, ref: str, text: str) -> None:
    connection.execute(delete(index_words).where(index_words.c.about == about, index_words.c.ref == ref))
    words = searchable(text)
    if words:
        connection.execute(insert(index_words), [{"word": word, "about": about, "ref": ref} for word in words])
    touch(connection)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the rows of an acquisition are made of besides its events."""

    clip: AcquiredClip
    objects: Mapping[int, frozenset[str]]
    tags: Mapping[str, str]
    colours: Mapping[str, Sequence[tuple[str, str, float]]]
    zone: ZoneInfo


def _rows(connection: Connection, codes: Codes, acquisition: Row[Any], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The rows of the events that count: of the newest result, and between clips that no other clip divides."""
    newest = select(analyses.c.number, analyses.c.body).where(
        analyses.c.acquisition_id == acquisition.acquisition_id, analyses.c.is_done
    )
    analysis = connection.execute(newest.order_by(analyses.c.number.desc()).limit(1)).first()
    if analysis is None:
        return []
    joined = events.outerjoin(comparisons, comparisons.c.number == events.c.comparison)
    counts = events.c.comparison.is_(None) | comparisons.c.is_current
    query = select(events).select_from(joined).where(events.c.analysis == analysis.number, counts)
    found = connection.execute(query.order_by(events.c.starts_at, events.c.event_id)).all()
    if not found:
        return []
    beside = _Beside(
        clip=noun_from(AcquiredClip, acquisition.body),
        objects=_objects(noun_from(ClipAnalysis, analysis.body)),
        tags=_tags(connection, [row.event_id for row in found]),
        colours=_colours(connection, analysis.number),
        zone=zone,
    )
    return [{"acquisition": acquisition.number, **_row(codes, row, beside)} for row in found]


def _row(codes: Codes, row: Row[Any], beside: _Beside) -> dict[str, Any]:
    event = noun_from(Event, row.body)
    local = row.starts_at.astimezone(beside.zone)
    slack = beside.clip.clock.uncertainty
    if event.since is not None:
        slack = max(slack, event.since.uncertainty)
    return {
        "analysis": row.analysis,
        "event_id": row.event_id,
        "camera": codes.of(Family.CAMERA, row.camera_id),
        "starts_at": micros(row.starts_at),
        "ends_at": micros(row.ends_at),
        "slack": round(slack.total_seconds() * 1_000_000),
        "kind": codes.of(Family.KIND, row.kind),
        "outcome": codes.of(Family.OUTCOME, row.reason or SAID),
        "slot": local.weekday() * 24 + local.hour,
        "minute": local.hour * 60 + local.minute,
        "score": row.score,
        "zone": codes.of(Family.ZONE, (row.zone or "").casefold()),
        "objects": codes.of(Family.OBJECTS, _names(event.inferred, beside.objects)),
        "words": codes.of(Family.WORDS, " ".join(sorted(searchable(row.sentence)))),
        "colours": codes.of(Family.COLOURS, colours_name(beside.colours.get(row.event_id, ()))),
        "tag": codes.of(Family.TAG, beside.tags.get(row.event_id, TagState.NONE)),
        "is_between": int(event.since is not None),
    }


def _objects(analysis: ClipAnalysis) -> dict[int, frozenset[str]]:
    """By track, what it followed: our class, and the model's own words."""
    return {
        track.track_id: frozenset(
            {track.object_class.value, *(sighting.detection.label.casefold() for sighting in track.sightings)}
        )
        for track in analysis.tracks
    }


def _names(inferred: InferredEvent, objects: Mapping[int, frozenset[str]]) -> str:
    """What the event's tracks followed; a package lies still, and is followed by none, but its events are about one."""
    names = {ObjectClass.PACKAGE.value} if inferred.kind in PACKAGE_KINDS else set()
    for track_id in inferred.track_ids:
        names |= objects.get(track_id, frozenset())
    return "|".join(sorted(names))


def _tags(connection: Connection, event_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in portions(event_ids):
        query = select(event_tags.c.event_id, event_tags.c.status)
        rows = connection.execute(query.where(event_tags.c.event_id.in_(some), event_tags.c.is_latest))
        found.update((row.event_id, row.status) for row in rows)
    return found


def _colours(connection: Connection, analysis: int) -> Mapping[str, list[tuple[str, str, float]]]:
    found: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for row in connection.execute(select(event_colours).where(event_colours.c.analysis == analysis)):
        found[row.event_id].append((row.part, row.colour, row.score))
    return found


def every_row(connection: Connection) -> Iterator[tuple[Any, ...]]:
    """The index as it says itself, with names for its numbers and in order: two that say the same are equal."""
    named = {(row.family, row.code): row.name for row in connection.execute(select(index_values))}
    for row in connection.execute(select(event_index).order_by(event_index.c.starts_at, event_index.c.event_id)):
        shown = {column: named.get((column, value), value) for column, value in row._mapping.items()}
        yield tuple(value for column, value in shown.items() if column != "number")
