"""What waits for a decision in review and in incidents, as far as a reader reaches it."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.casework.morning_parts import Part, Reader
from pipeline.casework.queue import QueueFilter, needs_review
from pipeline.casework.reach import SEES_ALL, is_reached
from pipeline.casework.saved_searches import news_of
from pipeline.casework.waiting_kinds import Waiting, WaitingKind
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.incidents import AttachmentStatus, Incident, IncidentStatus
from pipeline.night.services import Services
from pipeline.night.shown import is_highlight_visible
from pipeline.reports.words import count_words

REVIEW_DAYS = 30
"""The queue's page shows as many when nobody says otherwise."""


def decisions(services: Services, desk: ConsentDesk, reader: Reader) -> Iterator[Waiting]:
    """Findings in doubt, suggested highlights, approvals that were asked for; only what the grants let be told."""
    if Part.EVENTS in reader.parts:
        yield from _in_doubt(services, reader)
        yield from _news(services, reader)
    yield from _suggestions(services, desk, reader)
    if reader.role is None or reader.role in SEES_ALL:
        yield from _approvals(services, reader)


def _in_doubt(services: Services, reader: Reader) -> Iterator[Waiting]:
    scope = QueueFilter(since=services.now() - timedelta(days=REVIEW_DAYS))
    queued = needs_review(services, reader.matter, scope, 0, is_shown=False)
    total = queued.total
    if total:
        detail = tuple(f"{count} \u00d7 {reason.words}" for reason, count in queued.counts.items())
        what = f"{count_words(total, 'finding')} in doubt"
        yield Waiting(WaitingKind.REVIEW, total, what, where="/needs-review", detail=detail)


def _news(services: Services, reader: Reader) -> Iterator[Waiting]:
    """What the reader's saved searches found since they last looked."""
    fresh = [one for one in news_of(services, reader.matter) if one.events]
    total = sum(len(one.events) for one in fresh)
    if total:
        detail = tuple(f"{one.saved.name}: {one.how_many}" for one in fresh)
        where = f"/saved/{fresh[0].saved.saved_id}" if len(fresh) == 1 else "/saved"
        whole = "" if all(one.is_whole for one in fresh) else "at least "
        what = f"{whole}{count_words(total, 'new event')} in your saved searches"
        yield Waiting(WaitingKind.NEWS, total, what, where=where, detail=detail)


def _suggestions(services: Services, desk: ConsentDesk, reader: Reader) -> Iterator[Waiting]:
    counts = {one: _suggested(services, desk, one) for one in _reached(services, reader, IncidentStatus.OPEN)}
    concerned = [one for one, count in counts.items() if count]
    total = sum(counts.values())
    if total:
        detail = tuple(f"{one.title}: {counts[one]}" for one in concerned)
        what = f"{count_words(total, 'highlight')} to confirm in {count_words(len(concerned), 'incident')}"
        yield Waiting(WaitingKind.SUGGESTED, total, what, where=_where(concerned), detail=detail)


def _suggested(services: Services, desk: ConsentDesk, incident: Incident) -> int:
    attached = services.catalogue.incidents.attachments(incident.incident_id)
    machine = (one for one in attached if one.status is AttachmentStatus.MACHINE)
    return sum(is_highlight_visible(services, desk, one.highlight_id) for one in machine)


def _approvals(services: Services, reader: Reader) -> Iterator[Waiting]:
    """Not those that the reader asked for: somebody else decides them."""
    asked = [
        one
        for one in _reached(services, reader, IncidentStatus.IN_REVIEW)
        if services.catalogue.approvals.of_incident(one.incident_id)[-1].asked_by != reader.matter.agent
    ]
    if asked:
        detail = tuple(one.title for one in asked)
        what = f"{count_words(len(asked), 'incident')} for approval"
        yield Waiting(WaitingKind.APPROVAL, len(asked), what, where=_where(asked), detail=detail)


def _reached(services: Services, reader: Reader, status: IncidentStatus) -> tuple[Incident, ...]:
    found = services.catalogue.incidents.list(status)
    if reader.role is None:
        return found
    return tuple(one for one in found if is_reached(one, reader.matter.agent, reader.role))


def _where(incidents: list[Incident]) -> str:
    return f"/incidents/{incidents[0].incident_id}" if len(incidents) == 1 else "/incidents"
