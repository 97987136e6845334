"""``doorstep doctor``: what this machine lacks, and how to mend it."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.detection.loading import choose
from pipeline.detection.weights import open_shelf
from pipeline.errors import PipelineError
from pipeline.evidence.custody import read_checkpoints
from pipeline.evidence.custody_check import require_going_on
from pipeline.evidence.seal_process import installed_version
from pipeline.evidence.store import Namespace, open_store
from pipeline.ffmpeg import ffmpeg_version, find_ffmpeg, sandbox_report
from pipeline.night.services import open_services
from pipeline.night.workers import models_directory
from pipeline.settings import Settings

app = typer.Typer()


class Health(StrEnum):
    """How a part of the machine is."""

    GOOD = "good"
    WEAK = "weak"
    """The night runs, with less protection or speed."""
    BAD = "bad"
    """The night does not run, or ought not to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the machine: how it is, what was found, and how to mend it (empty when good)."""

    part: str
    health: Health
    found: str
    mend: str = ""


@app.command(epilog="Example: doorstep doctor --json")
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say what is missing on this machine and how to mend it. Exit code 1 when the night would not run."""
    settings = load_settings()
    findings = [finding for check in _CHECKS for finding in check(settings)]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.health is Health.BAD for finding in findings):
        raise typer.Exit(1)


def _ffmpeg(_settings: Settings) -> list[Finding]:
    try:
        program = find_ffmpeg()
        version = ffmpeg_version(program)
    except PipelineError as error:
        return [Finding("ffmpeg", Health.BAD, str(error), error.remedy)]
    return [Finding("ffmpeg", Health.GOOD, f"{version} ({program})")]


def _walls(_settings: Settings) -> list[Finding]:
    return [
        Finding(f"sandbox: {wall.name}", Health.GOOD if wall.stands else Health.WEAK, wall.detail or "stands")
        for wall in sandbox_report()
    ]


def _weights(settings: Settings) -> list[Finding]:
    try:
        shelf = open_shelf(models_directory(settings))
        chosen = shelf.read(choose(shelf, settings.detection.model))
    except PipelineError as error:
        return [Finding("weights", Health.BAD, str(error), error.remedy)]
    return [Finding("weights", Health.GOOD, f"{chosen.identity.name}, sha256 {chosen.identity.digest[:12]}")]


def _store(settings: Settings) -> list[Finding]:
    try:
        with open_services(settings) as services:
            head = services.catalogue.custody.head()
        open_store(settings.store, Namespace.ORIGINALS)
    except PipelineError as error:
        return [Finding("store", Health.BAD, str(error), error.remedy)]
    return [Finding("store", Health.GOOD, f"{settings.store.directory}, {head.size} custody records")]


def _second_place(settings: Settings) -> list[Finding]:
    folder = settings.store.checkpoint_directory
    if folder is not None:
        return [_kept_heads(settings, folder)]
    mend = "set DOORSTEP_STORE__CHECKPOINT_DIRECTORY to another disk: only there a rewritten log is found out"
    return [Finding("second place", Health.WEAK, "signed custody heads are kept beside the log only", mend)]


def _kept_heads(settings: Settings, folder: Path) -> Finding:
    """Whether the log still goes on from every head that was kept; a log that was put back or rewritten does not."""
    try:
        notes = read_checkpoints(folder)
        with open_services(settings) as services:
            require_going_on(services.catalogue.custody, services.keys, notes)
    except PipelineError as error:
        return Finding("second place", Health.BAD, f"{folder}: {error}", error.remedy)
    return Finding("second place", Health.GOOD, f"{folder}, {len(notes)} kept heads agree")


def _seals(_settings: Settings) -> list[Finding]:
    found = installed_version()
    if found:
        return [Finding("C2PA seals", Health.GOOD, f"c2pa-python {found}")]
    mend = "pip install 'doorstep[c2pa]': seals of sources are recorded as not read, and copies are shared without one"
    return [Finding("C2PA seals", Health.WEAK, "c2pa is not installed", mend)]


def _disk(settings: Settings) -> list[Finding]:
    free = shutil.disk_usage(_existing(settings.store.directory)).free >> 20
    enough = free >= settings.store.free_megabytes
    mend = "" if enough else f"free space: the night stops fetching below {settings.store.free_megabytes} MB"
    return [Finding("disk", Health.GOOD if enough else Health.BAD, f"{free} MB free", mend)]


def _clock(_settings: Settings) -> list[Finding]:
    now = datetime.now(UTC)
    newest = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now < newest:
        return [Finding("clock", Health.BAD, f"{now:%Y-%m-%d %H:%M} UTC is older than this program", "set the clock")]
    synchronised = _is_synchronised()
    if synchronised is None:
        return [Finding("clock", Health.WEAK, "nobody here can say whether it is synchronised", "run an NTP client")]
    if not synchronised:
        return [Finding("clock", Health.WEAK, "it is not synchronised", "run an NTP client, for example chrony")]
    return [Finding("clock", Health.GOOD, f"synchronised, {now:%Y-%m-%d %H:%M} UTC, {time.tzname[0]}")]


def _is_synchronised() -> bool | None:
    """None when no system service can say."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    asked = subprocess.run(
        [program, "show", "--property=NTPSynchronized", "--value"],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return None if asked.returncode else asked.stdout.strip() == "yes"


def _cores(settings: Settings) -> list[Finding]:
    cores = len(os.sched_getaffinity(0))
    fits = settings.detection.threads <= cores
    mend = "" if fits else f"set DOORSTEP_DETECTION__THREADS to at most {cores}"
    return [Finding("processor", Health.GOOD if fits else Health.WEAK, f"{cores} cores", mend)]


_CHECKS: tuple[Callable[[Settings], list[Finding]], ...] = (
    _ffmpeg,
    _weights,
    _store,
    _second_place,
    _seals,
    _disk,
    _clock,
    _cores,
    _walls,
)


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _print(findings: list[Finding]) -> None:
    colours = {Health.GOOD: "green", Health.WEAK: "yellow", Health.BAD: "bold red"}
    rows = table("this machine", "part", "health", "found", "how to mend it")
    for finding in findings:
        rows.add_row(finding.part, Text(finding.health, style=colours[finding.health]), finding.found, finding.mend)
    out.print(rows)
