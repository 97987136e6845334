"""The public pages as an application: what a telephone keeps, and how far its worker reaches."""

import re

import pytest

from tests.web.desk import Desk


def test_the_worker_reaches_near_alone_and_keeps_the_shell_of_this_version(desk: Desk) -> None:
    answer = desk.browser().get("/near/worker.js")

    assert answer.headers["service-worker-allowed"] == "/near"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "set-cookie" not in answer.headers
    digest = desk.app.state.desk.statics.digest
    kept = re.findall(r'"(/[^"]+)"', answer.text.splitlines()[0])
    assert kept
    for url in kept:
        page = desk.browser().get(url)
        assert page.status_code == 200, url
        assert url.startswith((f"/static/{digest}/", "/near/"))


def test_the_manifest_is_whole_and_its_icons_are_there(desk: Desk) -> None:
    answer = desk.browser().get("/near/manifest.webmanifest")
    said = answer.json()

    assert answer.headers["content-type"] == "application/manifest+json"
    assert (said["start_url"], said["scope"], said["display"]) == ("/near", "/near", "standalone")
    assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}
    for icon in said["icons"]:
        picture = desk.browser().get(icon["src"]).content
        size = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert "{}x{}".format(*size) == icon["sizes"]


def test_a_public_page_allows_its_worker_and_sets_no_cookie(desk: Desk) -> None:
    page = desk.browser().get("/near/offline")

    policy = page.headers["content-security-policy"]
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert "geolocation=(self)" in page.headers["permissions-policy"]
    assert "geolocation=()" in desk.browser().get("/sign-in").headers["permissions-policy"]


def test_tiles_are_asked_of_the_one_server_that_the_operator_named(desk: Desk) -> None:
    tiled = desk.with_web(map_tiles_url="https://tiles.test/{z}/{x}/{y}.png")
    policy = tiled.browser().get("/near/offline").headers["content-security-policy"]
    assert "img-src 'self' data: blob: https://tiles.test;" in policy


def test_a_token_that_was_asked_for_anew_goes_with_the_cookie_that_came_with_it(desk: Desk) -> None:
    browser = desk.browser()
    answer = browser.get("/near/token")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["csrf"] == browser.get("/near/token").json()["csrf"]
    assert answer.json()["csrf"] != desk.browser().get("/near/token").json()["csrf"]


@pytest.mark.parametrize("path", ["/near/nothing", "/near/"])
def test_what_is_not_there_is_said_in_the_layout_of_the_public(desk: Desk, path: str) -> None:
    page = desk.browser().get(path)
    assert page.status_code == 404
    assert "To the reports near you" in page.text
    assert "Sign in" not in page.text


def test_a_number_can_be_called_where_it_is_one(desk: Desk) -> None:
    page = desk.browser().get("/near/offline").text
    assert '<a href="tel:5550100">555-0100</a>' in page
    assert '<a href="tel:911">911</a>' in page
