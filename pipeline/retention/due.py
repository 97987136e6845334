"""When an acquisition's time runs out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.domain.incidents import IncidentStatus
from pipeline.domain.retention import Category, ClipFacts
from pipeline.settings import RetentionSettings

_BROUGHT = ("folder", "upload", "neighbour")
"""Methods by which people bring clips themselves."""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when an acquisition is kept, and why.

    Attributes:
        category: The one that lasts longest.
        counts_from: UTC; the stated moment.
        due_at: UTC; from then on the acquisition goes.
    """

    category: Category
    counts_from: datetime
    due_at: datetime


def due_of(facts: ClipFacts, settings: RetentionSettings) -> Due | None:
    """Of all categories that apply, the one that lasts longest.

    Returns:
        None when it cannot be told: it belongs to an incident that was closed at an unknown moment.
    """
    if any(_is_closed_at_an_unknown_moment(facts)):
        return None
    return max(_dues(facts, settings), key=lambda due: due.due_at)


def _dues(facts: ClipFacts, settings: RetentionSettings) -> Iterator[Due]:
    fetched = facts.clip.acquisition.ended_at
    yield _due(_of_itself(facts), fetched, settings)
    for tie in facts.ties:
        if tie.is_rejected:
            continue
        incident = tie.incident
        if incident.is_live:
            since = max(incident.opened_at, tie.attached_at or fetched, fetched)
            yield _due(Category.OPEN_INCIDENT, since, settings)
        elif incident.closed_at is not None:
            yield _due(Category.CLOSED_INCIDENT, max(incident.closed_at, fetched), settings)


def _of_itself(facts: ClipFacts) -> Category:
    if facts.clip.acquisition.method in _BROUGHT:
        return Category.UPLOADED
    if facts.has_events:
        return Category.WITH_EVENTS
    return Category.WITHOUT_EVENTS if facts.is_looked_at else Category.NOT_LOOKED_AT


def _is_closed_at_an_unknown_moment(facts: ClipFacts) -> Iterator[bool]:
    for tie in facts.ties:
        incident = tie.incident
        yield not tie.is_rejected and incident.status is IncidentStatus.CLOSED and incident.closed_at is None


def _due(category: Category, since: datetime, settings: RetentionSettings) -> Due:
    days = {
        Category.NOT_LOOKED_AT: settings.not_looked_at_days,
        Category.WITHOUT_EVENTS: settings.without_events_days,
        Category.WITH_EVENTS: settings.with_events_days,
        Category.UPLOADED: settings.uploaded_days,
        Category.OPEN_INCIDENT: settings.open_incident_days,
        Category.CLOSED_INCIDENT: settings.closed_incident_days,
    }[category]
    return Due(category, since, since + timedelta(days=days))
