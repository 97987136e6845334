"""What every answer carries, and what is not answered at all."""

import re

import pytest

from pipeline.domain.agents import Role
from pipeline.settings import WebSettings
from pipeline.web.app import build_app, origins_of
from tests.web.desk import ADDRESS, Browser, Desk

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}
PLACES = ["/sign-in", "/account", "/nothing", "/static/0/desk.css", "/api/v1/me", "/health", "/static/0/../../app.py"]


@pytest.mark.parametrize("path", PLACES)
def test_every_answer_carries_the_headers(desk: Desk, path: str) -> None:
    for client in (desk.browser(), desk.client()):
        answer = client.get(path)
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_no_script_and_no_style_runs_but_from_our_own_files(desk: Desk) -> None:
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in desk.browser().get("/sign-in").headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in " ".join(policy.values())


@pytest.mark.parametrize("role", Role)
def test_no_page_holds_a_script_or_a_style_inline(desk: Desk, role: Role) -> None:
    client = desk.client(role)
    for path in ("/account", "/matter", "/agents", "/audit", "/sign-in", "/nothing"):
        page = client.get(path).text
        assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []


def test_a_fault_carries_the_headers_too_and_says_nothing_of_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = desk.client()
    monkeypatch.setattr("pipeline.web.routes.account.live_sessions", lambda *_: 1 / 0)
    client.http._transport.raise_server_exceptions = False
    answer = client.get("/account")
    caplog.clear()

    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["cache-control"] == "no-store"
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text


def test_pages_are_kept_in_no_cache_and_static_files_for_good(desk: Desk) -> None:
    client = desk.client()
    page = client.get("/account")
    address = re.search(r"/static/[0-9a-f]{16}/desk\.css", page.text)
    assert address is not None
    named, other = client.get(address.group()), client.get("/static/0/desk.css")

    assert page.headers["cache-control"] == client.api("GET", "/api/v1/me").headers["cache-control"] == "no-store"
    assert named.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.headers["cache-control"] == "no-cache"
    assert named.content == other.content


@pytest.mark.parametrize(
    "path", ["/static/0/../../settings.py", "/static/0/%2e%2e/%2e%2e/settings.py", "/static/0//etc/passwd"]
)
def test_nothing_but_static_files_is_served_as_one(desk: Desk, path: str) -> None:
    assert desk.browser().get(path).status_code == 404


@pytest.mark.parametrize("host", ["evil.test", "desk.test.evil.test", "127.0.0.1", "desk.test:8020", ""])
def test_a_name_that_is_not_the_desks_is_not_answered(desk: Desk, host: str) -> None:
    answer = desk.client().http.get("/account", headers={"Host": host})
    assert answer.status_code == 421
    assert "html" not in answer.headers["content-type"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_on_loopback_the_desk_has_every_name_of_loopback_and_its_port(desk: Desk) -> None:
    app = build_app(desk.with_web(public_url=None).services, port=8099)
    for host in ("127.0.0.1:8099", "localhost:8099", "[::1]:8099"):
        answer = Browser(app).http.get("/health", headers={"Host": host})
        assert answer.status_code == 200
        assert "strict-transport-security" not in answer.headers
    assert Browser(app).http.get("/health", headers={"Host": "127.0.0.1"}).status_code == 421


@pytest.mark.parametrize(
    ("public", "origin"),
    [(ADDRESS, ADDRESS), ("https://Desk.Test:443", ADDRESS), ("http://a.test:8080", "http://a.test:8080")],
)
def test_an_address_is_written_as_browsers_write_it(public: str, origin: str) -> None:
    assert origins_of(WebSettings(public_url=public), 8020) == {origin}


@pytest.mark.parametrize("public", ["desk.test", "ftp://desk.test", "https://desk.test/", "https://me@desk.test"])
def test_what_is_no_address_of_a_desk_is_no_setting(public: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        WebSettings(public_url=public)


def test_more_than_a_form_holds_is_not_read(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    answer = client.post("/agents", {"name": "x" * 2_000_000, "role": "auditor"})
    assert answer.status_code == 413

    def pieces() -> object:
        yield f"csrf={client.csrf}&role=auditor&name=".encode()
        for _ in range(2000):
            yield b"x" * 1024

    headers = {"Origin": ADDRESS, "Content-Type": "application/x-www-form-urlencoded"}
    assert client.http.post("/agents", content=pieces(), headers=headers).status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(desk: Desk, length: str) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    headers = {"Origin": ADDRESS, "Content-Length": length, "Content-Type": "application/x-www-form-urlencoded"}
    assert client.http.post("/agents", content=b"", headers=headers).status_code == 413


def test_without_secure_cookies_the_names_say_so(desk: Desk) -> None:
    plain = desk.with_web(secure_cookies=False).browser()
    plain.sign_in("ina")
    assert "desk" in plain.http.cookies
    assert plain.get("/account").status_code == 200


def test_a_refusal_leads_htmx_and_tells_a_program(desk: Desk) -> None:
    nobody = desk.browser()
    led = nobody.get("/account", headers={"HX-Request": "true"})
    told = nobody.http.get("/account", headers={"Accept": "*/*"})

    assert (led.status_code, led.headers["hx-redirect"]) == (200, "/sign-in")
    assert (told.status_code, told.headers["content-type"]) == (401, "application/problem+json")
    assert told.headers["www-authenticate"].startswith("Bearer")
    assert told.json()["type"] == "urn:doorstep:NotSignedInError"


def test_every_page_says_that_it_is_no_emergency_service(desk: Desk) -> None:
    client = desk.client(Role.ADMINISTRATOR)
    for path in ("/account", "/matter", "/agents", "/nothing"):
        page = client.get(path).text
        assert "Not an emergency service" in page
        assert "555-0100" in page
