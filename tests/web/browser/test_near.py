"""What a neighbour without a camera does: types an address, reads, chooses, follows; and stands without a network."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from pipeline.demo.stage import AREAS, STREET_MAP
from pipeline.domain.neighbour_reports import ReportCategory
from pipeline.night.services import open_services, utc_now
from pipeline.settings import AgencySettings, NearSettings, Settings, StoreSettings
from tests.near_reports import publish
from tests.web.browser.axe import serious_violations
from tests.web.browser.served import ServedDesk, serving
from tests.web.browser.windows import LAPTOP, PHONE, keep_picture, looks

HEAVIEST_KILOBYTES = 300
"""Of the public page before tiles and media."""
MARKET = (51.5006, -0.1212)
TOLD = (
    (ReportCategory.CRIME, MARKET, "A box was taken from the step between seven and eight."),
    (ReportCategory.SUSPICIOUS, MARKET, "Somebody tried the doors of parked cars along the street."),
    (ReportCategory.SAFETY, (51.4986, -0.1188), "The street light at the corner is out again."),
    (ReportCategory.LOST_AND_FOUND, (51.5033, -0.1234), "Found: a small brown dog with a red collar."),
    (ReportCategory.OTHER, (51.6, -0.1150), ""),
)
PAGES = {
    "near": "/near?q=12+Elm+St.",
    "near-lost": "/near?q=zzzz",
    "near-report": "/near/reports/nr-000000000001",
    "near-digest": "/near/digest?at=51.501,-0.121",
    "near-offline": "/near/offline",
}


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    folder = tmp_path_factory.mktemp("near")
    settings = Settings(
        store=StoreSettings(directory=folder / "store"),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555 0100", areas=AREAS),
        near=NearSettings(streets=STREET_MAP, asks_per_minute=1000),
    )
    with open_services(settings) as services:
        for number, (category, block, words) in enumerate(TOLD, 1):
            at = utc_now() - timedelta(hours=5 * number)
            publish(services.catalogue, number, at, category=category, block=block, words=words)
    mail = {"DOORSTEP_MAIL__OUTBOX": str(folder / "outbox"), "DOORSTEP_MAIL__SENDER": "desk@police.test"}
    with serving(settings, **mail) as desk:
        yield desk


@contextmanager
def window(
    chromium: Browser, near: ServedDesk, size: tuple[int, int] = PHONE, scheme: str = "light", script: bool = True
) -> Iterator[Page]:
    faults: list[str] = []
    with chromium.new_context(
        base_url=near.address,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        java_script_enabled=script,
        locale="en-GB",
    ) as context:
        context.on("weberror", lambda error: faults.append(str(error.error)))
        yield context.new_page()
    assert faults == []


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "desktop"])
def test_an_address_leads_to_what_was_reported_around_it_and_to_its_feed(
    chromium: Browser, near: ServedDesk, size: tuple[int, int]
) -> None:
    with window(chromium, near, size) as page:
        page.goto("/near")
        page.get_by_label("An address, a street").fill("12 Elm St")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("4 reports")
        expect(page.locator("[data-dots='3'] path.dot")).to_have_count(3)
        expect(page.locator("path.street").first).to_be_attached()

        page.get_by_text("Choose what").click()
        for name in ("Crime", "Safety", "Lost and found", "Other"):
            page.get_by_label(name, exact=True).uncheck()
        page.get_by_role("button", name="Use these").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("1 report")
        assert "category=suspicious" in page.url
        assert "at=" not in page.url

        feed = page.request.get(page.get_by_role("link", name="Follow it as a feed").get_attribute("href") or "")
        read = feedparser.parse(feed.body())
        assert (read.bozo, len(read.entries)) == (0, 1)
        card = page.request.get(page.get_by_role("link", name="as a picture").get_attribute("href") or "")
        assert card.body().startswith(b"\x89PNG")

        page.locator("ol.reports h2 a").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Unusual activity")
        page.get_by_role("link", name="Reports around it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("4 reports")


def test_a_pin_in_the_map_asks_for_its_surroundings(chromium: Browser, near: ServedDesk) -> None:
    with window(chromium, near) as page:
        page.goto("/near?at=51.600,-0.115")
        expect(page.get_by_role("heading", level=1)).to_have_text("1 report")
        page.get_by_role("button", name="Set a pin").click()
        page.wait_for_url("**/near?at=51.600*")
        assert "q=" not in page.url


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "desktop"])
def test_without_any_script_it_is_a_list_and_a_drawn_map(
    chromium: Browser, near: ServedDesk, size: tuple[int, int]
) -> None:
    with window(chromium, near, size, script=False) as page:
        page.goto("/near?at=51.600,-0.115")
        page.get_by_label("An address, a street").fill("Elm Street")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("4 reports")

        dots = page.locator("svg.drawn circle.dot")
        expect(dots).to_have_count(3)
        frame = page.get_by_role("region", name="Map of the reports").bounding_box()
        assert frame is not None
        for dot in dots.all():
            box = dot.bounding_box()
            assert box is not None
            assert frame["x"] <= box["x"] <= frame["x"] + frame["width"] - box["width"]
            assert frame["y"] <= box["y"] <= frame["y"] + frame["height"] - box["height"]
        dots.last.click()
        expect(page.locator("li.card:target")).to_have_count(1)
        expect(page.locator("li.card:target")).to_be_in_viewport()


def test_with_scripts_the_drawn_map_makes_room_for_the_one_that_moves(chromium: Browser, near: ServedDesk) -> None:
    with window(chromium, near) as page:
        page.goto("/near?q=12+Elm+St.")
        expect(page.locator("[data-dots='3'] path.dot")).to_have_count(3)
        expect(page.locator("svg.drawn")).to_have_count(0)


def test_a_report_that_is_written_without_a_network_is_sent_when_there_is_one(
    chromium: Browser, near: ServedDesk
) -> None:
    with window(chromium, near) as page:
        page.goto("/near/report")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.context.set_offline(True)
        page.goto("/near/report")
        expect(page.get_by_text("You are offline")).to_be_visible()
        page.get_by_label("When did it happen").fill(f"{utc_now() - timedelta(hours=3):%Y-%m-%dT%H:%M}")
        page.get_by_text("Or coordinates").click()
        page.get_by_label("Latitude").fill("51.5000")
        page.get_by_label("Longitude").fill("-0.1200")
        page.get_by_label("What happened").fill("The gate was open in the morning.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("It is kept on this device")).to_be_attached()
        page.context.set_offline(False)
        expect(page.locator("#code")).to_have_text(re.compile(r"NR-\w{4}-\w{4}-\w{4}"))


def test_an_address_is_looked_up_for_a_report(chromium: Browser, near: ServedDesk) -> None:
    with window(chromium, near) as page:
        page.goto("/near/report")
        page.get_by_label("An address, a street").fill("3 Oak St")
        page.keyboard.press("Enter")
        expect(page.locator("[data-found]")).to_contain_text("Oak Street")
        assert page.get_by_label("Latitude").input_value().startswith("51.49")


def test_without_a_network_the_shell_is_there_and_a_draft_waits(chromium: Browser, near: ServedDesk) -> None:
    with window(chromium, near) as page:
        page.goto("/near")
        assert page.evaluate("navigator.serviceWorker.ready.then(found => new URL(found.scope).pathname)") == "/near"
        page.reload()
        assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
        page.context.set_offline(True)
        page.goto("/near?q=Elm+Street")
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no network")
        expect(page.get_by_text("Not an emergency service")).to_be_visible()
        kept = page.evaluate(
            """async () => {
              const shell = [...document.scripts].find((one) => one.src.endsWith("near/shell.js")).src;
              const { keepDraft, drafts, dropDraft } = await import(shell.replace("shell.js", "drafts.js"));
              const id = await keepDraft({ fields: { words: "a box" }, files: [new File(["bytes"], "a.jpg")] });
              const [draft] = await drafts();
              const text = await draft.files[0].text();
              await dropDraft(id);
              return [draft.fields.words, text, (await drafts()).length];
            }"""
        )
        assert kept == ["a box", "bytes", 0]
        page.context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("5 reports")


@pytest.mark.parametrize("name", list(PAGES))
def test_nobody_is_kept_out_of_a_public_page_and_it_fits(
    chromium: Browser, near: ServedDesk, screens: Path | None, name: str
) -> None:
    with window(chromium, near) as page:
        page.goto(PAGES[name])
        for size, scheme in looks(page):
            keep_picture(page, screens, f"{name}-{size[0]}-{scheme}")
            found = serious_violations(page, of_colours=scheme == "dark")
            assert found == [], f"{name} at {size[0]}, {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
            edges = "[...document.querySelectorAll('.places a')].map(one => one.getBoundingClientRect().right)"
            assert max(page.evaluate(edges)) <= size[0], "every place is in sight"


def test_the_public_page_is_light_before_tiles_and_media(chromium: Browser, near: ServedDesk) -> None:
    with window(chromium, near) as page:
        finished: list[Request] = []
        page.on("requestfinished", lambda request: finished.append(request))
        page.goto(PAGES["near"])
        page.wait_for_load_state("networkidle")
        sizes = {one.url: one.sizes()["responseBodySize"] for one in finished if one.resource_type != "image"}
        assert sum(sizes.values()) <= HEAVIEST_KILOBYTES * 1024, sizes
