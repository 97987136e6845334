"""Weights of ultralytics' own form, in a process of its own: torch takes seconds and sets things for a whole process.

Trained .pt weights cannot be had everywhere, so a network of the same make with random weights is pulled and run: that
shows the way from a file to detections, and says nothing of what a trained one would find.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import ROOT

_PROGRAM = """
import json, os, sys
from pathlib import Path

attempts = []

def _audit(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        attempts.append(event)

sys.addaudithook(_audit)

os.environ["YOLO_OFFLINE"] = "1"
os.environ["YOLO_CONFIG_DIR"] = sys.argv[1]
import torch
from ultralytics import YOLO
torch.manual_seed(0)
folder = Path(sys.argv[1])
YOLO("yolo11n.yaml").save(folder / "yolo11n.pt")

import numpy as np
from pipeline.detection.loading import load_detector
from pipeline.detection.pulling import download, pull
from pipeline.detection.weights import open_shelf
from pipeline.settings import DetectionSettings

shelf = open_shelf(folder / "models")
weights = pull(shelf, shelf.entry("yolo11n"), folder, download)
detector = load_detector(shelf, DetectionSettings(model="yolo11n", confidence=0.0, threads=1))
picture = np.random.default_rng(0).integers(0, 255, (360, 640, 3), dtype=np.uint8)
first, second = detector.detect(picture), detector.detect(picture)
print(json.dumps({
    "same": first == second,
    "found": len(first),
    "inside": all(0 <= d.box.x1 and d.box.x2 <= 640 and 0 <= d.box.y1 and d.box.y2 <= 360 for d in first),
    "sorted": [d.confidence for d in first] == sorted((d.confidence for d in first), reverse=True),
    "labels": sorted({d.label for d in first}),
    "identity": detector.identity == weights.identity,
    "attempts": attempts,
    "threads": torch.get_num_threads(),
    "settings": sorted(p.name for p in (folder / "models" / "ultralytics").iterdir()),
}))
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ultralytics") is None, reason="needs the extra `yolo`")
def test_pt_weights_go_the_whole_way(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", _PROGRAM, str(tmp_path)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["found"] > 0
    assert told["same"]
    assert told["inside"]
    assert told["sorted"]
    assert told["identity"]
    assert told["threads"] == 1
    assert told["attempts"] == []
