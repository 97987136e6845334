"""Sets of clips with known truth: composites that are made here, the sample clips, and shared real ones."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import ROOT
from pipeline.evaluation.truth import TRUTH_FILE, TrueClip, read_truth

SAMPLES = ROOT / "sample_clips"
SHARED = Path(os.environ.get("DOORSTEP_SHARED", ROOT.parent / "shared"))
COMPOSITES = ROOT / "build" / "composites"
TUNE, SCORE, SHORT = "tune", "score", "score-short"
"""Splits of the composites: what was fitted or tuned on the one is scored on the others; the last one's clips begin or
end with somebody in the picture."""
_MADE_OF = {
    TUNE: ("--split", "tune", "--count", "80"),
    SCORE: ("--split", "score", "--count", "100"),
    SHORT: ("--split", "score", "--count", "60", "--seed", "2", "--short"),
}
"""Those that are short are other scenes than those that are filmed whole."""


@dataclass(frozen=True, slots=True)
class ClipSet:
    """Clips that are scored together.

    Attributes:
        name: For tables.
        about: What they are, in a sentence.
        clips: In the truth file's order.
    """

    name: str
    about: str
    clips: tuple[TrueClip, ...]


class CannotMakeError(Exception):
    """Composites cannot be made here; their maker has said why."""


def composites(split: str, folder: Path = COMPOSITES, jobs: int = 2) -> Path:
    """The folder of a split; made where it is not there yet, which takes minutes.

    Raises:
        CannotMakeError: What they are made of is not on this machine.
    """
    target = folder / split
    if (target / TRUTH_FILE).is_file():
        return target
    argv = [sys.executable, "-m", "bench.composites", str(target), *_MADE_OF[split], "--jobs", str(jobs)]
    try:
        subprocess.run(argv, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    except subprocess.CalledProcessError as error:
        raise CannotMakeError(split) from error
    return target


def clip_set(name: str, about: str, folder: Path, at_most: int | None = None) -> ClipSet:
    """The clips of a folder, or that many of them, evenly drawn from its order.

    Raises:
        EvaluationError: The folder has no truth file, or one of another form.
    """
    return ClipSet(name, about, evenly(read_truth(folder), at_most))


def evenly(clips: Sequence[TrueClip], at_most: int | None) -> tuple[TrueClip, ...]:
    """At most that many, from everywhere in the order; all for None."""
    if at_most is None or at_most >= len(clips):
        return tuple(clips)
    return tuple(clips[index * len(clips) // at_most] for index in range(at_most))
