"""Runs acts in the disturbed process, and says what a store holds afterwards."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from pipeline.errors import EvidenceDisposedError, RecordNotFoundError
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.fixity import FixityLevel
from pipeline.evidence.survey import survey
from pipeline.night.services import Services, open_services
from pipeline.packages.verifier import verify
from pipeline.settings import Settings
from tests.conftest import ROOT
from tests.faults.shim import Fault, Kind
from tests.retention.story import Clock

_NONE = Fault(Kind.NOTHING)


@dataclass(frozen=True, slots=True)
class Ended:
    """How an act ended.

    Attributes:
        code: Exit code of its process, negative for a signal.
        safe: What it said was safe, in order.
        refused: The error of ours with which it ended; empty when it came to its end, or was killed.
        fault: An error that is none of ours; must be empty.
        steps: How many steps were counted; 0 when it was killed.
    """

    code: int
    safe: tuple[str, ...]
    refused: str
    fault: str
    steps: int


class Disturbed:
    """The process under the shim."""

    def __init__(self, process: "subprocess.Popen[str]", asks: IO[str], answers: IO[str]) -> None:
        self._process = process
        self._asks = asks
        self._answers = answers

    def act(self, name: str, place: "Place", fault: Fault = _NONE, *, again: bool = False) -> Ended:
        """Does an act while something goes wrong."""
        request = {
            "act": name,
            "settings": place.told,
            "prefix": str(place.folder),
            "kind": fault.kind.name,
            "at": fault.at,
            "with_sockets": place.has_servers,
            "again": again,
        }
        self._asks.write(json.dumps(request) + "\n")
        self._asks.flush()
        answer = json.loads(self._answers.readline())
        said = [(word, what) for word, what in answer["said"]]
        words = dict(said)
        return Ended(
            answer["exit"],
            tuple(what for word, what in said if word == "safe"),
            words.get("refused", ""),
            words.get("fault", ""),
            int(words.get("steps", 0)),
        )


@contextmanager
def disturbed(shim: Path, environment: Mapping[str, str]) -> Iterator[Disturbed]:
    """Starts the process."""
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.faults.server"),
        cwd=ROOT,
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT), "LD_PRELOAD": str(shim)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Disturbed(process, process.stdin, process.stdout)
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an installation lies.

    Attributes:
        settings: Of the installation; its directory lies in ``folder``.
        folder: Everything below it is watched.
    """

    settings: Settings
    folder: Path

    @property
    def has_servers(self) -> bool:
        """Whether rows or objects lie on a server."""
        return self.settings.store.database_url is not None

    @property
    def told(self) -> dict[str, Any]:
        """The settings as the disturbed process reads them."""
        store = self.settings.store
        return {
            "directory": str(store.directory),
            "database_url": None if store.database_url is None else store.database_url.get_secret_value(),
            "objects_url": store.objects_url,
            "s3_endpoint": store.s3_endpoint,
            "checkpoint_directory": str(store.checkpoint_directory),
        }

    def copy(self, folder: Path) -> "Place":
        """The installation once more, elsewhere; only for one that lies on disk."""
        shutil.copytree(self.folder, folder)
        store = self.settings.store.model_copy(
            update={"directory": folder / "doorstep", "checkpoint_directory": folder / "second place"}
        )
        return replace(self, settings=self.settings.model_copy(update={"store": store}), folder=folder)


def require_sound(place: Place, safe: tuple[str, ...]) -> None:
    """Nothing half-made is visible, and what was said to be safe is there.

    Raises:
        AssertionError: It is not so.
    """
    with open_services(place.settings, Clock().now) as services:
        catalogue = services.catalogue
        assert verify_log(catalogue.custody, services.keys).head.size == catalogue.custody.count()
        assert survey(services.originals, catalogue.clips.items(), FixityLevel.DIGEST).wrong == {}
        named = {digest for one in catalogue.highlights.list() for digest in one.digests}
        for digest in (*named, *catalogue.stills.digests()):
            assert services.derivatives.measure(digest).digest == digest
        for path in (place.settings.store.directory / "reports").rglob("*.json"):
            json.loads(path.read_text(encoding="utf-8"))
        for package in (place.settings.store.directory / "out").glob("EV-*"):
            assert [one for one in verify(package) if not one[1]] == []
        for words in safe:
            _require(services, *words.split())


def _require(services: Services, what: str, name: str, digest: str = "") -> None:
    catalogue = services.catalogue
    if what == "clip":
        try:
            assert catalogue.clips.get(name).item.digest == digest
        except EvidenceDisposedError:
            assert catalogue.disposals.of_grant("gr-1")
    elif what == "highlight":
        assert catalogue.highlights.get(name).highlight_id == name
    elif what == "package":
        assert (services.settings.store.directory / "out" / name).is_dir()
    elif what == "night":
        assert catalogue.nights.get(name).summary
    elif what == "revoked":
        assert catalogue.grants.get(name).grant.revoked_at is not None
    elif what in ("deleted", "swept"):
        assert catalogue.clips.list() == ()
        assert list(services.originals.digests()) == []
    else:
        raise RecordNotFoundError("word", what)


def state_of(place: Place) -> dict[str, Any]:
    """What does not depend on how often an act was disturbed on its way."""
    with open_services(place.settings, Clock().now) as services:
        catalogue = services.catalogue
        entries = [record.entry for record in catalogue.custody.records()]
        return {
            "clips": sorted(one.acquisition.acquisition_id for one in catalogue.clips.list()),
            "items": [item.digest for item in catalogue.clips.items()],
            "highlights": sorted(one.highlight_id for one in catalogue.highlights.list()),
            "grants": sorted((one.grant.grant_id, one.grant.version) for one in catalogue.grants.latest()),
            "nights": [(one.night, one.state) for one in catalogue.nights.list()],
            "unfinished": catalogue.disposals.tasks(),
            "custody": sorted({(one.action, one.subject, _lasting(one.once)) for one in entries}),
        }


def _lasting(once: str) -> str:
    """A key without the name of a tombstone, which is made of the moment."""
    return " ".join(word for word in once.split() if not word.startswith("ts-"))
