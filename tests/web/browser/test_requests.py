"""A request for footage, from its first word to what a resident shares: a laptop at the desk, a phone at home."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.casework.residents.accounts import add_resident
from pipeline.casework.residents.links import make_link
from pipeline.demo.story import ANN_PLACE, FRONT_DOOR
from pipeline.domain.agents import Role
from pipeline.night.services import open_services
from pipeline.settings import Settings
from tests.web.browser.axe import serious_violations
from tests.web.browser.conftest import Visit
from tests.web.browser.served import ServedDesk
from tests.web.browser.windows import PHONE, keep_picture

CAMERA = f"ring:{FRONT_DOOR}"
TITLE = "Parcel taken from a porch"
_LOADED = """video => new Promise(done => {
  if (video.readyState) done(true);
  video.addEventListener("loadedmetadata", () => done(true));
})"""


@pytest.fixture(scope="module")
def recorded_at(populated: Settings) -> datetime:
    """When the front door recorded what is looked for."""
    with open_services(populated) as services:
        return services.catalogue.clips.list((CAMERA,))[0].clock.starts_at


@contextmanager
def at_home(populated: Settings, served: ServedDesk, chromium: Browser) -> Iterator[Page]:
    """A phone on which ann is signed in."""
    store = populated.store.model_copy(update={"directory": served.store})
    with open_services(populated.model_copy(update={"store": store})) as services:
        link = make_link(services, "tests", add_resident(services, "tests", "ann"))
    size: Any = {"width": PHONE[0], "height": PHONE[1]}
    with chromium.new_context(base_url=served.address, viewport=size) as context:
        page = context.new_page()
        page.goto(f"/home/enter?link={link}")
        expect(page.locator("main")).to_contain_text("Sign in here?")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/home")
        yield page


def looked_at(page: Page, screens: Path | None, name: str) -> None:
    """A picture of it, nothing that axe calls serious, and nothing wider than the window."""
    page.wait_for_load_state("networkidle")
    keep_picture(page, screens, name)
    assert serious_violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def written(page: Page, populated: Settings, recorded_at: datetime, screens: Path | None) -> None:
    """Types a request, mends what a rule refuses, sends it."""
    local = recorded_at.astimezone(ZoneInfo(populated.night.time_zone))
    page.get_by_label("Case number").fill("24-117")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("From").fill(f"{local - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("To", exact=True).fill(f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("Circle").fill(f"{ANN_PLACE[0]},{ANN_PLACE[1]},200")
    page.get_by_label("What happened").fill("A white person took a parcel from a porch.")
    rules = page.locator("#rules")
    expect(rules).to_contain_text("Protected trait")
    looked_at(page, screens, "request-refused-1366")
    page.get_by_label("What happened").fill("Somebody in a red jacket took a parcel from a porch.")
    expect(rules).to_contain_text("No rule refuses it")
    page.get_by_role("button", name="Send it to a supervisor").click()
    page.wait_for_url("**/requests/rq-*")


def test_a_request_is_written_mended_approved_and_answered_clip_by_clip(
    visit: Visit,
    populated: Settings,
    served: ServedDesk,
    chromium: Browser,
    screens: Path | None,
    recorded_at: datetime,
) -> None:
    writer = visit(Role.INVESTIGATOR, "/requests")
    writer.get_by_role("link", name="New request").click()
    written(writer, populated, recorded_at, screens)
    expect(writer.locator("main")).to_contain_text("Another person, who is a supervisor, decides")

    supervisor = visit(Role.SUPERVISOR, "/requests", scheme="dark")
    supervisor.get_by_role("link", name=TITLE).click()
    looked_at(supervisor, screens, "request-decide-1366-dark")
    supervisor.get_by_role("button", name="Publish it").click()
    expect(supervisor.locator("h1")).to_contain_text("open")
    supervisor.goto("/requests/log")
    expect(supervisor.locator("main")).to_contain_text(TITLE)
    looked_at(supervisor, screens, "requests-log-1366-dark")

    with at_home(populated, served, chromium) as phone:
        phone.goto("/home/requests")
        looked_at(phone, screens, "home-requests-390")
        phone.get_by_role("link", name=TITLE).click()
        film = phone.locator("video").first
        expect(film).to_be_visible()
        assert film.evaluate(_LOADED)
        looked_at(phone, screens, "home-request-390")
        phone.locator("ul.clips input[type=checkbox]").first.check()
        phone.get_by_role("button", name="Share the clips that are ticked").click()
        expect(phone.locator("#answered")).to_contain_text("1 stretch of 1 camera")
        looked_at(phone, screens, "home-request-answered-390")
        phone.emulate_media(color_scheme="dark")
        looked_at(phone, screens, "home-request-answered-390-dark")

    desk = visit(Role.INVESTIGATOR, "/matter")
    desk.get_by_label("package theft, case 24-117").check()
    desk.get_by_role("button", name="Begin").click()
    desk.wait_for_url(lambda url: "/matter" not in url)
    desk.goto("/search")
    expect(desk.locator("[data-visit]").first).to_be_visible()
    desk.goto("/matter")
    desk.get_by_label("package theft for").check()
    desk.get_by_role("button", name="Begin").click()


def test_a_circle_is_drawn_on_the_map_with_the_mouse(visit: Visit) -> None:
    page = visit(Role.INVESTIGATOR, "/requests/new")
    place = page.locator("#map")
    expect(place.locator(".leaflet-control-zoom")).to_be_visible()
    page.get_by_role("button", name="Draw a circle").click()
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()

    expect(page.get_by_label("Circle")).not_to_have_value("")
