"""Puts hostile files into a folder, has a night open them all in a process of its own, and reads what came of it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.hostile.files import HostileFile, Seed
from bench.hostile.trial import Trial, Verdict
from bench.measuring import ROOT

_PATIENCE_SECONDS = 4 * 3600


class NightBrokenError(Exception):
    """A night over hostile files did not end well; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of hostile files.

    Attributes:
        trial: As the night's process said.
        families: Family of attack by digest.
        sound: Verdicts of the sound clips that lay among them.
        said: What the night's process logged, without its counter.
    """

    trial: Trial
    families: dict[str, str]
    sound: tuple[Verdict, ...]
    said: str

    @property
    def hostile(self) -> tuple[Verdict, ...]:
        """Verdicts of the hostile files alone."""
        return tuple(one for one in self.trial.verdicts if one.digest in self.families)


def lay_out(files: Iterable[HostileFile], folder: Path) -> dict[str, str]:
    """Writes files into a new folder; one whose bytes lie there already is left out.

    Returns:
        The family of each that was written, by SHA-256.
    """
    folder.mkdir()
    families: dict[str, str] = {}
    for file in files:
        digest = hashlib.sha256(file.content).hexdigest()
        if digest not in families:
            Path(os.fsdecode(os.fsencode(folder) + b"/" + file.name)).write_bytes(file.content)
            families[digest] = file.family
    return families


def examine(files: Iterable[HostileFile], sound: Sequence[Seed], folder: Path, wrapper: Sequence[str] = ()) -> Examined:
    """A night over hostile files and, among them, sound clips.

    Args:
        files: What somebody sends.
        sound: Clips that must come through unharmed.
        folder: New; everything is made inside it.
        wrapper: Command that starts the night's process, for example strace.

    Raises:
        NightBrokenError: The night's process did not end well.
    """
    folder.mkdir(parents=True)
    clips, out = folder / "clips", folder / "trial.json"
    families = lay_out(files, clips)
    names = {hashlib.sha256(one.content).hexdigest() for one in sound}
    for number, one in enumerate(sound):
        (clips / f"sound-{number}{one.suffix}").write_bytes(one.content)
    command = [*wrapper, sys.executable, "-m", "bench.hostile.trial", str(clips), str(folder / "store"), str(out)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode != 0 or not out.exists():
        raise NightBrokenError(f"exit code {done.returncode}: {done.stderr[-3000:]}")
    told = json.loads(out.read_text(encoding="utf-8"))
    verdicts = tuple(Verdict(**{**one, "events": tuple(one["events"])}) for one in told["verdicts"])
    trial = Trial(**{**told, "verdicts": verdicts, "unreadable": tuple(told["unreadable"])})
    said = done.stderr.rpartition("\r")[0] and "\n".join(
        line for line in done.stderr.replace("\r", "\n").splitlines() if line and not line.endswith("looked at ")
    )
    return Examined(trial, families, tuple(one for one in verdicts if one.digest in names), said)
