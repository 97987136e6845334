"""``python -m bench.recognition.calibrate``: what the rules' scores are worth, fitted on clips that are never scored.

Writes models/event-scores/scores.toml, its card, and its digest into pipeline/events/calibration.py.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measuring import ROOT
from bench.recognition.card import Fitted, card, toml
from bench.recognition.clips import COMPOSITES, SAMPLES, TUNE, CannotMakeError, ClipSet, clip_set, composites
from bench.recognition.fitting import Judged, fit
from bench.recognition.looking import Eyes, look_at, told
from pipeline.evaluation.folder import evaluate_clips
from pipeline.evaluation.scores import ClipOutcome
from pipeline.events.calibration import ScoreTable

TARGET = ROOT / "models" / "event-scores"
READER = ROOT / "pipeline" / "events" / "calibration.py"
_DIGEST = re.compile(r'^SCORES_DIGEST = "[^"]*"$', re.MULTILINE)


def main() -> None:
    """Looks at the clips, fits, writes."""
    asked = _asked()
    sets = [clip_set("sample clips", "shipped with the project", SAMPLES, asked.at_most)]
    if not asked.samples_only:
        try:
            tune = composites(TUNE, asked.composites, asked.jobs)
        except CannotMakeError:
            sys.exit("composites cannot be made here: give a folder of them, or fit on --samples-only")
        sets.append(clip_set("composites to tune on", "made by `bench.composites`", tune, asked.at_most))
    fitted = fitted_on(sets, Eyes(memory=asked.remember, scores=ScoreTable()), asked.jobs)
    write(fitted, TARGET, READER)
    print(card(fitted))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.recognition.calibrate", description=__doc__)
    parser.add_argument("--composites", type=Path, default=COMPOSITES, help="folder of splits; made where missing")
    parser.add_argument("--samples-only", action="store_true", help="without composites: few statements, wide doubt")
    parser.add_argument("--at-most", type=int, help="clips of each set, evenly drawn")
    parser.add_argument("--jobs", type=int, default=2, help="processes at one time")
    parser.add_argument("--remember", type=Path, help="what detectors said; see bench.recognition.trial")
    return parser.parse_args()


def fitted_on(sets: Sequence[ClipSet], eyes: Eyes, jobs: int) -> Fitted:
    """Looks at every clip with the rules' own scores, and fits what they are worth."""
    clips = [clip for one in sets for clip in one.clips]
    seen = look_at(clips, eyes, jobs)
    evaluations = [evaluate_clips(one.clips, told(seen)) for one in sets]
    outcomes = [report.outcome for evaluation in evaluations for report in evaluation.clips]
    unread = [report.name for evaluation in evaluations for report in evaluation.clips if report.failure]
    if unread:
        print(f"not read, and left out: {', '.join(unread)}", file=sys.stderr)
    statements = judged(outcomes)
    minutes = sum(outcome.minutes for outcome in outcomes)
    models = {model.name: model.digest for evaluation in evaluations for model in evaluation.models}
    return Fitted(
        fit(statements, minutes), tuple(statements), minutes, {one.name: len(one.clips) for one in sets}, models
    )


def judged(outcomes: Sequence[ClipOutcome]) -> list[Judged]:
    """Every statement that is right or wrong; excused ones are neither."""
    return [
        Judged(outcome.name, kind, found.score, is_right)
        for outcome in outcomes
        for kind, matching in outcome.matchings.items()
        for found, is_right in [
            *((found, True) for _, found in matching.pairs),
            *((found, False) for found in matching.false_alarms),
        ]
    ]


def write(fitted: Fitted, target: Path, reader: Path) -> None:
    """The table, its card, and the digest in the module that reads it."""
    target.mkdir(parents=True, exist_ok=True)
    content = toml(fitted).encode()
    ScoreTable.read(content)
    (target / "scores.toml").write_bytes(content)
    (target / "MODEL_CARD.md").write_text(card(fitted), encoding="utf-8")
    digest = hashlib.sha256(content).hexdigest()
    source, number = _DIGEST.subn(f'SCORES_DIGEST = "{digest}"', reader.read_text(encoding="utf-8"))
    if number != 1:
        raise ValueError(f"{reader} has {number} lines for the digest")
    reader.write_text(source, encoding="utf-8")


if __name__ == "__main__":
    main()
