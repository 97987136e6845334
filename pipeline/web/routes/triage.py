"""Reports of neighbours at the desk: what waits, accepted or declined, and what of it everybody may see."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from pipeline.casework import incidents as casework
from pipeline.casework.incident_scope import reached_incidents
from pipeline.casework.jobs import new_job
from pipeline.casework.neighbours import accepting, films, publishing
from pipeline.casework.neighbours.publishing import Publication
from pipeline.casework.neighbours.triage import incident_words, open_report, picture, read_contact, reports
from pipeline.casework.reach import is_reached
from pipeline.domain.jobs import JobKind
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, ReportState
from pipeline.errors import InputRefusedError, NotHereError, ReportDecidedError
from pipeline.reports.near_words import CATEGORY_WORDS
from pipeline.reports.sentences import sentence_words
from pipeline.web.desk import desk_of
from pipeline.web.pages import render
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router
from pipeline.web.streaming import part_of

router = desk_router()

Reason = Annotated[str, Form(max_length=2000)]
_NEW = "new"


@router.get("/triage", name="triage", include_in_schema=False)
def triage(request: Request, seat: SeatWithMatter, state: str = "", area: str = "") -> Response:
    """What waits for a decision, or what was decided."""
    chosen = ReportState(state) if state in set(ReportState) else ReportState.RECEIVED
    lines = reports(seat.services, (chosen,), area or None)
    areas = sorted({(line.report.area_id, line.area) for line in reports(seat.services, (chosen,))})
    return render(
        request, seat, "triage.html", lines=lines, chosen=chosen, states=tuple(ReportState), area=area, areas=areas,
        category_words=CATEGORY_WORDS,
    )  # fmt: skip


@router.get("/triage/{report_id}", name="triage_report", include_in_schema=False)
def report(request: Request, seat: SeatWithMatter, report_id: str) -> Response:
    """One report with its files; the look is written down."""
    return _page(request, seat, report_id)


@router.get("/triage/{report_id}/files/{medium_id}/{number}", name="triage_picture", include_in_schema=False)
def shown(seat: SeatWithMatter, report_id: str, medium_id: str, number: int) -> Response:
    """A picture of a file, made behind walls."""
    content = picture(seat.services, seat.matter, report_id, medium_id, number)
    return Response(content, headers={"Content-Disposition": "inline"}, media_type="image/jpeg")


@router.post("/triage/{report_id}/contact", name="triage_contact", include_in_schema=False)
def contact(request: Request, seat: SeatWithMatter, report_id: str) -> Response:
    """How to reach the sender; that it was read is written down."""
    return _page(request, seat, report_id, contact=read_contact(seat.services, seat.matter, report_id))


@router.post("/triage/{report_id}/accept", name="triage_accept", include_in_schema=False)
def accept(
    request: Request,
    seat: SeatWithMatter,
    report_id: str,
    reason: Reason = "",
    incident: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Its files become evidence; its videos are looked at beside, and attached where it goes into an incident."""
    services, matter = seat.services, seat.matter
    try:
        incident_id = _incident(seat, report_id, incident, reason)
        made = accepting.accept(services, matter, report_id, reason, incident_id)
    except (InputRefusedError, ReportDecidedError) as error:
        return _page(request, seat, report_id, wrong={"accept": sentence_words(error)})
    _look_at_videos(request, seat, made)
    return _back(report_id)


@router.post("/triage/{report_id}/incident", name="triage_incident", include_in_schema=False)
def put_into(
    request: Request, seat: SeatWithMatter, report_id: str, incident: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """What was accepted without an incident goes into one; its videos are looked at beside."""
    try:
        report = seat.services.catalogue.neighbour_reports.get(report_id)
        accepting.require_without_incident(report)
        incident_id = _incident(seat, report_id, incident, report.reason)
        made = accepting.put_into(seat.services, seat.matter, report_id, incident_id)
    except (InputRefusedError, ReportDecidedError) as error:
        return _page(request, seat, report_id, wrong={"incident": sentence_words(error)})
    _look_at_videos(request, seat, made)
    return _back(report_id)


@router.post("/triage/{report_id}/films", name="triage_films", include_in_schema=False)
def films_made(request: Request, seat: SeatWithMatter, report_id: str) -> Response:
    """Makes copies of the videos of an undecided report that a browser plays, beside."""
    films.require_waiting(seat.services, report_id)
    desk_of(request).jobs.start(new_job(seat.services, seat.matter, JobKind.TRIAGE_FILMS, report_id))
    return _back(report_id)


@router.get("/triage/{report_id}/films/{medium_id}", name="triage_film", include_in_schema=False)
def film(request: Request, seat: SeatWithMatter, report_id: str, medium_id: str) -> Response:
    """A copy of a video of an undecided report; a player asks for parts of it."""
    path = films.film(seat.services, seat.matter, seat.session.session_id, report_id, medium_id)
    return FileResponse(path, media_type="video/mp4", headers={"Content-Disposition": "inline"})


@router.post("/triage/{report_id}/decline", name="triage_decline", include_in_schema=False)
def decline(request: Request, seat: SeatWithMatter, report_id: str, reason: Reason = "") -> Response:
    """Nothing of it becomes evidence."""
    try:
        accepting.decline(seat.services, seat.matter, report_id, reason)
    except (InputRefusedError, ReportDecidedError) as error:
        return _page(request, seat, report_id, wrong={"decline": sentence_words(error)})
    return _back(report_id)


@router.post("/triage/{report_id}/copies", name="triage_copies", include_in_schema=False)
def copies(request: Request, seat: SeatWithMatter, report_id: str) -> Response:
    """Makes masked copies beside."""
    publishing.require_may_publish(seat.services, report_id)
    desk_of(request).jobs.start(new_job(seat.services, seat.matter, JobKind.PUBLIC_COPIES, report_id))
    return _back(report_id)


@router.get("/triage/{report_id}/copies/{name}", name="triage_copy", include_in_schema=False)
def copy(request: Request, seat: SeatWithMatter, report_id: str, name: str) -> Response:
    """A masked copy, for whoever decides whether it is published; a player asks for parts of it."""
    made, content = publishing.copy_bytes(seat.services, seat.matter, report_id, name)
    return part_of(request, made.digest, made.media_type, content)


@router.post("/triage/{report_id}/publish", name="triage_publish", include_in_schema=False)
def publish(
    request: Request,
    seat: SeatWithMatter,
    report_id: str,
    words: Annotated[str, Form(max_length=20_000)] = "",
    chosen: Annotated[list[str] | None, Form(alias="copy", max_length=100)] = None,
) -> Response:
    """Lets everybody see its block, the hour, these words and these copies; never by who accepted it."""
    try:
        publishing.publish(seat.services, seat.matter, report_id, Publication(words, tuple(chosen or ())))
    except (InputRefusedError, ReportDecidedError) as error:
        return _page(request, seat, report_id, wrong={"publish": sentence_words(error)}, words=words)
    return _back(report_id)


@router.post("/triage/{report_id}/unpublish", name="triage_unpublish", include_in_schema=False)
def unpublish(seat: SeatWithMatter, report_id: str) -> Response:
    """Takes it off the public pages."""
    seat.services.catalogue.neighbour_reports.get(report_id)
    publishing.unpublish(seat.services, seat.agent.name, report_id)
    return _back(report_id)


def _look_at_videos(request: Request, seat: SeatedWithMatter, report: NeighbourReport) -> None:
    """Beside, where the report is in an incident; they are attached to it."""
    for medium in seat.services.catalogue.neighbour_files.of_report(report.report_id):
        if report.incident_id and medium.kind is MediumKind.VIDEO:
            why = f"sent by a neighbour with report {report.report_id}"
            order = {"acquisition": medium.acquisition_id, "reason": why}
            job = new_job(seat.services, seat.matter, JobKind.NEIGHBOUR_CLIP, report.incident_id, order)
            desk_of(request).jobs.start(job)


def _incident(seat: SeatedWithMatter, report_id: str, chosen: str, reason: str) -> str:
    """The incident that was chosen, or a new one of the report's place and time; empty for none."""
    if not chosen:
        return ""
    if chosen == _NEW:
        if not reason.strip():
            raise InputRefusedError("reason", "say why, in a few words")
        report = seat.services.catalogue.neighbour_reports.get(report_id)
        return casework.open_incident(seat.services, seat.matter, incident_words(report)).incident_id
    incident = seat.services.catalogue.incidents.get(chosen)
    if not is_reached(incident, seat.agent.name, seat.role):
        raise NotHereError
    return incident.incident_id


def _page(
    request: Request,
    seat: SeatedWithMatter,
    report_id: str,
    *,
    contact: str = "",
    wrong: dict[str, str] | None = None,
    words: str | None = None,
) -> Response:
    dossier = open_report(seat.services, seat.matter, report_id)
    reached = reached_incidents(seat.services, seat.agent.name, seat.role)
    job = next((one for one in dossier.jobs if one.kind is JobKind.PUBLIC_COPIES), None)
    filming = next((one for one in dossier.jobs if one.kind is JobKind.TRIAGE_FILMS), None)
    return render(
        request, seat, "triage_report.html", status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        category_words=CATEGORY_WORDS, dossier=dossier, report=dossier.line.report,
        contact=contact, wrong=wrong or {}, job=job, filming=filming,
        incidents=[one for one in reached if one.is_live],
        copies=seat.services.catalogue.neighbour_reports.copies(report_id), address=f"/triage/{report_id}",
        may_publish=publishing.is_second_person(dossier.line.report, seat.agent.name),
        words=dossier.line.report.words if words is None else words,
    )  # fmt: skip


def _back(report_id: str) -> Response:
    return RedirectResponse(f"/triage/{report_id}", HTTPStatus.SEE_OTHER)
