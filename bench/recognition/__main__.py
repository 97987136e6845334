"""``python -m bench.recognition``: scores recognition, and writes docs/recognition.md."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bench.measuring import ROOT
from bench.recognition.clips import COMPOSITES, CannotMakeError
from bench.recognition.page import page
from bench.recognition.rates import RATES, rewrite_rates
from bench.recognition.run import Extent, Run, run_all
from bench.recognition.twin import read_twin
from bench.recognition.verdicts import verdicts
from pipeline.domain.plain import to_plain

_QUICK, _QUICK_PEERS = 24, 4
PAGE = ROOT / "docs" / "recognition.md"
"""The page whose figures transparency reports print: a run that goes elsewhere leaves both as they are."""


def main() -> None:
    """Looks, scores, writes."""
    asked = _asked()
    extent = Extent(
        at_most=_QUICK if asked.quick else None,
        peers=_QUICK_PEERS if asked.quick else asked.peers,
        folder=None if asked.without_composites else asked.composites,
        memory=asked.remember,
        jobs=asked.jobs,
    )
    try:
        run = run_all(extent, lambda line: print(line, file=sys.stderr, flush=True))
    except CannotMakeError:
        sys.exit("composites cannot be made here: give a folder of them, or ask for a run --without-composites")
    twin = None if asked.twin is None else read_twin(asked.twin, run)
    asked.out.write_text(page(run, twin), encoding="utf-8")
    print(f"written: {asked.out}", file=sys.stderr)
    if asked.out == PAGE and rewrite_rates(run):
        print(f"written: {RATES}", file=sys.stderr)
    if asked.json:
        asked.json.write_text(json.dumps(plain(run), indent=1), encoding="utf-8")
        print(f"written: {asked.json}", file=sys.stderr)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.recognition", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} clips of each set, peers on {_QUICK_PEERS}")
    parser.add_argument("--peers", type=int, default=24, help="clips of each set that peers look at; 0 for none")
    parser.add_argument("--composites", type=Path, default=COMPOSITES, help="folder of splits; made where missing")
    parser.add_argument("--without-composites", action="store_true", help="only the sample clips and the shared ones")
    parser.add_argument("--remember", type=Path, default=ROOT / "build" / "remembered", help="what detectors said")
    parser.add_argument("--jobs", type=int, default=2, help="processes at one time")
    parser.add_argument("--twin", type=Path, help="what --json wrote for a classifier that never saw these parcels")
    parser.add_argument("--json", type=Path, help="everything, for machines")
    parser.add_argument("--out", type=Path, default=PAGE, help="where the page goes")
    return parser.parse_args()


def plain(run: Run) -> dict[str, Any]:
    """The run as plain values, without the machine's paths."""
    return {
        "began": run.began.isoformat(),
        "machine": to_plain(run.machine),
        "cpu_seconds": run.cpu_seconds,
        "targets": to_plain(verdicts(run)),
        "sets": {
            result.clips.name: {
                "evaluation": to_plain(result.evaluation),
                "beside": to_plain(result.beside),
            }
            for result in run.results
        },
    }


if __name__ == "__main__":
    main()
