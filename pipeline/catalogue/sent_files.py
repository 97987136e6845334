"""Reports of neighbours that were accepted into an incident, within a transaction: their files leave with it."""

from dataclasses import replace

from sqlalchemy import Connection, select

from pipeline.catalogue.neighbour_report_rows import put_report
from pipeline.catalogue.neighbour_tables import neighbour_media, neighbour_reports
from pipeline.catalogue.rows import noun_from
from pipeline.domain.neighbour_reports import NeighbourReport, ReportMedium


def reports_in(connection: Connection, incident_id: str) -> tuple[NeighbourReport, ...]:
    """In the order in which they were sent; may be empty."""
    query = select(neighbour_reports.c.body).where(neighbour_reports.c.incident_id == incident_id)
    bodies = connection.execute(query.order_by(neighbour_reports.c.number)).scalars()
    return tuple(noun_from(NeighbourReport, body) for body in bodies)


def evidence_in(connection: Connection, incident_id: str) -> tuple[tuple[NeighbourReport, ReportMedium], ...]:
    """Their files that are evidence, in order, each with its report; may be empty."""
    found = []
    for report in reports_in(connection, incident_id):
        query = select(neighbour_media.c.body).where(neighbour_media.c.report_id == report.report_id)
        bodies = connection.execute(query.order_by(neighbour_media.c.number)).scalars()
        media = (noun_from(ReportMedium, body) for body in bodies)
        found += [(report, medium) for medium in media if medium.acquisition_id]
    return tuple(found)


def bring_reports(connection: Connection, incident_id: str, into: str) -> tuple[NeighbourReport, ...]:
    """From now on they belong to the incident in which the matter goes on; gives those that went over, in order."""
    found = reports_in(connection, incident_id)
    for report in found:
        put_report(connection, replace(report, incident_id=into))
    return found
