"""An agent decides about a report. Only then, and only when it is accepted, do its files become evidence.

What a sender consented to when they sent is written down as a grant of theirs, for the files of this one report: for
whom, for what, until when. So every place that asks the grants asks them for a neighbour's files too, and a withdrawal
is the revocation of that grant.
"""

from dataclasses import replace
from datetime import time

from pipeline.casework.neighbours import shelf
from pipeline.casework.reach import act, live_successor
from pipeline.consent.grants import sign_grant
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import (
    NEIGHBOUR_SOURCE,
    Account,
    Camera,
    CameraTrigger,
    FetchOutcome,
    Recording,
    TriggerKind,
    neighbour_cameras,
)
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import ConsentGrant, DailyHours, SignedGrant, Use
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Incident
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, ReportMedium, ReportState
from pipeline.domain.video import ClockSource
from pipeline.errors import InputRefusedError, RecordNotFoundError, ReportDecidedError
from pipeline.night.ingest import Arrival, authority, keep_file
from pipeline.night.services import Services
from pipeline.night.tonight import night_key
from pipeline.retention.revocation import save_grant

_ACCOUNT = Account("neighbours", "neighbours", NEIGHBOUR_SOURCE)
_LONGEST_REASON = 1000


def accept(services: Services, matter: Matter, report_id: str, reason: str, incident_id: str = "") -> NeighbourReport:
    """Takes a report on: its files become originals with their custody, under its sender's consent.

    Of a report that was accepted and not finished, for want of disk or after a crash, it finishes the rest.

    Args:
        services: The installation.
        matter: Who decides, and on what matter.
        report_id: Which.
        reason: Why.
        incident_id: What it belongs to, or where its matter goes on when it was merged; empty for none yet.

    Raises:
        RecordNotFoundError, IncidentError: There is no such report, or incident that people still work on.
        InputRefusedError: No reason is given.
        ReportDecidedError: It was declined, or files of it are still on their way.
        StorageError: Its files cannot be kept; accept it again once they can.
    """
    if incident_id:
        live_successor(services, incident_id)
    why = _reason(reason)
    if services.catalogue.neighbour_files.under_way(report_id):
        raise ReportDecidedError(report_id, "files of it are still on their way; decide when they are here")
    media = services.catalogue.neighbour_files.of_report(report_id)

    def judge(report: NeighbourReport, incident: Incident | None = None) -> NeighbourReport:
        if report.state is ReportState.ACCEPTED:
            return report
        if not report.is_waiting:
            raise ReportDecidedError(report_id, f"it was {report.state.value}")
        return replace(
            report,
            state=ReportState.ACCEPTED,
            decided_at=services.now(),
            decided_by=matter.agent,
            reason=why,
            incident_id=incident.incident_id if incident else "",
            grant_id=grant_id_of(report_id) if media else "",
        )

    def told(report: NeighbourReport, incident: Incident | None = None) -> tuple[CustodyEntry, ...]:
        within = _within(incident, incident_id) if incident else {"incident": ""}
        facts = {"files": str(len(media)), **within, "reason": why, **_case(matter)}
        return (_decided(services, matter, report, CustodyAction.REPORT_ACCEPTED, facts),)

    known = services.catalogue.neighbour_reports
    if incident_id:
        report = known.change_within(report_id, incident_id, judge, told)
    else:
        report = known.change(report_id, judge, told)
    ingest_files(services, report, matter.agent)
    return report


def put_into(services: Services, matter: Matter, report_id: str, incident_id: str) -> NeighbourReport:
    """Puts an accepted report that belongs to no incident yet into one; an approval of that is void by it.

    Args:
        services: The installation.
        matter: Who decides, and on what matter.
        report_id: Which.
        incident_id: What it belongs to, or where its matter goes on when it was merged.

    Raises:
        InputRefusedError: No incident is named.
        RecordNotFoundError, IncidentError: There is no such report, or incident that people still work on.
        ReportDecidedError: It was not accepted, or is in another incident.
        ConsentError: Its sender's consent does not let its files be used any more.
    """
    if not incident_id:
        raise InputRefusedError("incident", "choose the incident that it belongs to")
    live_successor(services, incident_id)
    media = services.catalogue.neighbour_files.of_report(report_id)

    def judge(report: NeighbourReport, incident: Incident) -> NeighbourReport:
        require_without_incident(report)
        return replace(report, incident_id=incident.incident_id)

    report = services.catalogue.neighbour_reports.get(report_id)
    require_without_incident(report)
    grants = [authority(require_use(services, report, one, Use.VIEW)) for one in media]
    facts = {"as": "report of a neighbour", "report": report_id, "files": str(len(media))}
    grant = grants[0] if grants else ""

    def told(_: NeighbourReport, incident: Incident) -> tuple[CustodyEntry, ...]:
        said = facts | _within(incident, incident_id)
        return (act(services, matter, incident, CustodyAction.ATTACHED, said, subject=report_id, authority=grant),)

    return services.catalogue.neighbour_reports.change_within(report_id, incident_id, judge, told)


def require_without_incident(report: NeighbourReport) -> None:
    """Returns where an accepted report belongs to no incident yet.

    Raises:
        ReportDecidedError: It was not accepted, or is in one.
    """
    if report.state is not ReportState.ACCEPTED:
        why = f"it is {report.state.value}; only what was accepted is put anywhere"
        raise ReportDecidedError(report.report_id, why)
    if report.incident_id:
        raise ReportDecidedError(report.report_id, f"it is in incident {report.incident_id}")


def decline(services: Services, matter: Matter, report_id: str, reason: str) -> NeighbourReport:
    """Turns a report down: nothing of it becomes evidence, and it goes after a short time.

    Raises:
        RecordNotFoundError: There is no such report.
        InputRefusedError: No reason is given.
        ReportDecidedError: It was decided on before.
    """
    why = _reason(reason)

    def judge(report: NeighbourReport) -> NeighbourReport:
        if not report.is_waiting:
            raise ReportDecidedError(report_id, f"it was {report.state.value}")
        at, by = services.now(), matter.agent
        return replace(report, state=ReportState.DECLINED, decided_at=at, decided_by=by, reason=why)

    facts = {"reason": why, **_case(matter)}
    report = services.catalogue.neighbour_reports.change(
        report_id, judge, lambda one: (_decided(services, matter, one, CustodyAction.REPORT_DECLINED, facts),)
    )
    for medium in services.catalogue.neighbour_files.of_report(report_id):
        shelf.remove_film(services, medium.medium_id)
    return report


def ingest_files(services: Services, report: NeighbourReport, agent: str) -> tuple[AcquiredClip, ...]:
    """Makes originals of the files of an accepted report that are none yet; again it changes nothing.

    Raises:
        ConsentError: Its sender took it back in the meantime.
        StorageError, CatalogueError: A file cannot be kept; those before it are.
    """
    media = [one for one in services.catalogue.neighbour_files.of_report(report.report_id) if not one.acquisition_id]
    if not media:
        return ()
    _write_consent(services, report)
    clips = []
    for medium in media:
        clip = _ingested(services, report, medium, agent)
        services.catalogue.neighbour_files.keep(replace(medium, acquisition_id=clip.acquisition.acquisition_id))
        shelf.remove(services, medium.medium_id)
        clips.append(clip)
    return tuple(clips)


def grant_id_of(report_id: str) -> str:
    """The grant in which the consent of a report's sender is written down."""
    return f"gr-{report_id.removeprefix('nr-')}"


def camera_of(services: Services, medium: ReportMedium) -> Camera:
    """Under what a file of an accepted report is kept.

    Raises:
        RecordNotFoundError: Its report was not accepted.
    """
    return services.catalogue.cameras.get(_camera_id(medium))


def require_use(services: Services, report: NeighbourReport, medium: ReportMedium, use: Use) -> SignedGrant:
    """Returns the sender's consent when it lets a file of an accepted report be used so, for what they were told.

    Raises:
        ConsentError: It does not, or does not any more.
    """
    night = services.settings.night
    desk = services.consent(night.purpose, night.recipient)
    return desk.require(use, camera_of(services, medium), report.happened_at)


def _camera_id(medium: ReportMedium) -> str:
    videos, photos = neighbour_cameras(medium.report_id)
    return photos if medium.kind is MediumKind.PHOTO else videos


def _write_consent(services: Services, report: NeighbourReport) -> None:
    """The sender's consent, in the words under which they sent; the same again changes nothing."""
    try:
        services.catalogue.grants.get(grant_id_of(report.report_id))
    except RecordNotFoundError:
        save_grant(services, sign_grant(_grant(services, report), services.key), CustodyAction.GRANT_SIGNED, "receipt")
    services.catalogue.accounts.save(_ACCOUNT, "", services.box.pseudonym("neighbours"), b"")
    when = f"{report.happened_at:%Y-%m-%d %H:%M} UTC"
    names = (f"Video of a neighbour, {when}", f"Photo of a neighbour, {when}")
    services.catalogue.cameras.save(
        Camera(
            camera_id=camera_id,
            account_id=_ACCOUNT.account_id,
            name=name,
            owner_id=report.report_id,
            has_plan=True,
            time_zone=services.settings.night.time_zone,
            position=report.place,
        )
        for camera_id, name in zip(neighbour_cameras(report.report_id), names, strict=True)
    )


def _grant(services: Services, report: NeighbourReport) -> ConsentGrant:
    night = services.settings.night
    return ConsentGrant(
        grant_id=grant_id_of(report.report_id),
        version=1,
        resident_id=report.report_id,
        camera_ids=neighbour_cameras(report.report_id),
        event_kinds=tuple(EventKind),
        hours=(DailyHours(time(0), time(0)),),
        time_zone=night.time_zone,
        purpose=night.purpose,
        recipient=night.recipient,
        granted_at=report.sent_at,
        expires_at=report.keeps_until,
        audio=True,
        covers_from=report.happened_at,
    )


def _ingested(services: Services, report: NeighbourReport, medium: ReportMedium, agent: str) -> AcquiredClip:
    grant = require_use(services, report, medium, Use.FETCH)
    trigger = CameraTrigger(
        medium.digest, _camera_id(medium), TriggerKind.UPLOAD, report.happened_at, ClockSource.UPLOAD
    )
    stands_for = Recording(FetchOutcome.READY, b"in a file", NEIGHBOUR_SOURCE, file_name=medium.name)
    arrival = Arrival(trigger, stands_for, grant, medium.arrived_at, services.now(), agent)
    night = night_key(services.now(), services.settings.night.time_zone)
    return keep_file(services, night, arrival, shelf.path_of(services, medium.medium_id))


def _reason(words: str) -> str:
    why = " ".join(words.split())
    if not why:
        raise InputRefusedError("reason", "say why, in a few words")
    if len(why) > _LONGEST_REASON:
        raise InputRefusedError("reason", f"at most {_LONGEST_REASON} signs are taken")
    return why


def _within(incident: Incident, chosen: str) -> dict[str, str]:
    """In which incident, and which was chosen where that had been merged into it."""
    return {"incident": incident.incident_id, **({"from": chosen} if chosen != incident.incident_id else {})}


def _case(matter: Matter) -> dict[str, str]:
    return {"purpose": matter.purpose, "case": matter.case_number}


def _decided(
    services: Services, matter: Matter, report: NeighbourReport, action: CustodyAction, facts: dict[str, str]
) -> CustodyEntry:
    once = f"{action} {report.report_id}"
    return CustodyEntry(services.now(), matter.agent, action, report.report_id, detail=facts, once=once)
