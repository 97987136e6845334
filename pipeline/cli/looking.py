"""What the commands that look at clips share: the detector of the settings, and requests for clips on disk."""

import hashlib
from functools import cached_property
from pathlib import Path

from pipeline.analysis import AnalysisRequest
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import Zone
from pipeline.settings import Settings


class Looker:
    """Looks with the settings' weights; they are loaded at the first look."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def detector(self) -> Detector:
        """The named model, or the best that is here.

        Raises:
            DetectionError: It cannot be used.
        """
        operators = self._settings.models.directory or self._settings.store.directory / "models"
        return load_detector(open_shelf(operators), self._settings.detection)

    def request(self, path: Path, trigger: TriggerKind | None = None, zones: tuple[Zone, ...] = ()) -> AnalysisRequest:
        """A request for the clip at ``path``, named by its digest."""
        with path.open("rb") as clip:
            digest = hashlib.file_digest(clip, "sha256").hexdigest()
        return AnalysisRequest(
            clip=digest,
            sampling=self._settings.sampling,
            detection=self._settings.detection,
            events=self._settings.events,
            trigger=trigger or TriggerKind.OTHER,
            zones=zones,
        )
