"""Under what licence the weights are whose results a package holds, and where their card is.

Whoever receives the package may want to look again with the same weights, and must know on what terms they can.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.analysis import LIKENESS_DIGEST
from pipeline.detection.manifest import ModelEntry
from pipeline.detection.weights import Shelf, digest_of, embedded_directory, open_shelf
from pipeline.domain.tracks import ModelIdentity
from pipeline.evidence.files import writing
from pipeline.night.services import Services
from pipeline.night.workers import models_directory

_CARD = "MODEL_CARD.md"
UNKNOWN = "not known: the installation that exported this has no weights of this digest any more"
_LIKENESS = "package-likeness"
_LIKENESS_LICENCE = "AGPL-3.0-or-later, as Doorstep; its pretrained stages are Apache-2.0"
_LIKENESS_SOURCE = "Doorstep's own; says how much a thing that came or went looks like a parcel"


@dataclass(frozen=True, slots=True)
class UsedWeights:
    """Weights that looked.

    Attributes:
        name: As in models/manifest.toml.
        digest: SHA-256, as each result names it.
        licence: Of the weights, or why it is not known.
        source: Who made them; empty where it is not known.
        card_path: Where their card lies in the package; empty where it does not.
        card_address: Where it is published; empty where it lies inside, or none is known.
        card: The card's own bytes; empty where none is inside.
    """

    name: str
    digest: str
    licence: str
    source: str = ""
    card_path: str = ""
    card_address: str = ""
    card: bytes = b""

    @property
    def row(self) -> dict[str, str | None]:
        """As it stands in package.json."""
        return {
            "name": self.name,
            "sha256": self.digest,
            "licence": self.licence,
            "source": self.source or None,
            "card": self.card_path or self.card_address or None,
        }


def used_weights(
    services: Services, models: Iterable[ModelIdentity], settings_digests: Iterable[str]
) -> tuple[UsedWeights, ...]:
    """What looked, each once, in order of name and digest.

    Args:
        services: The installation.
        models: The detectors that results name.
        settings_digests: Of the settings of those results, which name the smaller weights.

    Raises:
        SettingsError: A manifest cannot be read.
    """
    shelf = open_shelf(models_directory(services.settings))
    found = {(one.name, one.digest): _detector(shelf, one) for one in models}
    for digest in settings_digests:
        text = services.catalogue.analyses.settings_of(digest)
        likeness = json.loads(text).get("likeness", "") if text else ""
        if likeness:
            found[_LIKENESS, likeness] = _smaller(likeness)
    return tuple(found[key] for key in sorted(found))


def _detector(shelf: Shelf, model: ModelIdentity) -> UsedWeights:
    for entry in shelf.manifest.models:
        expected = shelf.expected(entry)
        if len(expected) == len(entry.files) and digest_of(expected) == model.digest:
            return _known(shelf, entry, model)
    return UsedWeights(model.name, model.digest, UNKNOWN)


def _known(shelf: Shelf, entry: ModelEntry, model: ModelIdentity) -> UsedWeights:
    told = UsedWeights(model.name, model.digest, entry.licence, entry.source)
    if entry.card.startswith("https://"):
        return replace(told, card_address=entry.card)
    return _with_card(told, shelf.folder(entry) / entry.card) if entry.card else told


def _smaller(digest: str) -> UsedWeights:
    told = UsedWeights(_LIKENESS, digest, _LIKENESS_LICENCE, _LIKENESS_SOURCE)
    return _with_card(told, embedded_directory() / _LIKENESS / _CARD) if digest == LIKENESS_DIGEST else told


def _with_card(told: UsedWeights, path: Path) -> UsedWeights:
    if not path.is_file():
        return told
    with writing(f"read the card of {told.name}"):
        return replace(told, card_path=f"data/models/{told.name}/{_CARD}", card=path.read_bytes())
