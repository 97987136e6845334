"""Our analysis of many clips, on several cores, with or without a memory."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from bench.recognition.remembered import remembering
from pipeline.analysis import AnalysisRequest, analyse_clip
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import ClipAnalysis
from pipeline.errors import PipelineError, UnexpectedFaultError
from pipeline.evaluation.folder import Analyse
from pipeline.evaluation.truth import TrueClip
from pipeline.events.calibration import ScoreTable
from pipeline.settings import DetectionSettings, EventSettings, SamplingSettings

_logger = logging.getLogger(__name__)
_NAMELESS = "0" * 64
NOWHERE = Path("/nonexistent")
"""No folder of pulled models: the model that comes with the program looks."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks, and with which limits.

    Attributes:
        detection: The settings of the detector; one thread, so that one process is one core.
        operators: Folder of pulled models.
        memory: Folder of what detectors said before; None to ask them every time.
        events: The operating points of the rules.
        sampling: What is looked at.
        scores: What the rules' scores are worth; None for the table that comes with the program, and an empty table for
            the rules' own scores.
    """

    detection: DetectionSettings = field(default_factory=lambda: DetectionSettings(threads=1))
    operators: Path = NOWHERE
    memory: Path | None = None
    events: EventSettings = field(default_factory=EventSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    scores: ScoreTable | None = field(default=None, hash=False)

    def request(self, clip: TrueClip) -> AnalysisRequest:
        """What is looked for in a clip: all that the truth file says a camera would have known."""
        return AnalysisRequest(
            clip=_NAMELESS,
            sampling=self.sampling,
            detection=self.detection,
            events=self.events,
            trigger=clip.trigger or TriggerKind.OTHER,
            zones=clip.zones,
        )


Looked = dict[str, ClipAnalysis | str]
"""By the path of the clip: what was seen, or why nothing was, in words."""


def look_at(clips: Sequence[TrueClip], eyes: Eyes, jobs: int = 1, tell: Callable[[str], None] | None = None) -> Looked:
    """Analyses each clip that is there, one a process.

    Args:
        clips: Those without a file are left out.
        eyes: Who looks.
        jobs: Processes at one time.
        tell: Told a line about each clip; by default it goes to standard error.
    """
    say = tell or _to_standard_error
    there = [clip for clip in clips if clip.path.is_file()]
    seen: Looked = {}
    context = get_context("spawn")  # OpenVINO's threads do not survive a fork
    with ProcessPoolExecutor(max_workers=max(1, jobs), mp_context=context, initializer=_be_modest) as pool:
        waiting = {pool.submit(_look, clip, eyes): clip for clip in there}
        for number, done in enumerate(as_completed(waiting), start=1):
            clip = waiting[done]
            seen[str(clip.path)] = done.result()
            say(f"{number} of {len(there)}: {clip.name}")
    return seen


def told(seen: Looked) -> Analyse:
    """What was seen, in the form that an evaluation asks for."""

    def analyse(clip: TrueClip) -> ClipAnalysis:
        result = seen[str(clip.path)]
        if isinstance(result, str):
            raise PipelineError(result)
        return result

    return analyse


def _look(clip: TrueClip, eyes: Eyes) -> ClipAnalysis | str:
    try:
        return analyse_clip(clip.path, eyes.request(clip), detector_of(eyes), scores=eyes.scores)
    except PipelineError as error:  # in words: errors with several facts do not travel between processes
        return str(error)
    except Exception as error:
        _logger.exception("looking at %s failed", clip.name)
        return str(UnexpectedFaultError(type(error).__name__, str(error)))


@cache
def detector_of(eyes: Eyes) -> Detector:
    """The detector of these eyes; once a process."""
    if eyes.memory is not None:
        return remembering(eyes.detection, eyes.operators, eyes.memory)
    return load_detector(open_shelf(eyes.operators), eyes.detection)


def _be_modest() -> None:
    """One process is one core, and others work on the machine too."""
    import cv2

    cv2.setNumThreads(1)
    os.nice(5)


def cpu_seconds() -> float:
    """Processor time of this process and of all children that have ended, in seconds."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _to_standard_error(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
