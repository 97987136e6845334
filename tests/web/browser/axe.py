"""What axe-core finds on a page that shuts somebody out, by its rules for WCAG 2.2 AA."""

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()
_ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
_RULES_OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_SERIOUS = ("serious", "critical")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a page breaks, and where."""

    rule: str
    impact: str
    help: str
    where: tuple[str, ...]


def violations(page: Page, *, of_colours: bool = False) -> list[Violation]:
    """What is found on the page as it is shown.

    Args:
        page: The page.
        of_colours: The rules of colours alone, for a page that was looked at whole in other colours.
    """
    only = _RULES_OF_COLOURS if of_colours else _ALL_RULES
    # Telling of what is in order too takes as long as the looking.
    found = _AXE.run(page, options={"runOnly": only, "resultTypes": ["violations"]}).response["violations"]
    return [_violation(one) for one in found]


def serious_violations(page: Page, *, of_colours: bool = False) -> list[Violation]:
    """As ``violations``, of those that axe calls serious or critical."""
    return [one for one in violations(page, of_colours=of_colours) if one.impact in _SERIOUS]


def _violation(one: dict[str, Any]) -> Violation:
    return Violation(one["id"], one["impact"], one["help"], tuple(node["html"] for node in one["nodes"][:3]))
