"""One window for all the looks of a page: opening a window takes longer than most pages do."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

LAPTOP, PHONE = (1366, 768), (390, 844)


def looks(page: Page) -> Iterator[tuple[tuple[int, int], str]]:
    """Shows the page that is open on a laptop and on a telephone, each light and dark, and nothing is on its way then.

    It is loaded anew for each size, which scripts ask for while they load. Light and dark are the style sheet's alone.
    """
    for size in (LAPTOP, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.reload(wait_until="networkidle")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            yield size, scheme


def keep_picture(page: Page, folder: Path | None, name: str) -> None:
    """A picture of the whole page, where somebody wants to look at it; see ``--screens``."""
    if folder is not None:
        page.screenshot(path=folder / f"{name}.png", full_page=True)
