"""A neighbour with a telephone: types, attaches, loses the connection, comes back, and takes it all away again."""

import hashlib
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from pipeline.casework.agents.accounts import add_agent
from pipeline.demo.desk import AGENTS
from pipeline.domain.agents import Role
from pipeline.night.services import open_services
from pipeline.settings import Settings
from tests.casework.neighbours.neighbourhood import GPS_WORDS, a_photo, a_video, neighbourly
from tests.web.browser.served import PASSWORD, PATIENCE, ServedDesk, serving
from tests.web.browser.signing_in import sign_in
from tests.web.browser.windows import LAPTOP, PHONE, keep_picture

MEGABYTES = 9
"""Three pieces of an upload."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return neighbourly(tmp_path)


@pytest.fixture
def desk(settings: Settings) -> Iterator[ServedDesk]:
    """A desk without a night, with an agent of each role."""
    with open_services(settings) as services:
        for role, name in AGENTS.items():
            add_agent(services, "tests", name, role, PASSWORD)
    with serving(settings) as made:
        yield made


def window(chromium: Browser, desk: ServedDesk, size: tuple[int, int]) -> Page:
    view = {"width": size[0], "height": size[1]}
    context = chromium.new_context(base_url=desk.address, viewport=view, locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def is_clean(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing is wider than the screen"


def test_a_neighbour_reports_from_a_telephone_and_takes_it_back(
    desk: ServedDesk, settings: Settings, chromium: Browser, tmp_path: Path, screens: Path | None
) -> None:
    photo, video = tmp_path / "photo.jpg", tmp_path / "clip.mp4"
    photo.write_bytes(a_photo())
    padding = struct.pack(">I4s", MEGABYTES << 20, b"free") + bytes((MEGABYTES << 20) - 8)
    video.write_bytes(a_video(tmp_path) + padding)
    page = window(chromium, desk, PHONE)
    code = _send(page, photo, video, screens)
    address = _decide(window(chromium, desk, LAPTOP), screens)
    _publish(window(chromium, desk, LAPTOP), address, screens)
    with open_services(settings) as services:
        kept = {clip.item.digest for clip in services.catalogue.clips.list()}
        assert kept == {hashlib.sha256(path.read_bytes()).hexdigest() for path in (photo, video)}
        (published,) = services.catalogue.neighbour_reports.published()
    _see(page, published.report_id, published.media)
    _take_back(page, code, screens)
    with open_services(settings) as services:
        assert services.catalogue.clips.list() == ()
        assert services.catalogue.neighbour_reports.published() == ()
        assert list(services.originals.digests()) == list(services.derivatives.digests()) == []


def _send(page: Page, photo: Path, video: Path, screens: Path | None) -> str:
    page.goto("/near/report")
    is_clean(page)
    keep_picture(page, screens, "near-report-phone")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Say when and where")
    page.get_by_label("Crime").check()
    page.get_by_label("An address, a street").fill("51.5001, -0.1201")
    page.get_by_label("What happened?").fill("A box was taken from a step.")
    page.get_by_label("Photos and videos").set_input_files([photo, video])
    page.get_by_label(re.compile("The agency may also publish")).check()
    cut: list[str] = []

    def once(route: Route) -> None:
        """Two pieces of the video get lost on the way."""
        if route.request.method == "PATCH" and len(cut) < 2 and int(route.request.headers["upload-offset"]) > 0:
            cut.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/near/uploads/*", once)
    page.get_by_role("button", name="Send").click()
    code = page.locator("#code")
    expect(code).to_have_text(re.compile(r"NR-\w{4}-\w{4}-\w{4}"))
    expect(page.locator("#sending li", has_text="clip.mp4")).to_contain_text("sent")
    expect(page.locator("#sending li", has_text="photo.jpg")).to_contain_text("sent")
    assert len(cut) == 2
    is_clean(page)
    keep_picture(page, screens, "near-receipt-phone")
    return code.inner_text()


def _decide(page: Page, screens: Path | None) -> str:
    sign_in(page, Role.INVESTIGATOR)
    page.goto("/triage")
    is_clean(page)
    page.get_by_role("link", name=re.compile("Crime")).click()
    expect(page.locator("img.shot").first).to_be_visible()
    is_clean(page)
    keep_picture(page, screens, "triage-report")
    page.locator("#accept-reason").fill("it shows the taking")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Make masked copies").click()
    for _ in range(60):
        if "made" in page.locator("#job").inner_text():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.get_by_text("Another person publishes it.")).to_be_visible()
    return page.url


def _publish(page: Page, address: str, screens: Path | None) -> None:
    sign_in(page, Role.SUPERVISOR)
    page.goto(address)
    expect(page.get_by_label(re.compile("Publish it"))).to_have_count(2)
    for box in page.get_by_label(re.compile("Publish it")).all():
        box.check()
    page.get_by_label("Words that everybody reads").fill("A box was taken from a step.")
    is_clean(page)
    keep_picture(page, screens, "triage-publish")
    page.get_by_role("button", name="Publish it so").click()
    expect(page.get_by_text("It is published.")).to_be_visible()


def _see(page: Page, report_id: str, media: tuple[str, ...]) -> None:
    page.goto(f"/near/reports/{report_id}")
    expect(page.get_by_text("A box was taken from a step.")).to_be_visible()
    assert len(media) == 2
    for name in media:
        answer = page.request.get(f"/near/media/{name}")
        assert answer.ok
        assert GPS_WORDS not in answer.body()


def _take_back(page: Page, code: str, screens: Path | None) -> None:
    page.goto("/near/return")
    is_clean(page)
    page.get_by_label("The code of your receipt").fill(code.lower())
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#state")).to_have_text("accepted by the agency")
    is_clean(page)
    keep_picture(page, screens, "near-return-phone")
    page.get_by_label("I take this report back").check()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("It is gone.")).to_be_visible()
