"""Makes the sample clips and their truth file from three files of Debian's `opencv-doc`.

    python sample_clips/make.py --source /usr/share/doc/opencv-doc --out sample_clips

The same ffmpeg and the same libraries give the same bytes. `SOURCES.md` says where the footage comes from.
"""

import argparse
import json
import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from maker.compose import RATE, pictures
from maker.encode import Writing, write_steady, write_timed
from maker.footage import Picture, Scene, find_source, read_frames
from maker.recipes import RECIPES, VARIABLE, Recipe
from maker.seen import SEEN
from maker.truth import truth_file

TREE = "tree_in_wind_variable_rate"
BOX = "box_turned_in_hand"
HAND_ENTERS = Fraction(233, 10)
"""Second of the tree's footage at which a hand comes in: the clip ends before."""

_logger = logging.getLogger("sample_clips")


def main() -> None:
    """Reads the command line, makes the clips that were asked for, and writes truth.json for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="folder with vtest.avi, tree.avi and box.mp4")
    parser.add_argument("--out", type=Path, required=True, help="folder for the clips and truth.json")
    parser.add_argument("--only", nargs="*", default=list(SEEN), choices=list(SEEN), help="clips to make")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    cv2.setNumThreads(1)  # optical flow depends on how the picture is divided among threads
    make(chosen.source, chosen.out, chosen.only)
    (chosen.out / "truth.json").write_text(json.dumps(truth_file(chosen.out), indent=1) + "\n", encoding="utf-8")


def make(source: Path, out: Path, names: list[str]) -> None:
    """Makes the named clips in `out`.

    Raises:
        FileNotFoundError: a source file is missing.
        ValueError: a source file is not the one that the clips are made from.
    """
    walkers = [name for name in names if name in RECIPES]
    scene = Scene(find_source(source, "campus_walkers")) if walkers else None
    for name in names:
        path = out / f"{name}.mp4"
        if name == TREE:
            _make_tree(source, path)
        elif name == BOX:
            _make_box(source, path)
        elif scene is not None:
            _make_walkers(scene, RECIPES[name], path)
        _logger.info("%s: %d bytes", path.name, path.stat().st_size)


def _make_walkers(scene: Scene, recipe: Recipe, path: Path) -> None:
    shown = pictures(scene, recipe.shot)
    if recipe.rate == VARIABLE:
        count = 2 * (recipe.shot.last - recipe.shot.first) - 1
        write_timed(path, _dropping(shown, recipe.shot.seed), count / RATE, recipe.writing)
    else:
        write_steady(path, shown, RATE, recipe.writing)


def _dropping(shown: Iterator[Picture], seed: int) -> Iterator[tuple[Fraction, Picture]]:
    """Loses frames as a camera on a weak link does: mostly none, sometimes up to four in a row, times a bit late."""
    random = np.random.default_rng(seed)
    skip = 0
    for number, picture in enumerate(shown):
        if skip > 0:
            skip -= 1
            continue
        late = Fraction(int(random.integers(0, 20)), 1000) if number else Fraction(0)
        yield number / RATE + late, picture
        skip = int(random.choice([0, 0, 0, 0, 0, 0, 1, 1, 2, 4]))


def _make_tree(source: Path, path: Path) -> None:
    frames = read_frames(find_source(source, "tree_in_wind_then_hand"))
    still = [(time, _doubled(picture)) for time, picture in frames if time < HAND_ENTERS]
    write_timed(path, still, HAND_ENTERS, Writing("2026-03-10T15:07:00Z", 27))


def _make_box(source: Path, path: Path) -> None:
    """Every second frame of the source, whose own first slice is broken: the decoder conceals it."""
    frames = (picture for _, picture in read_frames(find_source(source, "box_in_hand")))
    halved = (picture for number, picture in enumerate(frames) if number % 2 == 0)
    write_steady(path, halved, Fraction(2997, 200), Writing("2026-03-10T15:55:25Z", 26))


def _doubled(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


if __name__ == "__main__":
    main()
