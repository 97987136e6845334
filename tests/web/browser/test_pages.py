"""Every page of the desk: nothing that axe calls serious, light and dark; its picture; what it weighs."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, StorageState

import pipeline.web
from pipeline.demo.stage import INCIDENT
from pipeline.domain.agents import Role
from tests.web.browser.axe import serious_violations
from tests.web.browser.conftest import Visit
from tests.web.browser.windows import keep_picture, looks

HEAVIEST_KILOBYTES = 200
"""Of a page with its styles and scripts, before pictures, films and maps."""

PAGES: dict[str, tuple[Role, str]] = {
    "morning": (Role.INVESTIGATOR, "/"),
    "morning-supervisor": (Role.SUPERVISOR, "/"),
    "morning-auditor": (Role.AUDITOR, "/"),
    "nights": (Role.INVESTIGATOR, "/nights"),
    "search": (Role.INVESTIGATOR, "/search?q=package"),
    "search-not-understood": (Role.INVESTIGATOR, "/search?q=package+blorp+tuesday"),
    "saved": (Role.INVESTIGATOR, "/saved"),
    "event": (Role.INVESTIGATOR, "event"),
    "needs-review": (Role.INVESTIGATOR, "/needs-review"),
    "reviewed": (Role.INVESTIGATOR, "/reviewed"),
    "timeline": (Role.INVESTIGATOR, "/timeline"),
    "cameras": (Role.INVESTIGATOR, "/cameras"),
    "incidents": (Role.INVESTIGATOR, "/incidents"),
    "incident": (Role.INVESTIGATOR, f"/incidents/{INCIDENT}"),
    "incident-new": (Role.INVESTIGATOR, "/incidents/new"),
    "requests": (Role.INVESTIGATOR, "/requests"),
    "request-new": (Role.INVESTIGATOR, "/requests/new"),
    "matter": (Role.INVESTIGATOR, "/matter"),
    "account": (Role.INVESTIGATOR, "/account"),
    "audit": (Role.AUDITOR, "/audit"),
    "agents": (Role.ADMINISTRATOR, "/agents"),
}
STYLES = Path(pipeline.web.__file__).parent / "static"
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{((?:[^{}]|\{[^{}]*\})*)\}")
_SET = re.compile(r"([\w-]+)\s*:[^;{}]*(?=[;}])")
_STATIC = re.compile(r"/static/[0-9a-f]+/")


def opened(visit: Visit, name: str) -> Page:
    role, path = PAGES[name]
    page = visit(role, "/" if path == "event" else path)
    if path == "event":
        page.locator("ol.worth h3 a").first.click()
        page.wait_for_url("**/events/**")
    return page


def test_in_the_dark_style_sheets_change_nothing_but_colours() -> None:
    """So that what was looked at in the light is looked at by the rules of colours alone in the dark."""
    sheets = [path for path in STYLES.rglob("*.css") if "leaflet" not in path.name]
    dark = [block for path in sheets for block in _DARK.findall(path.read_text())]
    assert len(dark) == sum(path.read_text().count("prefers-color-scheme") for path in sheets) > 0
    set_in_it = {name for block in dark for name in _SET.findall(block)}
    assert [name for name in set_in_it if not name.startswith("--")] == []


@pytest.mark.parametrize("name", list(PAGES))
def test_nobody_is_kept_out_of_a_page_and_it_fits(visit: Visit, screens: Path | None, name: str) -> None:
    page = opened(visit, name)
    for size, scheme in looks(page):
        keep_picture(page, screens, f"{name}-{size[0]}-{scheme}")
        found = serious_violations(page, of_colours=scheme == "dark")
        assert found == [], f"{name} at {size[0]}, {scheme}"
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], f"{name} is wider than {size[0]}"


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_light_before_its_media(visit: Visit, signed_in: dict[Role, StorageState], name: str) -> None:
    role, path = PAGES[name]
    if path == "event":
        path = visit(role, "/").locator("ol.worth h3 a").first.get_attribute("href") or ""
    elif role not in signed_in:
        visit(role, "/")
    fresh = visit(role, "about:blank")  # a window of its own: its cache is empty
    finished: list[Request] = []
    fresh.on("requestfinished", lambda request: finished.append(request))
    fresh.goto(path)
    fresh.wait_for_load_state("networkidle")

    counted = [one for one in finished if one.resource_type in ("document", "stylesheet", "script", "fetch", "xhr")]
    own = {_STATIC.sub("", one.url): one.sizes()["responseBodySize"] for one in counted if "leaflet" not in one.url}
    assert any(name.endswith("desk.css") for name in own), "the style sheet was not weighed"
    assert sum(own.values()) < 1024 * HEAVIEST_KILOBYTES, own
