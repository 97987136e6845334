"""Signing in with name and password: what is said, what is written down, and how long who fails has to wait."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from pipeline.casework.agents.accounts import set_enabled
from pipeline.casework.proofs import passwords
from pipeline.casework.proofs.secrets import digest_of
from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import InputRefusedError
from tests.web.desk import ADDRESS, PASSWORD, Browser, Desk, an_agent

WRONG = "another sentence altogether"


def fail(browser: Browser, name: str, times: int) -> list[int]:
    return [browser.sign_in(name, WRONG).status_code for _ in range(times)]


def test_signing_in_is_written_down_and_signing_out_too(desk: Desk) -> None:
    client = desk.browser()
    client.sign_in("ina")
    client.get("/account")
    answer = client.post("/sign-out")

    entries = [record.entry for record in desk.records(CustodyAction.SIGNED_IN, CustodyAction.SIGNED_OUT)]
    subject = desk.agents[Role.INVESTIGATOR].agent_id
    assert [(entry.agent, entry.action, entry.subject) for entry in entries] == [
        ("ina", CustodyAction.SIGNED_IN, subject),
        ("ina", CustodyAction.SIGNED_OUT, subject),
    ]
    assert answer.headers["location"] == "/sign-in"
    assert client.get("/account").status_code == 303


def test_no_name_and_no_address_stands_in_a_leaf(desk: Desk) -> None:
    desk.browser().sign_in("ina")
    fail(desk.browser(), "ina", 1)
    leaves = [record.leaf for record in desk.records(CustodyAction.SIGNED_IN, CustodyAction.SIGN_IN_REFUSED)]

    assert len(leaves) == 2
    assert [leaf for leaf in leaves if "ina" in leaf.replace("_in_", "") or "testclient" in leaf] == []


def test_wrong_name_wrong_password_and_disabled_look_alike(desk: Desk) -> None:
    set_enabled(desk.services, "tester", desk.agents[Role.AUDITOR], enabled=False)
    tries = {"ina": WRONG, "nobody of this name": PASSWORD, "aud": PASSWORD}
    answers = {name: desk.browser().sign_in(name, password) for name, password in tries.items()}

    assert {answer.status_code for answer in answers.values()} == {401}
    assert all("That was not right." in answer.text for answer in answers.values())
    assert ["__Host-desk=" in answer.headers.get("set-cookie", "") for answer in answers.values()] == [False] * 3


@pytest.mark.usefixtures("real_passwords")
def test_a_name_that_nobody_has_costs_the_same_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, and not timed: the real work is done each time."""
    verified = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str) -> bool:
        verified.append(kept.split("$")[3])
        return real(self, kept, password)

    an_agent(desk.services, "iris", Role.INVESTIGATOR)  # whose password is hashed in earnest
    monkeypatch.setattr(PasswordHasher, "verify", counted)
    fail(desk.browser(), "iris", 1)
    fail(desk.browser(), "nobody of this name", 1)

    assert verified == ["m=65536,t=3,p=4"] * 2


def test_a_name_that_nobody_has_is_not_written_down(desk: Desk) -> None:
    """People type their password there."""
    fail(desk.browser(), "hunter2 is my password", 1)
    (record,) = desk.records(CustodyAction.SIGN_IN_REFUSED)

    assert record.entry.agent == "somebody unknown"
    assert "hunter2" not in record.leaf + "".join(opening.words for opening in record.openings)


def test_the_session_cookie_is_of_this_host_alone_and_no_script_reads_it(desk: Desk) -> None:
    answer = desk.browser().sign_in("ina")
    cookies = {one.partition("=")[0]: one for one in answer.headers.get_list("set-cookie")}

    for name in ("__Host-desk", "__Host-desk-known"):
        parts = {part.strip().lower() for part in cookies[name].split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)
    assert not any(
        part.strip().lower().startswith(("max-age", "expires")) for part in cookies["__Host-desk"].split(";")
    )


def test_each_sign_in_has_a_session_of_its_own_and_the_secret_is_not_kept(desk: Desk) -> None:
    client = desk.browser()
    client.sign_in("ina")
    first = client.http.cookies["__Host-desk"]
    client.http.cookies.delete("__Host-desk")
    client.sign_in("ina")
    second = client.http.cookies["__Host-desk"]

    assert first != second
    assert len(first) >= 43
    for secret in (first, second):
        assert desk.services.catalogue.sessions.find(secret) is None
        assert desk.services.catalogue.sessions.find(digest_of(secret)) is not None


def test_a_session_that_somebody_brings_along_is_not_taken_over(desk: Desk) -> None:
    client = desk.browser()
    client.http.cookies.set("__Host-desk", "x" * 43, domain="desk.test")
    client.sign_in("ina")

    assert client.http.cookies.get("__Host-desk", domain="desk.test", path="/") != "x" * 43


def test_five_failures_pause_the_account_and_the_pause_grows_and_ends(desk: Desk) -> None:
    stranger = desk.browser()
    assert fail(stranger, "ina", 6) == [401] * 5 + [429]
    assert desk.browser().sign_in("ina").status_code == 429, "also with the right password"

    pauses = []
    for _ in range(7):
        paused = desk.browser().sign_in("ina", WRONG)
        assert paused.status_code == 429
        seconds = int(paused.text.partition("looked at in ")[2].split()[0])
        pauses.append(seconds)
        desk.clock.jump(seconds=seconds + 1)
        assert fail(desk.browser(), "ina", 1) == [401]

    assert pauses == [30, 60, 120, 240, 480, 900, 900], "it never grows beyond a quarter of an hour"
    desk.clock.jump(seconds=901)
    assert desk.browser().sign_in("ina").status_code == 303
    assert desk.browser().sign_in("sue").status_code == 303, "nobody else waits"


def test_a_name_that_nobody_has_pauses_as_one_that_somebody_has(desk: Desk) -> None:
    def tried(name: str) -> list[tuple[int, str]]:
        answers = [desk.browser().sign_in(name, WRONG) for _ in range(7)]
        return [(one.status_code, re.sub(r'value="[^"]*"', "", one.text)) for one in answers]

    somebody = [(status, text.replace("ina", "NAME")) for status, text in tried("ina")]
    desk.clock.jump(seconds=31)
    assert [status for status, _ in somebody] == [401] * 5 + [429] * 2
    nobody = [(status, text.replace("nobody-here", "NAME")) for status, text in tried("nobody-here")]
    assert [status for status, _ in nobody] == [status for status, _ in somebody]
    assert len(desk.records(CustodyAction.SIGN_IN_REFUSED)) == 10


def test_tries_within_a_pause_are_not_looked_at_and_do_not_flood_the_log(desk: Desk) -> None:
    fail(desk.browser(), "ina", 30)
    assert len(desk.records(CustodyAction.SIGN_IN_REFUSED)) == 5


def test_whoever_fails_with_somebodys_name_does_not_keep_them_out_of_their_browser(desk: Desk) -> None:
    theirs = desk.client(Role.INVESTIGATOR)
    theirs.post("/sign-out")
    for _ in range(6):
        fail(desk.browser(), "ina", 1)
        desk.clock.jump(minutes=1)
    fail(desk.browser(), "ina", 1)

    assert desk.browser().sign_in("ina").status_code == 429
    assert theirs.sign_in("ina").status_code == 303


def test_a_browser_that_is_known_is_paused_for_itself(desk: Desk) -> None:
    theirs = desk.client(Role.INVESTIGATOR)
    theirs.post("/sign-out")

    assert fail(theirs, "ina", 6) == [401] * 5 + [429]
    assert desk.browser().sign_in("ina").status_code == 303


def test_a_known_browser_helps_with_no_other_name(desk: Desk) -> None:
    theirs = desk.client(Role.INVESTIGATOR)
    theirs.post("/sign-out")
    fail(desk.browser(), "sue", 5)

    assert theirs.sign_in("sue").status_code == 429


def test_an_address_that_fails_with_many_names_is_paused(desk: Desk) -> None:
    strict = desk.with_web(sign_in_tries=1)
    answers = [fail(strict.browser(), f"name {number}", 1)[0] for number in range(5)]
    assert answers == [401] * 4 + [429]


def test_failures_are_forgotten_after_a_day(desk: Desk) -> None:
    fail(desk.browser(), "ina", 4)
    desk.clock.jump(days=1, seconds=1)
    assert fail(desk.browser(), "ina", 2) == [401, 401]


def test_more_tries_in_a_minute_than_the_machine_bears_are_turned_away(desk: Desk) -> None:
    narrow = desk.with_web(sign_ins_per_minute=3)
    assert fail(narrow.browser(), "ina", 4) == [401, 401, 401, 429]
    assert len(desk.records(CustodyAction.SIGN_IN_REFUSED)) == 3


@pytest.mark.usefixtures("real_passwords")
def test_a_hash_of_older_parameters_is_made_anew(desk: Desk) -> None:
    agent_id = desk.agents[Role.INVESTIGATOR].agent_id
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    desk.services.catalogue.agents.rehash(agent_id, weak)
    desk.browser().sign_in("ina")

    kept = desk.services.catalogue.agents.proofs(agent_id).password_hash
    assert "m=65536,t=3,p=4" in kept
    assert passwords.is_password(kept, PASSWORD)


@pytest.mark.parametrize(
    "password",
    ["short", "password1234", "aaaaaaaaaaaa", "ina ina ina ina", "123456789012", "police doorstep", "x" * 257],
)
def test_short_and_obvious_passwords_are_refused(password: str) -> None:
    with pytest.raises(InputRefusedError):
        passwords.require_good_password(password, "ina")


@pytest.mark.parametrize(
    "password", ["all lower case words", "täglich frische Brötchen", "🔑 and nothing more", "x7!kQ2#mP9$w"]
)
def test_nothing_else_is_asked_of_a_password(password: str) -> None:
    assert passwords.require_good_password(password, "ina") == password


def test_an_invented_password_can_be_taken_and_differs_each_time() -> None:
    made = {passwords.invent_password() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.require_good_password(one, "ina") == one for one in made)


@pytest.mark.parametrize(
    "way", ["//evil.test", "/\\evil.test", "https://evil.test", "/a\nb", "javascript:x", "", "/" + "a" * 3000]
)
def test_signing_in_leads_nowhere_else(desk: Desk, way: str) -> None:
    client = desk.browser()
    client.get("/sign-in", params={"next": way})
    answer = client.post("/sign-in", {"name": "adam", "password": PASSWORD, "next": way})

    where = answer.headers.get("location", "/")
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert "evil" not in where


def test_signing_in_leads_back_to_where_one_wanted_to_go(desk: Desk) -> None:
    client = desk.browser()
    led = client.get("/matter", params={"next": "/search?kind=person"})
    client.get(led.headers["location"])
    way = led.headers["location"].partition("next=")[2]
    answer = client.post(
        "/sign-in", {"name": "ina", "password": PASSWORD, "next": "/matter?next=/search%3Fkind%3Dperson"}
    )

    assert way
    assert answer.headers["location"] == "/matter?next=/search%3Fkind%3Dperson"


def test_a_session_ends_when_it_is_not_used_and_in_any_case(desk: Desk) -> None:
    client = desk.client()
    desk.clock.jump(minutes=61)
    assert client.get("/account").status_code == 303

    client = desk.client()
    for _ in range(23):
        desk.clock.jump(minutes=30)
        assert client.get("/account").status_code == 200
    desk.clock.jump(minutes=30)
    assert client.get("/account").status_code == 303, "twelve hours after it began"
    assert client.http.get("/account", headers={"Origin": ADDRESS}).status_code in (303, 401)


def test_a_session_of_a_disabled_agent_opens_nothing_at_once(desk: Desk) -> None:
    client = desk.client()
    set_enabled(desk.services, "tester", desk.agents[Role.INVESTIGATOR], enabled=False)
    assert client.get("/account").status_code == 303


def test_sessions_are_noted_to_the_minute(desk: Desk) -> None:
    client = desk.client(matter=False)
    agent_id = desk.agents[Role.INVESTIGATOR].agent_id
    (before,) = desk.services.catalogue.sessions.of_agent(agent_id)
    desk.clock.jump(seconds=59)
    client.get("/account")
    (same,) = desk.services.catalogue.sessions.of_agent(agent_id)
    desk.clock.jump(seconds=1)
    client.get("/account")
    (after,) = desk.services.catalogue.sessions.of_agent(agent_id)

    assert same == before
    assert after.seen_at - before.seen_at == timedelta(minutes=1)
