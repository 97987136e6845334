"""``python -m bench.composites OUT --split tune|score --count N [--seed S] [--jobs N] [--short]``."""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import cv2

from bench.composites.film import film
from bench.composites.places import background, places
from bench.composites.prepare import prepare
from bench.composites.sources import MissingMaterialError, Split, packages, shared
from bench.composites.walkers import walkers

ABOUT = (
    "Exact truth of composites: real cut-outs, drawn cartons and people's real tracks on real backgrounds, made by "
    "bench.composites. Times in seconds on the ffmpeg timeline. optional=true: a detection there is neither required "
    "nor an error. package_boxes: where things lie, x1, y1, x2, y2 in shares of width and height."
)


class Asked(NamedTuple):
    """What is to be made."""

    out: Path
    split: Split
    seed: int
    is_short: bool = False


def main() -> None:
    """Makes a folder of composites with its truth file."""
    parser = argparse.ArgumentParser(prog="python -m bench.composites", description="Makes composites with truth.")
    parser.add_argument("out", type=Path, help="folder without a truth file; clips in it are kept")
    parser.add_argument("--split", type=Split, choices=tuple(Split), required=True, help="nothing is in both")
    parser.add_argument("--count", type=int, required=True, help="scenes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--short", action="store_true", help="clips begin or end with somebody in the picture")
    asked = parser.parse_args()
    if (asked.out / "truth.json").exists():
        sys.exit(f"{asked.out} has a truth file already")
    started = time.monotonic()
    try:
        clips = make(Asked(asked.out, asked.split, asked.seed, asked.short), range(asked.count), asked.jobs)
    except MissingMaterialError as error:
        sys.exit(str(error))
    print(f"{len(clips)} scenes in {time.monotonic() - started:.0f} s, {sum(os.times()[:4]):.0f} CPU-seconds")


def make(asked: Asked, numbers: Sequence[int], jobs: int = 1) -> dict[str, Any]:
    """Makes the scenes of these numbers and their truth file; the clips of the truth file.

    The bytes depend on the split, the seed and the scene's number alone. Clips that are there already are kept.
    """
    shared()  # before anything is made
    cv2.setNumThreads(1)
    if jobs > 1:
        _look_ahead(asked.split)
    asked.out.mkdir(parents=True, exist_ok=True)
    work = [(asked, number) for number in numbers]
    if jobs > 1:
        forked = multiprocessing.get_context("fork")  # so that the material is decoded once
        with ProcessPoolExecutor(jobs, mp_context=forked) as pool:
            entries = list(pool.map(_make_one, work))
    else:
        entries = [_make_one(one) for one in work]
    clips = {Path(entry["file"]).stem: entry for entry in entries}
    text = json.dumps({"about": ABOUT, "clips": clips}, indent=1) + "\n"
    (asked.out / "truth.json").write_text(text, encoding="utf-8")
    return clips


def _look_ahead(split: Split) -> None:
    for place in places(split):
        background(place)
    walkers(split)
    packages(split)


def _make_one(work: tuple[Asked, int]) -> dict[str, Any]:
    asked, number = work
    shot = prepare(number, asked.split, asked.seed, is_short=asked.is_short)
    entry = film(shot, asked.out / f"{asked.split}_{number:04d}.mp4")
    entry["split"] = str(asked.split)
    return entry


if __name__ == "__main__":
    main()
