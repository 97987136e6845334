"""The share card of a neighbourhood: a picture for those who pass its address on. Counts and blocks alone, no words.

Source: the Open Graph protocol; 1200 by 630 pixels is what the readers of it show whole.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

from pipeline.domain.found_places import Street
from pipeline.domain.neighbour_reports import PublishedReport, ReportCategory
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.errors import ReportError
from pipeline.reports.incident_report import Agency
from pipeline.reports.near_frame import Frame
from pipeline.reports.near_words import CATEGORY_WORDS, days_words, place_words, reports_words
from pipeline.reports.words import notice_words

SIZE = (1200, 630)
COLOURS = {
    ReportCategory.CRIME: "#93261b",
    ReportCategory.SUSPICIOUS: "#7a4b00",
    ReportCategory.SAFETY: "#0d5aa7",
    ReportCategory.LOST_AND_FOUND: "#1f5c38",
    ReportCategory.OTHER: "#586169",
}
_TEMPLATE = Path(__file__).with_name("templates") / "card.typ"
_ASPECT = 460 / 520
"""Of the map on the card, height to width."""
_RING = 0.4
"""Radius of the neighbourhood on the map, in its widths."""


def draw_card(
    where: Neighbourhood, days: int, reports: Sequence[PublishedReport], agency: Agency, streets: Sequence[Street]
) -> bytes:
    """The card as PNG; the same for the same reports.

    Args:
        where: Which neighbourhood.
        days: How far back it was looked.
        reports: What is around; may be empty.
        agency: Who publishes it, and whom to call.
        streets: What is drawn below.

    Raises:
        ReportError: The typesetter fails.
    """
    frame = _frame(where, reports)
    counted = Counter(one.category for one in reports)
    view = {
        "agency": agency.name,
        "title": reports_words(len(reports)) if reports else "No reports",
        "where": f"{place_words(where, agency.name)}, in {days_words(days)}",
        "counts": [
            {"number": str(counted[one]), "name": CATEGORY_WORDS[one].lower(), "colour": COLOURS[one]}
            for one in ReportCategory
            if counted[one]
        ],
        "notice": notice_words(agency),
        "ring": _RING if where.place else None,
        "dots": [
            {"x": x, "y": y, "colour": COLOURS[one.category]}
            for one in reports
            for x, y in (frame.at(one.block),)
            if 0 <= x <= 1 and 0 <= y <= 1
        ],
        "lines": [[frame.at(point) for point in line] for street in streets for line in street.lines if len(line) > 1],
    }
    try:
        drawn: Any = typst.compile(
            _TEMPLATE.read_bytes(),
            format="png",
            ppi=72,
            sys_inputs={"view": json.dumps(view)},
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        raise ReportError("card", str(error)) from error
    return bytes(drawn[0] if isinstance(drawn, list) else drawn)


def _frame(where: Neighbourhood, reports: Sequence[PublishedReport]) -> Frame:
    if where.place is not None:
        return Frame.around(where.place, where.metres, _RING, _ASPECT)
    return Frame.over([one.block for one in reports], _ASPECT)
