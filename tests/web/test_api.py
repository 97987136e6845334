"""The API: tokens of programs, problem details, and whatever schemathesis thinks of sending it."""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from pipeline.casework.agents.accounts import reset, set_enabled
from pipeline.casework.agents.tokens import end_token, make_token
from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import InputRefusedError
from tests.web.desk import Desk
from tests.web.test_matrix import ROUTES

_EXAMPLES = 10
"""For each operation and mode: some seconds for the whole API."""

_NOT_ASKED = [ignored_auth, positive_data_acceptance]
"""Who may come in is walked by the matrix; and a word of the right form may name no kind of event that there is."""

MATTER = {"Doorstep-Purpose": "package theft", "Doorstep-Recipient": "Oak Street police", "Doorstep-Case": "26-1042"}


def bearer(desk: Desk, role: Role = Role.SUPERVISOR, days: int = 1) -> dict[str, str]:
    _, secret = make_token(desk.services, "tester", desk.agents[role], "a program", days)
    return {"Authorization": f"Bearer {secret}"}


def me(desk: Desk, headers: dict[str, str]) -> Any:
    return desk.browser().http.get("/api/v1/me", headers=headers)


def test_a_program_acts_for_its_agent_on_the_matter_that_it_names(desk: Desk) -> None:
    answer = me(desk, bearer(desk) | MATTER)
    assert answer.json() == {
        "name": "sue",
        "role": "supervisor",
        "until": (desk.now + timedelta(days=1)).isoformat().replace("+00:00", "Z"),
        "matter": {"purpose": "package theft", "recipient": "Oak Street police", "case_number": "26-1042"},
    }


def test_without_a_matter_it_looks_at_no_evidence(desk: Desk) -> None:
    assert me(desk, bearer(desk)).json()["matter"] is None


def test_a_purpose_that_no_grant_names_is_refused(desk: Desk) -> None:
    answer = me(desk, bearer(desk) | MATTER | {"Doorstep-Purpose": "curiosity"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:doorstep:InputRefusedError")


def test_the_secret_of_a_token_is_not_kept_and_its_making_is_written_down(desk: Desk) -> None:
    token, secret = make_token(desk.services, "adam", desk.agents[Role.AUDITOR], "nightly export", 30)
    (kept,) = desk.services.catalogue.sessions.tokens_of(token.agent_id)
    (record,) = desk.records(CustodyAction.AGENT_CHANGED)

    assert kept == token
    assert secret not in repr(kept) + record.leaf
    assert record.entry.detail["change"] == "token_made"


@pytest.mark.parametrize("end", ["time", "hand", "disabled", "reset"])
def test_a_token_ends(desk: Desk, end: str) -> None:
    account = desk.agents[Role.SUPERVISOR]
    token, secret = make_token(desk.services, "tester", account, "a program", 1)
    headers = {"Authorization": f"Bearer {secret}"}
    assert me(desk, headers).status_code == 200
    if end == "time":
        desk.clock.jump(days=1)
    elif end == "hand":
        assert end_token(desk.services, "tester", account, token.token_id)
    elif end == "disabled":
        set_enabled(desk.services, "tester", account, enabled=False)
    else:
        reset(desk.services, "tester", account)

    answer = me(desk, headers)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer x", "Bearer dst_x", "Basic aW5hOng=", "bearer  dst_" + "0" * 43]
)
def test_what_is_no_token_opens_nothing(desk: Desk, given: str) -> None:
    assert me(desk, {"Authorization": given}).status_code == 401


def test_a_token_opens_no_page(desk: Desk) -> None:
    answer = desk.browser().http.get("/account", headers={"Accept": "*/*", **bearer(desk)})
    assert answer.status_code == 401


@pytest.mark.parametrize(("label", "days"), [("", 1), (" ", 1), ("x" * 81, 1), ("a program", 0), ("a program", 91)])
def test_a_token_says_what_it_is_for_and_lives_so_long(desk: Desk, label: str, days: int) -> None:
    with pytest.raises(InputRefusedError):
        make_token(desk.services, "tester", desk.agents[Role.AUDITOR], label, days)


def test_every_refusal_is_a_problem_with_a_remedy(desk: Desk) -> None:
    client = desk.browser().http
    headers = bearer(desk)
    answers = [
        client.get("/api/v1/me"),
        client.get("/api/v1/nothing", headers=headers),
        client.delete("/api/v1/me", headers=headers),
    ]
    for answer in answers:
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(problem) == {"type", "title", "status", "detail", "remedy"}
        assert problem["status"] == answer.status_code
    assert [answer.status_code for answer in answers] == [401, 404, 405]


def test_the_description_names_every_route_of_the_api_and_its_problems(desk: Desk) -> None:
    described = desk.browser().http.get("/api/v1/openapi.json", headers=bearer(desk)).json()
    ours = {route.path for route in ROUTES.values() if route.path.startswith("/api/") and route.include_in_schema}

    assert set(described["paths"]) == ours
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            problems = {status: one for status, one in operation["responses"].items() if status[0] in "45"}
            assert {"401", "404", "422"} <= set(problems), f"{method} {path}"
            assert all("application/problem+json" in one["content"] for one in problems.values())


def test_nothing_that_schemathesis_sends_is_a_fault_or_a_breach_of_the_description(desk: Desk) -> None:
    """Values that fit the description and values that do not, for every operation; a session of its own for each."""
    headers = {"Host": "desk.test", **bearer(desk), **MATTER}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", desk.app, headers=headers)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            send(operation.as_strategy(generation_mode=mode), headers)


def send(cases: Any, headers: dict[str, str]) -> None:
    @given(case=cases)
    @settings(max_examples=_EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    def each(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=_NOT_ASKED)

    each()
