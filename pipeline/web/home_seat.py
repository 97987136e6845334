"""What a route of home is handed: the installation, and which resident is signed in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request

from pipeline.catalogue.resident_sessions import ResidentSignedIn
from pipeline.domain.residents import ResidentAccount, ResidentSession
from pipeline.errors import NotHereError, NotSignedInError
from pipeline.night.services import Services
from pipeline.web.desk import desk_of
from pipeline.web.forgery import token_for
from pipeline.web.gate import DeskRoute, Knock


@dataclass(frozen=True, slots=True)
class SeatedAtHome:
    """A resident who is signed in.

    Attributes:
        services: The installation.
        signed_in: The session with its resident.
        csrf: The token for forms.
        secret: What opens the session; for signing in and out alone.
    """

    services: Services
    signed_in: ResidentSignedIn
    csrf: str
    secret: str

    @property
    def resident(self) -> ResidentAccount:
        """Who it is."""
        return self.signed_in.account

    @property
    def resident_id(self) -> str:
        """Who grants; who acts in custody records."""
        return self.signed_in.account.resident_id

    @property
    def session(self) -> ResidentSession:
        """Where they are signed in."""
        return self.signed_in.session

    def require_own(self, resident_id: str | None) -> None:
        """Returns when a thing of this resident may be reached: it is their own.

        Raises:
            NotHereError: It is somebody else's, or nobody's.
        """
        if resident_id != self.resident_id:
            raise NotHereError


def _seated(request: Request) -> SeatedAtHome:
    knock: Knock = request.state.knock
    if knock.resident is None:
        raise NotSignedInError
    return SeatedAtHome(desk_of(request).services, knock.resident, token_for(knock.secret), knock.secret)


HomeSeat = Annotated[SeatedAtHome, Depends(_seated)]
"""Which resident is signed in."""


def home_router() -> APIRouter:
    """A router of residents' pages; its paths begin with ``/home``, and the names of its routes with ``home``."""
    return APIRouter(route_class=DeskRoute, include_in_schema=False)
