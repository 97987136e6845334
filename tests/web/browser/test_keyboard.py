"""The way of a case with the keyboard alone: no mouse, no script that presses a thing for somebody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.demo.desk import AGENTS
from pipeline.domain.agents import Role
from pipeline.settings import Settings
from tests.web.browser.served import PASSWORD, PATIENCE, ServedDesk, a_copy, serving
from tests.web.browser.signing_in import CASE

MOST_TABS = 80
_FOCUSED = """() => {
  const one = document.activeElement;
  const words = one.matches("a, button, summary") ? one.innerText : "";
  return [one.getAttribute("aria-label") || "", words, one.name || ""].join("|");
}"""
_SEEN = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return one.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
}"""


@pytest.fixture
def desk(populated: Settings, tmp_path: Path) -> Iterator[ServedDesk]:
    """A copy of its own, without one-time codes: a telephone's square is no matter of keys."""
    with serving(a_copy(populated, tmp_path / "store"), DOORSTEP_WEB__SECOND_FACTOR="false") as made:
        yield made


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until what has the focus says so; where the focus is can be seen at every step."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if words.lower() in page.evaluate(_FOCUSED).lower():
            assert page.evaluate(_SEEN), f"nobody sees that {words} has the focus"
            return
    raise AssertionError(f"{words} was not reached with {MOST_TABS} tabs, from {page.url}")


def test_sign_in_search_confirm_and_ask_for_approval_with_keys_alone(desk: ServedDesk, chromium: Browser) -> None:
    with chromium.new_context(base_url=desk.address) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        _sign_in(page)
        _find(page)
        page.keyboard.press("c")
        expect(page.locator("main")).to_contain_text("confirmed")
        _ask_for_approval(page)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def _sign_in(page: Page) -> None:
    page.goto("/")
    page.keyboard.type(AGENTS[Role.INVESTIGATOR])  # the name has the focus at the start
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/matter**")
    tab_to(page, "case_number")
    page.keyboard.type(CASE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Night of")
    page.wait_for_load_state()  # from here on the page hears keys
    page.keyboard.press("Tab")
    assert "skip to the content" in page.evaluate(_FOCUSED).lower()


def _find(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/search")
    page.keyboard.press("/")
    page.keyboard.type("package picked up")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What was understood")).to_contain_text("package picked up")
    tab_to(page, "Take off")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/**")


def _ask_for_approval(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/incidents")
    tab_to(page, "Package taken")
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/in-*")
    tab_to(page, "Ask for approval")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Another person decides")).to_be_visible()
