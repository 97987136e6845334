"""The first run, the own account, agents and matters."""

import re
from collections.abc import Iterator

import pytest

from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from pipeline.settings import Settings
from pipeline.web.app import build_app
from tests.retention.story import Town, a_town
from tests.web.desk import PASSWORD, Desk

CODE = "the code of this start"


@pytest.fixture
def empty(settings: Settings) -> Iterator[Desk]:
    """A desk of which nobody is an agent yet."""
    with a_town(settings) as town:
        yield Desk(build_app(town.services, first_run_code=CODE), town)


def first_form(code: str = CODE) -> dict[str, str]:
    return {"code": code, "name": "Ann Smith", "password": PASSWORD}


def test_whoever_has_the_code_of_this_start_adds_the_first_administrator_and_is_signed_in(empty: Desk) -> None:
    client = empty.browser()
    assert 'name="password"' in client.get("/first-run", params={"code": CODE}).text
    answer = client.post("/first-run", first_form())

    assert answer.headers["location"] == "/"
    assert client.get("/agents").status_code == 200
    (account,) = empty.services.catalogue.agents.list()
    assert (account.name, account.role) == ("Ann Smith", Role.ADMINISTRATOR)
    (added,) = empty.records(CustodyAction.AGENT_ADDED)
    assert (added.entry.agent, added.entry.subject) == ("Ann Smith", account.agent_id)


@pytest.mark.parametrize("code", ["", "another code", CODE.upper()])
def test_nobody_else_does(empty: Desk, code: str) -> None:
    client = empty.browser()
    page = client.get("/first-run", params={"code": code})
    assert 'name="password"' not in page.text
    client.get("/first-run", params={"code": CODE})

    assert client.post("/first-run", first_form(code)).status_code in (404, 422)
    assert empty.services.catalogue.agents.is_empty()


def test_the_page_is_gone_once_there_is_an_agent(empty: Desk) -> None:
    client, late = empty.browser(), empty.browser()
    for each in (client, late):
        each.get("/first-run", params={"code": CODE})
    client.post("/first-run", first_form())

    assert late.post("/first-run", {**first_form(), "name": "somebody else"}).status_code == 404
    assert late.get("/first-run", params={"code": CODE}).status_code == 404
    assert len(empty.services.catalogue.agents.list()) == 1


def test_two_at_once_make_one_administrator(empty: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from pipeline.casework.agents.accounts import add_first_administrator

    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda name: add_first_administrator(empty.services, name, PASSWORD), ("ann", "bo", "cy")))
    assert [one is None for one in made].count(False) == 1
    assert len(empty.services.catalogue.agents.list()) == 1


def test_an_obvious_password_of_the_first_is_refused_and_the_page_stays(empty: Desk) -> None:
    client = empty.browser()
    client.get("/first-run", params={"code": CODE})
    answer = client.post("/first-run", {**first_form(), "password": "password1234"})
    assert answer.status_code == 422
    assert client.post("/first-run", first_form()).status_code == 303


def test_before_the_first_run_the_sign_in_page_says_what_to_do(empty: Desk) -> None:
    page = empty.browser().get("/sign-in").text
    assert "Nobody can sign in here yet" in page
    assert CODE not in page


def test_another_password_ends_every_other_session_and_the_old_one_opens_nothing(desk: Desk) -> None:
    client, other = desk.client(), desk.client()
    changed = client.post("/account/password", {"old": PASSWORD, "password": "quite another sentence"})

    assert changed.headers["location"] == "/account?said=password"
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert desk.browser().sign_in("ina").status_code == 401
    assert desk.browser().sign_in("ina", "quite another sentence").status_code == 303


def test_the_old_password_is_asked_for_and_may_not_be_guessed_at(desk: Desk) -> None:
    client = desk.browser()
    client.sign_in("ina")
    client.http.cookies.delete("__Host-desk-known")
    client.get("/account")
    form = {"old": "a guess at something", "password": "quite another sentence"}
    answers = [client.post("/account/password", form).status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]


def test_own_sessions_are_listed_and_ended_and_nobody_elses(desk: Desk) -> None:
    client, other, stranger = desk.client(), desk.client(), desk.client(Role.AUDITOR)
    page = client.get("/account").text
    (ended,) = re.findall(r"/account/sessions/(se-[0-9a-f]{12})/end", page)

    stranger.get("/account")
    assert stranger.post(f"/account/sessions/{ended}/end").status_code == 404
    assert other.get("/account").status_code == 200
    client.get("/account")
    assert client.post(f"/account/sessions/{ended}/end").status_code == 303
    assert other.get("/account").status_code == 303
    assert stranger.get("/account").status_code == 200


def test_signing_out_everywhere_else_leaves_this_session(desk: Desk) -> None:
    client, others = desk.client(), [desk.client(), desk.client()]
    client.get("/account")
    client.post("/account/sessions/end")
    assert [one.get("/account").status_code for one in (client, *others)] == [200, 303, 303]


def test_an_administrator_adds_an_agent_whose_password_is_good_for_one_step(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    client.get("/agents")
    page = client.post("/agents", {"name": "New  Agent", "role": "auditor"}).text
    found = re.search(r"<code class=\"break\">([a-z-]+)</code>", page)
    assert found is not None
    newcomer = desk.browser()

    assert newcomer.sign_in("new agent", found.group(1)).headers["location"] == "/sign-in/renew"
    assert newcomer.get("/audit").headers["location"] == "/sign-in/renew"
    assert found.group(1) not in client.get("/agents").text, "shown once"


def test_names_are_the_same_in_any_capitals(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    client.get("/agents")
    assert client.post("/agents", {"name": "INA", "role": "auditor"}).status_code == 409


@pytest.mark.parametrize("name", ["", " ", "-", "a" * 65, "a\x00b", "<script>", "a/b", "a\u202eb"])
def test_a_name_that_cannot_stand_in_a_log_is_refused(desk: Desk, name: str) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    client.get("/agents")
    assert client.post("/agents", {"name": name, "role": "auditor"}).status_code == 422
    assert len(desk.services.catalogue.agents.list()) == len(Role)


@pytest.mark.parametrize("change", [{"change": "disable"}, {"change": "role", "role": "auditor"}])
def test_the_last_administrator_stays_one(desk: Desk, change: dict[str, str]) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    client.get("/agents")
    answer = client.post(f"/agents/{desk.agents[Role.ADMINISTRATOR].agent_id}", change)

    assert answer.status_code == 409
    assert "last administrator" in answer.text
    assert client.get("/agents").status_code == 200


def test_another_role_ends_the_sessions_and_is_written_down(desk: Desk) -> None:
    client, theirs = desk.client(Role.ADMINISTRATOR), desk.client(Role.INVESTIGATOR)
    client.get("/agents")
    client.post(f"/agents/{desk.agents[Role.INVESTIGATOR].agent_id}", {"change": "role", "role": "auditor"})

    assert theirs.get("/account").status_code == 303
    assert desk.services.catalogue.agents.named("ina").role is Role.AUDITOR
    (record,) = desk.records(CustodyAction.AGENT_CHANGED)
    assert (record.entry.agent, record.entry.detail["change"], record.entry.detail["role"]) == (
        "adam",
        "role",
        "auditor",
    )


def test_a_matter_is_asked_for_once_and_written_down(desk: Desk) -> None:
    client = desk.client(case_number="26-7")
    (begun,) = desk.records(CustodyAction.MATTER_BEGUN)
    client.begin_matter(desk.services, "26-7")
    client.begin_matter(desk.services, "26-8")

    detail = begun.entry.detail
    assert (begun.entry.agent, detail["purpose"], detail["case"]) == ("ina", "package theft", "26-7")
    assert "26-7" not in begun.leaf
    assert len(desk.records(CustodyAction.MATTER_BEGUN)) == 2, "the same again is no act"
    assert "26-7" in client.get("/matter").text, "among the recent ones"
    assert client.api("GET", "/api/v1/me").json()["matter"]["case_number"] == "26-8"


def test_a_matter_is_one_that_a_live_grant_names(desk: Desk, town_grants: Town) -> None:
    client = desk.client(matter=False)
    page = client.get("/matter").text
    assert "burglary" in page
    assert "arson" not in page
    assert client.post("/matter", {"chosen": "0" * 16}).status_code == 422
    assert client.post("/matter", {"chosen": "arson"}).status_code == 422
    assert desk.records(CustodyAction.MATTER_BEGUN) == []


@pytest.fixture
def town_grants(desk: Desk) -> Town:
    from datetime import timedelta

    desk.town.grant(grant_id="gr-2", purpose="burglary")
    desk.town.grant(grant_id="gr-3", purpose="arson", expires_at=desk.now - timedelta(hours=1))
    return desk.town


def test_another_session_has_no_matter_of_this_one(desk: Desk) -> None:
    desk.client()
    assert desk.client(matter=False).api("GET", "/api/v1/me").json()["matter"] is None


def test_a_case_number_is_short(desk: Desk) -> None:
    client = desk.client(matter=False)
    page = client.get("/matter").text
    chosen = re.search(r'name="chosen" value="([0-9a-f]+)"', page)
    assert chosen is not None
    assert client.post("/matter", {"chosen": chosen.group(1), "case_number": "x" * 61}).status_code == 422
