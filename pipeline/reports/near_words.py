"""Words about a neighbourhood and its reports, alike on pages, in feeds, on cards and in mails."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.domain.neighbour_reports import PublishedReport, ReportCategory
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.reports.words import count_words

CATEGORY_WORDS = {
    ReportCategory.CRIME: "Crime",
    ReportCategory.SUSPICIOUS: "Unusual activity",
    ReportCategory.SAFETY: "Safety",
    ReportCategory.LOST_AND_FOUND: "Lost and found",
    ReportCategory.OTHER: "Other",
}
AIM_WORDS = {
    ReportCategory.CRIME: "to look into the crime that you report",
    ReportCategory.SUSPICIOUS: "to look into what you saw",
    ReportCategory.SAFETY: "to see to the danger that you report",
    ReportCategory.LOST_AND_FOUND: "to find whose it is, or where it is",
    ReportCategory.OTHER: "to look into what you report",
}
"""What a report is used for, as its sender reads it before sending; that of ``OTHER`` fits every category."""
_MILE = 1609.344
_FOOT = 0.3048
_ROUNDED_TO = 100


def distance_words(metres: float) -> str:
    """How far, in both of the measures that people use; no finer than a block is."""
    if metres < _ROUNDED_TO:
        return "within a block"
    near = round(metres / _ROUNDED_TO) * _ROUNDED_TO
    ours = f"{near} m" if near < 1000 else f"{metres / 1000:.1f} km"  # noqa: PLR2004 - a kilometre
    feet = metres / _FOOT
    theirs = f"{round(feet / 100) * 100} ft" if metres < _MILE / 4 else f"{metres / _MILE:.1f} miles"
    return f"about {ours} ({theirs})"


def reach_words(metres: int) -> str:
    """A radius."""
    ours = f"{metres} m" if metres < 1000 else f"{metres / 1000:g} km"  # noqa: PLR2004 - a kilometre
    return f"{ours} ({metres / _MILE:.1f} miles)"


def hour_words(at: datetime, time_zone: str) -> str:
    """When something happened, to the hour, as it is published."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{local:%A} {local.day} {local:%B %Y}, about {local:%H}:00"


def days_words(days: int) -> str:
    """How far back."""
    return "the last 24 hours" if days == 1 else f"the last {days} days"


def place_words(where: Neighbourhood, agency: str) -> str:
    """Around what, for people; never an address."""
    if where.place is None:
        return f"everywhere in the area of {agency}"
    return f"within {reach_words(where.metres)} of {where.place[0]:.3f}, {where.place[1]:.3f}"


def counts_words(reports: Iterable[PublishedReport]) -> str:
    """How many of what, for example ``2 crime, 1 safety``; empty for none."""
    counted = Counter(one.category for one in reports)
    return ", ".join(f"{counted[one]} {CATEGORY_WORDS[one].lower()}" for one in ReportCategory if counted[one])


def reports_words(count: int) -> str:
    """A number of reports."""
    return count_words(count, "report")
