"""Finds weights on disk and refuses any whose digest is not the manifest's."""

import hashlib
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.detection.manifest import JudgeEntry, Manifest, ModelEntry, read_manifest
from pipeline.domain.tracks import ModelIdentity
from pipeline.errors import ModelUnavailableError, SettingsError, WeightsMismatchError

MANIFEST = "manifest.toml"
RECORD = "pulled.json"
"""In the operator's folder: digest of each file that the manifest leaves unpinned, as it was at the first pull."""
_RECORD = TypeAdapter(dict[str, dict[str, str]])


@dataclass(frozen=True, slots=True)
class Weights:
    """Files of one model, read and found to be the manifest's.

    Attributes:
        entry: The model.
        identity: Name and digest.
        files: The bytes whose digests were checked, by file name.
        folder: Where they were read.
    """

    entry: ModelEntry
    identity: ModelIdentity
    files: Mapping[str, bytes]
    folder: Path


class Shelf:
    """Where weights lie: the operator's folder first, then what comes with this program."""

    def __init__(self, manifest: Manifest, operators: Path, embedded: Path) -> None:
        """Looks at no disk yet.

        Args:
            manifest: Best model first.
            operators: Folder of pulled models; may be missing.
            embedded: Folder of the models that come with this program.
        """
        self.manifest = manifest
        self.operators = operators
        self._embedded = embedded

    def entry(self, name: str) -> ModelEntry:
        """The model of that name.

        Raises:
            ModelUnavailableError: The manifest has none.
        """
        for entry in self.manifest.models:
            if entry.name == name:
                return entry
        names = ", ".join(one.name for one in self.manifest.models)
        raise ModelUnavailableError(name, f"the manifest knows only {names}")

    def has(self, entry: ModelEntry) -> bool:
        """Whether all files of the model lie on the shelf; says nothing of their digests."""
        return all((self.folder(entry) / name).is_file() for name in entry.files)

    def folder(self, entry: ModelEntry) -> Path:
        """Where the model's files lie, or would."""
        return (self._embedded if entry.embedded else self.operators) / entry.folder

    def judge_folder(self, judge: JudgeEntry) -> Path:
        """Where the judge's files lie."""
        return self._embedded / judge.name

    def read(self, entry: ModelEntry) -> Weights:
        """Reads the model's files and checks each.

        Raises:
            ModelUnavailableError: A file is missing, or is unpinned and was not pulled with `doorstep models pull`.
            WeightsMismatchError: A digest is not the expected one.
        """
        folder = self.folder(entry)
        expected = self.expected(entry)
        files = {}
        for name in sorted(entry.files):
            path = folder / name
            if not path.is_file():
                raise ModelUnavailableError(entry.name, f"{name} is not in {folder}")
            if name not in expected:
                raise ModelUnavailableError(entry.name, f"the digest of {name} is not known before its first pull")
            files[name] = path.read_bytes()
            found = hashlib.sha256(files[name]).hexdigest()
            if found != expected[name]:
                raise WeightsMismatchError(f"{entry.name}/{name}", expected[name], found)
        return Weights(entry, ModelIdentity(entry.name, digest_of(expected)), files, folder)

    def expected(self, entry: ModelEntry) -> dict[str, str]:
        """Digest of each file, from the manifest or else from the first pull; a file without either is left out."""
        recorded = self.recorded().get(entry.name, {})
        stated = {name: digest for name, digest in entry.files.items() if entry.is_pinned(name)}
        return {name: recorded[name] for name in entry.files if name in recorded} | stated

    def recorded(self) -> dict[str, dict[str, str]]:
        """What was written down at first pulls: file digests by model; empty before any.

        Raises:
            SettingsError: The record is damaged.
        """
        path = self.operators / RECORD
        if not path.is_file():
            return {}
        try:
            return _RECORD.validate_json(path.read_bytes())
        except ValidationError as error:
            raise SettingsError(f"{path} cannot be read: {error}") from error


def digest_of(files: Mapping[str, str]) -> str:
    """One digest for a model: its file's, or of several files that of their sorted ``digest  name`` lines."""
    if len(files) == 1:
        return next(iter(files.values()))
    lines = "".join(sorted(f"{digest}  {name}\n" for name, digest in files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def embedded_directory() -> Path:
    """Where the models lie that come with this program: beside the package, or under share/ once installed."""
    checkout = Path(__file__).resolve().parents[2] / "models"
    return (
        checkout
        if (checkout / MANIFEST).is_file()
        else Path(sysconfig.get_path("data")) / "share" / "doorstep" / "models"
    )


def open_shelf(operators: Path, embedded: Path | None = None) -> Shelf:
    """The shelf with this program's manifest, and with the operator's own in front when there is one.

    Args:
        operators: Folder of pulled models; may be missing.
        embedded: Folder of this program's models; None for the installed one.

    Raises:
        SettingsError: A manifest cannot be read.
    """
    ours = embedded or embedded_directory()
    theirs = operators / MANIFEST
    paths = [theirs, ours / MANIFEST] if theirs.is_file() else [ours / MANIFEST]
    return Shelf(read_manifest(*paths), operators, ours)
