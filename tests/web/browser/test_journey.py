"""The whole way of a case, on a desk of its own: from signing in to a package, and what the audit has of it."""

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.demo.desk import AGENTS
from pipeline.demo.stage import INCIDENT
from pipeline.domain.agents import Role
from pipeline.settings import Settings
from tests.conftest import ROOT
from tests.web.browser.served import PASSWORD, PATIENCE, ServedDesk, a_copy, serving
from tests.web.browser.signing_in import CASE, STEP_SECONDS, begin_matter, sign_in
from tests.web.browser.windows import LAPTOP

_PLAY = """video => new Promise((done, refused) => {
  video.muted = true;
  video.addEventListener("timeupdate", () => video.currentTime > 0.2 && done());
  video.play().catch(refused);
})"""
"""Plays until something was shown."""


@pytest.fixture
def desk(populated: Settings, tmp_path: Path) -> Iterator[ServedDesk]:
    """A copy of the populated store, served by itself: what is decided here is not there for other stories."""
    with serving(a_copy(populated, tmp_path / "store")) as made:
        yield made


@contextmanager
def a_window(chromium: Browser, desk: ServedDesk) -> Iterator[Page]:
    view = {"width": LAPTOP[0], "height": LAPTOP[1]}
    with chromium.new_context(base_url=desk.address, viewport=view, accept_downloads=True) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def test_a_case_goes_from_signing_in_to_a_package_and_the_audit_has_each_step(
    desk: ServedDesk, chromium: Browser, tmp_path: Path
) -> None:
    with a_window(chromium, desk) as page:
        _sign_in_twice(page)
        event = _read_the_morning_and_search(page)
        _watch_and_confirm(page)
        _attach(page, event)
        page.get_by_role("button", name="Ask for approval").click()
        expect(page.get_by_text("Another person decides")).to_be_visible()

    with a_window(chromium, desk) as page:
        sign_in(page, Role.SUPERVISOR)
        page.goto(f"/incidents/{INCIDENT}")
        page.get_by_role("button", name="Approve what is shown here").click()
        expect(page.locator("#leaving .badge")).to_have_text("approved")
        package = _export(page, tmp_path)
        _require_whole(package)

    with a_window(chromium, desk) as page:
        sign_in(page, Role.AUDITOR)
        _read_the_audit(page, tmp_path)


def _sign_in_twice(page: Page) -> None:
    """Once to set up one-time codes, and again as on every other day."""
    secret = sign_in(page, Role.INVESTIGATOR)
    page.locator("summary", has_text=AGENTS[Role.INVESTIGATOR]).click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    page.get_by_label("Name").fill(AGENTS[Role.INVESTIGATOR])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(int(time.time()) + STEP_SECONDS))
    page.get_by_role("button", name="Go on").click()
    begin_matter(page)


def _read_the_morning_and_search(page: Page) -> str:
    """By words and by filters; both lead to one event."""
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Night of")
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Search").click()
    page.get_by_label("What do you look for?").fill("package picked up")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What was understood")).to_contain_text("package picked up")
    by_words = page.locator(".visits a[href^='/events/']").first.get_attribute("href")
    page.goto("/search")
    page.locator("#search").get_by_role("link", name="Package picked up").first.click()
    page.wait_for_url("**/search?*kind=package_picked_up*")
    found = page.locator(".visits a[href^='/events/']").first
    assert found.get_attribute("href") == by_words
    found.click()
    page.wait_for_url("**/events/**")
    return page.url.split("/events/")[1].split("?")[0]


def _watch_and_confirm(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Package picked up")
    page.locator("video").first.evaluate(_PLAY)
    page.get_by_label("Note").fill("The carton is gone afterwards.")
    page.get_by_role("button", name="Confirm").first.click()
    expect(page.locator("main")).to_contain_text("confirmed")


def _attach(page: Page, event: str) -> None:
    """The night attached it as the machine's; a person stands behind it from here on."""
    page.goto(f"/incidents/{INCIDENT}")
    card = page.locator("article.attached", has=page.locator(f"a[href='/events/{event}']"))
    expect(card).to_have_count(1)
    confirm = card.get_by_role("button", name="Confirm")
    if confirm.count():
        confirm.click()
    expect(card.locator(".badge").first).to_contain_text("confirmed")
    suggested = page.locator("#suggested").get_by_role("button", name="Attach")
    before = page.locator("article.attached").count()
    if suggested.count():
        suggested.first.click()
        expect(page.locator("article.attached")).to_have_count(before + 1)


def _export(page: Page, folder: Path) -> Path:
    page.get_by_role("button", name="Make the package").click()
    page.wait_for_url("**/jobs/**")
    link = page.locator("a[href$='/package']")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def _require_whole(package: Path) -> None:
    """What was downloaded is a package, and our own verifier finds it whole."""
    assert zipfile.is_zipfile(package)
    command = [sys.executable, "-m", "pipeline.cli.app", "verify", str(package), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert json.loads(ended.stdout)


def _read_the_audit(page: Page, folder: Path) -> None:
    """On the page, of this case alone; and as the file that an auditor takes along."""
    page.goto("/audit")
    page.get_by_label("Case", exact=True).fill(CASE)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("main tbody tr").first).to_contain_text(CASE)
    page.get_by_role("link", name="Show everything").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSON").click()
    path = folder / "audit.json"
    download.value.save_as(path)
    entries = [record["entry"] for record in json.loads(path.read_text(encoding="utf-8"))["records"]]
    steps = {(entry["agent"], entry["action"], entry["detail"].get("as", "")) for entry in entries}
    ina, sue = AGENTS[Role.INVESTIGATOR], AGENTS[Role.SUPERVISOR]
    assert steps >= {
        (ina, "matter_begun", ""),
        (ina, "accessed", "morning"),
        (ina, "searched", "search"),
        (ina, "accessed", "play"),
        (ina, "judged", "confirmed"),
        (ina, "approval_asked", ""),
        (sue, "approved", ""),
    }
    assert {(entry["agent"], entry["action"]) for entry in entries} >= {(sue, "disseminated")}
    looks = [entry for entry in entries if entry["agent"] == ina and entry["action"] == "accessed"]
    assert {entry["detail"]["purpose"] for entry in looks} == {"package theft"}
    assert {entry["detail"]["case"] for entry in looks} == {CASE, "DEMO-1"}, (
        "the matter's, and the incident's within it"
    )
