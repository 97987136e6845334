"""Nobody is recognised (P7): no library for it is installed, nothing calls one, and no words say who somebody is."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.domain.appearance import COMPARABLE
from pipeline.domain.tracks import ObjectClass
from tests.conftest import ROOT

KNOWN = frozenset(
    [
        "arcface",
        "compreface-sdk",
        "deepface",
        "dlib",
        "easyocr",
        "face-recognition",
        "face-recognition-models",
        "facenet-pytorch",
        "facexlib",
        "fast-alpr",
        "fast-plate-ocr",
        "insightface",
        "keras-ocr",
        "keras-vggface",
        "mediapipe",
        "mtcnn",
        "open-image-models",
        "openalpr",
        "opengait",
        "paddleocr",
        "pytesseract",
        "python-doctr",
        "rapidocr-onnxruntime",
        "resemblyzer",
        "retina-face",
        "retinaface-pytorch",
        "speechbrain",
        "tesserocr",
        "torchreid",
        "ultralytics-face",
        "uniface",
        "vggface",
    ]
)
"""Packages that tell people or vehicles apart by face, gait, voice, body or plate, or read plates."""
SPEAKING = re.compile(
    r"(?:^|[-_.])(?:face(?:s|net|id)?|gait|re-?id|torchreid|alpr|anpr|plates?|ocr|voiceprint)(?:[-_.]|$)"
)
"""A part of a package's name that says what it does, whoever published it."""
MODULES = frozenset(name.replace("-", "_") for name in KNOWN) | {"face_recognition", "retinaface", "doctr", "openalpr"}
CALLS = re.compile(
    r"\b(?:FaceRecognizerSF|FaceDetectorYN|face_[A-Za-z]*FaceRecognizer|LBPHFaceRecognizer|haarcascade\w*)"
)
"""What OpenCV itself holds of the kind; it is installed and must stay untouched."""
WHO = re.compile(
    r"\b(?:owners?|residents? (?:comes|leaves|takes)|strangers?|thie(?:f|ves)|burglars?|robbers?|criminals?|intruders?|"
    r"culprits?|perpetrators?|offenders?|suspects?|suspicious|prowlers?|trespassers?|pirates?|known (?:face|person)|"
    r"familiar|couriers?|postm[ae]n|mailm[ae]n|neighbou?rs?|wom[ae]n|girls?|boys?|black|white|asian|hispanic|ethnic\w*)\b",
    re.IGNORECASE,
)
SPOKEN = ("pipeline/events", "pipeline/reports", "pipeline/highlights", "pipeline/scene", "pipeline/tracking")
"""Where sentences, captions and pages are made."""
NOT_OF_PEOPLE = frozenset({"white", "black"})


def requirements() -> set[str]:
    """Everything that our own list asks for, extras and development included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return {*project["dependencies"], *(one for extra in extras for one in extra)}


def closure(wanted: set[str]) -> set[str]:
    """Canonical names of what is asked for and of all that those ask for, as far as it is installed."""
    found: set[str] = set()
    left = [Requirement(one) for one in wanted]
    while left:
        one = left.pop()
        name = canonicalize_name(one.name)
        if name in found or (one.marker is not None and not any(_holds(one, extra) for extra in ("", *one.extras))):
            continue
        found.add(name)
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        left += [need for need in map(Requirement, needs) if any(_holds(need, extra) for extra in ("", *one.extras))]
    return found


def _holds(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def forbidden(names: set[str]) -> list[str]:
    return sorted(name for name in names if name in KNOWN or SPEAKING.search(name))


def test_nothing_that_recognises_is_installed_with_us() -> None:
    names = closure(requirements())
    assert {"opencv-python", "torch", "c2pa-python", "numpy"} <= names, "the closure reaches what others ask for"
    assert forbidden(names) == []


@pytest.mark.parametrize("name", ["face-recognition", "deepface", "some-face-tool", "my-alpr", "torchreid", "easyocr"])
def test_such_a_name_would_be_found(name: str) -> None:
    assert forbidden({name, "numpy"}) == [name]


@pytest.mark.parametrize("name", ["zope-interface", "surface", "jinja2-templates", "platformdirs", "boilerplate"])
def test_a_name_that_only_sounds_so_is_not_found(name: str) -> None:
    assert forbidden({name}) == []


def sources() -> Iterator[Path]:
    for folder in ("pipeline", "flows", "models", "bench", "sample_clips"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def recognises(text: str) -> list[str]:
    named = {name for name in imported(ast.parse(text)) if name.partition(".")[0] in MODULES}
    named |= {name for name in imported(ast.parse(text)) if re.match(r"cv2\.face(?:\.|$)", name)}
    return sorted(named | set(CALLS.findall(text)))


def test_nothing_of_ours_calls_what_recognises() -> None:
    found = {path.relative_to(ROOT).as_posix(): recognises(path.read_text(encoding="utf-8")) for path in sources()}
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    "text",
    ["import dlib", "from insightface.app import FaceAnalysis", "import cv2\ncv2.face.LBPHFaceRecognizer_create()",
     "import cv2\ncv2.FaceRecognizerSF.create('x', '')", "import easyocr"],
)  # fmt: skip
def test_such_a_call_would_be_found(text: str) -> None:
    assert recognises(text) != []


def spoken(path: Path) -> Iterator[str]:
    """The texts of a file that can reach a reader: of a template all of it, of a module its strings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield re.sub(r"\{[%#].*?[%#]\}|<style.*?</style>", "", text, flags=re.DOTALL)
        return
    tree = ast.parse(text)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def test_no_words_say_who_somebody_is() -> None:
    files = [
        path
        for folder in SPOKEN
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".html", ".typ", ".css")
    ]
    assert any(path.suffix == ".html" for path in files)
    said = {
        f"{path.relative_to(ROOT).as_posix()}: {found.group()}"
        for path in files
        if path.suffix != ".css"
        for text in spoken(path)
        for found in WHO.finditer(text)
        if found.group().lower() not in NOT_OF_PEOPLE
    }
    assert sorted(said) == []


@pytest.mark.parametrize(
    "sentence", ["The owner comes home.", "A thief takes it.", "A suspicious person", "a woman waits"]
)
def test_such_words_would_be_found(sentence: str) -> None:
    assert WHO.search(sentence)


def test_nobody_is_compared_by_a_vector() -> None:
    """A vector of a person would find the same body again; of an animal or a bicycle, who comes with it (ADR 0029)."""
    assert {ObjectClass.VEHICLE, ObjectClass.PACKAGE, ObjectClass.BAG, ObjectClass.OTHER} == COMPARABLE


def test_vectors_are_made_in_two_places() -> None:
    """Of things that a clip shows, and of a picture in which nobody was found."""
    calling = {
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "pipeline").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "vector_of"
    }
    assert calling == {"pipeline/appearance/vectors.py", "pipeline/casework/picture_wanted.py"}
