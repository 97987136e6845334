"""What decoding costs: ours beside PyAV and ffmpeg on the same clips, in one run.

CPU seconds are those of this process and of its children, so a contestant may decode where it likes.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import av
import ffmpeg
from av.video.reformatter import Interpolation

from pipeline.ffmpeg import find_ffmpeg
from pipeline.sampling import probe_clip, sample_clip
from pipeline.settings import SamplingSettings

RATE = 2.0
WIDTH = 640
Contestant = Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one contestant took on one clip.

    Attributes:
        contestant: Its name.
        clip: File name.
        pictures: That it gave to its caller, or decoded when it gives none.
        cpu: Median CPU seconds per second of clip.
        cpu_spread: Highest less lowest of the runs.
        wall: Median wall seconds per second of clip.
    """

    contestant: str
    clip: str
    pictures: int
    cpu: float
    cpu_spread: float
    wall: float


def pyav_full(clip: Path) -> int:
    """Every frame decoded, nothing scaled."""
    with av.open(str(clip)) as container:
        return sum(1 for _ in container.decode(video=0))


def pyav_key_frames(clip: Path) -> int:
    """The floor: key frames only."""
    with av.open(str(clip)) as container:
        container.streams.video[0].codec_context.skip_frame = "NONKEY"
        return sum(1 for _ in container.decode(video=0))


def pyav_sampled(clip: Path) -> int:
    """Every frame decoded, two a second scaled to BGR: what PyAV costs without our plan."""
    given, wanted = 0, 0.0
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            if frame.time < wanted:
                continue
            wanted = frame.time + 1 / RATE
            height = round(frame.height * WIDTH / frame.width)
            frame.reformat(WIDTH, height, "bgr24", interpolation=Interpolation.AREA).to_ndarray()
            given += 1
    return given


def ffmpeg_null(clip: Path) -> int:
    """The program decoding every frame to nowhere."""
    argv = ffmpeg.input(str(clip)).output("-", f="null", an=None).compile(cmd=str(find_ffmpeg()))
    subprocess.run([*argv, "-nostdin", "-loglevel", "quiet"], check=True, stdin=subprocess.DEVNULL)
    return 0


def ffmpeg_sampled(clip: Path) -> int:
    """ffmpeg-python with two frames a second as raw BGR over a pipe; their exact stamps are lost."""
    probe = probe_clip(clip, SamplingSettings())
    height = round(probe.height * WIDTH / probe.width / 2) * 2
    stream = ffmpeg.input(str(clip)).filter("fps", RATE).filter("scale", WIDTH, height, flags="area")
    argv = stream.output("pipe:", format="rawvideo", pix_fmt="bgr24").compile(cmd=str(find_ffmpeg()))
    given = 0
    with subprocess.Popen([*argv, "-nostdin", "-loglevel", "quiet"], stdout=subprocess.PIPE) as child:
        while child.stdout is not None and len(child.stdout.read(WIDTH * height * 3)) == WIDTH * height * 3:
            given += 1
    return given


def ours(clip: Path) -> int:
    """Our sampler: planned, gated, in its child with walls."""
    with sample_clip(clip, SamplingSettings(frames_per_second=RATE, working_width=WIDTH)) as sampler:
        return sum(1 for _ in sampler.frames())


def ours_without_gate(clip: Path) -> int:
    """Our sampler with everything decoded and every step looked at."""
    with sample_clip(clip, SamplingSettings(working_width=WIDTH), every_frame_rate=RATE) as sampler:
        return sum(1 for _ in sampler.frames())


CONTESTANTS: dict[str, Contestant] = {
    "PyAV, every frame": pyav_full,
    "PyAV, every frame, 2 a second scaled": pyav_sampled,
    "ffmpeg to null": ffmpeg_null,
    "ffmpeg-python, 2 a second over a pipe": ffmpeg_sampled,
    "PyAV, key frames only": pyav_key_frames,
    "ours, every frame": ours_without_gate,
    "ours": ours,
}


def measure(clips: Sequence[Path], repeats: int = 5) -> tuple[Cost, ...]:
    """The cost of every contestant on every clip; the contestants take turns, so that all meet the same machine."""
    costs: list[Cost] = []
    for clip in clips:
        length = float(probe_clip(clip, SamplingSettings()).duration)
        runs: dict[str, list[tuple[float, float, int]]] = {name: [] for name in CONTESTANTS}
        for _ in range(repeats):
            for name, contestant in CONTESTANTS.items():
                runs[name].append(_once(contestant, clip))
        costs.extend(_cost(name, clip, length, taken) for name, taken in runs.items())
    return tuple(costs)


def _cost(name: str, clip: Path, length: float, taken: Sequence[tuple[float, float, int]]) -> Cost:
    cpus = [cpu / length for cpu, _, _ in taken]
    walls = [wall / length for _, wall, _ in taken]
    return Cost(name, clip.name, taken[0][2], statistics.median(cpus), max(cpus) - min(cpus), statistics.median(walls))


def _once(contestant: Contestant, clip: Path) -> tuple[float, float, int]:
    cpu, wall = _cpu_seconds(), time.perf_counter()
    pictures = contestant(clip)
    return _cpu_seconds() - cpu, time.perf_counter() - wall, pictures


def _cpu_seconds() -> float:
    used = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Measure the clips named on the command line, one JSON line a row."""
    for cost in measure([Path(name) for name in sys.argv[1:]]):
        print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main()
