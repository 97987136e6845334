"""What is in an incident: attached and taken out, judged, captioned, ordered, cut anew, brought."""

import os
import secrets
import shutil
from typing import Annotated, Literal

from fastapi import File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework import attaching
from pipeline.casework.incident_scope import chosen_events, clips_in_scope, shown_by
from pipeline.casework.jobs import brought_folder, new_job
from pipeline.casework.story import card_of
from pipeline.casework.uploads import require_fit
from pipeline.casework.works import cut_order
from pipeline.domain.incidents import AttachmentStatus
from pipeline.domain.jobs import Job, JobKind
from pipeline.errors import InputRefusedError, NotHereError
from pipeline.evidence.files import writing
from pipeline.reports.words import local_words
from pipeline.web.desk import desk_of
from pipeline.web.incident_form import CutForm
from pipeline.web.pages import render
from pipeline.web.reached import live
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router

router = desk_router()

Text = Annotated[str, Form(max_length=400)]
Names = Annotated[str, Form(max_length=6000)]
Act = Literal["up", "down", "caption", "confirm", "reject", "detach", "version"]
_NO_SECONDS = "give seconds, for example 2.5"
_JUDGED = {"confirm": AttachmentStatus.CONFIRMED, "reject": AttachmentStatus.REJECTED}


@router.post("/incidents/{incident_id}/attach", name="incident_attach", include_in_schema=False)
def attach(
    seat: SeatWithMatter, incident_id: str, highlight_id: Text = "", events: Names = "", reason: Text = ""
) -> Response:
    """Attaches a highlight by hand, or those that show chosen events."""
    live(seat, incident_id)
    chosen = chosen_events(seat.services, seat.matter, [one.strip() for one in events.split(",") if one.strip()])
    names = [highlight_id.strip()] if highlight_id.strip() else list(shown_by(chosen))
    if not names:
        raise InputRefusedError("highlight_id", "no highlight shows it: cut one from its clip")
    for name in names:
        attaching.attach(seat.services, seat.matter, incident_id, name, reason.strip() or "chosen by hand")
    return _back(incident_id, names[0])


@router.post("/incidents/{incident_id}/attached/{highlight_id}", name="incident_attached", include_in_schema=False)
def attached(
    seat: SeatWithMatter,
    incident_id: str,
    highlight_id: str,
    act: Annotated[Act, Form()],
    words: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Does one thing to one of what is attached."""
    live(seat, incident_id)
    services, matter = seat.services, seat.matter
    if act in ("up", "down"):
        attaching.move(services, matter, incident_id, highlight_id, -1 if act == "up" else 1)
    elif act == "caption":
        attaching.caption(services, matter, incident_id, highlight_id, words)
    elif act == "version":
        attaching.choose_version(services, matter, incident_id, highlight_id, words)
    elif act == "detach":
        attaching.detach(services, matter, incident_id, highlight_id)
    else:
        attaching.judge(services, matter, incident_id, highlight_id, _JUDGED[act], words)
    return _back(incident_id, highlight_id)


@router.post("/incidents/{incident_id}/suggested/{highlight_id}", name="incident_suggested", include_in_schema=False)
def suggested(
    seat: SeatWithMatter, incident_id: str, highlight_id: str, act: Annotated[Literal["accept", "dismiss"], Form()]
) -> Response:
    """Attaches what is suggested, or turns it down."""
    live(seat, incident_id)
    decide = attaching.accept if act == "accept" else attaching.dismiss
    decide(seat.services, seat.matter, incident_id, highlight_id)
    return _back(incident_id, highlight_id if act == "accept" else "suggested")


@router.get("/incidents/{incident_id}/recut/{highlight_id}", name="incident_recut", include_in_schema=False)
def recut_form(request: Request, seat: SeatWithMatter, incident_id: str, highlight_id: str) -> Response:
    """From where to where, with boxes or without, masked or not; and every version so far, with its recipe."""
    return _recut_page(request, seat, incident_id, highlight_id)


@router.post("/incidents/{incident_id}/recut/{highlight_id}", name="incident_recut_do", include_in_schema=False)
def recut(
    request: Request, seat: SeatWithMatter, incident_id: str, highlight_id: str, given: Annotated[CutForm, Form()]
) -> Response:
    """Cuts it anew, beside."""
    live(seat, incident_id)
    attaching.attachment_of(seat.services, incident_id, highlight_id)
    try:
        order = cut_order(given.start.strip(), given.end.strip(), has_boxes=given.boxes, is_masked=given.masked)
    except ValueError:
        return _recut_page(request, seat, incident_id, highlight_id, _NO_SECONDS)
    return _started(request, seat, JobKind.CUT, incident_id, {**order, "highlight": highlight_id})


@router.get("/incidents/{incident_id}/cut", name="incident_cut", include_in_schema=False)
def cut_form(request: Request, seat: SeatWithMatter, incident_id: str) -> Response:
    """The clips of its place and window, those that show nothing too, of which a span can be cut."""
    return _cut_page(request, seat, incident_id)


@router.post("/incidents/{incident_id}/cut", name="incident_cut_do", include_in_schema=False)
def cut(request: Request, seat: SeatWithMatter, incident_id: str, given: Annotated[CutForm, Form()]) -> Response:
    """Cuts a span or a whole clip, beside, and attaches it."""
    incident = live(seat, incident_id)
    names = {one.clip.acquisition.acquisition_id for one in clips_in_scope(seat.services, seat.matter, incident)}
    if given.acquisition not in names:
        raise NotHereError
    start, end, reason = given.start.strip(), given.end.strip(), given.reason.strip()
    try:
        order = cut_order(start, end, has_boxes=given.boxes, is_masked=given.masked, reason=reason)
    except ValueError:
        return _cut_page(request, seat, incident_id, _NO_SECONDS)
    return _started(request, seat, JobKind.CUT, incident_id, {**order, "acquisition": given.acquisition})


@router.post("/incidents/{incident_id}/upload", name="incident_upload", include_in_schema=False)
def upload(
    request: Request,
    seat: SeatWithMatter,
    incident_id: str,
    *,
    brought: Annotated[UploadFile | None, File()] = None,
    camera: Text = "",
    reason: Text = "",
) -> Response:
    """Takes a clip that somebody brings, under a grant of its resident, beside."""
    live(seat, incident_id)
    if brought is None:
        raise InputRefusedError("brought", "choose the clip that was brought")
    name = (brought.filename or "").rpartition("/")[2].rpartition("\\")[2]
    require_fit(seat.services, seat.matter, incident_id, name, camera)
    path = brought_folder(seat.services) / secrets.token_hex(16)
    order = {"path": str(path), "name": name, "camera": camera, "reason": reason.strip()}
    try:
        with writing("keep what is brought for a moment"):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(brought.file, file)
        job = new_job(seat.services, seat.matter, JobKind.UPLOAD, incident_id, order)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return _begun(request, job)


def _started(
    request: Request, seat: SeatedWithMatter, kind: JobKind, incident_id: str, order: dict[str, str]
) -> Response:
    return _begun(request, new_job(seat.services, seat.matter, kind, incident_id, order))


def _begun(request: Request, job: Job) -> Response:
    desk_of(request).jobs.start(job)
    return RedirectResponse(f"/incidents/{job.incident_id}/jobs/{job.job_id}", 303)


def _recut_page(
    request: Request, seat: SeatedWithMatter, incident_id: str, highlight_id: str, wrong: str = ""
) -> Response:
    incident = live(seat, incident_id)
    attachment = attaching.attachment_of(seat.services, incident_id, highlight_id)
    card = card_of(seat.services, seat.matter, incident, attachment)
    if card is None:
        raise NotHereError
    first = attaching.first_stamp(seat.services, highlight_id)
    return render(
        request, seat, "incident_recut.html", status=422 if wrong else 200,
        incident=incident, card=card, first=first.seconds, wrong=wrong,
    )  # fmt: skip


def _cut_page(request: Request, seat: SeatedWithMatter, incident_id: str, wrong: str = "") -> Response:
    incident = live(seat, incident_id)
    found = clips_in_scope(seat.services, seat.matter, incident)
    return render(
        request, seat, "incident_cut.html", status=422 if wrong else 200, incident=incident, found=found, wrong=wrong,
        local_words=local_words,
    )  # fmt: skip


def _back(incident_id: str, place: str) -> Response:
    return RedirectResponse(f"/incidents/{incident_id}#{place}", 303)
