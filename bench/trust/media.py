"""Figures about foreign files: what hostile ones cost, what they reach, and what is left of originals."""

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bench.hostile.bombs import bombs
from bench.hostile.corpus import Examined, examine
from bench.hostile.disguises import disguises, named
from bench.hostile.files import HostileFile, Seed, seeds
from bench.hostile.mutations import mutants
from bench.measuring import ROOT
from bench.trust.figure import Extent, Finding
from bench.trust.watched import opened_by_children, strace
from tests.loopback import listening

MALFORMED = 1000
PATIENCE_SECONDS = 30.0
CAP_MEGABYTES = 2048
_OUTSIDE = ("WorkerDiedError", "UnexpectedFaultError")
"""Ends of a process of ours that no wall stands around, or a fault of ours: what must never come of a file."""
_PERCENT = 100


def malformed(extent: Extent) -> Finding:
    """Files broken at random and with intent, through a whole night."""
    clips = _seeds(extent)
    files = mutants(clips, extent.of(MALFORMED))
    return _finding(_examined(files, clips, extent), "python -m bench.trust --only 5")


def bombed(extent: Extent) -> Finding:
    """Small files that ask for much."""
    clips = _seeds(extent)
    files = list(bombs(clips[0], extent.folder / "encoded"))
    examined = _examined(files, clips, extent)
    found = _finding(examined, "python -m bench.trust --only 7")
    peak = examined.trial.peak_megabytes
    value = f"{found.value}; at most {peak:.0f} MB in any child"
    return Finding(value, found.holds and peak <= CAP_MEGABYTES, found.counts, found.commands)


def polyglots(extent: Extent) -> Finding:
    """Files that are two things at once, or nothing that is read."""
    clips = _seeds(extent)
    kinds = ("polyglot", "no clip")
    files = [file for file in disguises(clips[0], "http://127.0.0.1:9", "/etc/hostname") if file.family in kinds]
    return _finding(_examined(files, clips, extent), "python -m bench.trust --only 8")


def names(extent: Extent) -> Finding:
    """Names that mean something to a shell, a page, a terminal, a database or a file system."""
    clips = _seeds(extent)
    before = _tree(extent.folder)
    examined = _examined(list(named(clips[0])), clips, extent)
    outside = [path for path in _tree(extent.folder) - before if path.split("/")[0] != "run"]
    found = _finding(examined, "python -m bench.trust --only 21")
    written = {str(path.relative_to(extent.folder)) for path in extent.folder.rglob("*escaped*")} - _laid(extent)
    value = f"{found.value}; {len(outside) + len(written)} files outside the store"
    return Finding(value, found.holds and not outside and not written, found.counts, found.commands)


def reaching_out(extent: Extent) -> Finding:
    """Playlists and references, with every system call of the night watched."""
    clips = _seeds(extent)
    secret = extent.folder / "secret.txt"
    secret.write_text("not for anybody")
    log = extent.folder / "calls"
    with listening() as (url, asked):
        files = [one for one in disguises(clips[0], url, str(secret)) if one.family in ("playlist", "data reference")]
        examined = _examined(files, clips, extent, strace(log))
    foreign = opened_by_children(log, (*_own(extent), *_system()))
    found = _finding(examined, "python -m bench.trust --only 6")
    opened = {path for path in foreign if "secret.txt" in path}
    counts = {**found.counts, "connections": len(asked), "foreign files opened": len(foreign)}
    counts |= {f"opened {path}": 1 for path in sorted(foreign)[:20]}
    value = f"{len(examined.hostile)} files: {len(asked)} connections, {len(foreign)} foreign files opened"
    return Finding(value, found.holds and not asked and not foreign and not opened, counts, found.commands)


def rehashed(extent: Extent) -> Finding:
    """The sample clips through a whole night, every original hashed again afterwards."""
    paths = sorted((ROOT / "sample_clips").glob("*.mp4"))
    chosen = paths[: extent.of(len(paths))]
    files = [HostileFile(path.name.encode(), "sample", path.read_bytes()) for path in chosen]
    examined = _examined(files, (), extent)
    whole = {hashlib.sha256(file.content).hexdigest() for file in files}
    same = sum(one.is_kept and one.digest in whole for one in examined.trial.verdicts)
    failed = sum(one.state != "done" for one in examined.trial.verdicts)
    counts = {"clips": len(files), "identical": same, "not analysed": failed}
    value = f"{same} of {len(files)} originals identical after analysis and highlights"
    return Finding(value, same == len(files) and not failed, counts, ("python -m bench.trust --only 9",))


def _seeds(extent: Extent) -> tuple[Seed, ...]:
    encoded = extent.folder / "encoded"
    encoded.mkdir()
    return seeds(encoded)


def _examined(
    files: Iterable[HostileFile], clips: Sequence[Seed], extent: Extent, wrapper: Sequence[str] = ()
) -> Examined:
    extent.say("a night over the files")
    return examine(files, clips[:2], extent.folder / "run", wrapper)


def _finding(examined: Examined, command: str) -> Finding:
    hostile = examined.hostile
    errors = Counter(one.error or one.state or one.outcome for one in hostile)
    slow = [one for one in hostile if one.seconds > PATIENCE_SECONDS]
    crashed = [one for one in hostile if one.error in _OUTSIDE]
    lost = [one for one in hostile if one.outcome == "ready" and not one.is_kept]
    harmed = [one for one in examined.sound if one.state != "done" or not one.events or not one.is_kept]
    unsaid = [one for one in hostile if one.state == "failed" and not one.error]
    counts: dict[str, int | float | str] = {
        "files": len(hostile),
        "crashes outside the sandbox": len(crashed),
        "over 30 s": len(slow),
        "originals lost": len(lost),
        "sound clips harmed": len(harmed),
        "sound clips": len(examined.sound),
        "without a typed outcome": len(unsaid),
        "99 % within seconds": round(_percentile([one.seconds for one in hostile], 99), 2),
        "longest seconds": round(max((one.seconds for one in hostile), default=0.0), 2),
        "peak MB of a child": round(examined.trial.peak_megabytes),
        **{f"came to {name}": count for name, count in sorted(errors.items())},
    }
    bad = len(crashed) + len(slow) + len(lost) + len(harmed) + len(unsaid)
    value = (
        f"{len(hostile)} files: {len(crashed)} crashes outside the sandbox, {len(slow)} over 30 s, "
        f"{len(lost)} originals lost, {len(harmed)} of {len(examined.sound)} sound clips harmed"
    )
    return Finding(value, not bad and bool(hostile), counts, (command,))


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // _PERCENT)] if ordered else 0.0


def _tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _laid(extent: Extent) -> set[str]:
    """The hostile names themselves, which speak of an escape and are none."""
    return {str(path.relative_to(extent.folder)) for path in (extent.folder / "run" / "clips").iterdir()}


def _own(extent: Extent) -> Iterator[str]:
    """What a child may open of the installation: originals to read, scratch to write; no key, row or shared folder."""
    for part in ("originals", "scratch"):
        yield f"{extent.folder}/run/store/{part}/"


def _system() -> Iterator[str]:
    """The system's programs, this Python, the project, and what their libraries read of the machine."""
    yield from (sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix), str(ROOT))
    yield from ("/usr", "/lib", "/lib64", "/bin", "/opt", "/nix", "/etc/ld.so", "/etc/fonts", "/etc/localtime")
    yield from ("/proc", "/sys/devices/system", "/dev/null", "/dev/urandom")
