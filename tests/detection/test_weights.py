"""What lies on the shelf is used only when it is what the manifest says."""

import shutil
from pathlib import Path

import pytest

from pipeline.detection.loading import choose, exported_labels, load_detector
from pipeline.detection.manifest import Runtime, read_manifest
from pipeline.detection.weights import Shelf, digest_of, embedded_directory, open_shelf
from pipeline.domain.tracks import ObjectClass
from pipeline.errors import ModelUnavailableError, SettingsError, WeightsMismatchError
from pipeline.settings import DetectionSettings
from tests.conftest import SHARED

YOLO = "yolo11n-int8-openvino"


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A copy of this program's models in which one bit of the weights is flipped."""
    copy = tmp_path / "embedded"
    shutil.copytree(embedded_directory(), copy)
    weights = copy / "nanodet-416" / "model.bin"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    return copy


def test_a_flipped_bit_is_refused_and_named(damaged: Path, tmp_path: Path) -> None:
    shelf = open_shelf(tmp_path / "models", damaged)

    with pytest.raises(WeightsMismatchError) as caught:
        load_detector(shelf, DetectionSettings(threads=1))

    assert caught.value.name == "nanodet-416/model.bin"
    assert caught.value.expected == shelf.entry("nanodet-416").files["model.bin"]
    assert caught.value.found != caught.value.expected


def test_wrong_weights_of_the_operator_do_not_fall_back_to_weaker_ones(tmp_path: Path) -> None:
    shelf = _shelf_with_operators_yolo(tmp_path)
    with (shelf.folder(shelf.entry(YOLO)) / "yolo11n.bin").open("ab") as file:
        file.write(b"\0")

    with pytest.raises(WeightsMismatchError, match=YOLO):
        load_detector(shelf, DetectionSettings(threads=1))


def test_the_operators_model_is_preferred(tmp_path: Path) -> None:
    assert choose(_shelf_with_operators_yolo(tmp_path), None).name == YOLO


def test_a_half_pulled_model_is_not_here(tmp_path: Path) -> None:
    shelf = _shelf_with_operators_yolo(tmp_path)
    (shelf.folder(shelf.entry(YOLO)) / "yolo11n.xml").unlink()

    assert choose(shelf, None).name == "nanodet-416"


def test_without_any_pulled_model_the_embedded_one_looks(shelf: Shelf) -> None:
    assert choose(shelf, None).name == "nanodet-416"
    assert load_detector(shelf, DetectionSettings(threads=1)).identity.name == "nanodet-416"


def test_a_named_model_is_taken_or_missed_aloud(shelf: Shelf) -> None:
    with pytest.raises(ModelUnavailableError, match="not in"):
        load_detector(shelf, DetectionSettings(model=YOLO, threads=1))
    with pytest.raises(ModelUnavailableError, match="manifest knows only"):
        load_detector(shelf, DetectionSettings(model="yolo99", threads=1))


def test_unpinned_weights_that_were_not_pulled_are_refused(shelf: Shelf) -> None:
    folder = shelf.folder(shelf.entry("yolo11n"))
    folder.mkdir(parents=True)
    (folder / "yolo11n.pt").write_bytes(b"a pickle that would run what it likes")

    with pytest.raises(ModelUnavailableError, match="first pull"):
        load_detector(shelf, DetectionSettings(model="yolo11n", threads=1))


def test_a_models_digest_is_its_files_or_of_their_sorted_lines() -> None:
    assert digest_of({"one.pt": "ab"}) == "ab"
    assert digest_of({"b": "22", "a": "11"}) == digest_of({"a": "11", "b": "22"})
    assert digest_of({"b": "22", "a": "11"}) != digest_of({"b": "11", "a": "22"})


def test_every_model_of_our_manifest_speaks_our_classes(shelf: Shelf) -> None:
    for entry in shelf.manifest.models:
        classes = shelf.manifest.class_maps[entry.class_map].classes
        assert {ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.ANIMAL} <= set(classes)
    assert [one.name for one in shelf.manifest.models if one.embedded] == ["nanodet-416"]


def test_an_operators_manifest_goes_first(tmp_path: Path) -> None:
    operators = tmp_path / "models"
    shutil.copytree(embedded_directory() / "nanodet-416", operators / "ours")
    pinned = open_shelf(operators).entry("nanodet-416").files
    (operators / "manifest.toml").write_text(_manifest_of("ours", pinned))

    assert choose(open_shelf(operators), None).name == "ours"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("this is no TOML", "manifest.toml"),
        ('[[models]]\nname = "x"', "Field required"),
        ("surprise = 1", "surprise"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path, wrong: str, says: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(wrong)

    with pytest.raises(SettingsError, match=says):
        read_manifest(path)


@pytest.mark.parametrize("folder", ["../elsewhere", "/etc", "..", ""])
def test_a_folder_outside_the_shelf_is_refused(tmp_path: Path, folder: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(_manifest_of(folder, {"model.xml": "0" * 64}))

    with pytest.raises(SettingsError, match="no plain name"):
        read_manifest(path, embedded_directory() / "manifest.toml")


def test_weights_that_say_their_labels_are_understood_in_any_case(shelf: Shelf) -> None:
    words = shelf.manifest.class_maps["knows-boxes"]

    class_map = words.as_map(("Accordion", "Box", "Man"))

    assert class_map.classes == {"Box": ObjectClass.PACKAGE, "Man": ObjectClass.PERSON}
    assert class_map.reported == (1, 2)


def test_weights_that_know_none_of_the_words_are_refused(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="none of the words"):
        shelf.manifest.class_maps["knows-boxes"].as_map(("Accordion",))


@pytest.mark.parametrize(
    ("metadata", "labels"),
    [
        (b"names:\n  0: Box\n  1: Man\n", ("Box", "Man")),
        (b"names: [Box, Man]\n", ()),
        (b"names:\n  0: Box\n  2: Man\n", ()),
        (b"description: nothing\n", ()),
        (b"{", ()),
    ],
)
def test_an_exporters_labels_are_read_or_missed(metadata: bytes, labels: tuple[str, ...]) -> None:
    assert exported_labels(metadata) == labels


def test_an_exported_model_may_say_its_labels_itself(tmp_path: Path) -> None:
    operators = tmp_path / "models"
    shutil.copytree(SHARED / "models" / "yolo11n_int8_openvino_model", operators / "ours")
    files = open_shelf(operators).entry("yolo11n-int8-openvino").files
    text = _manifest_of("ours", files).replace('"nanodet"', '"openvino-yolo"').replace('"coco"', '"knows-boxes"')
    (operators / "manifest.toml").write_text(text)

    detector = load_detector(open_shelf(operators), DetectionSettings())

    assert detector.identity.name == "ours"


def _manifest_of(folder: str, files: object) -> str:
    assert isinstance(files, dict)
    pairs = ", ".join(f'"{name}" = "{digest}"' for name, digest in files.items())
    return f"""
[[models]]
name = "ours"
runtime = "{Runtime.NANODET}"
folder = "{folder}"
files = {{ {pairs} }}
source = "trained here"
licence = "AGPL-3.0-or-later"
input_side = 416
class_map = "coco"
"""


def _shelf_with_operators_yolo(tmp_path: Path) -> Shelf:
    folder = "yolo11n_int8_openvino_model"
    (tmp_path / "models" / folder).mkdir(parents=True)
    for file in (SHARED / "models" / folder).iterdir():
        shutil.copyfile(file, tmp_path / "models" / folder / file.name)
    return open_shelf(tmp_path / "models")
