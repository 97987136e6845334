"""What the catalogue knows of an acquisition that decides how long it is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, Select, bindparam, or_, select

from pipeline.catalogue.retention_tables import holds
from pipeline.catalogue.rows import kept_noun, noun_from
from pipeline.catalogue.tables import (
    acquisitions,
    analyses,
    attachments,
    cameras,
    comparisons,
    events,
    highlight_events,
    highlights,
    incidents,
)
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.incidents import Attachment, AttachmentStatus, Incident, metres_between
from pipeline.domain.retention import ClipFacts, Hold, IncidentTie

LONGEST_CLIP = timedelta(minutes=10)
"""A clip that begins this long before a window may still reach into it."""


def clip_of(connection: Connection, acquisition_id: str) -> AcquiredClip | None:
    """The acquisition; None when there is none."""
    query = select(acquisitions.c.body).where(acquisitions.c.acquisition_id == acquisition_id)
    body = connection.execute(query).scalar()
    return None if body is None else noun_from(AcquiredClip, body)


def facts_of(connection: Connection, clip: AcquiredClip, opened: Sequence[Incident] | None = None) -> ClipFacts:
    """All that decides how long an acquisition is kept.

    Args:
        connection: Within whose transaction.
        clip: Which.
        opened: Every incident there is, where the caller has read them; None to read them.
    """
    acquisition_id = clip.acquisition.acquisition_id
    shown = tuple(sorted(connection.execute(highlights_of(acquisition_id)).scalars()))
    all_incidents = every_incident(connection) if opened is None else opened
    ties = tuple(_ties(connection, clip, shown, all_incidents))
    of_it = select(analyses.c.number).where(analyses.c.acquisition_id == acquisition_id, analyses.c.is_done)
    return ClipFacts(
        clip=clip,
        is_looked_at=connection.execute(of_it.limit(1)).first() is not None,
        has_events=connection.execute(events_of(acquisition_id).limit(1)).first() is not None,
        ties=ties,
        holds=tuple(hold for hold in _in_force(connection) if is_held(hold, clip, ties)),
        highlight_ids=shown,
    )


def comparisons_of(acquisition_id: str) -> Select[int]:
    """Numbers of the comparisons that an acquisition begins or ends."""
    is_end = or_(comparisons.c.earlier == acquisition_id, comparisons.c.later == acquisition_id)
    return select(comparisons.c.number).where(is_end)


def events_of(acquisition_id: str) -> Select[str]:
    """Ids of the events of every result of an acquisition, and of those between it and a neighbour."""
    results = select(analyses.c.number).where(analyses.c.acquisition_id == acquisition_id)
    is_ours = or_(events.c.analysis.in_(results), events.c.comparison.in_(comparisons_of(acquisition_id)))
    return select(events.c.event_id).where(is_ours)


def highlights_of(acquisition_id: str) -> Select[str]:
    """Ids of what was cut from an acquisition, and of what shows an event between it and a neighbour."""
    shared = select(events.c.event_id).where(events.c.comparison.in_(comparisons_of(acquisition_id)))
    showing = select(highlight_events.c.highlight_id).where(highlight_events.c.event_id.in_(shared))
    is_ours = or_(highlights.c.acquisition_id == acquisition_id, highlights.c.highlight_id.in_(showing))
    return select(highlights.c.highlight_id).where(is_ours)


def every_incident(connection: Connection) -> tuple[Incident, ...]:
    """All incidents in order of id; one that was merged has the status of that in which its matter goes on."""
    bodies = connection.execute(select(incidents.c.body).order_by(incidents.c.incident_id)).scalars()
    found = {one.incident_id: one for one in (noun_from(Incident, body) for body in bodies)}
    return tuple(_as_it_goes_on(one, found) for one in found.values())


def _as_it_goes_on(incident: Incident, found: Mapping[str, Incident]) -> Incident:
    last = incident
    while last.merged_into:
        last = found[last.merged_into]
    opened_at = max(incident.opened_at, last.opened_at)
    return replace(incident, status=last.status, closed_at=last.closed_at, opened_at=opened_at)


def is_held(hold: Hold, clip: AcquiredClip, ties: Sequence[IncidentTie]) -> bool:
    """Whether a hold names an acquisition; a clip that may reach into its span is held, rejected attachments too.

    A hold on an incident that was merged holds what belongs to that in which it goes on as well.
    """
    scope = hold.scope
    if scope.digest:
        return scope.digest == clip.item.digest
    if scope.incident_id:
        return any(scope.incident_id in (tie.incident.incident_id, *tie.merged) for tie in ties)
    if scope.camera_id != clip.acquisition.camera_id or scope.since is None or scope.until is None:
        return False
    slack = clip.clock.uncertainty
    return scope.since - LONGEST_CLIP - slack <= clip.clock.starts_at < scope.until + slack


def _ties(
    connection: Connection, clip: AcquiredClip, shown: Sequence[str], opened: Sequence[Incident]
) -> Iterator[IncidentTie]:
    attached: dict[str, list[Attachment]] = {}
    query = select(attachments.c.body).where(attachments.c.highlight_id.in_(shown))
    for body in connection.execute(query).scalars() if shown else ():
        attachment = noun_from(Attachment, body)
        attached.setdefault(attachment.incident_id, []).append(attachment)
    camera = _camera(connection, clip.acquisition.camera_id)
    for incident in opened:
        ours = attached.get(incident.incident_id, ())
        if ours:
            rejected = all(one.status is AttachmentStatus.REJECTED for one in ours)
            is_rejected = rejected and not _lies_in(incident, clip, camera)
            merged = _merged_into(incident, opened)
            yield IncidentTie(incident, max(one.attached_at for one in ours), is_rejected, merged)
        elif _lies_in(incident, clip, camera):
            yield IncidentTie(incident, merged=_merged_into(incident, opened))


def _merged_into(incident: Incident, opened: Sequence[Incident]) -> tuple[str, ...]:
    """Ids of the incidents whose matter goes on in this one, at once or over others."""
    leading = {incident.incident_id}
    while more := {one.incident_id for one in opened if one.merged_into in leading} - leading:
        leading |= more
    return tuple(sorted(leading - {incident.incident_id}))


def _lies_in(incident: Incident, clip: AcquiredClip, camera: Camera | None) -> bool:
    """Clips in an incident's place and window belong to it also when they show nothing (P10)."""
    if camera is None or camera.position is None:
        return False
    if metres_between(camera.position, incident.place) > incident.radius:
        return False
    slack = clip.clock.uncertainty
    return incident.starts_at - LONGEST_CLIP - slack <= clip.clock.starts_at < incident.ends_at + slack


def _camera(connection: Connection, camera_id: str) -> Camera | None:
    body = connection.execute(_CAMERA, {"camera_id": camera_id}).scalar()
    found: Camera | None = None if body is None else kept_noun(Camera, body)
    return found


def _in_force(connection: Connection) -> tuple[Hold, ...]:
    return tuple(noun_from(Hold, body) for body in connection.execute(_HOLDS).scalars())


# Written once: they are asked of every acquisition that is looked at.
_HOLDS = select(holds.c.body).where(holds.c.is_in_force).order_by(holds.c.hold_id)
_CAMERA = (
    select(cameras.c.body)
    .where(cameras.c.camera_id == bindparam("camera_id"))
    .order_by(cameras.c.is_owned.desc(), cameras.c.account_id)
)
