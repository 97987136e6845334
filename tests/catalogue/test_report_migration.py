"""Reports that were accepted before a column named their incident are found by it afterwards."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pipeline.catalogue import Catalogue
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of
from pipeline.catalogue.schema import _MIGRATIONS
from pipeline.domain.incidents import Incident, IncidentStatus
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, ReportMedium
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.signing import SigningKey
from pipeline.settings import StoreSettings
from tests.builders import EVENING
from tests.catalogue.stories import an_incident, digest_of
from tests.catalogue.test_neighbour_reports import a_report, accepted

BEFORE = "0028"


def _old(settings: StoreSettings, *reports: NeighbourReport, incidents: Sequence[Incident] = ()) -> None:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    settings.directory.mkdir(parents=True, exist_ok=True)
    database = Database.at(url or f"sqlite:///{settings.directory / 'catalogue.sqlite'}", 20)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        table, media = (
            sa.Table(name, sa.MetaData(), autoload_with=connection) for name in ("neighbour_reports", "neighbour_media")
        )
        held = sa.Table("incidents", sa.MetaData(), autoload_with=connection)
        for incident in incidents:
            at = incident.opened_at.replace(tzinfo=None) if database.is_sqlite else incident.opened_at
            row = {"incident_id": incident.incident_id, "status": incident.status.value, "opened_at": at}
            connection.execute(held.insert().values(**row, body=body_of(incident)))
        for number, one in enumerate(reports, 1):
            at = one.sent_at.replace(tzinfo=None) if database.is_sqlite else one.sent_at
            row = {"report_id": one.report_id, "receipt_digest": digest_of(one.report_id), "state": one.state.value}
            connection.execute(table.insert().values(**row, area_id=one.area_id, sent_at=at, body=body_of(one)))
            medium = ReportMedium(
                f"nm-{number:012x}", one.report_id, MediumKind.PHOTO, "a.jpg", digest_of("a"), 1, EVENING, "aq-1"
            )
            key = {"medium_id": medium.medium_id, "report_id": one.report_id, "digest": medium.digest}
            connection.execute(media.insert().values(**key, body=body_of(medium)))
    database.close()


def test_reports_are_found_by_the_incident_that_they_were_accepted_into(
    settings: StoreSettings, key: SigningKey
) -> None:
    ours, loose = accepted(a_report(), incident_id="in-000000000001"), accepted(a_report(2))
    _old(settings, ours, loose)
    with Catalogue.open(settings, CustodyChain(key)) as catalogue:
        ((report, medium),) = catalogue.neighbour_files.of_incident("in-000000000001")
        assert (report, medium.medium_id) == (ours, "nm-000000000001")
        assert catalogue.neighbour_files.of_incident("in-000000000002") == ()


def test_a_report_of_an_incident_that_was_merged_is_found_where_its_matter_goes_on(
    settings: StoreSettings, key: SigningKey
) -> None:
    ours = accepted(a_report(), incident_id="in-1")
    merged = {"status": IncidentStatus.MERGED, "closed_at": EVENING}
    chain = [
        an_incident("in-1", **merged, merged_into="in-2"),
        an_incident("in-2", **merged, merged_into="in-3"),
        an_incident("in-3"),
    ]
    _old(settings, ours, incidents=chain)
    with Catalogue.open(settings, CustodyChain(key)) as catalogue:
        ((report, _),) = catalogue.neighbour_files.of_incident("in-3")
        assert report == replace(ours, incident_id="in-3")
        assert catalogue.neighbour_files.of_incident("in-1") == ()
