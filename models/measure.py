"""Measures models side by side: agreement with labelled pictures, seconds of clips in which something was found, speed.

::

    python models/measure.py --models FOLDER [--pictures FOLDER] [--clips FOLDER] NAME...

``--pictures`` has images/val and labels/val in YOLO's form with the classes person, vehicle, bicycle, animal, package.
``--clips`` has a truth.json as docs/evaluation.md describes. Prints one JSON object a model.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from pipeline.detection.detector import Detector, Picture
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.tracks import Box, Detection, ObjectClass
from pipeline.settings import DetectionSettings

CLASSES = (ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.BICYCLE, ObjectClass.ANIMAL)
TRUTH_CLASSES = {
    "person": ObjectClass.PERSON,
    "car": ObjectClass.VEHICLE,
    "truck": ObjectClass.VEHICLE,
    "dog": ObjectClass.ANIMAL,
}
LEAST_FOR_PRECISION = 0.01
OVERLAP = 0.5


def main() -> None:
    """Measures each model in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME", help="as in the manifest")
    parser.add_argument("--models", type=Path, required=True, help="folder of pulled models")
    parser.add_argument("--pictures", type=Path, help="leave out to skip the labelled pictures")
    parser.add_argument("--clips", type=Path, help="leave out to skip the clips")
    parser.add_argument("--confidence", type=float, default=0.35, help="for the clips")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    shelf = open_shelf(options.models)
    for name in options.names:
        settings = DetectionSettings(model=name, confidence=LEAST_FOR_PRECISION, threads=options.threads)
        precision = _average_precision(load_detector(shelf, settings), options.pictures) if options.pictures else {}
        started = time.perf_counter()
        detector = load_detector(shelf, settings.model_copy(update={"confidence": options.confidence}))
        detector.detect(np.zeros((1080, 1920, 3), dtype=np.uint8))
        loaded = time.perf_counter() - started
        line = {
            "model": name,
            "digest": detector.identity.digest,
            "average_precision_at_50": precision,
            "seconds_found": _seconds_found(detector, options.clips) if options.clips else {},
            "load_seconds": round(loaded, 2),
            **_speed(detector),
            "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def _average_precision(detector: Detector, folder: Path) -> dict[str, float]:
    found: dict[ObjectClass, list[tuple[float, bool]]] = defaultdict(list)
    wanted: dict[ObjectClass, int] = defaultdict(int)
    for path in sorted((folder / "images" / "val").glob("*.jpg")):
        picture = _read(path)
        truth = _labels(folder / "labels" / "val" / f"{path.stem}.txt", picture)
        detections = detector.detect(picture)
        for one in CLASSES:
            boxes = [box for kind, box in truth if kind is one]
            wanted[one] += len(boxes)
            found[one] += _judged([each for each in detections if each.object_class is one], boxes)
    return {one.value: round(_area(found[one], wanted[one]), 3) for one in CLASSES}


def _read(path: Path) -> Picture:
    picture = cv2.imread(str(path))
    if picture is None:
        raise SystemExit(f"{path} is no picture")
    return picture.astype(np.uint8)


def _labels(path: Path, picture: Picture) -> list[tuple[ObjectClass, Box]]:
    height, width = picture.shape[:2]
    labels = []
    for line in path.read_text().splitlines():
        number, x, y, w, h = (float(word) for word in line.split()[:5])
        if int(number) < len(CLASSES) and w > 0 and h > 0:
            box = Box((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
            labels.append((CLASSES[int(number)], box))
    return labels


def _judged(detections: list[Detection], boxes: list[Box]) -> list[tuple[float, bool]]:
    """Confidence of each detection, strongest first, and whether it takes a box that no stronger one took."""
    left = list(boxes)
    judged = []
    for detection in detections:
        best = max(left, key=detection.box.iou, default=None)
        right = best is not None and detection.box.iou(best) >= OVERLAP
        if best is not None and right:
            left.remove(best)
        judged.append((detection.confidence, right))
    return judged


def _area(found: list[tuple[float, bool]], wanted: int) -> float:
    """Area under precision over recall, precision made falling (as COCO does), every step of recall counted."""
    if not wanted or not found:
        return 0.0
    right = np.cumsum([hit for _, hit in sorted(found, key=lambda each: -each[0])])
    recall = right / wanted
    precision = np.maximum.accumulate((right / np.arange(1, len(right) + 1))[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def _seconds_found(detector: Detector, folder: Path) -> dict[str, dict[str, str]]:
    """By clip and class: 'n of m' seconds with such an object in which one was found, and in how many without one."""
    report = {}
    for name, clip in json.loads((folder / "truth.json").read_text())["clips"].items():
        counts: dict[ObjectClass, list[int]] = {one: [0, 0, 0, 0] for one in set(TRUTH_CLASSES.values())}
        for moment, picture in _every_second(folder / clip["file"]):
            seen = {detection.object_class for detection in detector.detect(picture)}
            for one, count in counts.items():
                base = 0 if _is_there(clip["objects"], one, moment) else 2
                count[base] += one in seen
                count[base + 1] += 1
        report[name] = {
            one.value: f"{hits} of {seconds}, false in {false} of {empty}"
            for one, (hits, seconds, false, empty) in sorted(counts.items())
            if hits or seconds or false
        }
    return report


def _is_there(objects: list[dict[str, object]], one: ObjectClass, moment: float) -> bool:
    spans = [span for item in objects if TRUTH_CLASSES.get(str(item["class"])) is one for span in item["intervals"]]  # type: ignore[attr-defined]
    return any(start <= moment <= end for start, end in spans)


def _every_second(path: Path) -> Iterator[tuple[float, Picture]]:
    """The first frame at or after each half second past a full one, with its time from the container's start."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        due = Fraction(1, 2)
        start = Fraction(stream.start_time or 0) * (stream.time_base or 1)
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                continue  # two of the clips begin with slices that nothing decodes
            for frame in frames:
                if frame.pts is None or frame.time_base is None:
                    continue
                moment = frame.pts * frame.time_base - start
                if moment >= due:
                    due = Fraction(int(moment)) + Fraction(3, 2)
                    yield float(moment), frame.to_ndarray(format="bgr24").astype(np.uint8)


def _speed(detector: Detector) -> dict[str, float]:
    picture = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), dtype=np.uint8)
    walls, before = [], time.process_time()
    for _ in range(40):
        started = time.perf_counter()
        detector.detect(picture)
        walls.append((time.perf_counter() - started) * 1000)
    return {
        "wall_ms_median": round(statistics.median(walls), 1),
        "wall_ms_least": round(min(walls), 1),
        "processor_ms": round((time.process_time() - before) * 1000 / len(walls), 1),
    }


if __name__ == "__main__":
    main()
