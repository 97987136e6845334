"""Published reports around a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pipeline.domain.neighbour_reports import PublishedReport, ReportCategory
from pipeline.domain.neighbourhoods import Neighbourhood, rounded
from pipeline.errors import InputRefusedError
from pipeline.geocoding.coordinates import read_coordinates
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class Nearby:
    """A report, and how far away it is.

    Attributes:
        report: As everybody may see it.
        metres: From the middle of the neighbourhood to the middle of the block; 0 where there is no middle.
    """

    report: PublishedReport
    metres: float


def reports_around(services: Services, where: Neighbourhood, days: int, most: int | None = None) -> tuple[Nearby, ...]:
    """What was published and happened in the last days, the newest event first; may be empty.

    Args:
        services: The installation.
        where: Around which place, and what.
        days: How far back.
        most: At most so many; None for what the settings say.
    """
    limit = most if most is not None else services.settings.near.most_reports
    since = services.now() - timedelta(days=days)
    found = services.catalogue.neighbour_reports.published(
        where.circle, since=since, categories=where.categories, limit=limit
    )
    newest = sorted(found, key=lambda one: (one.happened_at, one.published_at), reverse=True)
    return tuple(Nearby(report, where.metres_to(report.block)) for report in newest)


def read_neighbourhood(
    services: Services, at: str = "", metres: int | None = None, categories: Sequence[str] = ()
) -> Neighbourhood:
    """The neighbourhood that an address names; what it leaves out is as the settings say.

    Raises:
        InputRefusedError: It names no place, no category, or reaches too near or too far.
    """
    found = read_coordinates(at) if at.strip() else None
    if at.strip() and found is None:
        raise InputRefusedError("at", "a place is written as latitude,longitude in degrees, for example 41.838,-87.821")
    reach = metres if metres is not None else int(services.settings.near.radius_metres)
    place = rounded((found.latitude, found.longitude)) if found else None
    try:
        chosen = {ReportCategory(one) for one in categories} or set(ReportCategory)
        return Neighbourhood(place, reach, tuple(one for one in ReportCategory if one in chosen))
    except ValueError as error:
        raise InputRefusedError("near", str(error)) from error
