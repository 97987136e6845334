"""A resident shares, and stops: linked, written, previewed, signed, looked at, revoked, and the receipt in hand."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.acquire.ring_auth import Login
from pipeline.casework.finding import find
from pipeline.casework.residents.accounts import add_resident
from pipeline.casework.residents.links import make_link
from pipeline.demo.desk import INVESTIGATOR
from pipeline.demo.story import ANN, FRONT_DOOR, evening_before
from pipeline.domain.agents import Matter
from pipeline.domain.residents import ResidentAccount
from pipeline.domain.search import Wanted
from pipeline.errors import ResidentUnknownError
from pipeline.night.services import Services, open_services, utc_now
from pipeline.ring_simulator.server import running_simulator
from pipeline.settings import Settings
from tests.web.browser.axe import serious_violations
from tests.web.browser.populated import world
from tests.web.browser.served import ServedDesk, a_copy, serving
from tests.web.browser.windows import LAPTOP, PHONE, keep_picture


@dataclass
class Street:
    """An installation of which Ann's account was linked anew, served, with Ring behind it."""

    desk: ServedDesk
    settings: Settings

    def link_of_ann(self) -> str:
        with open_services(self.settings) as services:
            return f"{self.desk.address}/home/enter?link={make_link(services, 'tests', account_of_ann(services))}"

    def somebody_searches(self) -> None:
        night = self.settings.night
        with open_services(self.settings) as services:
            find(services, Matter(INVESTIGATOR, night.purpose, night.recipient, "26-CV-77"), Wanted())


def account_of_ann(services: Services) -> ResidentAccount:
    try:
        return services.catalogue.residents.get(ANN.resident_id)
    except ResidentUnknownError:
        return add_resident(services, "tests", ANN.resident_id, "ann@example.org")


@pytest.fixture
def street(populated: Settings, tmp_path: Path) -> Iterator[Street]:
    with running_simulator(world(evening_before(utc_now()))) as simulator:
        copied = a_copy(populated, tmp_path / "store")
        ring = copied.ring.model_copy(
            update={"connect_to": simulator.connect_to, "certificate_authority": simulator.certificate_authority}
        )
        settings = copied.model_copy(update={"ring": ring})
        link_ann_anew(settings)
        variables = {
            "DOORSTEP_RING__CONNECT_TO": simulator.connect_to,
            "DOORSTEP_RING__CERTIFICATE_AUTHORITY": str(simulator.certificate_authority),
        }
        with serving(settings, **variables) as desk:
            yield Street(desk, settings)


def link_ann_anew(settings: Settings) -> None:
    """The night's own Ring is gone, its tokens with it. In a thread: Playwright keeps a loop running in this one."""

    def link() -> None:
        with open_services(settings) as services:
            login = Login(ANN.user_name, ANN.password, ANN.code)
            asyncio.run(services.accounts.link_ring(ANN.resident_id, login))

    with ThreadPoolExecutor(1) as apart:
        apart.submit(link).result()


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_from_a_grant_to_the_receipt_of_its_end(
    street: Street, chromium: Browser, screens: Path | None, size: tuple[int, int]
) -> None:
    window = {"width": size[0], "height": size[1]}
    context = chromium.new_context(base_url=street.desk.address, viewport=window, locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    context.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    journey(street, page, screens)
    context.close()
    assert faults == []


def journey(street: Street, page: Page, screens: Path | None) -> None:
    page.goto(street.link_of_ann())
    page.locator("main form button").first.click()
    share(page, screens)
    stop(street, page, screens)


def share(page: Page, screens: Path | None) -> None:
    page.goto("/home/grants/new")
    looked_at(page, screens, "form")
    page.get_by_label("Front door").check()
    page.get_by_label("package delivered").check()
    page.get_by_label("package picked up").check()
    page.get_by_label("from").first.fill("12:00")
    page.get_by_label("until", exact=True).first.fill("10:00")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        page.get_by_label(day).first.check()
    draw_with_keys(page)
    page.get_by_label("Last day").fill(f"{utc_now() + timedelta(days=60):%Y-%m-%d}")
    page.get_by_role("button", name="See what it would share").click()

    expect(page.get_by_role("heading", name="What it would share")).to_be_visible()
    expect(page.locator("main")).to_contain_text("packages delivered and picked up, only what touches the zone A,")
    expect(page.locator("table.hours tbody tr")).to_have_count(7)
    expect(page.locator("main")).not_to_contain_text("could not be asked")
    looked_at(page, screens, "preview")
    page.get_by_role("button", name="Sign it").click()
    expect(page.get_by_text("in force")).to_be_visible()
    looked_at(page, screens, "grant")


def stop(street: Street, page: Page, screens: Path | None) -> None:
    page.goto(f"/home/grants/gr-demo-{FRONT_DOOR}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    street.somebody_searches()
    page.goto("/home/looked")
    expect(page.locator("table.looks tbody tr").first).to_contain_text("26-CV-77")
    expect(page.locator("main")).not_to_contain_text(INVESTIGATOR)
    looked_at(page, screens, "looked")

    page.goto(f"/home/grants/gr-demo-{FRONT_DOOR}")
    page.get_by_role("link", name="Revoke").click()
    looked_at(page, screens, "revoke")
    page.get_by_role("button", name="Revoke and delete").click()
    expect(page.get_by_role("heading", name=f"Receipt for grant gr-demo-{FRONT_DOOR}")).to_be_visible()
    looked_at(page, screens, "receipt")
    with page.expect_download() as paper:
        page.get_by_role("link", name="On paper (PDF)").click()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")
    page.goto("/home/grants")
    expect(page.get_by_text("revoked", exact=True)).to_be_visible()
    looked_at(page, screens, "list")


def draw_with_keys(page: Page) -> None:
    """A zone without a pointer, which stands below as numbers."""
    board = page.locator("#zone-canvas")
    board.focus()
    for keys in (("ArrowLeft",) * 20, ("ArrowRight",) * 40, ("ArrowDown",) * 20, ("ArrowLeft",) * 40):
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Close this zone").click()
    expect(page.get_by_label("Zones as numbers")).to_have_value("A: 0.1,0.5; 0.9,0.5; 0.9,0.9; 0.1,0.9")


def looked_at(page: Page, screens: Path | None, name: str) -> None:
    """Its picture, by light and dark; nothing that axe calls serious, and no wider than the window."""
    width = page.evaluate("window.innerWidth")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        keep_picture(page, screens, f"sharing-{width}-{name}-{scheme}")
        assert serious_violations(page, of_colours=scheme == "dark") == [], f"{name}, {scheme}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
