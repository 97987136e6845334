"""Published reports for tests of the public pages, put into the catalogue as triage leaves them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.catalogue import Catalogue
from pipeline.domain.neighbour_reports import NeighbourReport, PublishedReport, ReportCategory, ReportState
from tests.catalogue.stories import an_entry

PLACE = (51.5, -0.12)


def publish(catalogue: Catalogue, number: int, at: datetime, **changes: Any) -> PublishedReport:
    """One report that everybody may see; ``at`` is when it was published, an hour after it happened."""
    shown = replace(
        PublishedReport(
            f"nr-{number:012x}",
            ReportCategory.CRIME,
            (at - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0),
            at,
            PLACE,
            "a box was taken from the step",
            "North",
        ),
        **changes,
    )
    report = NeighbourReport(
        shown.report_id,
        shown.category,
        shown.happened_at + timedelta(minutes=17),
        (shown.block[0] + 0.0004, shown.block[1] - 0.0003),
        "what only the agency reads",
        "north",
        "",
        shown.published_at,
        shown.published_at + timedelta(days=90),
        may_publish=True,
        state=ReportState.ACCEPTED,
        decided_at=shown.published_at,
        decided_by="jane",
        reason="it shows the taking",
    )
    catalogue.neighbour_reports.add(report, f"{number:064x}", None, [an_entry(report.report_id)])
    catalogue.neighbour_reports.publish(shown, [an_entry(report.report_id)])
    return shown
