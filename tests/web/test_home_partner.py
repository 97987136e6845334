"""A resident links cameras through Ring's own app, and unlinks them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.server import running
from pipeline.settings import NightSettings, Settings, StoreSettings, WebSettings
from tests.acquire.partner_story import BETH, PORCH, a_partner_world, partner_settings
from tests.retention.story import a_town
from tests.web.desk import ADDRESS, Desk, a_desk
from tests.web.home import ANN, BOB, Home, a_home

CAMERA_ID = f"ring-partner:{PORCH}"


@pytest.fixture
def ring() -> Iterator[PartnerSimulator]:
    with running(PartnerSimulator(a_partner_world())) as simulator:
        yield simulator


@pytest.fixture
def house(ring: PartnerSimulator, tmp_path: Path) -> Iterator[Home]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second place"),
        web=WebSettings(public_url=ADDRESS, second_factor=False),
        night=NightSettings(purpose="package theft", recipient="Oak Street police"),
        partner=partner_settings(ring),
    )
    with a_town(settings) as town, a_desk(town) as desk:
        yield a_home(desk)


def sent(desk: Desk, ring: PartnerSimulator) -> dict[str, str]:
    """Ring sends its code, and gives what it sends the browser with."""
    http = desk.browser().http
    assert http.post("/partner/token-exchange", data={"code": ring.service.tokens.code(BETH)}).status_code == 200
    return ring.service.link_query(BETH, desk.now)


def test_from_rings_link_to_the_end_of_it(house: Home, ring: PartnerSimulator) -> None:
    ann, link = house.client(), sent(house.desk, ring)

    asked = ann.get("/home/partner/link", params=link)
    assert "b***@***.example" in asked.text
    assert ring.service.linked == {}
    assert ann.post("/home/partner/link", link).headers["location"] == "/home/partner"

    shown = ann.get("/home/partner").text
    assert '<a href="/home/partner" aria-current="page">' in shown
    assert "Porch" in shown
    (account,) = (one for one in house.desk.services.catalogue.accounts.list() if one.source == "ring-partner")
    assert account.resident_id == ANN
    house.desk.town.grant(grant_id="gr-porch", resident_id=ANN, camera_ids=(CAMERA_ID,))

    unlink = f"/home/partner/{account.account_id}/unlink"
    assert house.client(BOB).post(unlink, {"sure": "yes"}).status_code == 404
    assert ann.post(unlink).status_code == 422
    ended = ann.post(unlink, {"sure": "yes"})

    assert "gr-porch" in ended.text
    assert house.desk.services.catalogue.grants.get("gr-porch").grant.revoked_at is not None
    assert "Nothing is linked" in ann.get("/home/partner").text


def test_rings_link_is_good_once_and_for_nobody_who_is_not_signed_in(house: Home, ring: PartnerSimulator) -> None:
    link = sent(house.desk, ring)
    nobody = house.desk.browser().get("/home/partner/link", params=link)
    assert nobody.status_code == 303
    assert nobody.headers["location"].startswith("/home/sign-in")
    house.client().post("/home/partner/link", link)

    again = house.client(BOB).get("/home/partner/link", params=link)

    assert again.status_code == 422
    assert "linked already" in again.text


def test_another_residents_ring_account_is_not_taken_over(house: Home, ring: PartnerSimulator) -> None:
    house.client().post("/home/partner/link", sent(house.desk, ring))

    taken = house.client(BOB).post("/home/partner/link", sent(house.desk, ring))

    assert taken.status_code == 422
    assert "somebody else" in taken.text
    assert {
        one.resident_id for one in house.desk.services.catalogue.accounts.list() if one.source == "ring-partner"
    } == {ANN}


def test_a_link_from_another_site_links_nothing(house: Home, ring: PartnerSimulator) -> None:
    ann, link = house.client(), sent(house.desk, ring)

    forged = ann.http.post("/home/partner/link", data=link, headers={"Origin": "https://elsewhere.example"})

    assert forged.status_code == 403
    assert ring.service.linked == {}


def test_where_the_interface_is_off_the_page_says_so(home: Home) -> None:
    assert "has not set this up" in home.client().get("/home/partner").text
    assert home.client().get("/home/partner/link").status_code == 422
