"""A street as the search page's tests know it, and what they read off its pages."""

import re

from pipeline.domain.events import CannotTell, EventKind
from tests.catalogue.stories import a_camera, an_account, inferred
from tests.web.desk import Browser, Desk

OTHER = "ring:2002"


def visits(page: str) -> int:
    return page.count("data-visit>") + page.count("data-visit ")


def chips(page: str) -> list[str]:
    found = re.findall(r'<li class="chip">\s*<span>(.*?)</span>\s*<a', page, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", "", one).split()) for one in found]


def off_links(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'class="off" href="([^"]*)"', page)]


def on_the_street(desk: Desk) -> Browser:
    """An investigator; the street has three clips of the granted camera and one of another."""
    desk.town.keep("dark", minutes=60, found=(inferred(EventKind.PACKAGE_PICKED_UP, reason=CannotTell.TOO_DARK),))
    desk.town.keep("later", minutes=24 * 60, found=(inferred(EventKind.LOITERING),))
    desk.services.catalogue.accounts.save(an_account("ring-bob", "resident-bob"), "other", "someone", b"sealed")
    desk.services.catalogue.cameras.save(
        [a_camera(camera_id=OTHER, account_id="ring-bob", name="Lawn", owner_id="resident-bob")]
    )
    desk.town.keep("hidden", camera_id=OTHER, minutes=5)
    return desk.client()
