"""The weights whose results a package holds, with their cards inside where these come with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.weights import UsedWeights
from pipeline.evidence.files import writing
from pipeline.night.services import Services
from pipeline.night.used_weights import card_file


@dataclass(frozen=True, slots=True)
class PackedWeights:
    """Weights, and their card.

    Attributes:
        used: Which, and on what terms.
        card_path: Where their card lies in the package; empty where it does not.
        card: The card's own bytes; empty where none is inside.
    """

    used: UsedWeights
    card_path: str = ""
    card: bytes = b""

    @property
    def row(self) -> dict[str, str | None]:
        """As it stands in package.json."""
        return {
            "name": self.used.name,
            "sha256": self.used.digest,
            "licence": self.used.licence,
            "source": self.used.source or None,
            "card": self.card_path or self.used.card or None,
        }


def packed_weights(services: Services, used: Iterable[UsedWeights]) -> tuple[PackedWeights, ...]:
    """Each of them once, in order of name and digest.

    Raises:
        SettingsError: A manifest cannot be read.
        StorageError: A card cannot be read.
    """
    return tuple(_packed(services, one) for one in sorted(set(used)))


def _packed(services: Services, used: UsedWeights) -> PackedWeights:
    path = card_file(services, used)
    if path is None:
        return PackedWeights(used)
    with writing(f"read the card of {used.name}"):
        return PackedWeights(used, f"data/models/{used.name}/{path.name}", path.read_bytes())
