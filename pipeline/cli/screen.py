"""What commands share: settings that are refused in words, tables, and progress on a terminal or in plain lines."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableSettingError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipeline.errors import SettingsError
from pipeline.settings import Settings

_WIDE = 160
"""Columns where there is no terminal: ids stay whole, so that they can be copied and searched for."""

# No markup: what people wrote (purposes, numbers of instruments, titles) may hold square brackets.
out = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE)
err = Console(stderr=True, highlight=False, markup=False, width=None if sys.stderr.isatty() else _WIDE)


def load_settings() -> Settings:
    """The operator's settings from the environment.

    Raises:
        SettingsError: One is misspelt, unreadable or out of bounds.
    """
    _require_known_sections()
    try:
        return Settings()
    except UnreadableSettingError as error:
        section = str(error).split('"')[1].upper()
        named = [name for name in os.environ if name.upper().startswith(f"DOORSTEP_{section}")]
        raise SettingsError(f"one of {', '.join(sorted(named))} cannot be read: {error.__cause__}") from error
    except ValidationError as error:
        words = [f"{'__'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}" for fault in error.errors()]
        raise SettingsError("; ".join(f"DOORSTEP_{word}" for word in words)) from error


def _require_known_sections() -> None:
    """Unknown names inside a section are refused by the section; of an unknown section nobody else would notice."""
    for name in os.environ:
        section, nested, _ = name.upper().removeprefix("DOORSTEP_").partition("__")
        if nested and name.upper().startswith("DOORSTEP_") and section.lower() not in Settings.model_fields:
            raise SettingsError(f"{name}: there is no section {section.lower()}")


@contextmanager
def refused_in_words() -> Iterator[None]:
    """A value that no noun can be built of becomes a refusal of the command line.

    Raises:
        typer.BadParameter: What is built inside the block refuses its values.
    """
    try:
        yield
    except ZoneInfoNotFoundError as error:
        raise typer.BadParameter(f"there is no time zone of this name: {error.args[0]}") from error
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def print_json(plain: object) -> None:
    """One JSON object on standard output, for machines."""
    typer.echo(json.dumps(plain, ensure_ascii=False, indent=1))


def table(title: str, *columns: str) -> Table:
    """An empty table in the house's style."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment with its zone, or a date, which means its first moment in UTC.

    Raises:
        typer.BadParameter: It is neither, or has no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no ISO 8601 date or moment, for example 2026-03-10T18:00+01:00"
        ) from error
    if moment.tzinfo is None:
        if len(text) > len("2026-03-10"):
            raise typer.BadParameter(f"{text!r} has no time zone: add Z or for example +01:00")
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


class _BarProgress:
    """Bars on a terminal, one a stage."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._stages: dict[str, TaskID] = {}
        self._totals: dict[str, int] = {}
        self._lock = Lock()

    def begin(self, stage: str, total: int) -> None:
        """See ``pipeline.night.progress.Progress``."""
        with self._lock:
            self._totals[stage] = self._totals.get(stage, 0) + total
            if stage not in self._stages:
                self._stages[stage] = self._bars.add_task(stage, what="", total=None)
            self._bars.update(self._stages[stage], total=self._totals[stage])

    def step(self, stage: str, what: str) -> None:
        """See ``pipeline.night.progress.Progress``."""
        with self._lock:
            self._bars.update(self._stages[stage], advance=1, what=what)


class _LineProgress:
    """Plain lines on standard error, for logs."""

    def begin(self, stage: str, total: int) -> None:
        """See ``pipeline.night.progress.Progress``."""
        err.print(f"{stage}: {total} to do")

    def step(self, stage: str, what: str) -> None:
        """See ``pipeline.night.progress.Progress``."""
        err.print(f"{stage}: {what}")


class Stages:
    """Tells a night's kind of progress what an export says: each stage once, then every tenth of it."""

    def __init__(self, progress: Any) -> None:  # noqa: ANN401 - bars or lines
        self._progress = progress
        self._tenths: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        """See ``pipeline.packages.progress.Teller``."""
        if stage not in self._tenths:
            self._progress.begin(stage, 10 if total else 1)
            self._tenths[stage] = 0
        tenth = 10 * done // total if total else 0
        while self._tenths[stage] < tenth:
            self._tenths[stage] += 1
            self._progress.step(stage, f"{self._tenths[stage]}0 % of {total} {unit}")


@contextmanager
def shown_progress() -> Iterator[Any]:
    """Who watches a night inside the block: bars on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _LineProgress()
        return
    columns = (TextColumn("{task.description:>6}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[what]}"), console=err) as bars:
        yield _BarProgress(bars)
