"""Every route that is served, walked by every role, denied first: what the permission matrix says is what happens."""

import re
from collections.abc import Iterator, Mapping

import httpx
import pytest
from fastapi.routing import APIRoute

from pipeline.domain.agents import Role, Stage
from pipeline.web import app as application
from pipeline.web.access import MATRIX, Reach, is_home
from pipeline.web.routes import ROUTERS
from pipeline.web.seat import desk_router
from tests.web.belongings import BELONGINGS
from tests.web.desk import Browser, Desk
from tests.web.things import Things

ROUTES: Mapping[str, APIRoute] = {
    route.name: route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)
}
WALKED = [name for name in ROUTES if not MATRIX[name].is_public and MATRIX[name].stage is Stage.OPEN]
DESK = [name for name in WALKED if not is_home(ROUTES[name].path)]
_VALUES = re.compile(r"{(\w+)(?::\w+)?}")


def method_of(name: str) -> str:
    return min(ROUTES[name].methods or {"GET"})


def path_of(name: str, values: Mapping[str, str] | None = None) -> str:
    """The path with these values, or with ones that name nothing."""
    return _VALUES.sub(lambda found: (values or {}).get(found.group(1), "nothing"), ROUTES[name].path)


def ask(
    browser: Browser, name: str, things: Things | None = None, values: Mapping[str, str] | None = None
) -> httpx.Response:
    form = dict(things.form) if things else {}
    path = path_of(name, values)
    if method_of(name) == "GET":
        return browser.get(path, params=form)
    if path.startswith("/api/"):
        return browser.api(method_of(name), path, json=form)
    if method_of(name) == "POST":
        return browser.post(path, form)
    return browser.api(method_of(name), path, data=form)


def names_with(*reaches: Reach) -> Iterator[tuple[str, Role]]:
    yield from ((name, role) for name in DESK for role in Role if MATRIX[name].reaches[role] in reaches)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(ROUTES) == set(MATRIX)


def test_every_row_has_every_role() -> None:
    assert {name for name, row in MATRIX.items() if set(row.reaches) != set(Role)} == set()


def test_a_route_without_a_row_keeps_the_desk_from_starting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    router = desk_router()
    router.get("/new", name="new")(lambda: "anything")
    monkeypatch.setattr(application, "ROUTERS", (*ROUTERS, router))

    with pytest.raises(ValueError, match=r"no row in pipeline/web/access.py for new"):
        application.build_app(desk.services)


def test_a_route_beside_the_gate_keeps_the_desk_from_starting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi import APIRouter

    router = APIRouter()
    router.get("/beside", name="sign_in")(lambda: "anything")
    monkeypatch.setattr(application, "ROUTERS", (*ROUTERS, router))

    with pytest.raises(TypeError, match="not behind the gate"):
        application.build_app(desk.services)


def test_two_routes_of_one_name_keep_the_desk_from_starting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    router = desk_router()
    router.get("/twice", name="account")(lambda: "anything")
    monkeypatch.setattr(application, "ROUTERS", (*ROUTERS, router))

    with pytest.raises(ValueError, match="more than one route is named account"):
        application.build_app(desk.services)


def test_nobody_reaches_anything_without_signing_in(desk: Desk) -> None:
    nobody = desk.browser()
    before = len(list(desk.services.catalogue.custody.records()))
    answers = {}
    for name in [one for one in ROUTES if not MATRIX[one].is_public]:
        nobody.get("/sign-in")
        answers[name] = nobody.http.request(method_of(name), path_of(name), headers={"Accept": "text/html"})

    assert {name: answer.status_code for name, answer in answers.items() if not _is_led(answer, name)} == {}
    assert len(list(desk.services.catalogue.custody.records())) == before


def _is_led(answer: object, name: str) -> bool:
    status, headers = answer.status_code, answer.headers  # type: ignore[attr-defined]
    if path_of(name).startswith("/api/"):
        return bool(status == 401 and headers["content-type"] == "application/problem+json")
    door = "/home/sign-in" if is_home(path_of(name)) else "/sign-in"
    return bool(status == 303 and headers["location"].startswith(door))


@pytest.mark.parametrize("role", Role)
def test_what_a_role_does_not_reach_is_not_there(desk: Desk, role: Role) -> None:
    client = desk.client(role)
    denied = {name: _own(desk, name, role) for name, who in names_with(Reach.NOTHING) if who is role}
    before = len(list(desk.services.catalogue.custody.records()))
    answers = {name: ask(client, name, None, own).status_code for name, own in denied.items()}

    assert denied
    assert {name: status for name, status in answers.items() if status != 404} == {}
    assert len(list(desk.services.catalogue.custody.records())) == before


@pytest.mark.parametrize("role", Role)
def test_what_is_somebody_elses_is_not_there_either(desk: Desk, role: Role) -> None:
    client = desk.client(role)
    seen = {}
    for name, who in names_with(Reach.OWN, Reach.ALL):
        if who is not role or name not in BELONGINGS:
            continue
        things = BELONGINGS[name](desk, role)
        client.get("/account")
        before = desk.services.catalogue.custody.head().size
        absent = ask(client, name, things, things.absent)
        hidden = ask(client, name, things, things.hidden) if things.hidden is not None else absent
        written = desk.services.catalogue.custody.head().size - before
        if (absent.status_code, hidden.status_code, hidden.text == absent.text, written) != (404, 404, True, 0):
            seen[name] = absent.status_code, hidden.status_code, hidden.text == absent.text, written

    assert seen == {}


@pytest.mark.parametrize("role", Role)
def test_what_a_role_reaches_is_there(desk: Desk, role: Role) -> None:
    """Found, led on, or refused for what was filled in; never 404, never a fault."""
    seen, client = {}, desk.client(role)
    for name, who in names_with(Reach.OWN, Reach.ALL):
        if who is not role:
            continue
        things = BELONGINGS[name](desk, role) if name in BELONGINGS else None
        if client.get("/account").status_code == 303:
            client = desk.client(role)
        seen[name] = ask(client, name, things, things.own if things else None).status_code

    assert {
        name: status for name, status in seen.items() if status not in (200, 202, 204, 206, 303, 304, 409, 422)
    } == {}


def test_every_route_that_names_a_thing_is_walked_with_some() -> None:
    naming = {name for name, route in ROUTES.items() if _VALUES.search(route.path) and not is_home(route.path)}
    assert naming - set(BELONGINGS) == set()
    assert set(BELONGINGS) - set(ROUTES) == set()


@pytest.mark.parametrize("stage", [Stage.CODE, Stage.RENEW, Stage.ENROL])
def test_half_way_through_signing_in_nothing_is_reached_but_the_next_step(desk: Desk, stage: Stage) -> None:
    from tests.web.halfway import halfway

    client, step = halfway(desk, stage)
    answers = {name: client.get(path_of(name)) for name in DESK if method_of(name) == "GET"}

    pages = {name: answer for name, answer in answers.items() if not path_of(name).startswith("/api/")}
    assert {name for name, answer in pages.items() if answer.headers.get("location") != step} == set()
    assert {answers[name].status_code for name in set(answers) - set(pages)} == {401}


def _own(desk: Desk, name: str, role: Role) -> Mapping[str, str]:
    """A thing that is there and that another role reaches: not to be there is not for want of it."""
    if name not in BELONGINGS:
        return {}
    reaching = next((one for one in Role if MATRIX[name].reaches[one] is not Reach.NOTHING), role)
    return BELONGINGS[name](desk, reaching).own
