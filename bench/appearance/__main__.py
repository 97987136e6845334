"""``python -m bench.appearance --dataset FOLDER --clips FOLDER [--page docs/appearance.md] [--rows 1000000]``."""

import argparse
import tempfile
from pathlib import Path

from bench.appearance.again import changed, later
from bench.appearance.colours import score
from bench.appearance.followed import score_tracks
from bench.appearance.page import figures, write_page
from bench.appearance.speed import speed

_CLIPS = ("road_by_gate_cars.mp4", "street_top_cars.mp4", "motorway_curve.avi", "campus_walkers.avi")
_VEHICLE, _PACKAGE = 1, 4


def main() -> None:
    """Measures everything, and writes the page's figures or prints them."""
    parser = argparse.ArgumentParser(prog="python -m bench.appearance", description="Measures colours and vectors.")
    parser.add_argument("--dataset", type=Path, required=True, help="labelled images: images/ and labels/")
    parser.add_argument("--clips", type=Path, required=True, help="real clips")
    parser.add_argument("--rows", type=int, default=1_000_000, help="vectors in the search that is timed")
    parser.add_argument("--page", type=Path, help="whose figures are written anew")
    asked = parser.parse_args()
    scores = {least: score(asked.dataset / "images", least) for least in (0.0, 0.7)}
    scores[0.0] |= score_tracks(asked.clips)
    again = {
        "vehicles, another light, cut and size": changed(asked.dataset, _VEHICLE),
        "parcels, another light, cut and size": changed(asked.dataset, _PACKAGE),
        "vehicles, later looks of the same track": later([asked.clips / name for name in _CLIPS], asked.dataset),
    }
    with tempfile.TemporaryDirectory() as folder:
        timed = speed(Path(folder), asked.rows)
    text = figures(scores, again, timed)
    if asked.page is None:
        print(text)
    else:
        write_page(asked.page, text)


if __name__ == "__main__":
    main()
