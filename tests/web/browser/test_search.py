"""The search page in a browser: by keyboard alone, chips that come off, a circle drawn on the map."""

import re

from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Visit


def _visits(page: Page) -> int:
    return page.locator("[data-visit]").count()


def test_a_search_goes_by_keyboard_from_the_box_to_the_event(visit: Visit) -> None:
    page = visit(path="/search")
    page.keyboard.press("/")
    page.keyboard.type("perso")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_have_value(re.compile("^person"))
    page.keyboard.press("Enter")
    expect(page.locator(".chip").first).to_contain_text("person")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#chosen-count")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/events/ev-"))


def test_a_chip_that_comes_off_widens_and_the_address_says_so(visit: Visit) -> None:
    page = visit(path="/search?q=person+score+over+0.999+score+below+0.1")
    expect(page.locator(".empty")).to_be_visible()
    for _ in range(3):
        count = page.locator(".chip .off").count()
        page.locator(".chip .off").first.click()
        expect(page.locator(".chip .off")).to_have_count(count - 1)
    expect(page).to_have_url(re.compile("/search$"))
    assert _visits(page) > 0


def _drawing(page: Page, name: str) -> tuple[float, float]:
    """Begins to draw on the map, and says where in the window its middle is."""
    page.locator("#facet-where > summary").click()
    expect(page.locator("#map.leaflet-container")).to_be_visible()
    page.get_by_role("button", name=name).click()
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_circle_that_is_drawn_becomes_a_filter(visit: Visit) -> None:
    page = visit(path="/search")
    x, y = _drawing(page, "Draw a circle")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=4)
    page.mouse.up()
    expect(page.locator("#near")).to_have_value(re.compile(r"^-?[\d.]+,-?[\d.]+,\d+$"))
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip")).to_contain_text("within")
    expect(page).to_have_url(re.compile("near="))


def test_an_area_counts_from_its_third_corner_on_whether_or_not_somebody_ends_it(visit: Visit) -> None:
    page = visit(path="/search")
    left, top = _drawing(page, "Draw an area")
    for right, down in ((0, 0), (60, 0), (60, 60)):
        expect(page.locator("#area")).to_have_value("")
        page.mouse.click(left + right, top + down)
    expect(page.locator("#area")).to_have_value(re.compile("^[^;]+;[^;]+;[^;]+$"))
    page.mouse.dblclick(left, top + 60)
    expect(page.locator("#area")).to_have_value(re.compile("^[^;]+;[^;]+;[^;]+;[^;]+$"))
    expect(page.get_by_role("button", name="Draw an area")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("area="))
