"""Residents come in: by a link in a mail, by one that the operator hands on, by password and one-time code."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pyotp
import pytest

from pipeline.casework.proofs.one_time import plain_code
from pipeline.casework.proofs.passwords import hash_password
from pipeline.casework.proofs.secrets import digest_of
from pipeline.casework.residents.accounts import mail_of, set_enabled
from pipeline.casework.residents.links import make_link
from pipeline.catalogue.agents import Proofs
from pipeline.domain.evidence import CustodyAction
from pipeline.night.services import Services
from pipeline.settings import HomeSettings, MailSettings, Settings
from tests.web.desk import ADDRESS, PASSWORD, Browser
from tests.web.home import ANN, BOB, MAILS, Home, follow

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = "aaaa-bbbb-cccc-dddd"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Mail goes into a folder, and an address may ask for few links."""
    mail = MailSettings(outbox=tmp_path / "outbox", sender="doorstep@example.org")
    return settings.model_copy(update={"mail": mail, "home": HomeSettings(links_per_hour=8)})


def with_proofs(services: Services, resident_id: str) -> None:
    """Gives a resident the password and one-time codes of the tests."""
    sealed = services.box.seal(f"second factor of {resident_id}", SECRET.encode())
    proofs = Proofs(hash_password(PASSWORD), sealed, 0, (digest_of(plain_code(RECOVERY)),))
    services.catalogue.residents.set_proofs(resident_id, proofs, ())


def half_in(home: Home, resident_id: str) -> Browser:
    """A browser at the step of the code."""
    with_proofs(home.desk.services, resident_id)
    client = home.desk.browser()
    client.get("/home/sign-in")
    answer = client.post("/home/sign-in/password", {"mail": MAILS[resident_id], "password": PASSWORD})
    assert answer.headers["location"] == "/home/sign-in/code?next=/home"
    return client


def ask(home: Home, address: str, browser: Browser | None = None) -> tuple[int, str]:
    client = browser or home.desk.browser()
    client.get("/home/sign-in")
    answer = client.post("/home/sign-in/link", {"mail": address})
    return answer.status_code, answer.text


def mails(home: Home) -> Iterator[tuple[str, str]]:
    """Of each mail in the outbox, to whom it goes and the secret that it holds."""
    outbox = home.desk.services.settings.mail.outbox
    assert outbox is not None
    for path in sorted(outbox.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        found = re.search(rf"{ADDRESS}/home/enter\?link=([\w-]+)", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert found is not None
        yield str(mail["To"]), found[1]


def test_a_link_by_mail_signs_in_once(home: Home) -> None:
    assert ask(home, "Ann@Example.org")[0] == 200
    ((to, secret),) = mails(home)
    client = home.desk.browser()
    assert to == "Ann@Example.org"
    assert (follow(client, secret), client.get("/home").status_code) == (303, 200)
    assert follow(home.desk.browser(), secret) == 410
    signed_in = home.desk.records(CustodyAction.SIGNED_IN)[-1].entry
    assert (signed_in.agent, signed_in.subject, signed_in.detail["by"]) == (ANN, ANN, "link")


def test_looking_at_the_link_does_not_use_it(home: Home) -> None:
    ask(home, MAILS[ANN])
    ((_, secret),) = mails(home)
    for _ in range(2):
        page = home.desk.browser().get(f"/home/enter?link={secret}")
        assert page.status_code == 200
        assert f"<strong>{MAILS[ANN]}</strong>" in page.text, "nobody follows a stranger's link unawares"
    assert follow(home.desk.browser(), secret) == 303


def test_an_unknown_address_gets_the_same_answer_and_an_account_when_it_is_followed(home: Home) -> None:
    known, unknown = ask(home, MAILS[ANN]), ask(home, "eve@example.org")
    assert _without_tokens(known[1].replace(MAILS[ANN], "X")) == _without_tokens(
        unknown[1].replace("eve@example.org", "X")
    )
    assert len(home.desk.services.catalogue.residents.list()) == 2
    secret = dict(mails(home))["eve@example.org"]
    client = home.desk.browser()

    assert follow(client, secret) == 303
    (account,) = [one for one in home.desk.services.catalogue.residents.list() if one.resident_id not in MAILS]
    assert re.fullmatch(r"re-[0-9a-f]{12}", account.resident_id)
    assert mail_of(home.desk.services, account) == "eve@example.org"
    assert "eve@example.org" in client.get("/home").text


def _without_tokens(page: str) -> str:
    return re.sub(r'content="[0-9a-f]{64}"', "", page)


def test_where_accounts_are_not_open_a_stranger_gets_the_same_answer_and_no_mail(home: Home) -> None:
    settings = home.desk.services.settings
    closed = settings.home.model_copy(update={"is_open": False})
    other = Home(home.desk.with_settings(home=closed), home.residents)
    known, unknown = ask(other, MAILS[ANN]), ask(other, "eve@example.org")

    assert known[0] == unknown[0] == 200
    assert [to for to, _ in mails(home)] == [MAILS[ANN]]


def test_a_link_ends_and_so_do_those_of_whoever_may_not_sign_in(home: Home) -> None:
    ask(home, MAILS[ANN])
    home.desk.clock.jump(minutes=21)
    assert [follow(home.desk.browser(), secret) for _, secret in mails(home)] == [410]
    secret = make_link(home.desk.services, "tester", home.residents[BOB])
    client = home.client(BOB)
    set_enabled(home.desk.services, "tester", home.residents[BOB], enabled=False)

    assert follow(home.desk.browser(), secret) == 410
    assert client.get("/home").status_code == 303


def test_few_links_are_on_their_way_at_a_time_and_nobody_can_tell(home: Home) -> None:
    answers = [ask(home, MAILS[ANN])[0] for _ in range(5)]
    assert answers == [200] * 5
    assert len(list(mails(home))) == 3
    home.desk.clock.jump(minutes=21)
    ask(home, MAILS[ANN])
    assert len(list(mails(home))) == 4


def test_one_network_address_asks_for_few_links(home: Home) -> None:
    answers = [ask(home, f"n{number}@example.org")[0] for number in range(9)]
    assert answers == [200] * 8 + [429]


@pytest.mark.parametrize("address", ["ann", "ann@home", "ann@example.org, eve@example.org", "a b@example.org"])
def test_what_is_no_address_is_said_to_be_none(home: Home, address: str) -> None:
    status, page = ask(home, address)
    assert status == 422
    assert "no mail address" in page


def test_neither_address_nor_secret_can_be_read_in_the_catalogue(home: Home) -> None:
    ask(home, MAILS[ANN])
    ((_, secret),) = mails(home)
    assert follow(home.desk.browser(), secret) == 303
    home.desk.services.catalogue.custody.head()
    database = home.desk.services.settings.store.directory
    text = b"".join(path.read_bytes() for path in database.rglob("*") if path.is_file() and "catalogue" in path.name)
    assert text
    assert [word for word in (b"ann@example.org", secret.encode()) if word in text] == []


def test_password_and_code_sign_in_and_each_code_once(home: Home) -> None:
    code = pyotp.TOTP(SECRET).at(home.desk.now)
    client = half_in(home, ANN)
    before = client.http.cookies["__Host-home"]
    client.get("/home/sign-in/code")
    assert client.post("/home/sign-in/code", {"code": code}).headers["location"] == "/home"
    assert client.http.cookies["__Host-home"] != before
    assert client.get("/home").status_code == 200

    again = home.desk.browser()
    again.get("/home/sign-in")
    again.post("/home/sign-in/password", {"mail": MAILS[ANN], "password": PASSWORD})
    again.get("/home/sign-in/code")
    assert again.post("/home/sign-in/code", {"code": code}).status_code == 401
    assert again.post("/home/sign-in/code", {"code": RECOVERY}).status_code == 303


def test_with_a_second_factor_a_link_alone_does_not_sign_in(home: Home) -> None:
    with_proofs(home.desk.services, ANN)
    client = home.desk.browser()
    assert follow(client, make_link(home.desk.services, "tester", home.residents[ANN])) == 303
    assert client.get("/home").headers["location"] == "/home/sign-in/code"
    assert home.desk.records(CustodyAction.SIGNED_IN) == []


def test_wrong_address_wrong_password_and_no_password_look_alike_and_pause(home: Home) -> None:
    with_proofs(home.desk.services, ANN)
    pages = []
    for mail in (MAILS[ANN], MAILS[BOB], "nobody@example.org"):
        client = home.desk.browser()
        client.get("/home/sign-in")
        answer = client.post("/home/sign-in/password", {"mail": mail, "password": "another sentence"})
        pages.append(_without_tokens(answer.text.replace(mail, "X")).replace(client.csrf, ""))
        assert answer.status_code == 401
    assert len(set(pages)) == 1
    statuses = []
    for _ in range(6):
        client = home.desk.browser()
        client.get("/home/sign-in")
        answer = client.post("/home/sign-in/password", {"mail": MAILS[ANN], "password": "another sentence"})
        statuses.append(answer.status_code)
    assert statuses == [401] * 4 + [429] * 2
    assert "nobody@example.org" not in "".join(
        record.leaf for record in home.desk.records(CustodyAction.SIGN_IN_REFUSED)
    )


def test_how_soon_a_pause_comes_does_not_tell_which_addresses_have_an_account(home: Home) -> None:
    with_proofs(home.desk.services, ANN)
    came: dict[str, list[int]] = {}
    for mail in (MAILS[ANN], MAILS[BOB], "nobody@example.org"):
        for _ in range(6):
            client = home.desk.browser()
            client.get("/home/sign-in")
            answer = client.post("/home/sign-in/password", {"mail": mail, "password": "another sentence"})
            came.setdefault(mail, []).append(answer.status_code)
    assert list(came.values()) == [[401] * 5 + [429]] * 3


def test_the_cookie_of_home_is_of_this_host_alone_and_ends(home: Home) -> None:
    client = home.desk.browser()
    secret = make_link(home.desk.services, "tester", home.residents[ANN])
    client.get(f"/home/enter?link={secret}")
    answer = client.post("/home/enter", {"link": secret})
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-home=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/", f"max-age={30 * 86400}"} <= parts
    home.desk.clock.jump(days=6)
    assert client.get("/home").status_code == 200
    home.desk.clock.jump(days=7)
    assert client.get("/home").status_code == 303, "unused for a week"


def test_signing_out_ends_the_session(home: Home) -> None:
    client = home.client()
    secret = client.http.cookies["__Host-home"]
    assert client.post("/home/sign-out").headers["location"] == "/home/sign-in"
    client.http.cookies.set("__Host-home", secret, domain="desk.test")
    assert client.get("/home").status_code == 303


def test_a_form_without_its_token_is_not_taken(home: Home) -> None:
    client = home.client()
    assert client.post("/home/sign-out", {"csrf": "x"}).status_code == 403
    other = home.client(BOB)
    assert client.post("/home/sign-out", {"csrf": other.csrf}).status_code == 403


def test_nobody_is_led_to_the_door_and_back(home: Home) -> None:
    nobody = home.desk.browser()
    answer = nobody.get("/home/account?x=1")
    assert answer.headers["location"] == "/home/sign-in?next=/home/account%3Fx%3D1"
    assert 'value="/home/account?x=1"' in nobody.get(answer.headers["location"]).text
    assert 'value="/home"' in nobody.get("/home/sign-in?next=/account").text


def test_a_session_ends_with_its_days(home: Home) -> None:
    client = home.client()
    for _ in range(6):
        home.desk.clock.jump(days=5)
        last = client.get("/home").status_code
    assert last == 303
    assert timedelta(days=30) == timedelta(days=home.desk.services.settings.home.session_days)
