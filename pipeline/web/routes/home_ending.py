"""Stopping: pause, resume, revoke with what that means, the receipt, and who looked."""

import json
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from pipeline.casework.grants.ending import what_revoking_does
from pipeline.casework.grants.giving import own_grant, versions
from pipeline.casework.grants.looks import as_table, every_look, looks
from pipeline.domain.plain import to_plain
from pipeline.reports import SignedReceipt, receipt_paper, receipt_record, receipt_view
from pipeline.retention.changing import pause_grant, resume_grant
from pipeline.retention.receipt import make_receipt
from pipeline.retention.revocation import revoke_grant
from pipeline.web.home import render_home
from pipeline.web.home_seat import HomeSeat, SeatedAtHome, home_router

router = home_router()


@router.post("/home/grants/{grant_id}/pause", name="home_grant_pause")
def pause(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """Every use stops at once; nothing is deleted."""
    own_grant(seat.services, seat.resident_id, grant_id)
    pause_grant(seat.services, grant_id, seat.resident_id)
    return RedirectResponse(f"/home/grants/{grant_id}", HTTPStatus.SEE_OTHER)


@router.post("/home/grants/{grant_id}/resume", name="home_grant_resume")
def resume(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """It goes on; what was recorded in the pause stays outside."""
    own_grant(seat.services, seat.resident_id, grant_id)
    resume_grant(seat.services, grant_id, seat.resident_id)
    return RedirectResponse(f"/home/grants/{grant_id}", HTTPStatus.SEE_OTHER)


@router.get("/home/grants/{grant_id}/revoke", name="home_grant_ending")
def ending(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """What revoking deletes, what stays and why, and what cannot be recalled."""
    grant = own_grant(seat.services, seat.resident_id, grant_id).grant
    words = versions(seat.services, grant_id)[-1].words
    told = what_revoking_does(seat.services, grant_id)
    return render_home(request, "home/grant_revoke.html", grant=grant, words=words, told=told)


@router.post("/home/grants/{grant_id}/revoke", name="home_grant_revoke")
def revoke(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """Revokes it, deletes what it alone covered, and leads to the receipt."""
    own_grant(seat.services, seat.resident_id, grant_id)
    revoke_grant(seat.services, grant_id, seat.resident_id)
    return RedirectResponse(f"/home/grants/{grant_id}/receipt", HTTPStatus.SEE_OTHER)


@router.get("/home/grants/{grant_id}/receipt", name="home_receipt")
def receipt(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """What was deleted, what is kept and why, what was handed out before; as it is at this moment."""
    made = _receipt(seat, grant_id)
    return render_home(request, "home/receipt.html", receipt=made.receipt, view=receipt_view(made))


@router.get("/home/grants/{grant_id}/receipt.json", name="home_receipt_record")
def receipt_json(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """The signed record."""
    return _file(receipt_record(_receipt(seat, grant_id)), "application/json", f"receipt-{grant_id}.json")


@router.get("/home/grants/{grant_id}/receipt.pdf", name="home_receipt_paper")
def receipt_pdf(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """The same on paper."""
    return _file(receipt_paper(_receipt(seat, grant_id)), "application/pdf", f"receipt-{grant_id}.pdf")


@router.get("/home/looked", name="home_looked")
def looked(request: Request, seat: HomeSeat, before: int | None = None) -> Response:
    """Who looked at what the resident's grants cover, a page of it."""
    page = looks(seat.services, seat.resident_id, before)
    agency = seat.services.settings.agency
    return render_home(request, "home/looked.html", page=page, is_first=before is None, names=agency.names_agents)


@router.get("/home/looked.csv", name="home_looked_table")
def looked_table(request: Request, seat: HomeSeat) -> Response:
    """All of it for a spreadsheet."""
    lines = as_table(every_look(seat.services, seat.resident_id))
    return StreamingResponse(lines, media_type="text/csv", headers=_named("who-looked.csv"))


@router.get("/home/looked.json", name="home_looked_record")
def looked_json(request: Request, seat: HomeSeat) -> Response:
    """All of it for programs."""
    found = [to_plain(one) for one in every_look(seat.services, seat.resident_id)]
    return _file(json.dumps(found, ensure_ascii=False, indent=2).encode(), "application/json", "who-looked.json")


def _receipt(seat: SeatedAtHome, grant_id: str) -> SignedReceipt:
    own_grant(seat.services, seat.resident_id, grant_id)
    return make_receipt(seat.services, grant_id)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers=_named(name))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
