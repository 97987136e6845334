"""What a route is handed: the installation, who sits at the desk, and on what matter they look."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request

from pipeline.casework.proofs.visitors import Visitor
from pipeline.catalogue.agent_sessions import SignedIn
from pipeline.domain.agents import AgentAccount, DeskSession, Matter, Role
from pipeline.errors import MatterNeededError, NotHereError, NotSignedInError
from pipeline.night.services import Services
from pipeline.web import cookies
from pipeline.web.access import Reach
from pipeline.web.desk import desk_of
from pipeline.web.forgery import token_for
from pipeline.web.gate import DeskRoute, Knock


@dataclass(frozen=True, slots=True)
class Seated:
    """An agent who is signed in, as far as the route asks.

    Attributes:
        services: The installation.
        signed_in: The session with its agent.
        csrf: The token for forms; empty for a program.
        reach: How much of this route the agent reaches: all, or their own.
        secret: What opens the session; for signing in and out alone.
    """

    services: Services
    signed_in: SignedIn
    csrf: str
    reach: Reach
    secret: str

    @property
    def agent(self) -> AgentAccount:
        """Who it is."""
        return self.signed_in.account

    @property
    def session(self) -> DeskSession:
        """Where they are signed in."""
        return self.signed_in.session

    @property
    def role(self) -> Role:
        """What they may do."""
        return self.signed_in.account.role

    @property
    def matter_or_none(self) -> Matter | None:
        """On what they look; None before they said so."""
        return self.signed_in.session.matter

    def require_own(self, name: str) -> None:
        """Returns when a thing of the agent of this name may be reached: it is their own, or they reach all.

        Raises:
            NotHereError: It is somebody else's.
        """
        if self.reach is not Reach.ALL and name != self.agent.name:
            raise NotHereError


@dataclass(frozen=True, slots=True)
class SeatedWithMatter(Seated):
    """An agent who has said on what matter they look.

    Attributes:
        matter: To be handed to every casework function.
    """

    matter: Matter


def seated(request: Request) -> Seated:
    """Who sits at the desk.

    Raises:
        NotSignedInError: Nobody; the route is public.
    """
    knock: Knock = request.state.knock
    if knock.signed_in is None:
        raise NotSignedInError
    return Seated(desk_of(request).services, knock.signed_in, token_for(knock.secret), knock.reach, knock.secret)


def _seat_with_matter(request: Request) -> SeatedWithMatter:
    seat = seated(request)
    if seat.matter_or_none is None:
        raise MatterNeededError
    return SeatedWithMatter(
        seat.services, seat.signed_in, seat.csrf, seat.reach, seat.secret, matter=seat.matter_or_none
    )


def _visitor(request: Request) -> Visitor:
    address = request.client.host if request.client else "unknown"
    known = desk_of(request).jar.get(request, cookies.KNOWN)
    return Visitor(address, request.headers.get("user-agent", ""), known)


Seat = Annotated[Seated, Depends(seated)]
"""Who sits at the desk."""

SeatWithMatter = Annotated[SeatedWithMatter, Depends(_seat_with_matter)]
"""Likewise, with ``.matter``; without one a page leads to ``/matter`` and back, and the API answers 428."""

Knocking = Annotated[Visitor, Depends(_visitor)]
"""From where somebody knocks."""


def desk_router(prefix: str = "") -> APIRouter:
    """A router whose routes lie behind the gate; none else is served."""
    return APIRouter(prefix=prefix, route_class=DeskRoute)
