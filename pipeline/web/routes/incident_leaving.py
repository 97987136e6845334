"""How an incident leaves the house: approval, package, report, and the jobs that make them."""

import re
from typing import Annotated, Literal

from fastapi import Form
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from pipeline.casework.approval import ask_approval, decide_approval, require_approved
from pipeline.casework.fetching import fetch_package, fetch_report
from pipeline.casework.jobs import new_job
from pipeline.casework.works import export_order
from pipeline.domain.jobs import Job, JobKind
from pipeline.errors import InputRefusedError, NotHereError
from pipeline.web.desk import desk_of
from pipeline.web.pages import render
from pipeline.web.reached import incident_of, live
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router

router = desk_router()

Text = Annotated[str, Form(max_length=400)]
_DIGEST = re.compile(r"[0-9a-f]{64}")


@router.post("/incidents/{incident_id}/approval", name="incident_ask", include_in_schema=False)
def ask(seat: SeatWithMatter, incident_id: str) -> Response:
    """Asks for approval of what is in it now."""
    live(seat, incident_id)
    ask_approval(seat.services, seat.matter, incident_id)
    return RedirectResponse(f"/incidents/{incident_id}#leaving", 303)


@router.post("/incidents/{incident_id}/approval/decide", name="incident_decide", include_in_schema=False)
def decide(
    seat: SeatWithMatter,
    incident_id: str,
    decision: Annotated[Literal["approve", "refuse"], Form()],
    content: Text,
    note: Text = "",
) -> Response:
    """Approves what the page showed, or refuses to, with the reason."""
    live(seat, incident_id)
    is_given = decision == "approve"
    if not _DIGEST.fullmatch(content):
        raise InputRefusedError("content", "the page did not say what it showed; look at it again")
    if not is_given and not note.strip():
        raise InputRefusedError("note", "a refusal says why")
    decide_approval(seat.services, seat.matter, incident_id, is_given=is_given, note=note.strip(), seen=content)
    return RedirectResponse(f"/incidents/{incident_id}#leaving", 303)


@router.post("/incidents/{incident_id}/jobs", name="incident_make", include_in_schema=False)
def make(
    request: Request,
    seat: SeatWithMatter,
    incident_id: str,
    kind: Annotated[Literal[JobKind.EXPORT, JobKind.REPORT], Form()],
    redacted: Annotated[bool, Form()] = False,
) -> Response:
    """Begins a package or a report, beside."""
    found = incident_of(seat, incident_id)
    if kind is JobKind.EXPORT:
        require_approved(seat.services, found.incident_id)
    job = new_job(seat.services, seat.matter, kind, found.incident_id, export_order(redacted=redacted))
    desk_of(request).jobs.start(job)
    return RedirectResponse(f"/incidents/{found.incident_id}/jobs/{job.job_id}", 303)


@router.get("/incidents/{incident_id}/jobs/{job_id}", name="incident_job", include_in_schema=False)
def job(request: Request, seat: SeatWithMatter, incident_id: str, job_id: str) -> Response:
    """How far it is, and what came of it; the page may be left and opened again."""
    return _job_page(request, seat, incident_id, job_id, "incident_job.html")


@router.get("/incidents/{incident_id}/jobs/{job_id}/progress", name="incident_progress", include_in_schema=False)
def progress(request: Request, seat: SeatWithMatter, incident_id: str, job_id: str) -> Response:
    """The part of that page which changes."""
    return _job_page(request, seat, incident_id, job_id, "parts/job.html")


@router.get("/incidents/{incident_id}/jobs/{job_id}/package", name="incident_package", include_in_schema=False)
def package(seat: SeatWithMatter, incident_id: str, job_id: str) -> Response:
    """The package itself, also in parts."""
    found = _job(seat, incident_id, job_id)
    path = fetch_package(seat.services, seat.matter, seat.session.session_id, found)
    return FileResponse(path, media_type="application/zip", filename=path.name)


@router.get("/incidents/{incident_id}/jobs/{job_id}/report.pdf", name="incident_report", include_in_schema=False)
def report(seat: SeatWithMatter, incident_id: str, job_id: str) -> Response:
    """The report on paper."""
    found = _job(seat, incident_id, job_id)
    path = fetch_report(seat.services, seat.matter, seat.session.session_id, found)
    return FileResponse(path, media_type="application/pdf", filename=f"{found.incident_id}.pdf")


def _job(seat: SeatedWithMatter, incident_id: str, job_id: str) -> Job:
    """A job of this incident, or of one that goes on in it.

    Raises:
        NotHereError, RecordNotFoundError: There is none that this agent reaches.
    """
    incident = incident_of(seat, incident_id)
    found = seat.services.catalogue.jobs.get(job_id)
    if found.incident_id not in (incident_id, incident.incident_id):
        raise NotHereError
    return found


def _job_page(request: Request, seat: SeatedWithMatter, incident_id: str, job_id: str, template: str) -> Response:
    desk_of(request).jobs.mend()
    found = _job(seat, incident_id, job_id)
    incident = incident_of(seat, incident_id)
    return render(request, seat, template, job=found, incident=incident, words=found.kind.words)
