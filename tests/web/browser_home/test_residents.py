"""A resident's way in a browser: in by mail, Ring linked, cameras seen, everything taken along, and out again."""

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.web.browser.windows import LAPTOP, PHONE
from tests.web.browser_home.conftest import ANN_AT_RING, BOB_AT_RING, Window, looked_at, mailed_link


def come_in(page: Page, outbox: Path, address: str, *, look: bool) -> None:
    page.goto("/home")
    expect(page).to_have_url(re.compile("/home/sign-in"))
    if look:
        looked_at(page, "sign-in")
    page.get_by_label("Mail address").first.fill(address)
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(mailed_link(outbox, address))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()


def type_login(page: Page, user: str, password: str) -> None:
    page.get_by_label("Mail address at Ring").fill(user)
    page.get_by_label("Password at Ring").fill(password)
    page.get_by_role("button", name="Go on").click()


def test_on_a_telephone_from_the_mail_to_the_end_of_the_account(window: Window, outbox: Path, tmp_path: Path) -> None:
    page = window(PHONE, "dark")
    come_in(page, outbox, "ann@example.org", look=True)
    looked_at(page, "first")
    link_with_code(page)
    see_cameras(page)
    take_everything(page, tmp_path / "everything.zip")
    end_account(page)


def link_with_code(page: Page) -> None:
    page.get_by_role("link", name="Link Ring").click()
    looked_at(page, "ring")
    user, password, code = ANN_AT_RING
    type_login(page, user, "not the password")
    expect(page.get_by_role("alert")).to_contain_text("wrong user name or password")
    type_login(page, user, password)
    expect(page.get_by_role("heading", name="Ring sent you a code")).to_be_visible()
    looked_at(page, "ring-code")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_text("wrong or too old")).to_be_visible()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Link").click()


def see_cameras(page: Page) -> None:
    expect(page.get_by_text("Linking shares nothing")).to_be_visible()
    shared = page.locator("li.camera", has_text="Neighbour's porch")
    expect(shared).to_contain_text("Another person owns this camera")
    expect(shared.get_by_role("textbox")).to_have_count(0)
    expect(page.locator("li.camera", has_text="Hall")).to_contain_text("made for indoors")
    assert page.locator("input:checked").count() == 0
    door = page.locator("li.camera", has_text="Front door")
    door.get_by_text("Write its street").click()
    looked_at(page, "cameras")
    door.get_by_label("Street and place").fill("Oak Street")
    door.get_by_role("button", name="Write it").click()
    expect(page.locator("li.camera", has_text="Front door")).to_contain_text("Oak Street")


def take_everything(page: Page, to: Path) -> None:
    page.goto("/home/account")
    looked_at(page, "account")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(to)
    with zipfile.ZipFile(to) as archive:
        assert archive.testzip() is None
        assert b"ann@example.org" in archive.read("account.json")
        assert ANN_AT_RING[1].encode() not in b"".join(archive.read(name) for name in archive.namelist())


def end_account(page: Page) -> None:
    page.get_by_role("link", name="What is deleted, and what stays").click()
    looked_at(page, "close")
    page.get_by_label("Delete my account").check()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    page.goto("/home")
    expect(page).to_have_url(re.compile("/home/sign-in"))


def test_at_a_desk_an_account_without_a_plan_is_linked_by_keyboard_and_unlinked(window: Window, outbox: Path) -> None:
    page = window(LAPTOP)
    come_in(page, outbox, "bob@example.org", look=True)
    page.goto("/home/ring")
    page.get_by_label("Mail address at Ring").focus()
    page.keyboard.type(BOB_AT_RING[0])
    page.keyboard.press("Tab")
    page.keyboard.type(BOB_AT_RING[1])
    page.keyboard.press("Enter")

    expect(page.locator("li.camera")).to_have_count(1)
    expect(page.locator("li.camera")).to_contain_text("Ring keeps no recordings for it")
    looked_at(page, "cameras")
    page.goto("/home/ring")
    looked_at(page, "ring-linked")
    page.get_by_role("link", name="Unlink it").click()
    looked_at(page, "unlink")
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_role("heading", name="Unlinked")).to_be_visible()
    page.goto("/home/cameras")
    expect(page.get_by_text("No camera is known")).to_be_visible()
    page.goto("/home/account")
    looked_at(page, "account")
