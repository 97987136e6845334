"""The news of a neighbourhood by mail, as its pages and the program that reads the mail meet them."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.casework.near.mailing import send_digests
from pipeline.settings import AgencySettings, MailSettings, NearSettings, Settings, StoreSettings, WebSettings
from pipeline.web.access import MATRIX
from pipeline.web.app import build_app
from tests.near_reports import publish
from tests.retention.story import Town, a_town
from tests.web.desk import ADDRESS, Browser

HERE = "at=51.500,-0.120&metres=800"
WATCH = "watch@group.example.org"


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def town(tmp_path: Path, outbox: Path) -> Iterator[Town]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "store"),
        web=WebSettings(public_url=ADDRESS),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
        mail=MailSettings(outbox=outbox, sender="desk@police.test"),
    )
    with a_town(settings) as made:
        yield made


def link_of(path: Path) -> str:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(("plain",))
    assert part is not None
    text = str(part.get_content())
    found = urlsplit(re.findall(rf"{ADDRESS}/near/digest/\S+", text)[-1])
    return f"{found.path}?{found.query}"


def test_a_neighbour_asks_confirms_reads_and_a_mail_program_ends_it_with_one_click(town: Town, outbox: Path) -> None:
    browser = Browser(build_app(town.services))
    browser.get(f"/near/digest?{HERE}")
    answer = browser.post("/near/digest", {"at": "51.500,-0.120", "metres": "800", "address": WATCH})
    assert answer.status_code == 200
    assert "A mail is on its way" in answer.text
    (asked,) = outbox.glob("confirm-*.eml")

    page = browser.get(link_of(asked))
    assert "Confirm the mail" in page.text
    assert town.services.catalogue.digests.confirmed() == ()
    key = re.findall(r'name="key" value="([^"]+)"', page.text)[0]
    assert "Confirmed" in browser.post("/near/digest/confirm", {"key": key}).text

    town.clock.jump(hours=1)
    publish(town.services.catalogue, 1, town.clock.now())
    assert send_digests(town.services).letters == 1
    (news,) = outbox.glob("ds-*.eml")
    mail_program = Browser(build_app(town.services)).http
    over = mail_program.post(link_of(news), data={"List-Unsubscribe": "One-Click"})
    assert over.status_code == 200
    assert town.services.catalogue.digests.confirmed() == ()


def test_only_what_is_its_own_proof_goes_without_a_token(town: Town) -> None:
    assert {name for name, row in MATRIX.items() if row.is_for_programs} == {
        "near_digest_end",
        "partner_code",
        "partner_webhook",
    }
    browser = Browser(build_app(town.services))
    forged = browser.http.post("/near/digest", data={"address": WATCH, "at": "51.5,-0.12"}, headers={"Origin": ADDRESS})
    assert forged.status_code == 403
    assert browser.http.post("/near/digest/end?id=ds-0123456789ab&key=0").status_code == 404
    assert town.services.catalogue.digests.waiting() == 0


def test_what_is_filled_in_wrongly_is_said_beside_the_field(town: Town) -> None:
    browser = Browser(build_app(town.services))
    browser.get(f"/near/digest?{HERE}")
    page = browser.post("/near/digest", {"at": "51.500,-0.120", "metres": "800", "address": "me"})
    assert page.status_code == 422
    assert "This is no mail address" in page.text
    assert browser.get("/near/digest/confirm?key=nothing").status_code == 404


def test_one_address_asks_for_mails_only_so_often(tmp_path: Path, outbox: Path) -> None:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "store"),
        web=WebSettings(public_url=ADDRESS),
        near=NearSettings(asks_per_minute=5),
        mail=MailSettings(outbox=outbox, sender="desk@police.test"),
    )
    with a_town(settings) as town:
        browser = Browser(build_app(town.services))
        browser.get(f"/near/digest?{HERE}")
        form = {"at": "51.500,-0.120", "metres": "800"}
        answers = [
            browser.post("/near/digest", {**form, "address": f"a{number}@group.example.org"}).status_code
            for number in range(6)
        ]
    assert answers == [200] * 5 + [429]
    assert len(list(outbox.iterdir())) == 5
