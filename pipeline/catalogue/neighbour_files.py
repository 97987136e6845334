"""Files of neighbours' reports: on their way, and whole."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.neighbour_tables import neighbour_media, neighbour_reports, neighbour_uploads
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.sent_files import evidence_in
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.neighbour_reports import NeighbourReport, PartialUpload, ReportMedium
from pipeline.errors import RecordNotFoundError


class NeighbourFiles:
    """Uploads by the digest of what opens them, and media by their reports; the bytes lie in a folder beside."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def begin(self, upload: PartialUpload, secret_digest: str) -> None:
        """Writes that a file is on its way.

        Raises:
            RecordNotFoundError: The report is gone.
        """
        values = {
            "upload_id": upload.upload_id,
            "secret_digest": secret_digest,
            "report_id": upload.report_id,
            "ends_at": upload.ends_at,
            "body": body_of(upload),
        }
        with self._database.write() as connection:
            is_it = neighbour_reports.c.report_id == upload.report_id
            if connection.execute(select(1).where(is_it)).first() is None:
                raise RecordNotFoundError("report", upload.report_id)
            connection.execute(insert(neighbour_uploads).values(**values))

    def opened_by(self, secret_digest: str) -> PartialUpload:
        """The upload that a secret opens; one that is whole stays for a while, so that its sender learns of it.

        Raises:
            RecordNotFoundError: There is none.
        """
        query = select(neighbour_uploads.c.body).where(neighbour_uploads.c.secret_digest == secret_digest)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        if body is None:
            raise RecordNotFoundError("upload", "of this address")
        return noun_from(PartialUpload, body)

    def is_whole(self, upload_id: str) -> bool:
        """Whether an upload came to its end."""
        query = select(neighbour_uploads.c.medium_id).where(neighbour_uploads.c.upload_id == upload_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar() is not None

    def under_way(self, report_id: str) -> tuple[PartialUpload, ...]:
        """Files of a report that are on their way, in order of id; may be empty."""
        with self._database.read() as connection:
            return _under_way(connection, report_id)

    def finish(self, upload: PartialUpload, medium: ReportMedium, custody: Sequence[CustodyEntry]) -> None:
        """Writes that a file is whole, with its custody; again it changes nothing.

        Raises:
            RecordNotFoundError: The upload was ended, or its report is gone.
        """
        is_it = neighbour_uploads.c.upload_id == upload.upload_id
        with self._database.write() as connection:
            row = connection.execute(select(neighbour_uploads.c.medium_id).where(is_it)).first()
            if row is None:
                raise RecordNotFoundError("upload", upload.upload_id)
            if row.medium_id is not None:
                return
            connection.execute(update(neighbour_uploads).where(is_it).values(medium_id=medium.medium_id))
            key = {"medium_id": medium.medium_id, "report_id": medium.report_id, "digest": medium.digest}
            connection.execute(insert(neighbour_media).values(**key, body=body_of(medium)))
            self._log.append_in(connection, custody)

    def drop(self, upload_id: str) -> None:
        """Forgets an upload; a file that is whole stays."""
        with self._database.write() as connection:
            connection.execute(delete(neighbour_uploads).where(neighbour_uploads.c.upload_id == upload_id))

    def ended(self, now: datetime) -> tuple[PartialUpload, ...]:
        """Uploads whose time is over, whole or not, in order of time; may be empty."""
        query = select(neighbour_uploads.c.body).where(neighbour_uploads.c.ends_at <= now)
        with self._database.read() as connection:
            bodies = connection.execute(query.order_by(neighbour_uploads.c.ends_at)).scalars().all()
        return tuple(noun_from(PartialUpload, body) for body in bodies)

    def of_report(self, report_id: str) -> tuple[ReportMedium, ...]:
        """Files of a report that are whole, in the order in which they came; may be empty."""
        query = select(neighbour_media.c.body).where(neighbour_media.c.report_id == report_id)
        with self._database.read() as connection:
            bodies = connection.execute(query.order_by(neighbour_media.c.number)).scalars().all()
        return tuple(noun_from(ReportMedium, body) for body in bodies)

    def of_incident(self, incident_id: str) -> tuple[tuple[NeighbourReport, ReportMedium], ...]:
        """Files that are evidence, of reports that were accepted into an incident, each with its report; in order."""
        with self._database.read() as connection:
            return evidence_in(connection, incident_id)

    def get(self, report_id: str, medium_id: str) -> ReportMedium:
        """A file of a report.

        Raises:
            RecordNotFoundError: It is none of the report's.
        """
        for medium in self.of_report(report_id):
            if medium.medium_id == medium_id:
                return medium
        raise RecordNotFoundError("file", medium_id)

    def keep(self, medium: ReportMedium) -> None:
        """Writes what a file is from now on, for example as which evidence it is kept."""
        is_it = neighbour_media.c.medium_id == medium.medium_id
        with self._database.write() as connection:
            connection.execute(update(neighbour_media).where(is_it).values(body=body_of(medium)))

    def known(self) -> frozenset[str]:
        """Ids of every upload and medium that a row names; what else lies in the folder was left behind."""
        with self._database.read() as connection:
            uploads = connection.execute(select(neighbour_uploads.c.upload_id)).scalars().all()
            media = connection.execute(select(neighbour_media.c.medium_id)).scalars().all()
        return frozenset((*uploads, *media))

    def bytes_waiting(self) -> int:
        """Bytes of all files that are no evidence: on their way, in the size to which they will come, and whole."""
        with self._database.read() as connection:
            coming = select(neighbour_uploads.c.body).where(neighbour_uploads.c.medium_id.is_(None))
            here = select(neighbour_media.c.body)
            uploads = sum(noun_from(PartialUpload, body).size for body in connection.execute(coming).scalars())
            media = (noun_from(ReportMedium, body) for body in connection.execute(here).scalars())
            return uploads + sum(medium.size for medium in media if not medium.acquisition_id)

    def count(self, report_id: str) -> int:
        """How many files a report has, those on their way counted too."""
        whole = select(func.count()).where(neighbour_media.c.report_id == report_id)
        with self._database.read() as connection:
            return int(connection.execute(whole).scalar_one()) + len(_under_way(connection, report_id))


def _under_way(connection: Connection, report_id: str) -> tuple[PartialUpload, ...]:
    is_one = (neighbour_uploads.c.report_id == report_id) & neighbour_uploads.c.medium_id.is_(None)
    query = select(neighbour_uploads.c.body).where(is_one).order_by(neighbour_uploads.c.upload_id)
    return tuple(noun_from(PartialUpload, body) for body in connection.execute(query).scalars())
