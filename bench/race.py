"""The contestants on the same clips, taking turns."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.clips import BUILD, BenchClip
from bench.measuring import ROOT, Spread, run_child
from bench.orders import Order, Outcome

YOLO = "yolo11n-int8-openvino"
YOLO_FOLDER = "yolo11n_int8_openvino_model"


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who runs.

    Attributes:
        name: For the tables.
        order: Without a clip.
    """

    name: str
    order: Order


@dataclass(frozen=True, slots=True)
class Result:
    """One contestant on one clip, over all repetitions; CPU and wall a second of clip."""

    contestant: str
    clip: str
    cpu: Spread
    wall: Spread
    start_cpu: Spread
    start_wall: Spread
    peak_megabytes: Spread
    runs: tuple[Outcome, ...]


def models_folder() -> Path | None:
    """Where yolo11n lies, when it is here: the operator's folder, or the shared one of a developer."""
    named = os.environ.get("DOORSTEP_MODELS__DIRECTORY")
    shared = Path(os.environ.get("DOORSTEP_SHARED", str(ROOT.parent / "shared"))) / "models"
    for folder in (*([Path(named)] if named else []), shared):
        if (folder / YOLO_FOLDER).is_dir():
            return folder.resolve()
    return None


def contestants() -> tuple[Contestant, ...]:
    """Everyone who can run on this machine."""
    found = [Contestant("doorstep, embedded model", Order("ours"))]
    folder = models_folder()
    if folder is not None:
        weights = str(folder / YOLO_FOLDER)
        found += [
            Contestant("doorstep, yolo11n int8", Order("ours", model=YOLO, models=str(folder))),
            Contestant("ultralytics track, every frame", Order("ultralytics", options=_tracking(weights, 1))),
            Contestant("ultralytics track, every 5th", Order("ultralytics", options=_tracking(weights, 5))),
        ]
    program = dvr_scan_program()
    if program is not None:
        found.append(Contestant("DVR-Scan (motion only)", Order("dvr_scan", options={"program": str(program)})))
    return (
        *found,
        Contestant("full decode, PyAV", Order("pyav")),
        Contestant("full decode, ffmpeg", Order("ffmpeg")),
        Contestant("key frames only, PyAV", Order("key_frames")),
    )


def _tracking(weights: str, stride: int) -> dict[str, object]:
    return {"weights": weights, "stride": stride}


def dvr_scan_program() -> Path | None:
    """DVR-Scan in an environment of its own, since it holds OpenCV below the version that we use.

    Returns:
        None when it cannot be installed here.
    """
    folder = BUILD / "dvr-scan"
    program = folder / "bin" / "dvr-scan"
    if program.is_file():
        return program
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=300)
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "dvr-scan-headless"]
        subprocess.run(pip, check=True, timeout=900)
    except subprocess.SubprocessError:
        return None
    return program if program.is_file() else None


def race(clips: tuple[BenchClip, ...], repetitions: int) -> list[Result]:
    """Every contestant on every clip; each repetition begins with another contestant."""
    runners = contestants()
    outcomes: dict[tuple[str, str], list[Outcome]] = {}
    for turn in range(repetitions):
        for clip in clips:
            shift = turn % len(runners)
            for runner in (*runners[shift:], *runners[:shift]):
                print(f"{turn + 1} of {repetitions}: {clip.name}: {runner.name}", file=sys.stderr)
                outcome = run_child(_on(runner.order, clip))
                outcomes.setdefault((runner.name, clip.name), []).append(outcome)
    lengths = {clip.name: clip.seconds for clip in clips}
    return [_result(name, clip, lengths[clip], tuple(runs)) for (name, clip), runs in outcomes.items()]


def _on(order: Order, clip: BenchClip) -> Order:
    return Order(order.work, str(clip.path), order.model, order.models, order.options)


def _result(name: str, clip: str, seconds: float, runs: tuple[Outcome, ...]) -> Result:
    return Result(
        contestant=name,
        clip=clip,
        cpu=Spread.of([run.work.cpu / seconds for run in runs]),
        wall=Spread.of([run.work.wall / seconds for run in runs]),
        start_cpu=Spread.of([run.start.cpu for run in runs]),
        start_wall=Spread.of([run.start.wall for run in runs]),
        peak_megabytes=Spread.of([run.peak_megabytes for run in runs]),
        runs=runs,
    )
