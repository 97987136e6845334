"""Peers that look at clips themselves, in processes of their own; what they said of a clip is remembered."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.measuring import ROOT, undirected
from bench.recognition.obvious import Followed
from pipeline.domain.plain import from_plain, to_plain

Tell = Callable[[str], None]


def followed_on_every_frame(
    clips: Sequence[Path], weights: Path, memory: Path, tell: Tell
) -> dict[Path, tuple[Followed, ...]]:
    """What ultralytics' own tracker followed, looking at every frame; takes two CPU seconds a second of clip.

    Args:
        clips: To look at.
        weights: An OpenVINO export of ultralytics.
        memory: Folder of what was said before.
        tell: Told a line a clip.
    """
    folder = memory / f"ultralytics-{_digest(next(weights.glob('*.bin')))[:16]}"
    said = {clip: _remembered(folder, clip) for clip in clips}
    new = [clip for clip in clips if said[clip] is None]
    if new:
        argv = [sys.executable, "-m", "bench.recognition.every_frame", str(weights), *map(str, new)]
        with subprocess.Popen(argv, cwd=ROOT, env=undirected(), stdout=subprocess.PIPE, text=True) as child:
            for clip, line in zip(new, child.stdout or (), strict=False):
                said[clip] = _keep(folder, clip, json.loads(line))
                tell(f"ultralytics on every frame: {clip.stem}")
        if child.returncode != 0:
            raise subprocess.CalledProcessError(child.returncode, argv)
    return {clip: tuple(from_plain(Followed, one) for one in objects or ()) for clip, objects in said.items()}


def motion(
    clips: Sequence[Path], program: Path, memory: Path, tell: Tell
) -> dict[Path, tuple[tuple[float, float], ...]]:
    """DVR-Scan's motion events of each clip, as (start, end) in seconds."""
    folder = memory / "dvr-scan"
    found = {}
    for clip in clips:
        said = _remembered(folder, clip)
        if said is None:
            said = _keep(folder, clip, to_plain(_scanned(clip, program)))
            tell(f"DVR-Scan: {clip.stem}")
        found[clip] = tuple((float(start), float(end)) for start, end in said)
    return found


def _scanned(clip: Path, program: Path) -> list[tuple[float, float]]:
    argv = [str(program), "--scan-only", "--quiet", "--ignore-user-config", "--input", str(clip)]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    stamps = [_seconds(stamp) for stamp in done.stdout.strip().split(",") if stamp]
    return list(zip(stamps[::2], stamps[1::2], strict=True))


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _remembered(folder: Path, clip: Path) -> list[Any] | None:
    path = folder / f"{_digest(clip)}.json"
    return json.loads(path.read_bytes()) if path.is_file() else None


def _keep(folder: Path, clip: Path, said: list[Any]) -> list[Any]:
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / f"{_digest(clip)}.part"
    scratch.write_text(json.dumps(said), encoding="utf-8")
    scratch.replace(scratch.with_suffix(".json"))
    return said


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
