"""Pages that nobody comes to by the navigation: the doors before the desk, and the workshop of an incident."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from pipeline.casework.agents.accounts import reset
from pipeline.demo.desk import AGENTS
from pipeline.demo.stage import INCIDENT
from pipeline.domain.agents import Role
from pipeline.night.services import open_services
from pipeline.settings import Settings, StoreSettings
from tests.web.browser.axe import serious_violations
from tests.web.browser.conftest import Visit
from tests.web.browser.served import PASSWORD, ServedDesk, at, serving
from tests.web.browser.windows import PHONE, keep_picture

Outside = Callable[[str], Page]


@pytest.fixture
def outside(chromium: Browser) -> Iterator[Outside]:
    """A window on a telephone in which nobody is signed in, at an address."""
    opened: list[BrowserContext] = []

    def window(address: str) -> Page:
        view = {"width": PHONE[0], "height": PHONE[1]}
        context = chromium.new_context(viewport=view, color_scheme="dark", locale="en-GB")  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield window
    for context in opened:
        context.close()


def require_readable(page: Page, screens: Path | None, name: str) -> None:
    page.wait_for_load_state("networkidle")
    keep_picture(page, screens, f"{name}-{PHONE[0]}-dark")
    assert serious_violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], f"{name} is wider than a telephone"


def sign_in(page: Page, role: Role, password: str) -> None:
    page.get_by_label("Name").fill(AGENTS[role])
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/sign-in/**")


def test_the_doors_can_be_read_by_all(
    visit: Visit, outside: Outside, served: ServedDesk, populated: Settings, screens: Path | None
) -> None:
    visit(Role.INVESTIGATOR)  # who sets the one-time codes up that are asked for
    page = outside(f"{served.address}/sign-in")
    require_readable(page, screens, "sign-in")
    sign_in(page, Role.INVESTIGATOR, PASSWORD)
    require_readable(page, screens, "code")

    with open_services(at(populated, served.store)) as services:
        given = reset(services, "tests", services.catalogue.agents.named(AGENTS[Role.RECORDS_OFFICER]))
    page = outside(f"{served.address}/sign-in")
    sign_in(page, Role.RECORDS_OFFICER, given)
    require_readable(page, screens, "renew")


def test_the_first_page_of_an_installation_can_be_read_by_all(
    outside: Outside, populated: Settings, tmp_path: Path, screens: Path | None
) -> None:
    empty = populated.model_copy(update={"store": StoreSettings(directory=tmp_path / "store")})
    with serving(empty) as desk:
        require_readable(outside(f"{desk.address}/first-run"), screens, "first-run-without-link")
        link = next(line.strip() for line in desk.said if "/first-run?code=" in line)
        require_readable(outside(link), screens, "first-run")


def test_the_workshop_of_an_incident_can_be_read_by_all(visit: Visit, screens: Path | None) -> None:
    page = visit(Role.INVESTIGATOR, f"/incidents/{INCIDENT}/cut", PHONE, "dark")
    require_readable(page, screens, "cut")
    page.goto(f"/incidents/{INCIDENT}")
    page.get_by_role("link", name="Cut anew").first.click()
    require_readable(page, screens, "recut")
    page.goto(f"/incidents/{INCIDENT}")
    page.get_by_role("button", name="Make the report to print").click()
    page.wait_for_url("**/jobs/**")
    require_readable(page, screens, "job")
    page.goto("/timeline")
    page.locator("svg a[href^='/clips/']").first.press("Enter")  # events lie over it
    page.locator("[data-player][data-ready=yes]").wait_for()
    require_readable(page, screens, "clip")
