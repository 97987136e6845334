"""The pages of review on real clips in Chromium: what is drawn is where the truth file has it, and all can read it."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pipeline.domain.agents import Role
from tests.conftest import SAMPLE_CLIPS
from tests.web.browser.conftest import Visit
from tests.web.browser.windows import PHONE

TRUTH: dict[str, Any] = json.loads((SAMPLE_CLIPS / "truth.json").read_text())["clips"]
PICKED = TRUTH["package_picked_up_drive"]


def open_event(page: Page, kind: str) -> Page:
    """The page of the event of this kind, from the timeline's list."""
    page.goto("/timeline")
    page.get_by_role("link", name=kind).last.click()
    page.locator("[data-player][data-ready=yes]").wait_for()
    if kind not in page.get_by_role("heading", level=1).inner_text():
        page.locator("main").get_by_role("link", name=kind, exact=True).first.click()
        page.locator("[data-player][data-ready=yes]").wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text(kind)
    return page


def drawn_at(page: Page, second: float) -> list[list[float]]:
    """Boxes of the tracks at a moment, in pixels of the picture as shown."""
    found: list[list[float]] = page.evaluate(
        """async (second) => {
          const player = document.querySelector("[data-player]").player;
          await player.go(second);
          const script = document.querySelector("script[src*='player.js']").src;
          const { boxAt } = await import(script.replace("player.js", "tracks.js"));
          return player.all.tracks.map((track) => boxAt(track, player.shown, player.all.longest_gap))
            .filter(Boolean).map((found) => found.box);
        }""",
        second,
    )
    return found


def test_the_person_is_boxed_when_the_truth_has_one_and_the_place_lies_on_the_carton(visit: Visit) -> None:
    page = open_event(visit(Role.INVESTIGATOR), "Package picked up")
    (start, end) = PICKED["objects"][0]["intervals"][0]
    assert drawn_at(page, start - 2) == []
    assert drawn_at(page, min(end + 2, PICKED["duration_s"])) == []
    inside = [second / 2 for second in range(int(2 * (start + 1)), int(2 * (end - 1)))]
    assert sum(bool(drawn_at(page, second)) for second in inside) >= 0.9 * len(inside)

    left, top, right, bottom = (
        share * PICKED[side]
        for share, side in zip(PICKED["package_boxes"][0]["box"], ("width", "height") * 2, strict=True)
    )
    x1, y1, x2, y2 = page.evaluate("() => document.querySelector('[data-player]').player.all.region")
    shared = max(0.0, min(right, x2) - max(left, x1)) * max(0.0, min(bottom, y2) - max(top, y1))
    whole = (right - left) * (bottom - top) + (x2 - x1) * (y2 - y1) - shared
    assert shared / whole > 0.5

    (at,) = [event["start_s"] for event in PICKED["events"] if event["type"] == "package_picked_up"]
    boxes = drawn_at(page, at)
    assert any(box[0] < right and box[2] > left and box[1] < bottom and box[3] > top for box in boxes), "at the carton"


def test_jumps_go_from_event_to_event_and_the_loop_plays_what_matters(visit: Visit) -> None:
    page = open_event(visit(Role.INVESTIGATOR), "Package picked up")
    begin = page.locator("[data-player]").get_attribute("data-second")
    page.keyboard.press("n")
    page.wait_for_selector(f"[data-player]:not([data-second='{begin}'])")
    spans = page.evaluate("() => document.querySelector('[data-player]').player.events.map((one) => one.span[0])")
    here = float(page.locator("[data-player]").get_attribute("data-second") or "nan")
    assert min(abs(here - span) for span in spans) < 0.1
    page.keyboard.press("l")
    expect(page.locator("[data-do=loop]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("k")
    expect(page.locator("[data-do=play]")).to_have_text("Play")
    assert "loop=1" in page.url


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
@pytest.mark.parametrize("path", ["/timeline", "/timeline?zoom=week", "/cameras", "/needs-review", "/reviewed"])
def test_every_page_can_be_read_by_all(visit: Visit, path: str, size: tuple[int, int]) -> None:
    page = visit(Role.INVESTIGATOR, path, size, "dark" if size == PHONE else "light")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == size[0], "nothing reaches over the edge"


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_the_player_can_be_read_by_all(visit: Visit, size: tuple[int, int]) -> None:
    page = open_event(visit(Role.INVESTIGATOR, "/timeline", size), "Package picked up")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_the_map_shows_a_dot_for_every_street(visit: Visit) -> None:
    page = visit(Role.INVESTIGATOR, "/cameras")
    places = page.locator("[data-camera][data-latitude]")
    expect(places).not_to_have_count(0)
    expect(page.locator("[data-map]")).to_have_attribute("data-dots", "2")


def test_what_was_not_seen_stands_on_the_timeline(visit: Visit) -> None:
    page = visit(Role.INVESTIGATOR, "/timeline?zoom=week")
    unseen = page.get_by_role("region", name="Rows of the cameras").locator("rect.unseen")
    expect(unseen).not_to_have_count(0)
    listed = page.locator("section[aria-labelledby=unseen-name]")
    for words in ("end-to-end encrypted", "deleted at the source"):
        expect(listed).to_contain_text(words)
