"""A run as docs/benchmarks.md. No figure in it is typed by hand."""

from collections.abc import Iterable, Sequence

from bench.clips import FULL_HD
from bench.lost import EVERY_FRAME, Comparison
from bench.measuring import Spread
from bench.nights import NightResult
from bench.race import Result, contestants
from bench.run import Run
from bench.verdicts import verdicts

_OURS = "doorstep, embedded model"
_TWIN = "doorstep, yolo11n int8"


def document(run: Run) -> str:
    """The whole page."""
    parts = [
        _head(run),
        _targets(run),
        _race(run),
        _stages(run),
        _lost(run),
        _pools(run),
        _night(run),
        _how(run),
    ]
    return "\n\n".join(parts) + "\n"


def _head(run: Run) -> str:
    machine = run.machine
    packages = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    quick = " A quick run: fewer clips and repetitions, rougher figures." if run.extent.is_quick else ""
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `make bench` on {run.began:%Y-%m-%d} from {run.began:%H:%M} to {run.ended:%H:%M} UTC, "
            f"at commit "
            f"{machine.commit}.{quick} Machines differ: the ratios say more than the seconds.",
            "",
            f"- {machine.cores} cores of {machine.model} ({', '.join(machine.flags) or 'no wide vectors'}), "
            f"{machine.memory_gigabytes:.0f} GB, {machine.system}",
            f"- Python {machine.python}, ffmpeg {machine.ffmpeg}, {packages}",
            f"- Load average (1, 5, 15 minutes) at the start {_load(run.load_before)}, at the end "
            f"{_load(run.load_after)}. " + _quiet(run),
        ]
    )


def _load(load: Iterable[float]) -> str:
    return " ".join(f"{part:.1f}" for part in load)


def _quiet(run: Run) -> str:
    if run.load_before[0] <= run.machine.cores / 2:
        return "The machine was nearly idle when it began."
    return (
        "Others were working on the machine: wall times are longer than on a quiet one, CPU times somewhat (shared "
        "caches, sibling threads)."
    )


def _targets(run: Run) -> str:
    rows = [(one.what, one.target, one.measured, "met" if one.is_met else "**missed**") for one in verdicts(run)]
    return "## Targets\n\n" + table(("what", "target", "measured", ""), rows)


def _race(run: Run) -> str:
    parts = [
        "## Beside peers",
        "",
        f"CPU and wall seconds a second of clip, {run.extent.repetitions} runs each, taking turns: median "
        f"(least to most). "
        "The start (interpreter, imports, weights, one warm-up picture) is not in them and stands apart, since "
        "a worker "
        "starts once a night. DVR-Scan is a command: its start is in its figures. Memory is the most that a process "
        "and everything that it started held at one time.",
    ]
    for clip in run.clips:
        parts += ["", f"### {clip.name}: {clip.seconds:.1f} s, {clip.shows}", "", _race_table(run, clip.name)]
    parts += ["", *_absent(run)]
    return "\n".join(parts).rstrip()


def _race_table(run: Run, clip: str) -> str:
    results = [result for result in run.results if result.clip == clip]
    by_name = {result.contestant: result for result in results}
    order = [one.name for one in contestants() if one.name in by_name]
    ours, twin = by_name[_OURS], by_name.get(_TWIN)
    head = ["", "CPU-s/s", "wall-s/s", "CPU to ours"]
    if twin is not None:
        head.append("to ours with yolo11n")
    rows = [_race_row(by_name[name], ours, twin) for name in order]
    return table((*head, "start CPU s", "peak MB"), rows)


def _race_row(result: Result, ours: Result, twin: Result | None) -> tuple[str, ...]:
    ratios = [f"{result.cpu.median / one.cpu.median:.2f}" for one in (ours, twin) if one is not None]
    start = "in its figures" if result.contestant.startswith("DVR") else f"{result.start_cpu.median:.1f}"
    spread = spread_of(result.cpu, 3), spread_of(result.wall, 2)
    return (result.contestant, *spread, *ratios, start, f"{result.peak_megabytes.median:.0f}")


def _absent(run: Run) -> list[str]:
    there = {result.contestant for result in run.results}
    notes = [
        "Official `.pt` weights are not used: they cannot be downloaded everywhere, and this run asks registries of "
        "packages alone. The weights of the ultralytics contestants are the 8-bit OpenVINO export, which an "
        "earlier trial found quicker than the `.pt`. Sizes of installations are not compared."
    ]
    if _TWIN not in there:
        notes.append("yolo11n was not on this machine: ultralytics and doorstep with its weights did not run.")
    if not any(name.startswith("DVR") for name in there):
        notes.append("DVR-Scan could not be installed here and did not run.")
    return ["\n\n".join(notes)]


def _stages(run: Run) -> str:
    stages = run.stages
    total = sum(stages.by_stage.values())
    rows = [
        (name, f"{seconds:.2f}", f"{seconds / stages.seconds:.4f}", f"{seconds / total:.0%}")
        for name, seconds in stages.by_stage.items()
    ]
    rows.append(("together", f"{total:.2f}", f"{total / stages.seconds:.4f}", "100%"))
    return "\n".join(
        [
            "## Where our CPU time goes",
            "",
            f"On the clip {FULL_HD}, embedded model: {stages.frames_decoded} frames decoded, {stages.looks} looked at.",
            "",
            table(("", "CPU s", "a second of clip", "share"), rows),
        ]
    )


def _lost(run: Run) -> str:
    full = [one for one in run.comparisons if one.rate == EVERY_FRAME]
    even = [one for one in run.comparisons if one.rate != EVERY_FRAME]
    parts = [
        "## Is an event lost?",
        "",
        "The same analysis with the motion gate and without one, with the embedded model. Two events are the same when "
        "they are of one kind and overlap, or both ends lie within two seconds. What an analysis says that it cannot "
        "tell counts as not seen by it. More looks are not always right: `doorstep evaluate` says which events "
        "are true.",
        "",
        "### Against every frame of the sampling rate",
        "",
        _lost_table(even),
        "",
        "### Against every frame of the clip",
        "",
        "The rules and the tracker are tuned for the sampling rate; at the clip's own rate they see more and "
        "other things.",
        "",
        _lost_table(full),
    ]
    return "\n".join(parts)


def _lost_table(comparisons: Sequence[Comparison]) -> str:
    rows = [
        (
            one.clip,
            str(one.seen),
            "; ".join(one.lost) or "none",
            "; ".join(one.added) or "none",
            f"{one.looks[0]} / {one.looks[1]}",
            f"{one.cpu[0]:.1f} / {one.cpu[1]:.1f}",
        )
        for one in comparisons
    ]
    return table(("clip", "seen by both", "lost by the gate", "with the gate only", "looks", "CPU s"), rows)


def _pools(run: Run) -> str:
    rows = [
        (
            str(one.workers),
            str(one.threads),
            spread_of(one.flow, 1),
            spread_of(one.cpu, 1),
            f"{one.peak_megabytes.median:.0f}",
        )
        for one in run.pools
    ]
    return "\n".join(
        [
            "## Workers and threads",
            "",
            f"Nights of {run.pools[0].clips} half-minute clips in batches of two, looking and cutting; without the "
            "start of Prefect's server. Cutting encodes on one thread, so that its bytes do not depend on the machine.",
            "",
            table(("workers", "threads each", "flow, wall s", "CPU s", "peak MB of all"), rows),
        ]
    )


def _night(run: Run) -> str:
    rows = [
        _night_row("an empty night", run.empty_night),
        _night_row(f"{run.night.clips} clips of half a minute", run.night),
    ]
    head = ("", "wall s", "CPU s", "Prefect's server s", "imports s", "flow s", "looking s", "cutting s", "overhead")
    return "\n".join(
        [
            "## A night",
            "",
            "A shared folder of clips, half of them with nobody in them, under one grant, through the real flow in a "
            f"fresh installation; {run.night.workers} worker(s). Looking and cutting are seconds inside the "
            f"workers, added "
            "up; overhead is the share of the wall time that they do not explain: Prefect, database, files, the "
            "workers' "
            "start, reports. The empty night is what Prefect, the services and the report cost by themselves.",
            "",
            table(head, rows),
            "",
            f"Video in the night: {run.night.clip_seconds / 60:.1f} minutes, {run.night.facts['highlights']} "
            f"highlights. "
            f"One worker held at most {run.night.worker_megabytes:.0f} MB, all processes of the night together "
            f"{run.night.peak_megabytes:.0f} MB. "
            f"`doorstep --help`, {len(run.helped)} times: {_helped(run)}.",
        ]
    )


def _helped(run: Run) -> str:
    wall, cpu = (Spread.of(column) for column in zip(*((one.wall, one.cpu) for one in run.helped), strict=True))
    return f"{spread_of(wall, 3)} s of wall time, {spread_of(cpu, 3)} s of CPU time"


def _night_row(name: str, night: NightResult) -> tuple[str, ...]:
    facts = night.facts
    parts = [night.wall, night.cpu, facts["server"], facts["imports"], facts["flow"], night.analysing, night.cutting]
    overhead = f"{night.overhead:.1%}" if night.clips else "all of it"
    return (name, *(f"{part:.1f}" for part in parts), overhead)


def _how(run: Run) -> str:
    return "\n".join(
        [
            "## How it was measured",
            "",
            "- Every run is a process of its own; its CPU seconds are user and system time of itself and of all "
            "that it "
            "started and waited for (`getrusage`). Contestants take turns, and each repetition begins with "
            "another one.",
            "- Full decodes and our decoding child use one thread, ultralytics what it takes by itself. "
            "ultralytics runs "
            "offline (`YOLO_OFFLINE=1`), tracks with its default tracker, and prints nothing.",
            f"- The clip {FULL_HD} is made from sample clips with libx264 (crf 23, three B-frames, a key frame "
            f"every four "
            "seconds), its frames shown faster than they were taken, so that none is a copy of another. Its events are "
            "not compared with any truth.",
            "- The simulated night's clips are a few sample clips repeated to thirty seconds, each copy with "
            "bytes of its "
            "own. Fetching from a folder is quicker than from Ring; how long Ring takes is not in these figures.",
        ]
    )


def spread_of(spread: Spread, digits: int) -> str:
    """Median (least to most)."""
    return f"{spread.median:.{digits}f} ({spread.least:.{digits}f} to {spread.most:.{digits}f})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; the first column is left, the others as they come."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
