"""The news of a neighbourhood by mail: confirmed by the mail's owner, told once, ended by one click."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.casework.near.digests import WAITS, ask_for_digest, confirm_digest, end_digest
from pipeline.casework.near.mailing import Sent, mail_confirmation, send_digests
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.neighbour_reports import ReportCategory
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.errors import InputRefusedError, RecordNotFoundError, SettingsError
from pipeline.night.services import open_services
from pipeline.settings import AgencySettings, MailSettings, Settings, StoreSettings
from tests.near_reports import publish
from tests.retention.story import Town, a_town

HERE = Neighbourhood((51.5, -0.12), 800)
BASE = "https://desk.test"
WATCH = "watch@group.example.org"


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def town(tmp_path: Path, outbox: Path) -> Iterator[Town]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "store"),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
        mail=MailSettings(outbox=outbox, sender="desk@police.test", recipients=("chief@police.test",), desk_url=BASE),
    )
    with a_town(settings) as made:
        yield made


def mails(outbox: Path, name: str = "*") -> list[EmailMessage]:
    found = []
    for path in sorted(outbox.glob(f"{name}.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
    return found


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def subscribed(town: Town, where: Neighbourhood = HERE, address: str = WATCH) -> str:
    wanted = ask_for_digest(town.services, where, address)
    return confirm_digest(town.services, wanted.secret).subscription_id


def test_nothing_is_told_before_the_link_of_the_mail_was_followed(town: Town, outbox: Path) -> None:
    wanted = ask_for_digest(town.services, HERE, f" {WATCH} ")
    mail_confirmation(town.services, wanted, WATCH, BASE)
    (mail,) = mails(outbox)
    assert mail["To"] == WATCH
    (link,) = set(re.findall(r"https://\S+", text_of(mail)))
    publish(town.services.catalogue, 1, town.clock.now() + timedelta(minutes=1))
    town.clock.jump(hours=1)
    assert send_digests(town.services) == Sent()

    confirm_digest(town.services, parse_qs(urlsplit(link).query)["key"][0])
    assert send_digests(town.services) == Sent(quiet=1)


def test_what_was_published_is_told_once_with_its_notice_and_without_its_words(town: Town, outbox: Path) -> None:
    name = subscribed(town)
    town.clock.jump(hours=1)
    now = town.clock.now()
    publish(town.services.catalogue, 1, now)
    publish(town.services.catalogue, 2, now, block=(51.6, -0.12))
    town.clock.jump(hours=8)

    assert send_digests(town.services) == Sent(letters=1, reports=1)
    assert send_digests(town.services) == Sent(quiet=1)
    (mail,) = mails(outbox)
    text = text_of(mail)
    assert mail["Subject"] == "1 report within 800 m (0.5 miles) of 51.500, -0.120"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"{BASE}/near/reports/nr-000000000001" in text
    assert "not an emergency service" in text
    assert "555-0100" in text
    assert "a box was taken" not in mail.as_string()
    record = list(town.services.catalogue.custody.records())[-1]
    assert (record.entry.action, record.entry.subject) == (CustodyAction.DISSEMINATED, name)


def test_the_link_of_any_mail_ends_it_and_erases_the_address(town: Town, outbox: Path) -> None:
    name = subscribed(town)
    town.clock.jump(hours=1)
    publish(town.services.catalogue, 1, town.clock.now())
    send_digests(town.services)
    query = parse_qs(urlsplit(mails(outbox)[0]["List-Unsubscribe"].strip("<>")).query)
    with pytest.raises(RecordNotFoundError):
        end_digest(town.services, name, "0" * 24)

    for _ in range(2):
        end_digest(town.services, query["id"][0], query["key"][0])

    assert town.services.catalogue.digests.confirmed() == ()
    with pytest.raises(RecordNotFoundError):
        town.services.catalogue.digests.address(name)
    ended = [one for one in town.services.catalogue.custody.records() if one.entry.action is CustodyAction.DIGEST_ENDED]
    assert [one.entry.subject for one in ended] == [name]


def test_no_address_is_readable_in_the_database_or_the_log(town: Town, tmp_path: Path) -> None:
    subscribed(town)
    mail_confirmation(
        town.services, ask_for_digest(town.services, Neighbourhood((51.6, -0.1), 400), WATCH), WATCH, BASE
    )
    town.services.catalogue.custody.head()
    written = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert b"digest_begun" in written
    assert b"group.example" not in written


def test_who_asked_already_gets_no_second_mail_and_the_same_answer(town: Town, outbox: Path) -> None:
    first = ask_for_digest(town.services, HERE, WATCH)
    again = ask_for_digest(town.services, HERE, WATCH.upper())
    mail_confirmation(town.services, again, WATCH, BASE)
    assert (bool(first.secret), again.secret) == (True, "")
    assert mails(outbox) == []


def test_what_was_never_confirmed_is_forgotten(town: Town) -> None:
    wanted = ask_for_digest(town.services, HERE, WATCH)
    town.clock.jump(seconds=WAITS.total_seconds() + 1)
    send_digests(town.services)
    assert town.services.catalogue.digests.waiting() == 0
    with pytest.raises(RecordNotFoundError):
        confirm_digest(town.services, wanted.secret)


def test_what_could_not_leave_is_told_by_the_next_round(town: Town, outbox: Path) -> None:
    subscribed(town)
    town.clock.jump(hours=1)
    publish(town.services.catalogue, 1, town.clock.now())
    outbox.mkdir(exist_ok=True)
    outbox.rmdir()
    outbox.write_text("a file in the way")
    failed = send_digests(town.services)
    assert (failed.letters, failed.failed) == (0, 1)
    assert "outbox takes nothing" in failed.said

    outbox.unlink()
    assert send_digests(town.services) == Sent(letters=1, reports=1)


@pytest.mark.parametrize(
    "address", ["", "me", "me@host", "a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f", "ä@b.example", "x" * 300 + "@b.example"]
)
def test_what_is_no_address_is_refused(town: Town, address: str) -> None:
    with pytest.raises(InputRefusedError, match="address"):
        ask_for_digest(town.services, HERE, address)


def test_a_digest_needs_a_place_a_mail_server_and_an_address_of_the_pages(town: Town, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="place"):
        ask_for_digest(town.services, Neighbourhood(None, 800), WATCH)
    off = Settings(store=StoreSettings(directory=tmp_path / "other"))
    with a_town(off) as other:
        with pytest.raises(InputRefusedError, match="no mail"):
            ask_for_digest(other.services, HERE, WATCH)
        assert send_digests(other.services) == Sent()
    nowhere = town.settings.model_copy(update={"mail": town.settings.mail.model_copy(update={"desk_url": ""})})
    subscribed(town)
    with open_services(nowhere) as services, pytest.raises(SettingsError, match="DESK_URL"):
        send_digests(services)


def test_only_chosen_categories_are_told(town: Town) -> None:
    subscribed(town, Neighbourhood((51.5, -0.12), 800, (ReportCategory.SAFETY,)))
    town.clock.jump(hours=1)
    publish(town.services.catalogue, 1, town.clock.now())
    assert send_digests(town.services) == Sent(quiet=1)
