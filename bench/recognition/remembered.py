"""A detector that remembers: the same picture is looked at once, however often scenes and rules are tried again.

What is remembered is exact, floats included, so that an analysis with a memory gives the same events as one without.
"""

import hashlib
import json
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from pipeline.detection.detector import Detector, Picture, check_picture
from pipeline.detection.loading import choose, load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.plain import from_plain, to_plain
from pipeline.domain.tracks import Detection, ModelIdentity
from pipeline.settings import DetectionSettings


class RememberingDetector:
    """Asks another detector about each picture once, and writes down what it said.

    Several processes may share a memory: each picture has a file of its own, which appears whole or not at all.
    """

    def __init__(self, identity: ModelIdentity, least: float, load: Callable[[], Detector], memory: Path) -> None:
        """Loads nothing before the first picture that is not remembered.

        Args:
            identity: Of the weights that ``load`` brings.
            least: Confidence below which the other reports nothing; part of what a memory stands for.
            load: Brings the other detector.
            memory: Folder of what was said; made when missing.
        """
        self._identity = identity
        self._load = load
        self._folder = memory / f"{identity.digest[:16]}-{least}"
        self.asked = 0
        """Pictures that the other detector had to look at."""

    @property
    def identity(self) -> ModelIdentity:
        """Of the detector that is asked."""
        return self._identity

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """See Detector."""
        check_picture(picture)
        path = self._path(picture)
        try:
            said = json.loads(path.read_bytes())
        except FileNotFoundError:
            return self._ask(picture, path)
        return tuple(from_plain(Detection, one) for one in said)

    def _ask(self, picture: Picture, path: Path) -> tuple[Detection, ...]:
        found = self._other.detect(picture)
        self.asked += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps([to_plain(one) for one in found]), encoding="utf-8")
        scratch.replace(path)
        return found

    @cached_property
    def _other(self) -> Detector:
        return self._load()

    def _path(self, picture: Picture) -> Path:
        seen = hashlib.sha256(repr(picture.shape).encode())
        seen.update(np.ascontiguousarray(picture).data)
        name = seen.hexdigest()
        return self._folder / name[:2] / f"{name[2:]}.json"


def remembering(settings: DetectionSettings, operators: Path, memory: Path) -> RememberingDetector:
    """The detector of the settings, with a memory.

    Args:
        settings: As for ``load_detector``.
        operators: Folder of pulled models; may be missing.
        memory: Folder of what was said before.

    Raises:
        DetectionError: The model is not here, or is not the manifest's.
    """
    shelf = open_shelf(operators)
    identity = shelf.read(choose(shelf, settings.model)).identity
    return RememberingDetector(identity, settings.confidence, lambda: load_detector(shelf, settings), memory)
