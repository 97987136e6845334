"""Another mail address: the new one is confirmed by whoever is signed in, and the old one hears of it."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from pipeline.casework.requests.post import ask_for_post, wants_post
from pipeline.casework.residents.accounts import mail_of
from pipeline.domain.evidence import CustodyAction
from pipeline.settings import HomeSettings, MailSettings, Settings
from tests.web.desk import ADDRESS, PASSWORD
from tests.web.home import ANN, BOB, MAILS, Home, follow
from tests.web.test_home_own import set_up

NEW = "ann.new@example.org"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    mail = MailSettings(outbox=tmp_path / "outbox", sender="doorstep@example.org")
    return settings.model_copy(update={"mail": mail, "home": HomeSettings()})


def letters(home: Home) -> list[tuple[str, str]]:
    """To whom, and the words of each letter, oldest first."""
    outbox = home.desk.services.settings.mail.outbox
    assert outbox is not None
    found = []
    for path in sorted(outbox.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        assert body is not None
        found.append((str(mail["To"]), body.get_content()))
    return found


def link_in(home: Home) -> str:
    (words,) = (words for to, words in letters(home) if to == NEW)
    found = re.search(rf"{ADDRESS}/home/account/mail\?link=([\w-]+)", words)
    assert found is not None
    return found[1]


def address_of(home: Home) -> str:
    return mail_of(home.desk.services, home.desk.services.catalogue.residents.get(ANN))


def test_the_new_address_is_confirmed_and_the_old_one_is_told_twice(home: Home) -> None:
    client, services = home.client(), home.desk.services
    ask_for_post(services, ANN, MAILS[ANN])

    asked = client.post("/home/account/mail", {"mail": NEW})
    assert asked.status_code == 200
    assert {to for to, _ in letters(home)} == {MAILS[ANN], NEW}
    assert address_of(home) == MAILS[ANN], "nothing changes before it is confirmed"
    secret = link_in(home)
    assert NEW in client.get(f"/home/account/mail?link={secret}").text
    assert address_of(home) == MAILS[ANN], "looking at the link does not use it"
    assert client.post("/home/account/mail/take", {"link": secret}).status_code == 303

    assert address_of(home) == NEW
    assert wants_post(services, ANN) == NEW
    assert [to for to, words in letters(home) if "has another mail address now" in words] == [MAILS[ANN]]
    assert client.post("/home/account/mail/take", {"link": secret}).status_code == 410
    changes = [one.entry.detail["change"] for one in home.desk.records(CustodyAction.RESIDENT_CHANGED)]
    assert changes[-2:] == ["address_asked", "address_changed"]
    assert NEW not in "".join(record.leaf for record in services.catalogue.custody.records())


def test_the_link_signs_nobody_in_and_is_good_for_nobody_else(home: Home) -> None:
    home.client().post("/home/account/mail", {"mail": NEW})
    secret = link_in(home)

    assert follow(home.desk.browser(), secret) == 410
    assert home.desk.browser().get(f"/home/account/mail?link={secret}").status_code == 303, "to the door"
    bob = home.client(BOB)
    assert bob.get(f"/home/account/mail?link={secret}").status_code == 410
    assert bob.post("/home/account/mail/take", {"link": secret}).status_code == 410
    assert address_of(home) == MAILS[ANN]


def test_of_an_address_that_is_somebodys_the_answer_is_the_same_and_no_letter_goes(home: Home) -> None:
    client = home.client()
    known = client.post("/home/account/mail", {"mail": MAILS[BOB]})

    assert (known.status_code, "A link went to" in known.text) == (200, True)
    assert [to for to, _ in letters(home)] == [MAILS[ANN]]


@pytest.mark.parametrize(
    ("address", "words"), [("nobody", "no mail address"), (MAILS[ANN], "address of your account already")]
)
def test_what_cannot_be_taken_is_said_at_its_field(home: Home, address: str, words: str) -> None:
    answer = home.client().post("/home/account/mail", {"mail": address})
    assert answer.status_code == 422
    assert words in answer.text
    assert letters(home) == []


def test_with_a_password_it_is_asked_for(home: Home) -> None:
    client = home.client()
    set_up(home, client)
    client.get("/home/account")

    assert client.post("/home/account/mail", {"mail": NEW, "old": "wrong"}).status_code == 422
    assert letters(home) == []
    assert client.post("/home/account/mail", {"mail": NEW, "old": PASSWORD}).status_code == 200
    assert len(letters(home)) == 2
