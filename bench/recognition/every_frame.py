"""A child process: ``python -m bench.recognition.every_frame WEIGHTS CLIP...`` tracks each clip as a user would.

Prints a line a clip: the objects that were followed, as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

from bench.looking import silence_openvino
from bench.recognition.obvious import Followed
from pipeline.domain.plain import to_plain


def main() -> None:
    """Looks at every frame of every clip, in order; a clip that cannot be read has no objects."""
    import cv2

    silence_openvino()
    from ultralytics import YOLO  # type: ignore[attr-defined]

    model = YOLO(sys.argv[1], task="detect")
    for path in map(Path, sys.argv[2:]):
        rate = cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FPS) or 1.0
        print(json.dumps([to_plain(one) for one in followed(model, path, rate)]), flush=True)


def followed(model: Any, path: Path, rate: float) -> list[Followed]:  # noqa: ANN401
    """Every track, in order of its number; the time of a frame is its number over the rate, as a user would take it."""
    tracks: dict[int, tuple[str, list[float], list[float]]] = {}
    results = model.track(source=str(path), stream=True, persist=False, verbose=False)
    for number, result in enumerate(results):
        if result.boxes is None or result.boxes.id is None:
            continue
        rows = zip(result.boxes.id.tolist(), result.boxes.cls.tolist(), result.boxes.conf.tolist(), strict=True)
        for track, label, confidence in rows:
            _, seconds, confidences = tracks.setdefault(int(track), (result.names[int(label)], [], []))
            seconds.append(round(number / rate, 3))
            confidences.append(confidence)
    return [
        Followed(label, tuple(seconds), round(sum(confidences) / len(confidences), 4))
        for _, (label, seconds, confidences) in sorted(tracks.items())
    ]


if __name__ == "__main__":
    main()
