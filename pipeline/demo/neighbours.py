"""What the demo's neighbours told: some of it is published, some waits for an agent, one is declined. All invented."""

from dataclasses import dataclass
from datetime import timedelta

from pipeline.casework.neighbours.accepting import accept, decline
from pipeline.casework.neighbours.publishing import Publication, publish
from pipeline.casework.neighbours.sending import Told, send_report
from pipeline.domain.agents import Matter
from pipeline.domain.neighbour_reports import ReportCategory
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class _Tale:
    """One report: when it happened before now, where, in the sender's words; and in those that are published."""

    category: ReportCategory
    hours: int
    place: tuple[float, float]
    words: str
    published: str = ""


_PUBLISHED = (
    _Tale(
        ReportCategory.CRIME, 11, (51.5004, -0.1203),
        "The box that stood on our step in the evening was gone when we came back.",
        "A box was taken from a step in the evening.",
    ),
    _Tale(
        ReportCategory.SUSPICIOUS, 30, (51.5021, -0.1229),
        "Somebody tried the doors of parked cars along Elm Street, one after the other.",
        "Somebody tried the doors of parked cars, one after the other.",
    ),
    _Tale(
        ReportCategory.SAFETY, 52, (51.4987, -0.1189),
        "The street light at the crossing is out again.",
        "The street light at the crossing is out again.",
    ),
    _Tale(
        ReportCategory.LOST_AND_FOUND, 75, (51.5052, -0.1251),
        "Found at Mill Park: a small blue bicycle. It stands at the gate.",
        "Found at Mill Park: a small blue bicycle.",
    ),
)  # fmt: skip
_WAITING = _Tale(
    ReportCategory.SUSPICIOUS,
    3,
    (51.4995, -0.1214),
    "A van has stood in front of the market since yesterday, unlocked.",
)
_DECLINED = _Tale(ReportCategory.OTHER, 40, (51.5012, -0.1178), "My neighbour plays the piano too loudly.")


def tell_as_neighbours(services: Services, first: str, second: str) -> int:
    """Sends the reports; one agent decides about them, and another publishes. Says how many are published."""
    section = services.settings.night
    matter, other = (Matter(agent, section.purpose, section.recipient) for agent in (first, second))
    for tale in _PUBLISHED:
        name = _send(services, tale)
        accept(services, matter, name, "it may belong to a pattern")
        publish(services, other, name, Publication(tale.published))
    _send(services, _WAITING)
    decline(services, matter, _send(services, _DECLINED), "nothing for the police")
    return len(_PUBLISHED)


def _send(services: Services, tale: _Tale) -> str:
    happened = services.now() - timedelta(hours=tale.hours)
    told = Told(tale.category, happened, tale.place, tale.words, may_publish=True)
    return send_report(services, told).report.report_id
