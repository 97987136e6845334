"""What the public page shows of reports and choices, in words."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pipeline.casework.near.around import Nearby
from pipeline.domain.found_places import PlaceSource
from pipeline.domain.neighbour_reports import PublishedReport, ReportCategory
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.reports.near_words import (
    CATEGORY_WORDS,
    counts_words,
    days_words,
    distance_words,
    hour_words,
    place_words,
    reach_words,
    reports_words,
)
from pipeline.reports.share_card import SIZE

RADII = (400, 800, 1600, 5000)
SPANS = (1, 7, 30, 90, 365)
SOURCE_WORDS = {
    PlaceSource.COORDINATES: "as you wrote it",
    PlaceSource.GAZETTEER: "as the map of this agency has it, without house numbers",
    PlaceSource.POSTCODE: "the middle of a postal code, which may be some kilometres wide",
    PlaceSource.SERVICE: "from the address service of this agency",
}
TONES = {
    ReportCategory.CRIME: "crime",
    ReportCategory.SUSPICIOUS: "suspicious",
    ReportCategory.SAFETY: "safety",
    ReportCategory.LOST_AND_FOUND: "lost",
    ReportCategory.OTHER: "other",
}


def report_view(report: PublishedReport, time_zone: str, metres: float | None = None) -> dict[str, Any]:
    """One report; ``metres`` from where somebody looks, None where they look from nowhere."""
    return {
        "id": report.report_id,
        "url": f"/near/reports/{report.report_id}",
        "category": CATEGORY_WORDS[report.category],
        "tone": TONES[report.category],
        "words": report.words,
        "when": hour_words(report.happened_at, time_zone),
        "happened_at": report.happened_at,
        "area": report.area,
        "far": "" if metres is None else distance_words(metres),
        "latitude": f"{report.block[0]:.5f}",
        "longitude": f"{report.block[1]:.5f}",
        "media": [
            {"url": f"/near/media/{name}", "is_film": name.endswith(".mp4"), "number": number}
            for number, name in enumerate(report.media, 1)
        ],
    }


def choices_view(where: Neighbourhood, days: int) -> dict[str, Any]:
    """What can be chosen, with what is."""
    radii = sorted({*RADII, where.metres})
    spans = sorted({*SPANS, days})
    return {
        "metres": where.metres,
        "days": days,
        "radii": [(one, reach_words(one)) for one in radii],
        "spans": [(one, days_words(one)) for one in spans],
        "categories": [
            {"value": one.value, "name": CATEGORY_WORDS[one], "tone": TONES[one], "is_on": one in where.categories}
            for one in ReportCategory
        ],
    }


def page_words(where: Neighbourhood, days: int, found: Sequence[Nearby], agency: str, place: str) -> Mapping[str, str]:
    """The page's heading and the sentence below it.

    Args:
        where: Which neighbourhood.
        days: How far back.
        found: What is there.
        agency: Whose area it is.
        place: What was found for the words that somebody typed; empty for none.
    """
    counted = counts_words(one.report for one in found)
    around = f"within {reach_words(where.metres)} of {place}" if place and where.place else place_words(where, agency)
    return {
        "heading": reports_words(len(found)) if found else "No reports",
        "around": f"{around}, in {days_words(days)}",
        "counted": counted,
        "shared": f"{reports_words(len(found)) if found else 'No reports'} {place_words(where, agency)}",
    }


def leaving_view(base: str, where: Neighbourhood, days: int) -> Mapping[str, Any]:
    """Where the card, the feed and the page itself lie, for those who pass them on."""
    query = urlencode(where.query())
    return {
        "feed": f"/near/feed.atom?{query}",
        "card": f"{base}/near/card.png?{query}&days={days}",
        "page": f"{base}/near?{query}&days={days}",
        "mail": f"/near/digest?{query}",
        "width": SIZE[0],
        "height": SIZE[1],
    }
