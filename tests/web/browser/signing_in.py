"""Signing in as a person does, once-only codes included."""

import time

import pyotp
from playwright.sync_api import Page

from pipeline.demo.desk import AGENTS
from pipeline.domain.agents import Role
from tests.web.browser.served import PASSWORD

CASE = "26-1042"
STEP_SECONDS = 30


def sign_in(page: Page, role: Role, case_number: str = CASE) -> str:
    """Signs an agent in for the first time, from the sign-in page to a matter.

    Returns:
        The secret of the one-time codes. Its code of now was used, which is good for a step more; whoever signs in
        again takes the next one.
    """
    page.goto("/sign-in")
    page.get_by_label("Name").fill(AGENTS[role])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("It cannot be scanned").click()
    secret = page.locator("code.break").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(int(time.time())))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("link", name="I have kept them").click()
    begin_matter(page, case_number)
    return secret


def begin_matter(page: Page, case_number: str = CASE) -> None:
    page.goto("/matter")
    page.get_by_label("Case number").fill(case_number)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(lambda url: "/matter" not in url)
