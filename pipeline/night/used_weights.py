"""Under what licence the weights and tables are that decided results, and where their cards lie.

Whoever receives a report or a package may want to look again with the same, and must know on what terms they can.
"""

import json
from collections.abc import Collection
from pathlib import Path

from pipeline.analysis import LIKENESS_DIGEST
from pipeline.detection.manifest import ModelEntry
from pipeline.detection.weights import Shelf, digest_of, open_shelf
from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.weights import UsedWeights
from pipeline.events.calibration import SCORES_DIGEST
from pipeline.night.services import Services
from pipeline.night.workers import models_directory

UNKNOWN = "not known: this installation has no weights of this digest any more"
_JUDGES = {"likeness": ("package-likeness", LIKENESS_DIGEST), "scores": ("event-scores", SCORES_DIGEST)}
"""By the word under which the settings of a result name its digest: which judge it is, and the digest of today's."""


def used_weights(services: Services, results: Collection[tuple[ModelIdentity, str]]) -> tuple[UsedWeights, ...]:
    """What looked and what judged it, each once, in order of name and digest.

    Args:
        services: The installation.
        results: The detector that each names, and the digest of its settings, which name the judges.

    Raises:
        SettingsError: A manifest cannot be read.
    """
    shelf = open_shelf(models_directory(services.settings))
    found = {_detector(shelf, model) for model, _ in results}
    for digest in {settings for _, settings in results}:
        text = services.catalogue.analyses.settings_of(digest)
        named = json.loads(text) if text else {}
        found |= {_judge(shelf, word, named[word]) for word in _JUDGES if named.get(word)}
    return tuple(sorted(found))


def card_file(services: Services, used: UsedWeights) -> Path | None:
    """The card that comes with these weights; None where none does, or where they are not here any more."""
    shelf = open_shelf(models_directory(services.settings))
    if used.licence == UNKNOWN or used.card:
        return None
    for judge in shelf.manifest.judges:
        if judge.name == used.name:
            return _if_there(shelf.judge_folder(judge) / judge.card)
    entry = _entry(shelf, ModelIdentity(used.name, used.digest))
    return _if_there(shelf.folder(entry) / entry.card) if entry is not None and entry.card else None


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _entry(shelf: Shelf, model: ModelIdentity) -> ModelEntry | None:
    for entry in shelf.manifest.models:
        expected = shelf.expected(entry)
        if len(expected) == len(entry.files) and digest_of(expected) == model.digest:
            return entry
    return None


def _detector(shelf: Shelf, model: ModelIdentity) -> UsedWeights:
    entry = _entry(shelf, model)
    if entry is None:
        return UsedWeights(model.name, model.digest, UNKNOWN)
    card = entry.card if entry.card.startswith("https://") else ""
    return UsedWeights(model.name, model.digest, entry.licence, entry.source, card)


def _judge(shelf: Shelf, word: str, digest: str) -> UsedWeights:
    name, todays = _JUDGES[word]
    known = [one for one in shelf.manifest.judges if one.name == name and digest == todays]
    return UsedWeights(name, digest, known[0].licence, known[0].source) if known else UsedWeights(name, digest, UNKNOWN)
