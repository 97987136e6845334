"""Measures, and writes the document."""

import argparse
import sys
from pathlib import Path

from bench.document import document
from bench.measuring import ROOT
from bench.run import Extent, run_all


def main() -> None:
    """``python -m bench [--quick] [--repetitions N] [--race N] [--night N] [--out FILE]``."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures speed beside peers.")
    parser.add_argument("--quick", action="store_true", help="fewer clips, three repetitions, a night of 12 clips")
    parser.add_argument("--night", type=int, help="clips of the simulated night; default 40, and 12 when quick")
    parser.add_argument(
        "--repetitions", type=int, help="of every contestant on every clip; default 5, and 3 when quick"
    )
    parser.add_argument(
        "--race", type=int, help="clips of the race, the 1080p24 one first; default 4, and 2 when quick"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md", help="where the document goes")
    asked = parser.parse_args()
    extent = Extent(
        repetitions=asked.repetitions or (3 if asked.quick else 5),
        raced=asked.race or (2 if asked.quick else 4),
        night=asked.night or (12 if asked.quick else 40),
        is_quick=asked.quick,
    )
    text = document(run_all(extent))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(text, encoding="utf-8")
    print(f"written: {asked.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
