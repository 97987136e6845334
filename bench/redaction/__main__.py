"""``python -m bench.redaction FOLDER... [--results FILE] [--page docs/redaction.md]``.

FOLDER holds composites (``python -m bench.composites``), whose people are known exactly, or real clips, whose people
an independent detector finds in every frame (``--reference``, weights in DOORSTEP_MODELS__DIRECTORY). Clips that FILE
holds already are not measured again.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.composites.prepare import prepare
from bench.composites.sources import Split
from bench.redaction.heads import TrueFrame, of_clip, of_composite
from bench.redaction.measure import measure
from bench.redaction.page import write_page
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.night.hiding import faint_detector
from pipeline.night.workers import models_directory
from pipeline.settings import DetectionSettings, Settings

_CLIPS = ("*.mp4", "*.avi")


def main() -> None:
    """Measures what is not measured yet, keeps the results, and writes the page's figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.redaction", description="Measures redaction.")
    parser.add_argument("folders", type=Path, nargs="*", help="of clips")
    parser.add_argument("--results", type=Path, required=True, help="JSON of every clip; grows")
    parser.add_argument("--page", type=Path, help="whose figures are written anew")
    parser.add_argument("--seed", type=int, default=1, help="of the composites")
    parser.add_argument("--model", default="nanodet-416", help="looks in the night and for masks")
    parser.add_argument("--reference", default="yolo11n-int8-openvino", help="finds people in real clips")
    asked = parser.parse_args()
    results: dict[str, Any] = json.loads(asked.results.read_text("utf-8")) if asked.results.exists() else {}
    eyes = _eyes(asked.model)
    for path in (found for folder in asked.folders for pattern in _CLIPS for found in sorted(folder.glob(pattern))):
        if path.stem in results:
            continue
        kind, truth = _truth(path, asked.seed, asked.reference)
        scored = measure(path, kind, list(truth), eyes)
        results[path.stem] = scored.plain() | {"model": eyes[0].identity.name}
        asked.results.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
        print(
            f"{path.stem}: {scored.everybody.missed:.2f} of {scored.everybody.person_seconds:.1f} person-seconds missed"
        )
    if asked.page is not None:
        write_page(asked.page, results, asked.reference)


def _eyes(model: str) -> tuple[Detector, Detector]:
    settings = Settings()
    settings = settings.model_copy(update={"detection": settings.detection.model_copy(update={"model": model})})
    shelf = open_shelf(models_directory(settings))
    return load_detector(shelf, settings.detection), faint_detector(settings)


def _truth(path: Path, seed: int, reference: str) -> tuple[str, Iterator[TrueFrame]]:
    split, _, number = path.stem.partition("_")
    if split in set(Split) and number.isdigit():
        shot = prepare(int(number), Split(split), seed)
        return "composite", of_composite(shot)
    settings = Settings()
    shelf = open_shelf(models_directory(settings))
    return "real", of_clip(path, load_detector(shelf, DetectionSettings(model=reference, confidence=0.25)))


if __name__ == "__main__":
    main()
