"""Analysis phones nobody: in a process of its own, any socket to the outside and any look-up of a name is an error."""

import subprocess
import sys

from tests.conftest import ROOT

_PROGRAM = """
import socket, sys

attempts = []

def _audit(event, arguments):
    if event.startswith("socket.") and event not in {"socket.__new__", "socket.gethostname"}:
        attempts.append((event, arguments[1:] if event == "socket.connect" else arguments))
        raise OSError(f"{event} while looking at footage: {arguments}")

sys.addaudithook(_audit)

import numpy as np
from pathlib import Path
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.settings import DetectionSettings

detector = load_detector(open_shelf(Path("nowhere")), DetectionSettings(threads=1))
detector.detect(np.random.default_rng(0).integers(0, 255, (360, 640, 3), dtype=np.uint8))
looked = list(attempts)

try:
    socket.getaddrinfo("localhost", 80)
except OSError:
    pass
assert len(attempts) == len(looked) + 1, "the hook does not see look-ups"
print("attempts:", looked)
"""


def test_loading_and_looking_open_no_socket() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "attempts: []\n"
