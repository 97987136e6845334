"""What makes the public pages an application on a telephone: manifest, worker, the page without a network."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.web.desk import Desk, desk_of
from pipeline.web.near import PREFIX, render_near, with_door
from pipeline.web.seat import desk_router

router = desk_router()

_ANEW = "no-cache"
_WORKER = "near/worker.js"
_SIZES = (192, 512)
_SHELL = (
    "icon.svg",
    "desk.css",
    "near/near.css",
    "near/shell.js",
    "near/drafts.js",
    "near/report.css",
    "near/report.js",
    "near/tus.js",
    "near/address.js",
)
"""Static files that a public page needs without a network, the form of a report above all."""
_PAGES = {"near_offline": f"{PREFIX}/offline", "near_report": f"{PREFIX}/report"}
"""Pages that are kept on the device, by the names of their routes."""


@router.get("/near/manifest.webmanifest", name="near_manifest", include_in_schema=False)
def manifest(request: Request) -> Response:
    """How a telephone shows the public pages once they are installed (W3C Web Application Manifest)."""
    desk = desk_of(request)
    url = desk.statics.url
    icons = [
        {"src": url(f"near/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in _SIZES
        for purpose in ("any", "maskable")
    ]
    said = {
        "id": PREFIX,
        "name": f"Near you: {desk.services.settings.agency.name}",
        "short_name": "Near you",
        "description": "What neighbours reported around a place. Not an emergency service, and not monitored.",
        "lang": "en",
        "start_url": PREFIX,
        "scope": PREFIX,
        "display": "standalone",
        "background_color": "#f6f6f4",
        "theme_color": "#0d6a6a",
        "icons": icons,
        "shortcuts": _shortcuts(desk),
    }
    return JSONResponse(said, headers={"Cache-Control": _ANEW}, media_type="application/manifest+json")


def _shortcuts(desk: Desk) -> list[dict[str, str]]:
    return [{"name": "Send a report", "url": _PAGES["near_report"]}] if "near_report" in desk.served else []


def _files(desk: Desk) -> list[str]:
    return [desk.statics.url(name) for name in _SHELL if desk.statics.get(name) is not None]


@router.get("/near/worker.js", name="near_worker", include_in_schema=False)
def worker(request: Request) -> Response:
    """The worker, with what it keeps: every file of the shell under its present address. It reaches ``/near`` alone."""
    desk = desk_of(request)
    pages = [url for name, url in _PAGES.items() if name in desk.served]
    kept = {"version": desk.statics.digest, "pages": pages, "files": _files(desk)}
    file = desk.statics.get(_WORKER)
    if file is None:
        raise RuntimeError("the worker's file is not part of this installation")
    text = f"const SHELL = {json.dumps(kept)};\n".encode() + file.content
    headers = {"Cache-Control": _ANEW, "Service-Worker-Allowed": PREFIX}
    return Response(text, headers=headers, media_type="text/javascript")


@router.get("/near/offline", name="near_offline", include_in_schema=False)
def offline(request: Request) -> Response:
    """What is shown where a page needs a network and there is none."""
    return render_near(request, "near/offline.html")


@router.get("/near/token", name="near_token", include_in_schema=False)
def token(request: Request) -> Response:
    """The token for forms of this browser, anew: a page that was kept on the device has one that may be too old."""
    return with_door(request, lambda csrf: JSONResponse({"csrf": csrf}))
