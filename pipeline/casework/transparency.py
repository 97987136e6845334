"""Tells everybody what the agency did: counted from the custody log and the tables, hidden where few are behind it."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from pipeline import __version__
from pipeline.casework.transparency_lines import ABOUT, LINES, Counted
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.log_filter import LogFilter
from pipeline.domain.nights import NightState
from pipeline.domain.periods import Length, Period, span_of
from pipeline.domain.plain import from_plain
from pipeline.domain.transparency import (
    FLOOR,
    Line,
    Published,
    Rate,
    Section,
    Tally,
    TransparencyReport,
    line_of,
    plain_line,
)
from pipeline.errors import RecordNotFoundError, TransparencyError
from pipeline.night.services import AGENT, Services
from pipeline.reports import transparency_json


@dataclass(frozen=True, slots=True)
class Span:
    """Of which time a report is made.

    Attributes:
        first: The first period.
        last: The last.
    """

    first: Period
    last: Period

    @property
    def periods(self) -> tuple[Period, ...]:
        """All of them, in order."""
        return span_of(self.first, self.last)


def span_between(services: Services, since: str, until: str, length: Length = Length.MONTH) -> Span:
    """The span that somebody asks for.

    Args:
        services: The installation.
        since: The first period, as 2026-01 or 2026-Q1; empty for the last that is over.
        until: The last, likewise; empty for the last that is over.
        length: Of a period where neither is named.

    Raises:
        TransparencyError: There is no such span.
    """
    try:
        named = Period.read(since or until) if since or until else None
        over = _last_over(services, named.length if named else length)
        first = Period.read(since) if since else min(over, Period.read(until)) if until else over
        span = Span(first, Period.read(until) if until else max(over, first))
        span_of(span.first, span.last)
    except ValueError as error:
        raise TransparencyError(str(error), "give periods as 2026-01 or 2026-Q1, the earlier first") from error
    return span


def _last_over(services: Services, length: Length) -> Period:
    today = services.now().astimezone(ZoneInfo(services.settings.night.time_zone)).date()
    return Period.of(today, length).before


def make_report(services: Services, span: Span) -> TransparencyReport:
    """Counts what happened in a span; nothing is written down, and whatever is small is hidden already."""
    counting = _Counting(services, span.periods)
    counting.log()
    counting.tables()
    sections = tuple(
        Section(title, ABOUT[title], tuple(counting.line(one) for one in lines)) for title, lines in LINES.items()
    )
    return TransparencyReport(
        agency=services.settings.agency.name,
        periods=tuple(map(str, span.periods)),
        floor=FLOOR,
        time_zone=services.settings.night.time_zone,
        sections=sections,
        rates=measured_rates(),
        made_at=services.now(),
        made_by=f"doorstep {__version__}",
    )


def publish_report(services: Services, agent: str, span: Span) -> Published:
    """Makes a report of a span that is over, and publishes it for good; each period is published once.

    Two reports of one period could be held against each other, and their difference would tell what both hide.

    Raises:
        TransparencyError: The span is not over, or a part of it was published already.
        CatalogueError: It cannot be written.
    """
    report = make_report(services, span)
    if report.ends_at() > services.now():
        raise TransparencyError(
            f"{span.last} is not over", "publish it when it is; until then `doorstep transparency-report` shows it"
        )
    made = Published(
        report_id=f"tr-{secrets.token_hex(6)}",
        report=report,
        digest=hashlib.sha256(transparency_json(report)).hexdigest(),
        published_at=services.now(),
        published_by=agent,
    )
    entry = CustodyEntry(
        made.published_at,
        agent,
        CustodyAction.TRANSPARENCY_PUBLISHED,
        made.report_id,
        detail={"output": made.digest, "about": report.span},
    )
    services.catalogue.transparency.add(made, lambda others: _require_free(made, others), (entry,))
    return made


def _require_free(made: Published, others: Sequence[Published]) -> None:
    for other in others:
        starts_before = other.report.starts_at() < made.report.ends_at()
        if starts_before and made.report.starts_at() < other.report.ends_at():
            words = f"{other.report.span} was published on {other.published_at:%Y-%m-%d} ({other.report_id})"
            raise TransparencyError(words, "choose periods that no published report is about")


def measured_rates() -> tuple[Rate, ...]:
    """How often the machine is wrong, as the project measured it with the weights and settings that it ships."""
    text = files("pipeline.casework").joinpath("measured_rates.json").read_text(encoding="utf-8")
    return tuple(from_plain(Rate, one) for one in json.loads(text))


class _Counting:
    """One report's tallies."""

    def __init__(self, services: Services, periods: tuple[Period, ...]) -> None:
        self._services = services
        self._periods = periods
        self._zone = ZoneInfo(services.settings.night.time_zone)
        self._tallies: dict[str, Tally] = {
            one.key: Tally(periods, is_about_households=one.is_about_households)
            for lines in LINES.values()
            for one in lines
        }
        self._residents: dict[str, str] = {}

    def line(self, counted: Counted) -> Line:
        made = plain_line if counted.is_plain else line_of
        return made(counted.key, counted.words, self._tallies[counted.key])

    def log(self) -> None:
        """Counts acts that are custody records."""
        actions = tuple({action for lines in LINES.values() for one in lines for action in one.actions})
        time_zone = self._services.settings.night.time_zone
        wanted = LogFilter(
            actions=actions, since=self._periods[0].begins(time_zone), until=self._periods[-1].ends(time_zone)
        )
        size = self._services.catalogue.custody.head().size
        seen: set[tuple[str, ...]] = set()
        for record in self._services.catalogue.custody_reading.walk(wanted, size):
            self._count(record, seen)

    def _count(self, record: CustodyRecord, seen: set[tuple[str, ...]]) -> None:
        entry = record.entry
        for lines in LINES.values():
            for one in lines:
                key = one.key_of(entry) if entry.action in one.actions and entry.agent != AGENT else ()
                if not key or (one.is_once and (one.key, *key) in seen):
                    continue
                seen.add((one.key, *key))
                self._add(one.key, entry.at, self._behind(entry))

    def _behind(self, entry: CustodyEntry) -> Iterator[str]:
        """Residents whose grants an act rests on, or whose grant it is about."""
        named = [part.strip().partition(" ")[0] for part in entry.authority.split(",")]
        for grant_id in (*named, entry.subject):
            if grant_id.startswith("gr-"):
                yield self._resident(grant_id)

    def _resident(self, grant_id: str) -> str:
        if grant_id not in self._residents:
            try:
                self._residents[grant_id] = self._services.catalogue.grants.get(grant_id).grant.resident_id
            except RecordNotFoundError:
                self._residents[grant_id] = grant_id
        return self._residents[grant_id]

    def tables(self) -> None:
        """Counts what the tables say: grants and their ends, what was deleted, holds, nights."""
        catalogue = self._services.catalogue
        for latest in catalogue.grants.latest():
            grant, who = latest.grant, (latest.grant.resident_id,)
            for version in catalogue.grants.history(grant.grant_id):
                self._add(*_what_it_did(version.grant), who)
            if grant.revoked_at is None and grant.expires_at <= self._services.now():
                self._add("grants_ended", grant.expires_at, who)
            for stone in catalogue.disposals.of_grant(grant.grant_id):
                self._add(f"deleted_{stone.reason.name.lower()}", stone.decided_at, who)
        for hold in catalogue.holds.list(lifted_too=True):
            self._add("holds_placed", hold.placed_at, ())
            if hold.lifted_at is not None:
                self._add("holds_lifted", hold.lifted_at, ())
        for night in catalogue.nights.list():
            key = "nights_finished" if night.state is NightState.FINISHED else "nights_unfinished"
            self._tallies[key].add(self._period(date.fromisoformat(night.night)))

    def _add(self, key: str, at: datetime, behind: Iterable[str]) -> None:
        self._tallies[key].add(self._period(at.astimezone(self._zone).date()), behind)

    def _period(self, day: date) -> Period:
        return Period.of(day, self._periods[0].length)


def _what_it_did(version: ConsentGrant) -> tuple[str, datetime]:
    """Which line a version of a grant is counted in, and when it was made."""
    if version.revoked_at is not None:
        return "grants_revoked", version.revoked_at
    if version.version == 1:
        return "grants_given", version.granted_at
    return "grants_changed", version.changed_at or version.granted_at


def figures(report: TransparencyReport) -> Mapping[str, int]:
    """How much of a report is told, and how much is hidden."""
    numbers = [number for line in report.lines for number in (*line.numbers, line.total)]
    return {"shown": sum(one is not None for one in numbers), "hidden": sum(one is None for one in numbers)}
