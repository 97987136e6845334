"""Rows of neighbours' reports within somebody's transaction."""

from sqlalchemy import ColumnElement, Connection, select, update

from pipeline.catalogue.neighbour_tables import neighbour_reports
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.domain.neighbour_reports import NeighbourReport
from pipeline.errors import RecordNotFoundError


def is_report(report_id: str) -> ColumnElement[bool]:
    """Whether a row is that of this report."""
    return neighbour_reports.c.report_id == report_id


def get_report(connection: Connection, report_id: str) -> NeighbourReport:
    """The report.

    Raises:
        RecordNotFoundError: There is none, or it went.
    """
    body = connection.execute(select(neighbour_reports.c.body).where(is_report(report_id))).scalar()
    if body is None:
        raise RecordNotFoundError("report", report_id)
    return noun_from(NeighbourReport, body)


def put_report(connection: Connection, report: NeighbourReport) -> NeighbourReport:
    """Writes what a report is from now on, and gives it back."""
    connection.execute(update(neighbour_reports).where(is_report(report.report_id)).values(**columns_of(report)))
    return report


def columns_of(report: NeighbourReport) -> dict[str, object]:
    """What of a report stands in its row, besides its id and what opens it."""
    return {
        "state": report.state.value,
        "area_id": report.area_id,
        "decided_at": report.decided_at,
        "incident_id": report.incident_id or None,
        "body": body_of(report),
    }
