"""A person confirms, rejects or corrects an event; what the machine said stays beside it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pipeline.casework.reach import on_which_case
from pipeline.catalogue import AnalysisKey
from pipeline.catalogue.attached import Judgement
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.events import Event, EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.incidents import Attachment, AttachmentStatus, Incident
from pipeline.domain.search import FoundEvent
from pipeline.domain.tags import Correction, MachineStatement, Tag, TagStatus
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import ConsentError, TagRefusedError
from pipeline.night.explanation import find_granted
from pipeline.night.ingest import authority
from pipeline.night.places import places_where_asked
from pipeline.night.services import Services
from pipeline.night.shown import shown_events

_SAME_SECONDS = Fraction(1, 1000)
"""What a person reads of a stamp is rounded to this."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about an event.

    Attributes:
        status: Confirmed, rejected or corrected.
        note: In the person's words; may be empty.
        kind: Of what kind it was; None leaves the machine's. Only of a correction.
        start: Seconds from the clip's first frame; None leaves the machine's. Only of a correction.
        end: Likewise.
    """

    status: TagStatus
    note: str = ""
    kind: EventKind | None = None
    start: Fraction | None = None
    end: Fraction | None = None


def tag_event(services: Services, matter: Matter, event_id: str, decision: Decision) -> Tag:
    """Keeps what a person decided, with its custody, and carries it to the attachments that rest on the event.

    An event of which the machine cannot tell is confirmed when it did happen, and rejected when it did not.

    Raises:
        RecordNotFoundError: No result holds the event.
        ConsentError: No live grant lets it be shown, or the corrected kind be kept.
        TagRefusedError: The decision is none: a correction that corrects nothing, or lies outside the clip.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    found, grant = find_granted(services, desk, event_id)
    correction = _correction(services, found, decision)
    if correction is not None:
        camera = services.catalogue.cameras.get(found.event.camera_id)
        desk.require(Use.INDEX, camera, found.starts_at, correction.kind)
    tag = _made(services, matter, found, decision, correction)
    why = {"purpose": matter.purpose, "case": matter.case_number}
    entry = _entry(tag, authority(grant), tag.event_id, {**why, "event": event_id, "kind": tag.kind.value})
    services.catalogue.tags.add(tag, (entry,), tuple(_judged(services, tag)))
    return tag


def _made(
    services: Services, matter: Matter, found: FoundEvent, decision: Decision, correction: Correction | None
) -> Tag:
    said = MachineStatement(found.event.inferred, found.starts_at, found.ends_at, found.model, found.settings_digest)
    try:
        return Tag(
            tag_id=new_id("tg", 20),
            event_id=found.event.event_id,
            acquisition_id=found.acquisition_id,
            clip=found.event.clip,
            camera_id=found.event.camera_id,
            status=decision.status,
            matter=matter,
            at=services.now(),
            said=said,
            correction=correction,
            note=decision.note.strip(),
        )
    except ValueError as error:
        raise TagRefusedError(str(error)) from error


def _entry(tag: Tag, grant: str, subject: str, detail: dict[str, str]) -> CustodyEntry:
    facts = {
        "camera": tag.camera_id,
        "acquisition": tag.acquisition_id,
        "as": tag.status.value,
        "note": tag.note,
    }
    return CustodyEntry(tag.at, tag.matter.agent, CustodyAction.JUDGED, subject, grant, {**facts, **detail})


def _correction(services: Services, found: FoundEvent, decision: Decision) -> Correction | None:
    asked = (decision.kind, decision.start, decision.end)
    if decision.status is not TagStatus.CORRECTED:
        if any(part is not None for part in asked):
            raise TagRefusedError("only a correction says another kind or other times")
        return None
    inferred = found.event.inferred
    if decision.start is None and decision.end is None:
        return Correction(decision.kind or inferred.kind, inferred.span)
    if found.event.since is not None:
        raise TagRefusedError("it happened between two clips, which show no moment of it: correct the kind only")
    key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
    analysis = services.catalogue.analyses.get(key)
    first, last = analysis.probe.first, analysis.sampling.last
    start = _moment(first, decision.start, inferred.span.start)
    end = _moment(first, decision.end, inferred.span.end)
    if not first <= start <= end <= last:
        length = float(last.seconds - first.seconds)
        raise TagRefusedError(f"the span must lie inside the clip, 0 to {length:.2f} s, and not end before it starts")
    return Correction(decision.kind or inferred.kind, ClipSpan(start, end))


def _moment(first: Timestamp, since: Fraction | None, said: Timestamp) -> Timestamp:
    """The stamp so many seconds after the first frame, in the clip's own unit; the machine's where it is that one."""
    if since is None or abs(said.seconds - first.seconds - since) < _SAME_SECONDS:
        return said
    return first.after(since)


def _judged(services: Services, tag: Tag) -> Iterator[Judgement]:
    """Attachments that the tag decides: every event that belongs to the incident now has the same answer (P12)."""
    for shown in services.catalogue.highlights.of_event(tag.event_id):
        for attachment in services.catalogue.incidents.attachments_of(shown.highlight_id):
            incident = services.catalogue.incidents.get(attachment.incident_id)
            if not incident.is_live:  # a closed matter goes on saying what it said when it was closed
                continue
            status = _status(services, attachment, incident, tag)
            grant = _grant_for(services, attachment, incident) if status is not None else ""
            if status is not None and grant:
                of = {"incident": attachment.incident_id, "event": tag.event_id, **on_which_case(tag.matter, incident)}
                entry = _entry(tag, grant, attachment.highlight_id, of)
                yield Judgement(attachment.incident_id, attachment.highlight_id, status, (entry,))


def _status(services: Services, attachment: Attachment, incident: Incident, tag: Tag) -> AttachmentStatus | None:
    """What all its events together say; None while one of them was not looked at, or they differ."""
    events = [one.event for one in shown_events(services, attachment.highlight_id)]
    belonging = [event for event in events if event.inferred.kind in incident.kinds] or events
    if tag.event_id not in {event.event_id for event in belonging}:
        return None
    stated = {_is_stated(services, event, tag) for event in belonging}
    if stated == {True}:
        return AttachmentStatus.CONFIRMED
    return AttachmentStatus.REJECTED if stated == {False} else None


def _is_stated(services: Services, event: Event, newest: Tag) -> bool | None:
    tag = (
        newest
        if event.event_id == newest.event_id
        else services.catalogue.tags.latest([event.event_id]).get(event.event_id)
    )
    return None if tag is None else tag.status.states_it


def _grant_for(services: Services, attachment: Attachment, incident: Incident) -> str:
    """Under which grant the attachment is judged; empty where the incident's own purpose may not see it."""
    desk = services.consent(incident.purpose, incident.recipient)
    try:
        _, grant = find_granted(services, desk, shown_events(services, attachment.highlight_id)[0].event.event_id)
    except ConsentError:
        return ""
    return authority(grant)


def told_tags(services: Services, desk: ConsentDesk, found: Iterable[FoundEvent]) -> Mapping[str, Tag]:
    """By event id, the tag that counts of each event that has one, as far as the kind that it names may be told.

    Args:
        services: The installation.
        desk: Asks for the reader's purpose and recipient.
        found: Events that may be shown; no grant is asked of them again.
    """
    shown, once = {one.event.event_id: one for one in found}, desk.for_one_answer()
    tags = services.catalogue.tags.latest(shown)
    return {name: tag for name, tag in tags.items() if _may_be_told(services, once, shown[name], tag)}


def _may_be_told(services: Services, desk: ConsentDesk, found: FoundEvent, tag: Tag) -> bool:
    if tag.correction is None:
        return True
    camera = services.catalogue.cameras.get(tag.camera_id)
    places = places_where_asked(services, desk, camera, found)
    try:
        desk.require(Use.VIEW, camera, found.starts_at, tag.kind, places)
    except ConsentError:
        return False
    return True


def visible_tags(services: Services, desk: ConsentDesk, tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """The tags of events that may be shown, in the order given; may be empty."""
    return tuple(tag for tag in tags if _is_visible(services, desk, tag))


def _is_visible(services: Services, desk: ConsentDesk, tag: Tag) -> bool:
    try:
        found, _ = find_granted(services, desk, tag.event_id)
    except ConsentError:
        return False
    return _may_be_told(services, desk, found, tag)
