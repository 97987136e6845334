"""What the API has that belongs to no page: who one is, and its own description."""

from datetime import datetime
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline import __version__
from pipeline.domain.agents import Role
from pipeline.web.refusals import PROBLEM, PROBLEMS, Problem
from pipeline.web.seat import Seat, desk_router

router = desk_router("/api/v1")

_DESCRIPTION = (
    "Sign in with a token of `doorstep user token` as `Authorization: Bearer`. Where evidence is read, the headers "
    "Doorstep-Purpose, Doorstep-Recipient and Doorstep-Case say on what matter; every look is written down with them."
)


class MatterSeen(BaseModel):
    """On what somebody looks."""

    purpose: str
    recipient: str
    case_number: str


class Me(BaseModel):
    """Who asks."""

    name: str
    role: Role
    until: datetime
    matter: MatterSeen | None


@router.get("/me", name="api_me", response_model=Me, tags=["account"])
def me(seat: Seat) -> Me:
    """Who asks, on what matter, and how long the session or the token lives."""
    on = seat.matter_or_none
    seen = None if on is None else MatterSeen(purpose=on.purpose, recipient=on.recipient, case_number=on.case_number)
    return Me(name=seat.agent.name, role=seat.role, until=seat.session.ends_at, matter=seen)


@router.get("/openapi.json", name="api_openapi", include_in_schema=False)
def openapi(request: Request) -> Response:
    """The description of every route under /api."""
    return JSONResponse(described(request.app))


def described(app: Any) -> dict[str, Any]:  # noqa: ANN401 - FastAPI's own type would import it in a circle
    """OpenAPI of an application: the routes of the API, what each may refuse, and how one signs in."""
    routes = [route for route in app.routes if route.path.startswith("/api/")]
    made: dict[str, Any] = get_openapi(title="Doorstep", version=__version__, description=_DESCRIPTION, routes=routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    schemas["Problem"] = Problem.model_json_schema()
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    problems = {str(status): {**words, "content": content} for status, words in PROBLEMS.items()}
    for operations in made["paths"].values():
        for operation in operations.values():
            operation["responses"] |= problems
    schemes = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-desk"},
    }
    made["components"]["securitySchemes"] = schemes
    made["security"] = [{"token": []}, {"session": []}]
    return made
