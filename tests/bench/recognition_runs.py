"""Made-up runs of recognition."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import Machine
from bench.recognition.clips import ClipSet
from bench.recognition.run import Beside, Extent, Result, Run
from pipeline.domain.events import ClipAnalysis
from pipeline.evaluation.folder import evaluate_clips
from pipeline.evaluation.truth import TrueClip

MACHINE = Machine(2, "a processor", (), 8.0, "Linux", "3.11", "5.1", {}, "abc")
EXTENT = Extent(None, 0, Path("composites"), Path("memory"), 1)
MOMENT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def a_result(
    name: str, clips: Sequence[TrueClip], seen: Mapping[str, ClipAnalysis], beside: Beside | None = None
) -> Result:
    """A set whose clips show what ``seen`` says, by name."""
    evaluation = evaluate_clips(clips, lambda clip: seen[clip.name])
    return Result(ClipSet(name, "made up", tuple(clips)), evaluation, beside)


def a_run(*results: Result) -> Run:
    return Run(EXTENT, MACHINE, MOMENT, MOMENT, 1.0, results)
