"""From where somebody knocks."""

from dataclasses import dataclass

LONGEST_BROWSER = 200
"""Characters that are kept of what a browser says of itself."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody knocks.

    Attributes:
        address: Of the network.
        browser: What the browser says of itself.
        known: The secret that a browser was given when somebody signed in from it; empty when it has none.
    """

    address: str
    browser: str = ""
    known: str = ""
