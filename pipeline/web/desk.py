"""The desk itself: what every request needs, made once."""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request

from pipeline.casework.jobs import JobRoom
from pipeline.casework.near.town import Town
from pipeline.night.services import Services
from pipeline.web.cookies import Jar
from pipeline.web.rates import AskingRate, CodeRate, LinkRate, SendingRate, SignInRate
from pipeline.web.statics import Statics
from pipeline.web.templating import Templates


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """One desk over one installation.

    Attributes:
        services: The installation.
        origins: Addresses at which the desk is served, each ``scheme://host[:port]``.
        is_https: Whether browsers reach it by https.
        jar: Its cookies.
        statics: Its static files.
        templates: Its pages.
        rate: How many tries to sign in are looked at.
        codes: How many codes of Ring's partner interface are exchanged.
        link_rate: How many links by mail one network address may ask for.
        sending: How much one network address may send of reports, files and codes.
        served: Names of the routes that are served.
        jobs: Works off what takes longer than a page may.
        town: What the public pages know of places.
        asking: How often one address asks the public pages for something that costs.
        opening: Whose turn it is to have a file of a report opened.
        first_run_code: Digest of the code with which the first administrator is added; empty: nobody can.
    """

    services: Services
    origins: frozenset[str]
    is_https: bool
    jar: Jar
    statics: Statics
    templates: Templates
    rate: SignInRate
    codes: CodeRate
    link_rate: LinkRate
    sending: SendingRate
    served: frozenset[str]
    jobs: JobRoom
    town: Town
    asking: AskingRate
    opening: asyncio.Semaphore
    first_run_code: str = ""


def desk_of(request: Request) -> Desk:
    """The desk that a request came to."""
    desk = request.app.state.desk
    if not isinstance(desk, Desk):
        raise TypeError("the application has no desk")
    return desk
