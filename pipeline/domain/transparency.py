"""What an agency tells everybody about itself: counts of acts by period, the small ones hidden so that they stay so.

Pure. Who stands behind a count never leaves ``Tally``; what is published is a ``TransparencyReport``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.domain.evidence import require_digest
from pipeline.domain.periods import Period

FLOOR = 5
"""A count below it, or of acts that concern fewer households than it, is hidden.

Source: docs/adr/0040; five is the threshold that statistical offices use for counts of people.
"""


@dataclass(slots=True)
class Tally:
    """Acts of one kind while they are counted; never published as it is.

    Attributes:
        periods: In order.
        is_about_households: Whether each act concerns a household, so that few of them hide it.
    """

    periods: tuple[Period, ...]
    is_about_households: bool = True
    _numbers: dict[Period, int] = field(default_factory=dict)
    _households: dict[Period, set[str]] = field(default_factory=dict)

    def add(self, period: Period, households: Iterable[str] = (), number: int = 1) -> None:
        """Counts acts of a period; what lies in none of ours is left out."""
        if period in self.periods:
            self._numbers[period] = self._numbers.get(period, 0) + number
            self._households.setdefault(period, set()).update(households)

    def number(self, periods: Iterable[Period]) -> int:
        """How many acts in these periods together."""
        return sum(self._numbers.get(period, 0) for period in periods)

    def is_small(self, periods: Iterable[Period]) -> bool:
        """Whether the number of these periods together must not be told; none at all may be."""
        told = tuple(periods)
        number = self.number(told)
        if number == 0:
            return False
        behind = {name for period in told for name in self._households.get(period, ())}
        return number < FLOOR or (self.is_about_households and len(behind) < FLOOR)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a published table.

    Attributes:
        key: A word of code, the same in every report.
        words: What was counted.
        numbers: One a period, in the report's order; None where it is hidden.
        total: Of all periods; None where it is hidden.
    """

    key: str
    words: str
    numbers: tuple[int | None, ...]
    total: int | None

    @property
    def has_hidden(self) -> bool:
        """Whether anything of it is hidden."""
        return self.total is None or None in self.numbers


def line_of(key: str, words: str, tally: Tally) -> Line:
    """What of a tally may be told.

    A small number is hidden. Where the total is told all the same, more is hidden, the smallest first, until what is
    hidden is at least two numbers whose sum may itself be told: the total less what is shown says no more than that.
    """
    hidden = {period for period in tally.periods if tally.is_small((period,))}
    if tally.is_small(tally.periods):
        return _line(key, words, tally, hidden, total=None)
    shown = sorted(
        (one for one in tally.periods if one not in hidden and tally.number((one,))),
        key=lambda one: (tally.number((one,)), one),
        reverse=True,
    )
    while hidden and (len(hidden) == 1 or tally.is_small(hidden)):
        if not shown:
            return _line(key, words, tally, hidden, total=None)
        hidden.add(shown.pop())
    return _line(key, words, tally, hidden, total=tally.number(tally.periods))


def plain_line(key: str, words: str, tally: Tally) -> Line:
    """A line of what concerns nobody's home, such as nights that failed: nothing of it is hidden."""
    return _line(key, words, tally, set(), total=tally.number(tally.periods))


def _line(key: str, words: str, tally: Tally, hidden: set[Period], *, total: int | None) -> Line:
    numbers = tuple(None if period in hidden else tally.number((period,)) for period in tally.periods)
    return Line(key, words, numbers, total)


@dataclass(frozen=True, slots=True)
class Section:
    """A published table. No line of it is the sum of others, so that none gives another away.

    Attributes:
        title: For people.
        about: What is counted, from where, in one or two sentences.
        lines: At least one.
    """

    title: str
    about: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often the machine is wrong, as it was measured.

    Attributes:
        what: What was measured.
        value: The figure, with its interval where there is one.
        source: Where it comes from.
    """

    what: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class TransparencyReport:
    """What is told, or was.

    Attributes:
        agency: Who tells it.
        periods: As they are written, in order; at least one.
        floor: Below which numbers are hidden.
        time_zone: IANA name, in which periods begin and end.
        sections: In order.
        rates: In order; may be empty.
        made_at: UTC, our clock.
        made_by: Name and version of the program.
    """

    agency: str
    periods: tuple[str, ...]
    floor: int
    time_zone: str
    sections: tuple[Section, ...]
    rates: tuple[Rate, ...]
    made_at: datetime
    made_by: str

    def __post_init__(self) -> None:
        if not self.periods:
            raise ValueError("a report is about one period at least")
        if any(len(line.numbers) != len(self.periods) for one in self.sections for line in one.lines):
            raise ValueError("a line has one number a period")
        if self.made_at.tzinfo is None:
            raise ValueError("a report needs an aware datetime")

    @property
    def span(self) -> str:
        """``2026-01 to 2026-03``, or the one period."""
        return self.periods[0] if len(self.periods) == 1 else f"{self.periods[0]} to {self.periods[-1]}"

    @property
    def lines(self) -> Iterator[Line]:
        """Every line of every section."""
        return (line for section in self.sections for line in section.lines)

    def starts_at(self) -> datetime:
        """UTC begin of the first period."""
        return Period.read(self.periods[0]).begins(self.time_zone)

    def ends_at(self) -> datetime:
        """UTC end of the last period."""
        return Period.read(self.periods[-1]).ends(self.time_zone)


@dataclass(frozen=True, slots=True)
class Published:
    """A report that everybody may read, and that is not changed any more.

    Attributes:
        report_id: ``tr-`` and 12 hexadecimal digits.
        report: What it says.
        digest: SHA-256 of its JSON, byte for byte as it is handed out.
        published_at: UTC, our clock.
        published_by: Which agent; not published.
    """

    report_id: str
    report: TransparencyReport
    digest: str
    published_at: datetime
    published_by: str

    def __post_init__(self) -> None:
        require_digest(self.digest)


def by_key(report: TransparencyReport) -> Mapping[str, Line]:
    """Every line by its key."""
    return {line.key: line for line in report.lines}
