"""Reports of neighbours are found by the incident into which they were accepted."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Adds a column, and fills it from what each report says; the matter of a merged incident goes on in another."""
    op.add_column("neighbour_reports", sa.Column("incident_id", sa.Text(), nullable=True))
    reports = sa.table("neighbour_reports", sa.column("number"), sa.column("incident_id"), sa.column("body"))
    connection = op.get_bind()
    merged = _merged(connection)
    for number, body in connection.execute(sa.select(reports.c.number, reports.c.body)).all():
        report = json.loads(body)
        incident_id = report.get("incident_id") or None
        if incident_id is None:
            continue
        while incident_id in merged:
            incident_id = merged[incident_id]
        text = json.dumps({**report, "incident_id": incident_id}, sort_keys=True, separators=(",", ":"))
        values = {"incident_id": incident_id, "body": text}
        connection.execute(sa.update(reports).where(reports.c.number == number).values(**values))
    op.create_index(op.f("ix_neighbour_reports_incident_id"), "neighbour_reports", ["incident_id"])


def _merged(connection: sa.Connection) -> dict[str, str]:
    """By the id of each merged incident, that in which it goes on."""
    incidents = sa.table("incidents", sa.column("incident_id"), sa.column("status"), sa.column("body"))
    query = sa.select(incidents.c.incident_id, incidents.c.body).where(incidents.c.status == "merged")
    return {incident_id: json.loads(body)["merged_into"] for incident_id, body in connection.execute(query).all()}
