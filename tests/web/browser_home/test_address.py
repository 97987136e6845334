"""Another mail address in a browser: asked for, confirmed by one button, the pages without a fault at both widths."""

import re
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.browser.served import PATIENCE
from tests.web.browser.windows import LAPTOP, PHONE
from tests.web.browser_home.conftest import Window, looked_at
from tests.web.browser_home.test_residents import come_in

_LINK = re.compile(r"http://\S+/home/account/mail\?link=[\w-]+")


def letters_to(outbox: Path, address: str) -> list[str]:
    """The words of each mail to an address, the oldest first."""
    found = []
    for path in sorted(outbox.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        if body is not None and str(mail["To"]) == address:
            found.append(body.get_content())
    return found


def confirming_link(outbox: Path, address: str) -> str:
    """A mail leaves after the answer, and is waited for."""
    give_up_at = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < give_up_at:
        for words in letters_to(outbox, address):
            if link := _LINK.search(words):
                return link[0]
        time.sleep(0.05)
    raise FileNotFoundError(f"no link was mailed to {address}")


@pytest.mark.parametrize(("size", "scheme"), [(LAPTOP, "light"), (PHONE, "dark")], ids=["laptop", "phone"])
def test_an_address_is_changed_by_the_link_in_the_mail_and_one_button(
    size: tuple[int, int], scheme: str, window: Window, outbox: Path
) -> None:
    old, new = f"eve{size[0]}@example.org", f"eve{size[0]}.new@example.org"
    page = window(size, scheme)
    come_in(page, outbox, old, look=False)
    looked_at(page, "home")
    page.goto("/home/account")
    page.get_by_text("Another address").click()
    page.get_by_label("New mail address").fill(new)
    looked_at(page, "address-form")
    page.get_by_label("New mail address").press("Enter")
    expect(page.get_by_text("until then nothing changes")).to_be_visible()
    looked_at(page, "address-asked")

    page.goto(confirming_link(outbox, new))
    expect(page.get_by_role("heading", name="Your new address")).to_be_visible()
    expect(page.get_by_text(new)).to_be_visible()
    looked_at(page, "address")
    page.get_by_role("button", name="Use this address").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("said=address"))
    expect(page.locator("main")).to_contain_text(new)
    looked_at(page, "address-taken")

    page.go_back()
    page.reload()
    expect(page.get_by_role("button", name="Use this address")).to_have_count(0)
