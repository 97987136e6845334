"""The morning in a browser."""

from playwright.sync_api import expect

from pipeline.domain.agents import Role
from tests.web.browser.conftest import Visit


def test_an_investigator_opens_the_desk_on_the_morning(visit: Visit) -> None:
    page = visit(Role.INVESTIGATOR)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Night of")
    expect(page.get_by_role("link", name="Package picked up")).to_have_count(2)
