"""One evaluation of everything: our analysis and the plainer ways, on composites, sample clips and shared clips."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import Machine, this_machine
from bench.recognition.clips import SAMPLES, SCORE, SHARED, SHORT, ClipSet, clip_set, composites, evenly
from bench.recognition.looking import Eyes, Looked, cpu_seconds, look_at, told
from bench.recognition.peers import Tell
from bench.recognition.rivals import MotionBound, Rival, motion_bound, rivals
from pipeline.domain.events import EventKind
from pipeline.evaluation.folder import Evaluation, evaluate_clips, under_conditions
from pipeline.evaluation.scores import ClipOutcome
from pipeline.evaluation.truth import TRUTH_FILE

COMPOSITES_SET, SHORT_SET = "composites", "short composites"
SAMPLES_SET, SHARED_SET = "sample clips", "shared clips"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is run.

    Attributes:
        at_most: Clips of each set; None for all.
        peers: Clips of each set that peers look at, evenly drawn; 0 for none.
        folder: Where the splits of composites lie, or are made; None for a run without composites.
        memory: What detectors and peers said before.
        jobs: Processes at one time.
    """

    at_most: int | None
    peers: int
    folder: Path | None
    memory: Path
    jobs: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The plainer ways on some clips of a set, and ours on the same ones.

    Attributes:
        clips: Their number.
        ours: Our scores on them.
        rivals: Theirs.
        bound: What motion alone could find; None where DVR-Scan is not here.
    """

    clips: int
    ours: Evaluation
    rivals: tuple[Rival, ...]
    bound: MotionBound | None


@dataclass(frozen=True, slots=True)
class Result:
    """One set of clips.

    Attributes:
        clips: The set.
        evaluation: Our scores.
        beside: None where no peer was asked.
    """

    clips: ClipSet
    evaluation: Evaluation
    beside: Beside | None

    @property
    def outcomes(self) -> list[ClipOutcome]:
        """Of all clips, in their order."""
        return [report.outcome for report in self.evaluation.clips]

    @property
    def kinds(self) -> tuple[EventKind, ...]:
        """All that are scored here."""
        return tuple(self.outcomes[0].matchings) if self.outcomes else ()

    @property
    def conditions(self) -> dict[str, list[ClipOutcome]]:
        """Outcomes by condition."""
        return under_conditions(self.clips.clips, self.outcomes)


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that the page is made of; ``cpu_seconds`` are those of our own analyses."""

    extent: Extent
    machine: Machine
    began: datetime
    ended: datetime
    cpu_seconds: float
    results: tuple[Result, ...]


def run_all(extent: Extent, tell: Tell) -> Run:
    """Looks at everything.

    Args:
        extent: How much.
        tell: Told a line about each clip.

    Raises:
        EvaluationError: A truth file is missing or of another form.
        CannotMakeError: There are no composites, and they cannot be made here.
    """
    began = datetime.now(UTC)
    sets = _sets(extent)
    before = cpu_seconds()
    seen = look_at([clip for one in sets for clip in one.clips], Eyes(memory=extent.memory), extent.jobs, tell)
    ours = cpu_seconds() - before
    results = tuple(_result(one, seen, extent, tell) for one in sets)
    return Run(extent, this_machine(), began, datetime.now(UTC), ours, results)


def _sets(extent: Extent) -> list[ClipSet]:
    sets = []
    if extent.folder is not None:
        about = (
            "people, parcels and other things put on real and drawn scenes, with exact truth; no rule and no score is "
            "fitted on them, but the parcel classifier has seen the photographs of most of their parcels"
        )
        sets.append(clip_set(COMPOSITES_SET, about, composites(SCORE, extent.folder, extent.jobs), extent.at_most))
        about = (
            "other scenes of the same kind, filmed as a camera does that records when something moves: four of five "
            "begin with somebody on his way to the thing, half end before he has gone"
        )
        sets.append(clip_set(SHORT_SET, about, composites(SHORT, extent.folder, extent.jobs), extent.at_most))
    about = "short real and composed clips that come with the project; event scores were fitted on them too"
    sets.append(clip_set(SAMPLES_SET, about, SAMPLES, extent.at_most))
    if (SHARED / "clips" / TRUTH_FILE).is_file():
        about = "real footage with truth by eye; not fitted on, but known to those who wrote the rules"
        sets.append(clip_set(SHARED_SET, about, SHARED / "clips", extent.at_most))
    return sets


def _result(one: ClipSet, seen: Looked, extent: Extent, tell: Tell) -> Result:
    evaluation = evaluate_clips(one.clips, told(seen))
    return Result(one, evaluation, _beside(one, seen, extent, tell) if extent.peers else None)


def _beside(one: ClipSet, seen: Looked, extent: Extent, tell: Tell) -> Beside:
    some = evenly(one.clips, extent.peers)
    ours = evaluate_clips(some, told(seen))
    found = tuple(rivals(some, seen, extent.memory, tell))
    return Beside(len(some), ours, found, motion_bound(ours, some, extent.memory, tell))
