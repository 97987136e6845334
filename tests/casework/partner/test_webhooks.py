"""What follows from what Ring's partner interface tells by itself."""

from datetime import datetime, timedelta

import pytest

from pipeline.casework.partner.linking import claim, receive_code
from pipeline.casework.partner.webhooks import receive, work_off
from pipeline.domain.cameras import Account
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.partner import WebhookState
from pipeline.errors import InputRefusedError, SignatureRefusedError, StorageError
from pipeline.retention import revocation
from pipeline.retention.receipt import make_receipt
from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.partner_webhooks import Webhook
from tests.acquire.partner_story import BETH, PORCH
from tests.retention.story import Kept, Town

CAMERA_ID = f"ring-partner:{PORCH}"
OTHER = "folder:garage"


@pytest.fixture
def account(town: Town, ring: PartnerSimulator) -> Account:
    receive_code(town.services, ring.service.tokens.code(BETH))
    link = ring.service.link_query(BETH, town.clock.now())
    linked = claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="")
    town.clock.jump(hours=1)
    return linked


def granted(town: Town, *cameras: str, grant_id: str = "gr-beth") -> Kept:
    """A grant of these cameras, and a clip of the porch under it."""
    town.grant(grant_id=grant_id, resident_id="re-beth", camera_ids=cameras)
    return town.keep("porch", camera_id=CAMERA_ID, grant_id=grant_id)


def webhook(town: Town, ring: PartnerSimulator, kind: str, device: str = PORCH, **changes: object) -> Webhook:
    given = {"at": town.clock.now(), "sent_at": town.clock.now(), **changes}
    return ring.service.webhooks.make(kind, BETH, device, **given)  # type: ignore[arg-type]


def send(town: Town, sent: Webhook) -> bool:
    return receive(town.services, sent.body, sent.headers["X-Signature"])


def actions(town: Town, subject: str) -> list[CustodyAction]:
    return [one.entry.action for one in town.services.catalogue.custody.records(subject=subject)]


def test_a_device_that_its_owner_took_away_leaves_every_grant(
    town: Town, ring: PartnerSimulator, account: Account
) -> None:
    kept = granted(town, CAMERA_ID, OTHER)
    send(town, webhook(town, ring, "device_removed"))

    (outcome,) = work_off(town.services).values()

    grant = town.services.catalogue.grants.get("gr-beth").grant
    assert (grant.camera_ids, grant.revoked_at, grant.version) == ((OTHER,), None, 2)
    assert "gr-beth" in outcome
    assert not town.services.originals.has(kept.clip.item.digest)
    assert actions(town, CAMERA_ID) == [CustodyAction.CAMERA_WITHDRAWN]
    (line,) = make_receipt(town.services, "gr-beth").receipt.deleted
    assert line.digest == kept.clip.item.digest
    assert work_off(town.services) == {}


def test_a_grant_of_that_device_alone_is_revoked(town: Town, ring: PartnerSimulator, account: Account) -> None:
    granted(town, CAMERA_ID)
    send(town, webhook(town, ring, "device_removed"))

    work_off(town.services)

    assert town.services.catalogue.grants.get("gr-beth").grant.revoked_at is not None


def test_an_owner_who_removes_the_app_revokes_all_of_it(town: Town, ring: PartnerSimulator, account: Account) -> None:
    kept = granted(town, CAMERA_ID)
    town.grant(grant_id="gr-other", resident_id="re-beth", camera_ids=(OTHER,))
    send(town, webhook(town, ring, "app_integration_removed", ""))

    work_off(town.services)

    assert town.services.catalogue.grants.get("gr-beth").grant.revoked_at is not None
    assert town.services.catalogue.grants.get("gr-other").grant.revoked_at is None
    assert town.services.catalogue.accounts.token(account.account_id) == b""
    assert not town.services.originals.has(kept.clip.item.digest)
    assert make_receipt(town.services, "gr-beth").receipt.state.startswith("revoked")
    assert actions(town, account.account_id) == [CustodyAction.ACCOUNT_LINKED, CustodyAction.ACCOUNT_UNLINKED]


@pytest.mark.parametrize("kind", ["device_removed", "app_integration_removed"])
def test_what_another_resident_signed_for_the_same_camera_goes_on(
    town: Town, ring: PartnerSimulator, account: Account, kind: str
) -> None:
    granted(town, CAMERA_ID)
    town.grant(grant_id="gr-next", resident_id="re-next", camera_ids=(CAMERA_ID,))
    send(town, webhook(town, ring, kind))

    work_off(town.services)

    assert town.services.catalogue.grants.get("gr-beth").grant.revoked_at is not None
    assert town.services.catalogue.grants.get("gr-next").grant.version == 1


def test_the_same_webhook_again_is_written_once(town: Town, ring: PartnerSimulator, account: Account) -> None:
    granted(town, CAMERA_ID, OTHER)
    sent = webhook(town, ring, "device_removed")

    assert send(town, sent)
    assert not send(town, sent)
    work_off(town.services)
    assert not send(town, sent)
    assert work_off(town.services) == {}
    assert actions(town, CAMERA_ID) == [CustodyAction.CAMERA_WITHDRAWN]
    assert town.services.catalogue.grants.get("gr-beth").grant.version == 2


def test_a_device_that_was_added_again_is_not_taken_by_a_webhook_that_comes_late(
    town: Town, ring: PartnerSimulator, account: Account
) -> None:
    granted(town, CAMERA_ID)
    removed = webhook(town, ring, "device_removed", request_id="late")
    town.clock.jump(minutes=5)
    send(town, webhook(town, ring, "device_added"))
    work_off(town.services)

    send(town, removed)
    work_off(town.services)

    assert town.services.catalogue.partner.outcome_of("late") == (
        WebhookState.NOTED,
        "the device was added again since",
    )
    assert town.services.catalogue.grants.get("gr-beth").grant.revoked_at is None


def test_what_happened_before_the_link_does_not_end_it(town: Town, ring: PartnerSimulator, account: Account) -> None:
    granted(town, CAMERA_ID)
    send(town, webhook(town, ring, "app_integration_removed", "", at=town.clock.now() - timedelta(hours=2)))

    work_off(town.services)

    assert town.services.catalogue.grants.get("gr-beth").grant.revoked_at is None
    assert town.services.catalogue.accounts.token(account.account_id)


@pytest.mark.parametrize("kind", ["motion_detected", "button_press", "device_offline", "something_new"])
def test_every_other_kind_is_written_down_and_changes_nothing(
    town: Town, ring: PartnerSimulator, account: Account, kind: str
) -> None:
    granted(town, CAMERA_ID)
    before = town.services.catalogue.custody.head().size
    send(town, webhook(town, ring, kind))

    work_off(town.services)

    assert town.services.catalogue.partner.counts() == {f"{kind} noted": 1}
    assert town.services.catalogue.custody.head().size == before


def test_an_account_that_nobody_linked_is_noted_and_its_waiting_token_forgotten(
    town: Town, ring: PartnerSimulator
) -> None:
    receive_code(town.services, ring.service.tokens.code(BETH))
    send(town, webhook(town, ring, "app_integration_removed", ""))

    work_off(town.services)

    assert town.services.catalogue.partner.unclaimed(town.clock.now() - timedelta(days=1)) == ()


def test_what_ring_did_not_sign_is_not_even_written_down(town: Town, ring: PartnerSimulator) -> None:
    sent = webhook(town, ring, "device_removed")
    forged = ring.service.webhooks.signed(sent.body, "another key")

    with pytest.raises(SignatureRefusedError):
        receive(town.services, forged.body, forged.headers["X-Signature"])
    with pytest.raises(SignatureRefusedError):
        receive(town.services, sent.body.replace(b"removed", b"added"), sent.headers["X-Signature"])
    with pytest.raises(SignatureRefusedError):
        receive(town.services, sent.body, "")

    assert town.services.catalogue.partner.counts() == {}


@pytest.mark.parametrize("by", [timedelta(hours=-76), timedelta(minutes=11)])
def test_a_webhook_of_another_time_is_refused(town: Town, ring: PartnerSimulator, by: timedelta) -> None:
    with pytest.raises(InputRefusedError):
        send(town, webhook(town, ring, "device_removed", sent_at=town.clock.now() + by))

    assert town.services.catalogue.partner.counts() == {}


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"meta": {}, "data": 1}', b"\xff\xfe"])
def test_what_ring_signed_and_nobody_can_read_is_named_as_such(town: Town, ring: PartnerSimulator, body: bytes) -> None:
    send(town, ring.service.webhooks.signed(body))

    work_off(town.services)

    assert town.services.catalogue.partner.counts() == {"unreadable noted": 1}


def test_nine_digits_after_the_second_are_read_as_ring_writes_them(town: Town, ring: PartnerSimulator) -> None:
    sent = webhook(town, ring, "motion_detected")
    moment = town.clock.now().isoformat().replace("+00:00", "")
    said = sent.body.replace(f'"time": "{moment}Z"'.encode(), f'"time": "{moment}.200155525Z"'.encode())
    assert said != sent.body

    assert send(town, ring.service.webhooks.signed(said))


def test_what_fails_half_way_is_finished_by_the_next_run(
    town: Town, ring: PartnerSimulator, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted(town, CAMERA_ID)
    send(town, webhook(town, ring, "app_integration_removed", "", request_id="half"))

    def fails(*_: object) -> None:
        raise StorageError("write", "the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(revocation, "save_grant", fails)
        assert work_off(town.services)["half"].startswith("waits")
    assert town.services.catalogue.partner.outcome_of("half") == (WebhookState.WAITING, "")

    work_off(town.services)

    assert town.services.catalogue.grants.get("gr-beth").grant.revoked_at is not None
    assert town.services.catalogue.accounts.token(account.account_id) == b""


def test_webhooks_are_worked_off_in_the_order_in_which_it_happened(
    town: Town, ring: PartnerSimulator, account: Account
) -> None:
    granted(town, CAMERA_ID)
    moments: list[datetime] = []
    for minutes in (3, 1, 2):
        moments.append(town.clock.now() - timedelta(minutes=minutes))
        send(town, webhook(town, ring, "device_online", at=moments[-1]))

    assert [one.happened_at for one in town.services.catalogue.partner.waiting()] == sorted(moments)
