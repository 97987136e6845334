"""Weights and tables that decided a result, and on what terms others may use them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class UsedWeights:
    """Weights that looked, or a table that judged what they found.

    Attributes:
        name: As in models/manifest.toml.
        digest: SHA-256, as each result or its settings name it.
        licence: Of the weights, or why it is not known.
        source: Who made them, and what they say; empty where it is not known.
        card: The address at which their card is published; empty where it comes with them, or none is known.
    """

    name: str
    digest: str
    licence: str
    source: str = ""
    card: str = ""
