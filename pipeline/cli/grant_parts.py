"""The parts of a grant as they are written on a command line, and a version as it is printed."""

from collections.abc import Sequence
from datetime import time

import typer

from pipeline.casework.grants.giving import names_of_cameras
from pipeline.cli.screen import out
from pipeline.consent.words import grant_in_words
from pipeline.domain.consent import EVERY_DAY, DailyHours, SignedGrant, Weekday
from pipeline.domain.events import Zone
from pipeline.domain.retention import Tombstone
from pipeline.night.services import Services
from pipeline.reports.receipt import deleted_in_words


def parse_hours(text: str) -> DailyHours:
    """``HH:MM-HH:MM``, the same twice for the whole day; before it days, ``mon-fri`` or ``sat,sun``, or every day.

    Raises:
        typer.BadParameter: It is not.
    """
    days, _, span = text.strip().rpartition(" ")
    try:
        start, end = (time.fromisoformat(part.strip()) for part in span.split("-"))
        return DailyHours(start, end, _parse_days(days)) if days else DailyHours(start, end)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not of the form 18:00-08:00 or 'mon-fri 18:00-08:00'") from error


def _parse_days(text: str) -> tuple[Weekday, ...]:
    short = {day.value[:3]: day.number for day in EVERY_DAY}
    named: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in short or (last and last not in short):
            raise ValueError(part)
        begin = short[first]
        length = (short[last or first] - begin) % len(EVERY_DAY) + 1
        named |= {(begin + step) % len(EVERY_DAY) for step in range(length)}
    return tuple(day for day in EVERY_DAY if day.number in named)


def parse_zone(text: str) -> Zone:
    """``name:x,y;x,y;x,y`` with each number 0 to 1.

    Raises:
        typer.BadParameter: It is not.
    """
    try:
        name, corners = text.split(":", 1)
        pairs = [corner.split(",") for corner in corners.split(";")]
        return Zone(name, tuple((float(x), float(y)) for x, y in pairs))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not of the form door:0.1,0.5;0.9,0.5;0.9,1: {error}") from error


def show_grant(services: Services, signed: SignedGrant) -> None:
    """Prints a version in the same words as every page."""
    words = grant_in_words(signed.grant, names_of_cameras(services), services.now())
    out.print(f"{signed.grant.grant_id} version {signed.grant.version}: {words}")


def show_deleted(settled: Sequence[Tombstone]) -> None:
    """Prints what went; nothing where nothing did."""
    said = deleted_in_words(settled)
    if said:
        out.print(said)
