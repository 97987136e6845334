"""A request that changes something comes from a page of the desk, or nothing is changed."""

from typing import Any

import pytest

from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from tests.web.desk import ADDRESS, PASSWORD, Desk

FORM = {"name": "somebody new", "role": "auditor"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.test"},
        {"Origin": "https://evil.desk.test", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://desk.test"},
        {"Origin": "https://desk.test:8443"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
)
def test_what_comes_from_elsewhere_changes_nothing_even_with_the_token(desk: Desk, headers: dict[str, str]) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    answer = client.http.post("/agents", data={**FORM, "csrf": client.csrf}, headers=headers)

    assert answer.status_code == 403
    assert len(desk.services.catalogue.agents.list()) == len(Role)


@pytest.mark.parametrize("headers", [{"Origin": ADDRESS}, {"Sec-Fetch-Site": "same-origin"}])
def test_either_word_of_the_browser_is_enough_beside_the_token(desk: Desk, headers: dict[str, str]) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    assert client.http.post("/agents", data={**FORM, "csrf": client.csrf}, headers=headers).status_code == 200


@pytest.mark.parametrize("token", ["", "0" * 64, "ä", None])
def test_without_the_token_nothing_is_changed_even_from_here(desk: Desk, token: str | None) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    form = FORM if token is None else {**FORM, "csrf": token}
    answer = client.http.post("/agents", data=form, headers={"Origin": ADDRESS, "Accept": "text/html"})

    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text or "nothing was changed" in answer.text
    assert len(desk.services.catalogue.agents.list()) == len(Role)


def test_the_token_of_another_session_is_none(desk: Desk) -> None:
    client, other = desk.client(Role.ADMINISTRATOR), desk.client(Role.AUDITOR)
    assert client.post("/agents", {**FORM, "csrf": other.csrf}).status_code == 403


def test_the_token_changes_with_the_session(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    old = client.csrf
    client.post("/sign-out")
    client.sign_in("adam")
    client.get("/account")

    assert client.csrf != old
    assert client.post("/agents", {**FORM, "csrf": old}).status_code == 403


def test_the_token_may_come_in_a_header_as_htmx_sends_it(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    headers = {"Origin": ADDRESS, "HX-Request": "true", "X-CSRF-Token": client.csrf}
    assert client.http.post("/agents", data=FORM, headers=headers).status_code == 200


def test_the_token_may_come_in_a_form_with_files(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    without: dict[str, Any] = {"files": {"clip": ("a.mp4", b"bytes")}, "headers": {"Origin": ADDRESS}}

    assert client.http.post("/agents", data=FORM, **without).status_code == 403
    assert client.http.post("/agents", data={**FORM, "csrf": client.csrf}, **without).status_code == 200


def test_a_file_in_the_place_of_the_token_is_none(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    files = {"csrf": ("token.txt", client.csrf.encode())}
    assert client.http.post("/agents", data=FORM, files=files, headers={"Origin": ADDRESS}).status_code == 403


def test_nobody_is_signed_in_from_another_page(desk: Desk) -> None:
    """A stranger's page would sign somebody in as the stranger, to see what they look for."""
    client = desk.browser()
    client.get("/sign-in")
    form = {"name": "ina", "password": PASSWORD, "csrf": client.csrf}
    answer = client.http.post("/sign-in", data=form, headers={"Origin": "https://evil.test"})
    assert answer.status_code == 403

    form["csrf"] = "0" * 64
    assert client.http.post("/sign-in", data=form, headers={"Origin": ADDRESS}).status_code == 403
    assert desk.records(CustodyAction.SIGNED_IN) == []


def test_a_program_with_a_token_needs_no_origin(desk: Desk) -> None:
    from pipeline.casework.agents.tokens import make_token

    _, secret = make_token(desk.services, "tester", desk.agents[Role.AUDITOR], "a test", 1)
    answer = desk.browser().http.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["name"] == "aud"


def test_no_route_that_changes_something_answers_to_get() -> None:
    from tests.web.test_matrix import ROUTES

    assert {name for name, route in ROUTES.items() if {"GET", "POST"} <= (route.methods or set())} == set()
