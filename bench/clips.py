"""The clips: some of the sample clips, and one at 1080p and 24 frames a second that is made from them."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import ROOT

SAMPLES = ROOT / "sample_clips"
BUILD = ROOT / "build" / "bench"
FULL_HD = "1080p24 with B-frames"
_PARTS = ("package_delivered_drive", "drive_man_in_blue_visit", "drive_two_visitors")
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class BenchClip:
    """One clip to run on.

    Attributes:
        seconds: Of its video.
        shows: For the tables.
    """

    name: str
    path: Path
    seconds: float
    shows: str


def bench_clips() -> tuple[BenchClip, ...]:
    """The clip that is made here, a package, an empty picture and a visit."""
    chosen = {
        "package_delivered_drive": "1080p15, a man leaves a carton",
        "empty_lawn_exposure_steps": "1080p15, nobody, the exposure jumps",
        "drive_man_in_blue_visit": "1080p15, one visit",
    }
    samples = [clip_at(SAMPLES / f"{name}.mp4", shows) for name, shows in chosen.items()]
    made = clip_at(full_hd_clip(), "three sample clips played 1.6 times as fast, people in most of it")
    return (BenchClip(FULL_HD, made.path, made.seconds, made.shows), *samples)


def clip_at(path: Path, shows: str = "") -> BenchClip:
    """A clip and its length."""
    asked = ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=duration", "-of", "csv=p=0"]
    told = subprocess.run(
        [_program("ffprobe"), *asked, str(path)], check=True, capture_output=True, text=True, timeout=60
    )
    return BenchClip(path.stem, path, float(told.stdout.strip().rstrip(",")), shows)


def full_hd_clip() -> Path:
    """Thirty seconds at 24 frames a second, H.264 with three B-frames; made once.

    The frames of 15 a second are shown as 24 a second, so that every frame is a real one and none is a copy of the
    last, which would be decoded for nothing.
    """
    target = BUILD / "full_hd_24.mp4"
    if target.is_file():
        return target
    BUILD.mkdir(parents=True, exist_ok=True)
    inputs = [word for part in _PARTS for word in ("-i", str(SAMPLES / f"{part}.mp4"))]
    chains = "".join(f"[{number}:v]setpts=N/24/TB,settb=1/24,setsar=1[v{number}];" for number in range(len(_PARTS)))
    joined = "".join(f"[v{number}]" for number in range(len(_PARTS)))
    graph = f"{chains}{joined}concat=n={len(_PARTS)}:v=1,fps=24"
    codec = ["-c:v", "libx264", "-preset", "medium", "-crf", "23", "-bf", "3", "-g", "96", "-pix_fmt", "yuv420p"]
    scratch = target.with_suffix(".part.mp4")
    words = [*inputs, "-filter_complex", graph, "-t", str(_SECONDS), "-an", *codec, str(scratch)]
    _ffmpeg(words)
    scratch.replace(target)
    return target


def night_clips(folder: Path, count: int) -> float:
    """Fills a folder with half-minute clips of different bytes, half of them empty.

    Returns:
        Seconds of video in all of them.
    """
    sources = [
        ("empty_lawn_exposure_steps", 1),
        ("package_delivered_then_picked_up_lawn", 0),
        ("package_waiting_light_changes", 1),
        ("lawn_couple_visit", 1),
    ]
    folder.mkdir(parents=True)
    longs: list[BenchClip] = []
    for name, again in sources:
        target = BUILD / f"night-{name}.mp4"
        if not target.is_file():
            source = ["-stream_loop", str(again), "-i", str(SAMPLES / f"{name}.mp4")]
            _ffmpeg([*source, "-t", str(_SECONDS), "-c", "copy", str(target)])
        longs.append(clip_at(target))
    for number in range(count):
        source_clip = longs[number % len(longs)]
        copy = folder / f"clip-{number:04}.mp4"
        _ffmpeg(["-i", str(source_clip.path), "-c", "copy", "-metadata", f"comment={number}", str(copy)])
    return sum(longs[number % len(longs)].seconds for number in range(count))


def _ffmpeg(words: list[str]) -> None:
    subprocess.run([_program("ffmpeg"), "-v", "error", "-nostdin", "-y", *words], check=True, timeout=1800)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"the bench needs {name} from the system")
    return found
