"""What shuts somebody out is found, also where only colours are looked at."""

from playwright.sync_api import Browser

from tests.web.browser.axe import serious_violations, violations

PAGE = """<!doctype html><html lang="en"><title>A page</title>
<main><h1>A page</h1><img src="data:,"><p style="color: #ccc; background: #fff">faint</p></main></html>"""


def test_a_picture_without_words_and_faint_words_are_found(chromium: Browser) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_content(PAGE)
        assert {one.rule for one in violations(page)} == {"image-alt", "color-contrast"}
        assert {one.rule for one in serious_violations(page)} == {"image-alt", "color-contrast"}
        assert {one.rule for one in violations(page, of_colours=True)} == {"color-contrast"}
