"""Analysis phones nobody: no connection, no look-up of a name, and no child process that could do either unseen.

OpenVINO's own telemetry sends from a forked child, so watching sockets alone would not see it.
"""

import subprocess
import sys

from tests.conftest import ROOT

_PROGRAM = """
import socket
import subprocess
import sys

attempts = []

WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.send", "socket.bind")
PROCESSES = ("os.fork", "os.posix_spawn", "os.exec", "os.system", "subprocess.Popen")

def _audit(event, arguments):
    if event.startswith(WATCHED + PROCESSES):
        attempts.append(event)
        raise OSError(f"{event} while looking at footage")

sys.addaudithook(_audit)

import numpy as np
from pathlib import Path
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.settings import DetectionSettings

detector = load_detector(open_shelf(Path("nowhere")), DetectionSettings(threads=1))
detector.detect(np.random.default_rng(0).integers(0, 255, (360, 640, 3), dtype=np.uint8))
looked = list(attempts)

for provoke in (lambda: socket.getaddrinfo("localhost", 80), lambda: subprocess.run(["true"])):
    try:
        provoke()
    except OSError:
        pass
assert len(attempts) == len(looked) + 2, f"the hook is blind: {attempts}"
print("attempts:", looked)
"""


def test_loading_and_looking_open_no_socket() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "attempts: []\n"
