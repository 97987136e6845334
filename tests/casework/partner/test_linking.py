"""Who may link an account of Ring's partner interface, and when."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.casework.partner.linking import claim, find_waiting, linked_accounts, receive_code, same_names
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import AccountRefusedError, InputRefusedError, NameTakenError, SettingsError
from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.settings import RingPartnerSettings
from tests.acquire.partner_story import BETH, PORCH
from tests.retention.story import Town


def sent(town: Town, ring: PartnerSimulator) -> dict[str, str]:
    """Ring sends a code and then the browser; gives what the browser comes with."""
    receive_code(town.services, ring.service.tokens.code(BETH))
    return ring.service.link_query(BETH, town.clock.now())


def test_an_account_is_linked_by_who_brings_its_word(town: Town, ring: PartnerSimulator) -> None:
    link = sent(town, ring)

    waiting = find_waiting(town.services, link["nonce"], link["time"])
    account = claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="beth@here.example")

    assert waiting.shown == "b***@***.example"
    assert (account.source, account.resident_id) == ("ring-partner", "re-beth")
    assert linked_accounts(town.services, "re-beth") == (account,)
    assert ring.service.linked[BETH][0] == "completed"
    (camera,) = town.services.catalogue.cameras.list(account.account_id)
    assert (camera.camera_id, camera.owner_id) == (f"ring-partner:{PORCH}", "re-beth")
    records = [
        one.entry for one in town.services.catalogue.custody.records() if one.entry.subject == account.account_id
    ]
    assert [one.action for one in records] == [CustodyAction.ACCOUNT_LINKED]


def test_nothing_of_the_token_lies_open(town: Town, ring: PartnerSimulator) -> None:
    sent(town, ring)

    (waiting,) = town.services.catalogue.partner.unclaimed(town.clock.now() - timedelta(days=1))
    assert BETH.encode() not in waiting.sealed
    assert b"access_token" not in waiting.sealed
    assert b"beth" not in waiting.sealed


@pytest.mark.parametrize("minutes", [-1, 11])
def test_a_link_of_another_time_is_refused(town: Town, ring: PartnerSimulator, minutes: int) -> None:
    link = sent(town, ring)
    town.clock.jump(minutes=minutes)

    with pytest.raises(InputRefusedError, match="too old"):
        claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="")

    assert linked_accounts(town.services, "re-beth") == ()


def test_a_word_that_names_nobody_links_nothing_and_neither_does_one_used_twice(
    town: Town, ring: PartnerSimulator
) -> None:
    link = sent(town, ring)
    with pytest.raises(InputRefusedError):
        claim(town.services, "re-beth", link["nonce"][:-1] + "A", str(int(link["time"]) - 1), shown_to_ring="")
    claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="")

    with pytest.raises(InputRefusedError):
        claim(town.services, "re-mallory", link["nonce"], link["time"], shown_to_ring="")

    assert linked_accounts(town.services, "re-mallory") == ()


def test_an_account_of_another_resident_is_not_taken_over(town: Town, ring: PartnerSimulator) -> None:
    link = sent(town, ring)
    account = claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="")
    again = sent(town, ring)

    with pytest.raises(NameTakenError):
        claim(town.services, "re-mallory", again["nonce"], again["time"], shown_to_ring="")

    assert town.services.catalogue.accounts.get(account.account_id).resident_id == "re-beth"


def test_what_ring_does_not_confirm_goes_on_waiting(town: Town, ring: PartnerSimulator) -> None:
    link = sent(town, ring)
    ring.service.remove_app(BETH)

    with pytest.raises(AccountRefusedError):
        claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="")

    assert linked_accounts(town.services, "re-beth") == ()
    assert find_waiting(town.services, link["nonce"], link["time"]).shown == "b***@***.example"


def test_a_code_that_ring_does_not_know_keeps_nothing(town: Town) -> None:
    with pytest.raises(AccountRefusedError):
        receive_code(town.services, "made up")
    with pytest.raises(InputRefusedError):
        receive_code(town.services, "")

    assert town.services.catalogue.partner.unclaimed(town.clock.now() - timedelta(days=1)) == ()


def test_a_token_that_nobody_claims_is_forgotten(town: Town, ring: PartnerSimulator) -> None:
    sent(town, ring)

    assert town.services.catalogue.partner.unclaimed(town.clock.now() + timedelta(seconds=1)) == ()


def test_a_camera_of_the_same_name_over_another_way_is_pointed_out(town: Town, ring: PartnerSimulator) -> None:
    link = sent(town, ring)
    account = claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="")
    assert same_names(town.services, account) == ()

    folder = town.settings.store.directory / "clips"
    folder.mkdir()
    other = town.services.accounts.link_folder("re-beth", "porch", folder)
    asyncio.run(town.services.accounts.refresh_cameras(other))

    assert same_names(town.services, account) == ("Porch",)


def test_without_its_secrets_the_interface_is_off_and_half_of_them_is_refused(town: Town) -> None:
    off = replace(town.services, settings=town.settings.model_copy(update={"partner": RingPartnerSettings()}))
    with pytest.raises(SettingsError, match="is off"):
        receive_code(off, "code")
    with pytest.raises(ValueError, match="come together"):
        RingPartnerSettings(client_id="app")
