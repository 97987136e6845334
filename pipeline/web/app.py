"""The application: one desk over one installation, and nothing that the permission matrix does not name."""

import asyncio
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import APIRoute

from pipeline import __version__
from pipeline.casework.jobs import JobRoom
from pipeline.casework.near.town import open_town
from pipeline.casework.proofs.secrets import digest_of
from pipeline.casework.works import WORKS
from pipeline.night.services import Services
from pipeline.settings import WebSettings
from pipeline.web.access import MATRIX, Reach, is_home
from pipeline.web.cookies import Jar
from pipeline.web.desk import Desk
from pipeline.web.gate import DeskRoute
from pipeline.web.guard import Guard
from pipeline.web.rates import AskingRate, CodeRate, LinkRate, SendingRate, SignInRate
from pipeline.web.refusals import answer_refusals
from pipeline.web.routes import ROUTERS
from pipeline.web.statics import Statics
from pipeline.web.templating import Templates

_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def build_app(services: Services, *, port: int | None = None, first_run_code: str = "") -> FastAPI:
    """The desk as an ASGI application.

    Args:
        services: The installation; whoever opened it closes it.
        port: At which it listens, where that is not the setting's.
        first_run_code: With which the first administrator may be added; empty: not over the web.

    Raises:
        ValueError: A route has no row in the permission matrix, or the name of another.
        TypeError: A route has no gate before it.
    """
    web = services.settings.web
    routes = _routes()
    _require_gated(routes)
    app = FastAPI(
        title="Doorstep", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.router.routes[:] = routes
    statics = Statics()
    origins = origins_of(web, port or web.port)
    is_https = any(origin.startswith("https://") for origin in origins)
    app.state.desk = Desk(
        services=services,
        origins=origins,
        is_https=is_https,
        jar=Jar(secure=web.secure_cookies),
        statics=statics,
        templates=Templates(statics, services.settings.night.time_zone),
        rate=SignInRate(web.sign_ins_per_minute),
        codes=CodeRate(services.settings.partner.codes_per_minute),
        link_rate=LinkRate(services.settings.home.links_per_hour),
        sending=SendingRate(
            {
                "reports": services.settings.neighbours.reports_per_hour,
                "files": services.settings.neighbours.uploads_per_hour,
                "codes": services.settings.neighbours.codes_per_hour,
            }
        ),
        served=frozenset(route.name for route in routes),
        jobs=JobRoom(services, WORKS),
        town=open_town(services.settings),
        asking=AskingRate(services.settings.near.asks_per_minute),
        opening=asyncio.Semaphore(1),
        first_run_code=digest_of(first_run_code) if first_run_code else "",
    )
    answer_refusals(app)
    hosts = frozenset(urlsplit(origin).netloc for origin in origins)
    app.add_middleware(Guard, hosts=hosts, is_https=is_https)
    return app


def origins_of(web: WebSettings, port: int) -> frozenset[str]:
    """Addresses at which the desk is served: the public one, or every name of loopback."""
    if web.public_url is not None:
        parts = urlsplit(web.public_url.lower())
        host = parts.netloc.removesuffix(f":{_PORTS[parts.scheme]}")
        return frozenset({f"{parts.scheme}://{host}"})
    return frozenset(f"http://{host}:{port}" for host in _LOOPBACK)


def _routes() -> list[APIRoute]:
    found = []
    for router in ROUTERS:
        for route in router.routes:
            if not isinstance(route, DeskRoute):
                raise TypeError(f"{route} is not behind the gate: make its router with desk_router()")
            found.append(route)
    return list(found)


def _require_gated(routes: list[APIRoute]) -> None:
    names = [route.name for route in routes]
    without = sorted(set(names) - set(MATRIX))
    if without:
        raise ValueError(f"no row in pipeline/web/access.py for {', '.join(without)}")
    astray = sorted(one.name for one in routes if is_home(one.path) != one.name.startswith("home"))
    astray += sorted(one.name for one in routes if MATRIX[one.name].home is not Reach.NOTHING and not is_home(one.path))
    if astray:
        raise ValueError(f"what lies under /home is named home..., and nothing else is: {', '.join(astray)}")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"more than one route is named {', '.join(twice)}")
