"""P14: every page that anybody but an agent reaches, and everything that leaves them, says what this is not."""

import re

import pytest

from pipeline.web.access import MATRIX, Reach
from tests.near_reports import publish
from tests.web.desk import Desk
from tests.web.test_matrix import ROUTES, method_of, path_of

_SENTENCE = re.compile(r"not an emergency service", re.IGNORECASE)
_NO_PAGES = frozenset(
    {"static", "health", "near_manifest", "near_worker", "near_token", "near_ground", "near_places", "near_card"}
)
"""Files, and what only programs read. The card's words are part of its picture."""


def public_names() -> list[str]:
    return sorted(name for name, row in MATRIX.items() if row.is_public and method_of(name) == "GET" and name in ROUTES)


@pytest.mark.parametrize("name", [name for name in public_names() if name not in _NO_PAGES])
def test_every_public_page_and_feed_says_that_it_is_no_emergency_service(desk: Desk, name: str) -> None:
    shown = publish(desk.services.catalogue, 1, desk.now)
    browser = desk.browser()
    answer = browser.get(path_of(name, {"report_id": shown.report_id}))
    if answer.is_redirect:
        answer = browser.get(answer.headers["location"])
    assert not answer.is_redirect, path_of(name)
    if "json" not in answer.headers["content-type"]:
        assert _SENTENCE.search(answer.text), path_of(name)
        assert "555-0100" in answer.text


def test_every_page_stands_on_a_layout_with_the_notice() -> None:
    """Of home too, whose pages nobody reaches without a session: by the layouts that all of them extend."""
    from pathlib import Path

    from pipeline.web import templating

    folder = Path(templating.__file__).with_name("templates")
    layouts = ("base.html", "near/base.html", "home/base.html")
    for name in layouts:
        assert 'include "parts/notice.html"' in (folder / name).read_text(encoding="utf-8"), name
    for page in sorted(folder.rglob("*.html")):
        text, name = page.read_text(encoding="utf-8"), page.relative_to(folder).as_posix()
        if "<html" in text or 'extends "layout.html"' in text:
            assert name in (*layouts, "layout.html"), f"{name} has a layout of its own"


def test_no_row_is_public_and_a_residents_at_once() -> None:
    assert [name for name, row in MATRIX.items() if row.is_public and row.home is not Reach.NOTHING] == []
