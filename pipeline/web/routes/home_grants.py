"""What a resident shares: the list, one grant with its versions, the editor, the preview, and the signing."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.grants import giving
from pipeline.casework.grants.drafting import draft, offered_askers, own_cameras, wish_of
from pipeline.casework.grants.preview import preview
from pipeline.casework.grants.stills import has_still, still
from pipeline.consent.narrower import wider_parts
from pipeline.consent.words import changes_in_words, grant_in_words
from pipeline.domain.consent import EVERY_DAY, ConsentGrant
from pipeline.domain.events import EventKind
from pipeline.errors import InputRefusedError
from pipeline.reports.receipt import deleted_in_words
from pipeline.retention.changing import change_grant
from pipeline.web.grant_form import SPANS, GrantForm, zone_text
from pipeline.web.home import render_home
from pipeline.web.home_seat import HomeSeat, SeatedAtHome, home_router

router = home_router()

Given = Annotated[GrantForm, Form()]


@router.get("/home/grants", name="home_grants")
def grants(request: Request, seat: HomeSeat) -> Response:
    """Every grant that the resident signed, those in force first."""
    services, now = seat.services, seat.services.now()
    names = giving.names_of_cameras(services)
    found = [one.grant for one in services.catalogue.grants.latest_of_resident(seat.resident_id)]
    found.sort(key=lambda grant: (not is_open(grant, seat), grant.granted_at), reverse=False)
    rows = [(grant, grant_in_words(grant, names, now), state(grant, seat)) for grant in found]
    return render_home(request, "home/grants.html", rows=rows, cameras=own_cameras(services, seat.resident_id))


@router.get("/home/grants/new", name="home_grant_new")
def new(request: Request, seat: HomeSeat) -> Response:
    """The editor with nothing chosen."""
    cameras = own_cameras(seat.services, seat.resident_id)
    askers = offered_askers(seat.services, seat.resident_id)
    zone = cameras[0].time_zone if cameras else seat.services.settings.night.time_zone
    return _editor(request, seat, GrantForm(time_zone=zone, asker="0" if len(askers) == 1 else ""))


@router.post("/home/grants/again", name="home_grant_again")
def again(request: Request, seat: HomeSeat, given: Given) -> Response:
    """The editor as it was, from the preview back."""
    _require_own(seat, given)
    return _editor(request, seat, given)


@router.post("/home/grants/preview", name="home_grant_preview")
def look_ahead(request: Request, seat: HomeSeat, given: Given) -> Response:
    """The words, what they would have shared over the last days, and the button that signs them."""
    before = _require_own(seat, given)
    try:
        made = _drafted(seat, given, before)
    except InputRefusedError as error:
        return _editor(request, seat, given, error=error)
    services = seat.services
    names = giving.names_of_cameras(services)
    return render_home(
        request,
        "home/grant_preview.html",
        given=given,
        words=grant_in_words(made, names, services.now()),
        before=before,
        changes=changes_in_words(before, made, names) if before else (),
        wider=wider_parts(before, made) if before else (),
        seen=preview(services, made, seat.resident_id),
        fields=_hidden(given),
    )


@router.post("/home/grants", name="home_grant_sign")
def sign(request: Request, seat: HomeSeat, given: Given) -> Response:
    """Signs it, or its next version, and deletes at once what that no longer covers."""
    before = _require_own(seat, given)
    try:
        made = _drafted(seat, given, before)
    except InputRefusedError as error:
        return _editor(request, seat, given, error=error)
    if before is None:
        grant_id = giving.sign(seat.services, made, seat.resident_id).grant.grant_id
    else:
        grant_id = before.grant_id
        changed = change_grant(seat.services, grant_id, made, seat.resident_id)
        grant_id += "?deleted=true" if changed.finished.settled else ""
    return RedirectResponse(f"/home/grants/{grant_id}", HTTPStatus.SEE_OTHER)


@router.get("/home/grants/{grant_id}", name="home_grant")
def one(request: Request, seat: HomeSeat, grant_id: str, deleted: bool = False) -> Response:
    """What it says, what each version changed, and what can be done with it; after a change, what that deleted."""
    grant = giving.own_grant(seat.services, seat.resident_id, grant_id).grant
    found = giving.versions(seat.services, grant_id)
    return render_home(
        request,
        "home/grant.html",
        grant=grant,
        words=found[-1].words,
        versions=found[::-1],
        state=state(grant, seat),
        is_open=is_open(grant, seat),
        spans=SPANS,
        said=_shed(seat, grant) if deleted else "",
    )


@router.get("/home/grants/{grant_id}/edit", name="home_grant_edit")
def edit(request: Request, seat: HomeSeat, grant_id: str) -> Response:
    """The editor with what it says now."""
    grant = giving.own_grant(seat.services, seat.resident_id, grant_id).grant
    if not is_open(grant, seat) or len(grant.hours) > SPANS:
        return RedirectResponse(f"/home/grants/{grant_id}", HTTPStatus.SEE_OTHER)
    askers = offered_askers(seat.services, seat.resident_id)
    return _editor(request, seat, GrantForm.of(wish_of(grant), grant_id, askers))


@router.get("/home/cameras/{camera_id}/still", name="home_still")
def picture(request: Request, seat: HomeSeat, camera_id: str) -> Response:
    """What stood still before the camera last, to draw zones on."""
    content = still(seat.services, seat.resident_id, camera_id)
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _shed(seat: SeatedAtHome, grant: ConsentGrant) -> str:
    """What its newest version deleted, in words."""
    authority = f"{grant.grant_id} v{grant.version}"
    stones = [one for one in seat.services.catalogue.disposals.of_grant(grant.grant_id) if one.authority == authority]
    return deleted_in_words(stones)


def is_open(grant: ConsentGrant, seat: SeatedAtHome) -> bool:
    """Whether something can still follow it."""
    return grant.revoked_at is None and seat.services.now() < grant.expires_at


def state(grant: ConsentGrant, seat: SeatedAtHome) -> tuple[str, str]:
    """Where it stands, in a word, and the tone of the word."""
    if grant.revoked_at is not None:
        return "revoked", "quiet"
    if not is_open(grant, seat):
        return "ended", "quiet"
    return ("paused", "amber") if grant.paused_since is not None else ("in force", "good")


def _require_own(seat: SeatedAtHome, given: GrantForm) -> ConsentGrant | None:
    """The grant that is changed; None for a new one. Somebody else's looks like none."""
    if not given.grant_id:
        return None
    return giving.own_grant(seat.services, seat.resident_id, given.grant_id).grant


def _drafted(seat: SeatedAtHome, given: GrantForm, before: ConsentGrant | None) -> ConsentGrant:
    askers = offered_askers(seat.services, seat.resident_id)
    wish = given.wish(askers, before.footage_from if before else None)
    made = draft(seat.services, seat.resident_id, wish, seat.services.now())
    if before is None:
        return made
    return replace(made, spans=before.spans, pauses=before.pauses)  # single clips stay so, and a pause goes on


def _editor(request: Request, seat: SeatedAtHome, given: GrantForm, error: InputRefusedError | None = None) -> Response:
    services = seat.services
    cameras = own_cameras(services, seat.resident_id)
    drawn = {camera.camera_id: services.catalogue.cameras.zones(camera.camera_id) for camera in cameras}
    return render_home(
        request,
        "home/grant_form.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        given=given,
        wrong={error.field: error.detail} if error else {},
        cameras=[(camera, has_still(services, seat.resident_id, camera.camera_id)) for camera in cameras],
        offered_zones={name: [zone_text(zone) for zone in zones] for name, zones in drawn.items() if zones},
        kinds=tuple(EventKind),
        days=EVERY_DAY,
        askers=offered_askers(services, seat.resident_id),
    )


def _hidden(given: GrantForm) -> list[tuple[str, str]]:
    """The form as it goes on from page to page."""
    plain: Mapping[str, object] = given.model_dump(mode="json")
    found: list[tuple[str, str]] = []
    for name, value in plain.items():
        values = value if isinstance(value, list) else [value]
        found += [(name, "true" if one is True else "" if one is False else str(one)) for one in values]
    return [(name, value) for name, value in found if value or name in ("start", "end")]
