"""A resident links cameras that they chose in Ring's app, sees them, and ends it, as a browser goes the way."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.server import running
from pipeline.settings import AgencySettings, MailSettings, Settings, StoreSettings
from tests.acquire.partner_story import BETH, a_partner_world
from tests.web.browser.served import ServedDesk, serving
from tests.web.browser.windows import LAPTOP, PHONE
from tests.web.browser_home.conftest import Window, looked_at
from tests.web.browser_home.test_residents import come_in


@pytest.fixture(scope="module")
def partner() -> Iterator[PartnerSimulator]:
    with running(PartnerSimulator(a_partner_world())) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, partner: PartnerSimulator, outbox: Path) -> Iterator[ServedDesk]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path_factory.mktemp("store")),
        mail=MailSettings(outbox=outbox, sender="doorstep@example.org"),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
    )
    world = partner.service.world
    at_ring = {
        "DOORSTEP_PARTNER__CLIENT_ID": world.client_id,
        "DOORSTEP_PARTNER__CLIENT_SECRET": world.client_secret,
        "DOORSTEP_PARTNER__SIGNING_KEY": world.signing_key,
        "DOORSTEP_PARTNER__CONNECT_TO": partner.connect_to,
        "DOORSTEP_PARTNER__CERTIFICATE_AUTHORITY": str(partner.certificate_authority),
    }
    with serving(settings, **at_ring) as desk:
        yield desk


def sent_by_ring(page: Page, partner: PartnerSimulator) -> str:
    """Ring's code comes from server to server; then it sends the owner's browser to this address."""
    code = partner.service.tokens.code(BETH)
    assert page.request.post("/partner/token-exchange", form={"code": code}).ok
    return f"/home/partner/link?{urlencode(partner.service.link_query(BETH))}"


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "desktop"])
def test_cameras_are_linked_through_rings_app_and_unlinked(
    window: Window, outbox: Path, partner: PartnerSimulator, size: tuple[int, int]
) -> None:
    page = window(size)
    come_in(page, outbox, "beth@example.org", look=False)
    page.goto("/home/partner")
    expect(page.get_by_text("Nothing is linked in this way.")).to_be_visible()
    looked_at(page, "partner-none")

    page.goto(sent_by_ring(page, partner))
    expect(page.get_by_text("b***@***.example")).to_be_visible()
    looked_at(page, "partner-link")
    page.get_by_role("button", name="Link it").click()
    expect(page.get_by_role("listitem").filter(has_text="Porch")).to_be_visible()
    looked_at(page, "partner-linked")

    page.get_by_label(re.compile("End this link")).check()
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_role("heading", name="The link has ended")).to_be_visible()
    looked_at(page, "partner-ended")
    page.goto("/home/partner")
    expect(page.get_by_text("Nothing is linked in this way.")).to_be_visible()
