"""Ring's partner interface calls: what it is answered, and that no page's proof is asked of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.casework.partner import webhooks
from pipeline.domain.partner import WebhookState
from pipeline.errors import CatalogueLockedError
from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.partner_webhooks import Webhook, Webhooks
from pipeline.ring_simulator.server import running
from pipeline.settings import NightSettings, RingPartnerSettings, Settings, StoreSettings, WebSettings
from tests.acquire.partner_story import BETH, PORCH, a_partner_world, partner_settings
from tests.retention.story import a_town
from tests.web.desk import ADDRESS, Desk, a_desk

HOOKS, CODES = "/partner/webhooks", "/partner/token-exchange"


@pytest.fixture
def ring() -> Iterator[PartnerSimulator]:
    with running(PartnerSimulator(a_partner_world())) as simulator:
        yield simulator


@pytest.fixture
def on(ring: PartnerSimulator, tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second place"),
        web=WebSettings(public_url=ADDRESS, second_factor=False),
        night=NightSettings(purpose="package theft", recipient="Oak Street police"),
        partner=partner_settings(ring, webhook_kilobytes=4, codes_per_minute=3),
    )
    with a_town(settings) as town, a_desk(town) as made:
        yield made


def send(desk: Desk, webhook: Webhook) -> int:
    """As Ring would: no cookie, no word of a browser."""
    answer = desk.browser().http.post(HOOKS, content=webhook.body, headers=dict(webhook.headers))
    return int(answer.status_code)


def make(desk: Desk, kind: str, **changes: object) -> Webhook:
    given = {"at": desk.now, "sent_at": desk.now, **changes}
    return Webhooks("simulated-key").make(kind, BETH, PORCH, **given)  # type: ignore[arg-type]


def test_a_signed_webhook_is_taken_once_and_answered_each_time(on: Desk) -> None:
    webhook = make(on, "something_new", request_id="one")

    assert [send(on, webhook), send(on, webhook)] == [200, 200]
    assert on.services.catalogue.partner.counts() == {"something_new noted": 1}


def test_what_is_not_signed_or_of_another_time_or_too_long_is_refused(on: Desk) -> None:
    webhook = make(on, "device_removed")
    wrong = Webhooks("another key").signed(webhook.body)
    late = make(on, "device_removed", sent_at=on.now.replace(year=on.now.year - 1))
    long = Webhooks("simulated-key").signed(b" " * 5000)

    assert send(on, wrong) == 401
    assert on.browser().http.post(HOOKS, content=webhook.body).status_code == 401
    assert send(on, late) == 400
    assert send(on, long) == 413
    assert on.services.catalogue.partner.counts() == {}


def test_what_cannot_be_written_now_is_asked_for_again(on: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> bool:
        raise CatalogueLockedError("it waits")

    monkeypatch.setattr(type(on.services.catalogue.partner), "receive", locked)

    assert send(on, make(on, "device_removed")) == 503


def test_the_answer_does_not_wait_for_what_follows_and_what_fails_there_stays(
    on: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise CatalogueLockedError("it waits")

    with monkeypatch.context() as broken:
        broken.setattr(webhooks, "_work", fails)
        assert send(on, make(on, "device_online", request_id="left")) == 200
    assert on.services.catalogue.partner.outcome_of("left") == (WebhookState.WAITING, "")

    assert send(on, make(on, "device_online")) == 200
    assert on.services.catalogue.partner.outcome_of("left") == (WebhookState.NOTED, "changes nothing here")


@pytest.mark.parametrize("how", ["form", "json", "query"])
def test_a_code_is_exchanged_however_it_comes(on: Desk, ring: PartnerSimulator, how: str) -> None:
    code, http = ring.service.tokens.code(BETH), on.browser().http
    sent = {
        "form": lambda: http.post(CODES, data={"code": code}),
        "json": lambda: http.post(CODES, json={"code": code}),
        "query": lambda: http.post(CODES, params={"code": code}),
    }

    assert sent[how]().status_code == 200
    assert len(on.services.catalogue.partner.unclaimed(on.now)) == 1


def test_a_code_that_is_none_is_refused_and_many_are_put_off(on: Desk) -> None:
    http = on.browser().http
    answers = [http.post(CODES, data={"code": given}).status_code for given in ("made up", "", "x" * 4000, "more")]

    assert answers == [400, 400, 400, 503]


def test_where_the_interface_is_off_there_is_nothing(desk: Desk) -> None:
    assert desk.services.settings.partner == RingPartnerSettings()
    assert desk.browser().http.post(CODES, data={"code": "code"}).status_code == 404
    assert send(desk, make(desk, "device_removed")) == 404
    assert desk.services.catalogue.partner.counts() == {}
