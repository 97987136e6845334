"""Whoever receives a package reads under what licence the weights are that looked, and where their card is."""

import hashlib
import json
from pathlib import Path

import pytest

from pipeline.analysis import LIKENESS_DIGEST
from pipeline.detection.weights import embedded_directory, open_shelf
from pipeline.domain.tracks import ModelIdentity
from pipeline.events.calibration import SCORES_DIGEST
from pipeline.night.used_weights import UNKNOWN, used_weights
from pipeline.packages.used_weights import PackedWeights, packed_weights
from tests.packages.conftest import Handed
from tests.reports.stories import words_of
from tests.retention.conftest import disk_settings, village
from tests.retention.story import Town

__all__ = ["disk_settings", "village"]
OLD = ModelIdentity("nanodet-416", "0" * 64)


@pytest.fixture
def nanodet(tmp_path: Path) -> ModelIdentity:
    shelf = open_shelf(tmp_path)
    return shelf.read(shelf.entry("nanodet-416")).identity


def packed(town: Town, *models: ModelIdentity) -> tuple[PackedWeights, ...]:
    """As of results whose settings were not kept."""
    return packed_weights(town.services, used_weights(town.services, [(one, "0" * 64) for one in models]))


def test_what_comes_with_the_program_has_its_card_inside(village: Town, nanodet: ModelIdentity) -> None:
    (told,) = packed(village, nanodet, nanodet)
    assert told.row == {
        "name": "nanodet-416",
        "sha256": nanodet.digest,
        "licence": "Apache-2.0 and MIT",
        "source": open_shelf(Path("nowhere")).entry("nanodet-416").source,
        "card": "data/models/nanodet-416/MODEL_CARD.md",
    }
    assert told.card == (embedded_directory() / "nanodet-416" / "MODEL_CARD.md").read_bytes()


def test_weights_that_were_exchanged_since_are_not_given_a_licence_by_their_name(
    village: Town, nanodet: ModelIdentity
) -> None:
    old, new = packed(village, nanodet, OLD)
    assert (old.used.digest, old.used.licence, old.row["card"]) == (OLD.digest, UNKNOWN, None)
    assert new.used.digest == nanodet.digest


def test_what_an_operator_pulled_is_known_by_the_digest_of_its_first_pull(village: Town) -> None:
    folder = village.settings.store.directory / "models"
    folder.mkdir()
    digest = hashlib.sha256(b"weights").hexdigest()
    (folder / "pulled.json").write_text(json.dumps({"yolo11s": {"yolo11s.pt": digest}}), encoding="utf-8")
    (told,) = packed(village, ModelIdentity("yolo11s", digest))
    assert (told.used.licence, told.card_path) == ("AGPL-3.0", "")
    assert told.row["card"] == "https://docs.ultralytics.com/models/yolo11/"


def test_every_model_that_can_look_says_its_licence_and_where_its_card_is() -> None:
    for entry in open_shelf(Path("nowhere")).manifest.models:
        assert entry.card.startswith("https://") or (embedded_directory() / entry.folder / entry.card).is_file()


def test_the_card_of_what_comes_with_the_program_says_the_licence_that_the_manifest_says() -> None:
    shelf = open_shelf(Path("nowhere"))
    ours = [(shelf.folder(one) / one.card, one.licence) for one in shelf.manifest.models if one.embedded]
    judges = [(shelf.judge_folder(one) / one.card, one.licence) for one in shelf.manifest.judges]

    assert {card.parent.name for card, _ in (*ours, *judges)} == {"nanodet-416", "package-likeness", "event-scores"}
    for card, licence in (*ours, *judges):
        assert licence in card.read_text(encoding="utf-8"), card


def test_a_package_names_what_looked_in_its_contents_and_on_its_first_page(handed: Handed) -> None:
    said = json.loads((handed.folder / "data/package.json").read_bytes())["weights"]
    results = [json.loads(line) for line in (handed.folder / "data/detections.jsonl").read_text().splitlines()]
    howto = (handed.folder / "data/HOWTO-VERIFY.txt").read_text(encoding="utf-8")

    assert {one["model_sha256"] for one in results} <= {one["sha256"] for one in said}
    judges = {one["name"]: one for one in said if one["name"] in {"package-likeness", "event-scores"}}
    assert judges["package-likeness"]["sha256"] == LIKENESS_DIGEST
    assert judges["event-scores"]["sha256"] == SCORES_DIGEST
    assert "Apache-2.0" in judges["package-likeness"]["licence"]
    for one in judges.values():
        assert (handed.folder / one["card"]).read_text(encoding="utf-8").startswith(f"# {one['name']}")
    for one in said:
        assert one["sha256"] in howto
        assert one["licence"].split()[0] in howto


def test_the_printed_report_names_them_with_their_licences(handed: Handed) -> None:
    said = json.loads((handed.folder / "data/report/report.json").read_bytes())["weights"]
    paper = words_of(handed.folder / "data/report/report.pdf")

    assert {"package-likeness", "event-scores"} < {one["name"] for one in said}
    for one in said:
        assert one["name"] in paper
        assert one["licence"].split()[0] in paper
