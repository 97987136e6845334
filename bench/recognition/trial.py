"""``python -m bench.recognition.trial``: what is found in a folder of clips, clip by clip, and the scores.

For those who change scenes or rules: with a memory, only the first run pays for the detector.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from rich.console import Console

from bench.recognition.looking import NOWHERE, Eyes, cpu_seconds, look_at, told
from pipeline.evaluation.folder import ClipReport, evaluate_clips
from pipeline.evaluation.matching import FoundEvent
from pipeline.evaluation.tables import as_tables
from pipeline.evaluation.truth import TrueClip, TrueEvent, read_truth
from pipeline.settings import DetectionSettings


def main() -> None:
    """``python -m bench.recognition.trial FOLDER [--only NAME...] [--jobs N] [--remember DIR]``."""
    asked = _asked()
    eyes = Eyes(
        detection=DetectionSettings(model=asked.model, threads=1),
        operators=asked.models,
        memory=asked.remember,
    )
    clips = chosen(read_truth(asked.folder), asked.only)
    started, cpu = time.monotonic(), cpu_seconds()
    seen = look_at(clips, eyes, asked.jobs)
    evaluation = replace(evaluate_clips(clips, told(seen)), cpu_seconds=cpu_seconds() - cpu)
    for report in evaluation.clips:
        if not (asked.wrong and _is_right(report)):
            print("\n".join(lines(report)))
    Console(width=160).print(as_tables(evaluation, with_clips=False))
    print(f"{len(clips)} clips in {time.monotonic() - started:.1f} s; remembered in {asked.remember}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.recognition.trial", description=__doc__)
    parser.add_argument("folder", type=Path, help="clips with a truth.json beside them")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="names, parts of names, or patterns")
    parser.add_argument("--jobs", type=int, default=1, help="processes at one time; default 1")
    parser.add_argument(
        "--remember",
        type=Path,
        default=Path(tempfile.gettempdir()) / "doorstep-remembered",
        metavar="DIR",
        help="what detectors said; may be shared by several runs at one time",
    )
    parser.add_argument("--model", default="nanodet-416", help="name in the manifest")
    parser.add_argument("--models", type=Path, default=NOWHERE, help="folder of pulled models")
    parser.add_argument("--wrong", action="store_true", help="show only clips with a miss or a false alarm")
    return parser.parse_args()


def chosen(clips: Sequence[TrueClip], names: Sequence[str]) -> tuple[TrueClip, ...]:
    """The clips with one of these names, parts of names or patterns; all of them where none is given."""
    return tuple(clip for clip in clips if not names or any(_fits(clip.name, name) for name in names))


def _fits(name: str, asked: str) -> bool:
    return asked in name or fnmatch(name, asked)


def _is_right(report: ClipReport) -> bool:
    matchings = report.outcome.matchings.values()
    return not report.failure and not any(one.missed or one.false_alarms for one in matchings)


def lines(report: ClipReport) -> list[str]:
    """One clip: its name, and a line an event, with seconds from the clip's first frame."""
    told = [f"{report.name}: {report.failure}" if report.failure else report.name]
    for kind, one in report.outcome.matchings.items():
        told += [f"  found   {_found(found)}  (true {_true(true)})" for true, found in one.pairs]
        told += [f"  MISSED  {kind.value}  (true {_true(true)})" for true in one.missed]
        told += [f"  FALSE   {_found(found)}" for found in one.false_alarms]
        told += [f"  excused {_found(found)}" for found in one.excused]
    told += [f"  cannot  {_found(found)}: {found.reason}" for found in report.outcome.abstentions]
    return told


def _found(one: FoundEvent) -> str:
    return f"{one.kind.value} {one.start:.1f}-{one.end:.1f} score {one.score:.2f}"


def _true(one: TrueEvent) -> str:
    return f"{one.word} {one.start:.1f}-{one.end:.1f}"


if __name__ == "__main__":
    main()
