"""The morning as a mail: what is in it, what is not, and what becomes of one that a server does not take."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from pipeline.casework.morning import read_morning
from pipeline.casework.morning_mail import mail_morning, send_mornings
from pipeline.casework.morning_parts import Reader
from pipeline.casework.waiting_kinds import WaitingKind
from pipeline.domain.agents import Role
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import MailError, SettingsError
from pipeline.ring_simulator.certificates import Certificates, make_certificates
from pipeline.settings import MailSettings, NightSettings, Settings, StoreSettings
from tests.builders import PURPOSE, RECIPIENT
from tests.casework.mailbox import PASSWORD, USER, Mailbox, a_mailbox
from tests.casework.nights import run_night
from tests.casework.test_morning import MATTER, TAKEN, UNSURE
from tests.catalogue.stories import NIGHT
from tests.retention.story import Town, a_town

READERS = ("desk@agency.example", "night@agency.example")
DESK = "https://desk.agency.example"


@contextmanager
def a_mailing_town(folder: Path, **mail: object) -> Iterator[Town]:
    """A town in which one night was run; its mornings are mailed as ``mail`` says."""
    section = MailSettings(sender="doorstep@agency.example", recipients=READERS, desk_url=f"{DESK}/", **mail)
    night = NightSettings(purpose=PURPOSE, recipient=RECIPIENT)
    with a_town(Settings(store=StoreSettings(directory=folder / "store"), mail=section, night=night)) as town:
        town.grant()
        kept = town.keep("a", found=(TAKEN, UNSURE))
        town.attach(town.open_incident(title="Parcel of Jane Doe, 7 Oak Street"), kept)
        run_night(town, NIGHT, (kept,), outcomes=[(FetchOutcome.NOT_READY, "late")])
        yield town


def to(mailbox: Mailbox, **changes: object) -> dict[str, object]:
    return {"host": "127.0.0.1", "port": mailbox.port, "security": "none", **changes}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates((), tmp_path_factory.mktemp("certificates"))


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_a_mail_says_in_text_and_in_html_what_the_night_did_and_links_to_the_desk(tmp_path: Path) -> None:
    with a_mailbox() as mailbox, a_mailing_town(tmp_path, **to(mailbox)) as town:
        (sent,) = send_mornings(town.services, NIGHT)

    (mail,) = mailbox.taken
    assert (sent.is_sent, sent.tries, sent.detail) == (True, 1, "2 of 2 recipients taken")
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Subject"] == "Night of Tue 10 Mar 2026: 3 things for a person"
    for words in parts_of(mail):
        assert "recordings listed" in words
        assert re.search(r"package picked up", words, re.IGNORECASE)
        assert re.search(r"cannot be told: package delivered", words, re.IGNORECASE)
        assert "1 recording: not ready yet" in words
        assert "1 highlight to confirm in 1 incident" in words
        assert f"{DESK}/nights/{NIGHT}" in words
        assert f"{DESK}/needs-review" in words
        assert "not an emergency service" in words.lower()


def test_nothing_in_a_mail_names_a_person_a_place_a_camera_or_evidence_or_loads_from_anywhere(tmp_path: Path) -> None:
    with a_mailbox() as mailbox, a_mailing_town(tmp_path, **to(mailbox)) as town:
        send_mornings(town.services, NIGHT)
        (incident,) = town.services.catalogue.incidents.list()
        found = town.services.catalogue.highlights.list()

    (mail,) = mailbox.taken
    whole = "\n".join((str(mail["Subject"]), *parts_of(mail)))
    for secret in ("Jane", "Oak Street", "Front door", "ring:", "ev-", "hl-", incident.incident_id, found[0].clip):
        assert secret not in whole
    html = parts_of(mail)[1]
    assert re.findall(r"\b(?:src|background)\s*=|@import|url\(|<link", html) == []
    assert {url for url in re.findall(r'https?://[^"\s<]+', html) if not url.startswith(DESK)} == set()


def test_that_it_left_is_a_custody_record_and_it_leaves_once(tmp_path: Path) -> None:
    with a_mailbox() as mailbox, a_mailing_town(tmp_path, **to(mailbox)) as town:
        send_mornings(town.services, NIGHT)
        assert send_mornings(town.services, NIGHT) == ()
        entries = [record.entry for record in town.services.catalogue.custody.records()]
        (left,) = [entry for entry in entries if entry.action is CustodyAction.DISSEMINATED]

    assert len(mailbox.taken) == 1
    assert (left.subject, left.detail["as"]) == (f"night-{NIGHT}", "mail")
    assert not any(reader in str(left) for reader in READERS)


def test_what_a_server_does_not_take_is_written_down_and_tried_again_the_next_morning(tmp_path: Path) -> None:
    with a_mailbox() as mailbox, a_mailing_town(tmp_path, **to(mailbox)) as town:
        mailbox.answer = "451 try later"
        (failed,) = send_mornings(town.services, NIGHT)
        assert (failed.is_sent, failed.tries) == (False, 1)
        assert failed.detail == "the mail could not be handed over: the server answers 451"

        waiting = read_morning(town.services, Reader.at_the_desk(MATTER, Role.ADMINISTRATOR)).waiting
        assert [(one.kind, one.count) for one in waiting] == [(WaitingKind.MAIL, 1)]
        mailbox.answer = "250 taken"
        run_night(town, "2026-03-11")
        sent = send_mornings(town.services, "2026-03-11")

    assert [(one.night, one.is_sent, one.tries) for one in sent] == [(NIGHT, True, 2), ("2026-03-11", True, 1)]
    assert [mail["Message-ID"] for mail in mailbox.taken] == [
        f"<morning-{night}@agency.example>" for night in (NIGHT, "2026-03-11")
    ]


def test_a_mail_is_given_up_after_its_days(tmp_path: Path) -> None:
    with a_mailbox() as mailbox, a_mailing_town(tmp_path, **to(mailbox), days=2) as town:
        mailbox.answer = "451 try later"
        send_mornings(town.services, NIGHT)
        run_night(town, "2026-03-13")
        mailbox.answer = "250 taken"

        assert [one.night for one in send_mornings(town.services, "2026-03-13")] == ["2026-03-13"]


def test_a_server_that_is_away_is_an_error_of_the_mail_and_of_nothing_else(tmp_path: Path) -> None:
    with a_mailbox() as mailbox:
        away = to(mailbox)
    with a_mailing_town(tmp_path, **away) as town:
        (failed,) = send_mornings(town.services, NIGHT)
        with pytest.raises(MailError) as caught:
            mail_morning(town.services)

    assert failed.detail == "the mail could not be handed over: Connection refused"
    assert "doorstep morning --mail" in caught.value.remedy


@pytest.mark.parametrize(
    ("security", "login"), [("starttls", {"user": USER, "password": SecretStr(PASSWORD)}), ("tls", {})]
)
def test_over_tls_to_a_server_whose_authority_is_trusted(
    tmp_path: Path, certificates: Certificates, security: str, login: dict[str, object]
) -> None:
    trust = {"security": security, "certificate_authority": certificates.authority}
    with (
        a_mailbox(certificates.context, from_the_start=security == "tls", asks_who=bool(login)) as mailbox,
        a_mailing_town(tmp_path, **to(mailbox, **trust, **login)) as town,
    ):
        (sent,) = send_mornings(town.services, NIGHT)

    assert sent.detail == "2 of 2 recipients taken"
    assert mailbox.was_safe == [True]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": SecretStr("wrong")}, "the server does not let us sign in (535)"),
        ({"certificate_authority": None}, "the server's certificate is not trusted"),
    ],
)
def test_nothing_is_sent_to_a_server_that_is_not_trusted_or_does_not_let_us_in(
    tmp_path: Path, certificates: Certificates, changes: dict[str, object], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    login = {"user": USER, "password": SecretStr(PASSWORD), "certificate_authority": certificates.authority}
    with (
        a_mailbox(certificates.context, asks_who=True) as mailbox,
        a_mailing_town(tmp_path, **to(mailbox, security="starttls", **{**login, **changes})) as town,
    ):
        (failed,) = send_mornings(town.services, NIGHT)

    caplog.clear()  # the server logs a handshake that the client breaks off
    assert said in failed.detail
    assert PASSWORD not in failed.detail
    assert mailbox.taken == []


def test_a_server_that_cannot_do_tls_gets_nothing(tmp_path: Path) -> None:
    with a_mailbox() as mailbox, a_mailing_town(tmp_path, **to(mailbox, security="starttls")) as town:
        (failed,) = send_mornings(town.services, NIGHT)

    assert not failed.is_sent
    assert mailbox.taken == []


def test_one_reader_whom_the_server_does_not_know_keeps_it_from_nobody_else(tmp_path: Path) -> None:
    with a_mailbox() as mailbox, a_mailing_town(tmp_path, **to(mailbox)) as town:
        mailbox.refuses = {READERS[0]}
        (sent,) = send_mornings(town.services, NIGHT)
        assert (sent.is_sent, sent.detail) == (True, "1 of 2 recipients taken")

        mailbox.refuses = set(READERS)
        with pytest.raises(MailError, match="refuses all 2 recipients"):
            mail_morning(town.services, NIGHT)


def test_an_outbox_takes_each_mail_as_a_file(tmp_path: Path) -> None:
    with a_mailing_town(tmp_path, outbox=tmp_path / "out") as town:
        (sent,) = send_mornings(town.services, NIGHT)

    assert sent.detail == "a file in the outbox"
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == f"morning-{NIGHT}.eml"
    assert file.read_bytes().count(b"\r\n") > 10


def test_without_mail_settings_nothing_is_planned_or_sent(tmp_path: Path) -> None:
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "store"))) as town:
        run_night(town, NIGHT)
        assert send_mornings(town.services, NIGHT) == ()
        assert town.services.catalogue.mailings.open("2026-01-01") == ()
        with pytest.raises(SettingsError):
            mail_morning(town.services)


def test_without_recipients_other_mail_leaves_and_no_morning() -> None:
    section = MailSettings(host="mail.example.org", sender="a@example.org")
    assert (section.is_on, section.has_mornings) == (True, False)


WHOLE = {"host": "mail.example.org", "sender": "a@example.org", "recipients": ("b@example.org",)}


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": None},
        {"security": "none"},
        {"user": "somebody"},
        {"host": "127.0.0.1", "security": "none", "user": "somebody", "password": SecretStr("x")},
    ],
)
def test_settings_that_would_leave_a_mail_unsafe_or_without_address_are_refused(changes: dict[str, object]) -> None:
    MailSettings(**WHOLE)
    with pytest.raises(ValidationError):
        MailSettings(**{**WHOLE, **changes})


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@d", "@example.org", ""])
def test_an_address_that_is_none_is_a_refused_setting(tmp_path: Path, address: str) -> None:
    section = MailSettings(outbox=tmp_path / "out", sender="doorstep@agency.example", recipients=(address,))
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "store"), mail=section)) as town:
        run_night(town, NIGHT)
        (failed,) = send_mornings(town.services, NIGHT)

    assert not failed.is_sent
    assert "address" in failed.detail
    assert not (tmp_path / "out").exists()
