"""The news of a neighbourhood by mail: asked for, confirmed by the link of a mail, ended by one click."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Query
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from pipeline.casework.near.around import read_neighbourhood
from pipeline.casework.near.digests import ask_for_digest, asked_by, confirm_digest, end_digest
from pipeline.casework.near.mailing import mail_confirmation
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.errors import InputRefusedError
from pipeline.reports.near_words import CATEGORY_WORDS, place_words
from pipeline.web.desk import desk_of
from pipeline.web.near import base_of, render_near, require_asking
from pipeline.web.seat import desk_router

router = desk_router()

Key = Annotated[str, Query(max_length=100)]


@router.get("/near/digest", name="near_digest", include_in_schema=False)
def digest_page(
    request: Request,
    at: Annotated[str, Query(max_length=60)] = "",
    metres: int | None = None,
    category: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> Response:
    """Asks for an address."""
    where = read_neighbourhood(desk_of(request).services, at, metres, category or ())
    return _form(request, where)


@router.post("/near/digest", name="near_digest_ask", include_in_schema=False)
def ask(
    request: Request,
    address: Annotated[str, Form(max_length=300)],
    at: Annotated[str, Form(max_length=60)] = "",
    metres: Annotated[int | None, Form()] = None,
    category: Annotated[list[str] | None, Form(max_length=20)] = None,
) -> Response:
    """Mails the link that confirms; the answer is the same whether the address was known or not."""
    require_asking(request, "mails")
    services = desk_of(request).services
    where = read_neighbourhood(services, at, metres, category or ())
    try:
        wanted = ask_for_digest(services, where, address)
    except InputRefusedError as error:
        return _form(request, where, address, error.detail)
    page = _said(request, "A mail is on its way", "Follow its link within two days; before, nothing is sent.")
    page.background = BackgroundTask(mail_confirmation, services, wanted, address, base_of(request))
    return page


@router.get("/near/digest/confirm", name="near_digest_link", include_in_schema=False)
def confirm_page(request: Request, key: Key = "") -> Response:
    """Asks once more: whatever only looks at the links of a mail confirms nothing."""
    services = desk_of(request).services
    where = asked_by(services, key).where
    words = place_words(where, services.settings.agency.name)
    return render_near(request, "near/digest_confirm.html", has_form=True, key=key, around=words)


@router.post("/near/digest/confirm", name="near_digest_begin", include_in_schema=False)
def confirm(request: Request, key: Annotated[str, Form(max_length=100)]) -> Response:
    """Begins to tell."""
    confirm_digest(desk_of(request).services, key)
    return _said(
        request,
        "Confirmed",
        "The news come after each night in which there are any. Each mail has a link that ends it.",
    )


@router.get("/near/digest/end", name="near_digest_over", include_in_schema=False)
def end_page(request: Request, id: Key = "", key: Key = "") -> Response:  # noqa: A002 - the word of the address
    """Asks once more, for people; a mail program ends it with one click."""
    return render_near(request, "near/digest_end.html", name=id, key=key)


@router.post("/near/digest/end", name="near_digest_end", include_in_schema=False)
def end(request: Request, id: Key, key: Key) -> Response:  # noqa: A002 - the word of the address
    """Ends it, and erases the address. Source: RFC 8058, which posts to the address of the header and nothing else."""
    end_digest(desk_of(request).services, id, key)
    return _said(request, "It is over", "Nothing more is sent, and the address is erased.")


def _form(request: Request, where: Neighbourhood, address: str = "", wrong: str = "") -> Response:
    settings = desk_of(request).services.settings
    return render_near(
        request,
        "near/digest.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        has_form=True,
        at=f"{where.place[0]:.3f},{where.place[1]:.3f}" if where.place else "",
        metres=where.metres,
        chosen=[] if where.is_whole else [one.value for one in where.categories],
        kinds="" if where.is_whole else ", ".join(CATEGORY_WORDS[one].lower() for one in where.categories),
        around=place_words(where, settings.agency.name),
        is_on=settings.mail.is_on,
        address=address,
        wrong=wrong,
    )


def _said(request: Request, heading: str, words: str) -> Response:
    return render_near(request, "near/said.html", heading=heading, words=words)
