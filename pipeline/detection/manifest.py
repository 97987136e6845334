"""models/manifest.toml, read: which models there are, and what is known of each."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, ValidationError, field_validator

from pipeline.detection.findings import ClassMap
from pipeline.domain.tracks import ObjectClass
from pipeline.errors import SettingsError

UNPINNED = "unpinned"
"""Stands in place of a digest that the publisher does not state; it is written down at the first pull."""


class Runtime(StrEnum):
    """What runs a model."""

    NANODET = "nanodet"
    OPENVINO_YOLO = "openvino-yolo"
    ULTRALYTICS = "ultralytics"


def _plain_name(name: str) -> str:
    if PurePath(name).name != name or name in {"", ".", ".."}:
        raise ValueError(f"{name!r} is no plain name")
    return name


PlainName = Annotated[str, AfterValidator(_plain_name)]
Digest = Annotated[str, Field(pattern=f"^([0-9a-f]{{64}}|{UNPINNED})$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelEntry(_Section):
    """One model.

    Attributes:
        name: What settings, results and messages call it.
        runtime: What runs it.
        folder: Name of the folder that holds its files.
        files: Digest of each file, by name; or UNPINNED.
        source: Who made and trained it, and how it came here.
        licence: Of the weights.
        card: Where their model card is: a file in their folder, or an https address; empty where none is known.
        input_side: Pixels of the longer side of what the network sees.
        class_map: Name of its class map.
        floors: Confidence that a class needs at least with this model, whatever the operator's setting.
        embedded: Whether the files come with this program.
        download: Where `doorstep models pull` fetches its one file; None when an operator must bring it.
    """

    name: PlainName
    runtime: Runtime
    folder: PlainName
    files: Mapping[PlainName, Digest] = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    card: str = Field("", pattern=r"^(https://\S+|[\w.-]*)$")
    input_side: int = Field(ge=32, le=4096, multiple_of=32)
    class_map: str
    floors: Mapping[ObjectClass, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    embedded: bool = False
    download: HttpUrl | None = None

    @field_validator("download")
    @classmethod
    def _only_encrypted(cls, url: HttpUrl | None) -> HttpUrl | None:
        if url is not None and url.scheme != "https":
            raise ValueError("weights are fetched by https only")
        return url

    def is_pinned(self, name: str) -> bool:
        """Whether the manifest states the digest of the model's file ``name``."""
        return self.files[name] != UNPINNED


class JudgeEntry(_Section):
    """Weights or a table that look at no picture by themselves and decide what becomes of what was found.

    They come with this program, and the code that reads them states their digest.

    Attributes:
        name: What settings and messages call it; also of the folder that holds it.
        source: Who made it, and what it says.
        licence: Of it.
        card: Its model card: a file in its folder.
    """

    name: PlainName
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    card: PlainName


class ClassWords(_Section):
    """Which of a model's words stand for which of our classes.

    Attributes:
        classes: The words of each class.
        labels: The model's words by its class number; empty when the weights say them themselves. Then the words may
            be those of several models, upper and lower case are one, and what a model does not know is passed over.
    """

    classes: Mapping[ObjectClass, tuple[str, ...]]
    labels: tuple[str, ...] = ()

    @property
    def is_named_by_weights(self) -> bool:
        """Whether the weights must say their labels."""
        return not self.labels

    def as_map(self, labels: tuple[str, ...] = ()) -> ClassMap:
        """For one model.

        Args:
            labels: What the weights say; used only where this says nothing.

        Raises:
            ValueError: A word is none of the labels that stand here, or the weights know none of the words.
        """
        words = {word: one for one, words in self.classes.items() for word in words}
        if self.labels:
            return ClassMap(self.labels, words)
        folded = {word.casefold(): one for word, one in words.items()}
        known = {label: folded[label.casefold()] for label in labels if label.casefold() in folded}
        if not known:
            raise ValueError("the weights know none of the words of the class map")
        return ClassMap(labels, known)


class _Document(_Section):
    class_maps: Mapping[str, ClassWords] = Field(default_factory=dict)
    models: tuple[ModelEntry, ...] = ()
    judges: tuple[JudgeEntry, ...] = ()


class Manifest:
    """Models, best first, the class maps that they name, and what judges their findings."""

    def __init__(
        self,
        models: tuple[ModelEntry, ...],
        class_maps: Mapping[str, ClassWords],
        judges: tuple[JudgeEntry, ...] = (),
    ) -> None:
        """Checks that names are met once and class maps are there.

        Raises:
            ValueError: They are not.
        """
        names = [entry.name for entry in models] + [judge.name for judge in judges]
        if len(set(names)) != len(names):
            raise ValueError(f"a model is named twice: {', '.join(names)}")
        missing = {entry.class_map for entry in models} - set(class_maps)
        if missing:
            raise ValueError(f"there is no class map {', '.join(sorted(missing))}")
        self.models = models
        self.class_maps = class_maps
        self.judges = judges


def read_manifest(*paths: Path) -> Manifest:
    """Reads one or more manifests as one; what stands in an earlier file is preferred.

    Raises:
        SettingsError: A file cannot be read or says what no manifest says; the message names it.
    """
    models: list[ModelEntry] = []
    judges: list[JudgeEntry] = []
    class_maps: dict[str, ClassWords] = {}
    for path in paths:
        try:
            document = _Document.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
            for name, words in document.class_maps.items():
                _check(words)
                class_maps.setdefault(name, words)
        except (OSError, tomllib.TOMLDecodeError, ValidationError, ValueError) as error:
            raise SettingsError(f"{path.name} cannot be used: {error}") from error
        models.extend(document.models)
        judges.extend(document.judges)
    try:
        return Manifest(tuple(models), class_maps, tuple(judges))
    except ValueError as error:
        raise SettingsError(f"{', '.join(path.name for path in paths)} cannot be used: {error}") from error


def _check(words: ClassWords) -> None:
    """Raises ValueError when the map names labels that it says the model has not."""
    if not words.is_named_by_weights:
        words.as_map()
