"""Every route of home, walked by residents and by whoever is none, denied first."""

import pytest

from pipeline.domain.agents import Role, Stage
from pipeline.web.access import MATRIX, Reach, Row, is_home
from tests.web.desk import Desk
from tests.web.home import BOB, Home
from tests.web.home_things import BELONGINGS
from tests.web.test_matrix import _VALUES, ROUTES, WALKED, ask, method_of, path_of

AT_HOME = [name for name, row in MATRIX.items() if row.home is Reach.OWN and row.stage is Stage.OPEN]
ENDING = ("home_sign_out", "home_closed")
"""Routes after which nobody is signed in; they are walked last."""


def test_what_lies_under_home_is_of_residents_alone() -> None:
    paths = {name: ROUTES[name].path for name in MATRIX}
    assert {name for name, row in MATRIX.items() if row.home is Reach.OWN} == {
        name for name, path in paths.items() if is_home(path) and not MATRIX[name].is_public
    }


def test_no_row_is_of_agents_and_residents_or_of_every_resident() -> None:
    with pytest.raises(ValueError, match="none of agents"):
        Row(dict.fromkeys(Role, Reach.ALL), home=Reach.OWN)
    with pytest.raises(ValueError, match="their own"):
        Row(dict.fromkeys(Role, Reach.NOTHING), home=Reach.ALL)


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.ADMINISTRATOR])
def test_an_agents_session_opens_nothing_at_home(desk: Desk, home: Home, role: Role) -> None:
    client = desk.client(role)
    before = desk.services.catalogue.custody.head().size
    answers = {name: ask(client, name) for name in AT_HOME}

    led = {name for name, answer in answers.items() if answer.status_code == 303}
    assert led == set(AT_HOME)
    assert {answers[name].headers["location"].partition("?")[0] for name in led} == {"/home/sign-in"}
    assert desk.services.catalogue.custody.head().size == before


def test_a_residents_session_opens_nothing_at_the_desk(desk: Desk, home: Home) -> None:
    client = home.client()
    before = desk.services.catalogue.custody.head().size
    answers = {name: ask(client, name) for name in WALKED if not is_home(ROUTES[name].path)}

    there = {name for name, answer in answers.items() if answer.status_code not in (303, 401)}
    assert there == set()
    locations = {answer.headers["location"].partition("?")[0] for answer in answers.values() if answer.is_redirect}
    assert locations == {"/sign-in"}
    assert desk.services.catalogue.custody.head().size == before


def test_a_session_of_the_one_door_in_the_cookie_of_the_other_opens_nothing(desk: Desk, home: Home) -> None:
    resident, agent = home.client(), desk.client()
    swapped = desk.browser()
    swapped.http.cookies.set("__Host-desk", resident.http.cookies["__Host-home"], domain="desk.test")
    swapped.http.cookies.set("__Host-home", agent.http.cookies["__Host-desk"], domain="desk.test")

    assert swapped.get("/account").headers["location"].startswith("/sign-in")
    assert swapped.get("/home").headers["location"].startswith("/home/sign-in")


def test_what_is_another_residents_is_not_there(desk: Desk, home: Home) -> None:
    seen = {}
    for name in BELONGINGS:
        client, things = home.client(), BELONGINGS[name](home)
        before = desk.services.catalogue.custody.head().size
        absent = ask(client, name, things, things.absent)
        hidden = ask(client, name, things, things.hidden) if things.hidden is not None else absent
        written = desk.services.catalogue.custody.head().size - before
        if (absent.status_code, hidden.status_code, hidden.text == absent.text, written) != (404, 404, True, 0):
            seen[name] = absent.status_code, hidden.status_code, hidden.text == absent.text, written
    assert seen == {}


def test_what_a_resident_reaches_is_there(home: Home) -> None:
    """Found, led on, or refused for what was filled in; never 404, never a fault."""
    seen, client = {}, home.client()
    for name in [*(one for one in AT_HOME if one not in ENDING), *(one for one in AT_HOME if one in ENDING)]:
        if client.get("/home/account").status_code == 303:
            client = home.client()
        things = BELONGINGS[name](home) if name in BELONGINGS else None
        seen[name] = ask(client, name, things, things.own if things else None).status_code
    assert {name: status for name, status in seen.items() if status not in (200, 202, 204, 303, 304, 409, 422)} == {}


def test_every_route_of_home_that_names_a_thing_is_walked_with_some() -> None:
    naming = {name for name in AT_HOME if _VALUES.search(ROUTES[name].path)}
    assert naming - set(BELONGINGS) == set()
    assert set(BELONGINGS) - set(ROUTES) == set()


def test_before_the_code_nothing_is_reached_but_the_code(home: Home) -> None:
    from tests.web.test_home_entry import half_in

    client = half_in(home, BOB)
    answers = {name: client.get(path_of(name)) for name in AT_HOME if method_of(name) == "GET"}
    assert {answer.headers.get("location") for answer in answers.values()} == {"/home/sign-in/code"}
