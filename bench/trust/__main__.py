"""Runs the long suites, and writes docs/trust.md."""

import argparse
import sys
from pathlib import Path

from bench.measuring import ROOT
from bench.trust.figures import FIGURES
from bench.trust.page import page
from bench.trust.remembered import RESULTS, Memory
from bench.trust.run import Orders, run_all


def main() -> int:
    """``python -m bench.trust [--only N ...] [--scale S] [--again] [--page-only] [--remember DIR] [--out FILE]``."""
    asked = _parser().parse_args()
    if not 0 < asked.scale <= 1:
        sys.exit("--scale is a share of the whole, above 0 and at most 1")
    memory = Memory(asked.remember)
    chosen = [figure for figure in FIGURES if not asked.only or figure.number in asked.only]
    failed: list[int] = []
    if not asked.page_only:
        failed = run_all(chosen, memory, Orders(asked.scale, asked.again, _say))
    results = [result for figure in FIGURES if (result := memory.get(figure.number)) is not None]
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(page(FIGURES, results), encoding="utf-8")
    _say(f"written: {asked.out}")
    broken = [result.number for result in results if not result.finding.holds]
    return 1 if failed or broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.trust", description="Finds the figures of trust.")
    parser.add_argument("--only", type=int, action="append", metavar="N", help="this figure; may be given again")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the whole; the page says so")
    parser.add_argument("--again", action="store_true", help="also what is remembered")
    parser.add_argument("--page-only", action="store_true", help="write the page from what is remembered")
    parser.add_argument("--remember", type=Path, default=RESULTS, help="where results are kept")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "trust.md", help="where the page goes")
    return parser


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
