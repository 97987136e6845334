"""Packages that left the house: what was inside, who received it, and when."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.tables import disclosed_clips, disclosures
from pipeline.domain.evidence import CustodyEntry, Disclosure
from pipeline.errors import RecordNotFoundError


class Disclosures:
    """A row a package; rows outlive what they name, since a copy that is out stays out."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(self, disclosure: Disclosure, custody: Sequence[CustodyEntry]) -> bool:
        """Writes that a package left the house, with its custody, in one transaction; again it changes nothing.

        Returns:
            Whether it is new.
        """
        values = {"incident_id": disclosure.incident_id, "at": disclosure.at, "body": body_of(disclosure)}
        with self._database.write() as connection:
            if not insert_new(connection, disclosures, {"package_id": disclosure.package_id}, values):
                return False
            for acquisition_id in sorted(set(disclosure.acquisition_ids)):
                inside = {"package_id": disclosure.package_id, "acquisition_id": acquisition_id}
                connection.execute(insert(disclosed_clips).values(**inside))
            self._log.append_in(connection, custody)
            return True

    def get(self, package_id: str) -> Disclosure:
        """The disclosure of this package.

        Raises:
            RecordNotFoundError: No such package was exported here.
        """
        found = self._read(_all().where(disclosures.c.package_id == package_id))
        if not found:
            raise RecordNotFoundError("package", package_id)
        return found[0]

    def list(self) -> tuple[Disclosure, ...]:
        """All of them in order of time; empty when nothing was ever exported."""
        return self._read(_all())

    def of_incident(self, incident_id: str) -> tuple[Disclosure, ...]:
        """Those of an incident in order of time; empty when there is none."""
        return self._read(_all().where(disclosures.c.incident_id == incident_id))

    def of_acquisitions(self, acquisition_ids: Iterable[str]) -> tuple[Disclosure, ...]:
        """Those with at least one of these acquisitions inside, each once, in order of time; may be empty."""
        names: set[str] = set()
        with self._database.read() as connection:
            for acquisition_id in set(acquisition_ids):
                inside = select(disclosed_clips.c.package_id).where(disclosed_clips.c.acquisition_id == acquisition_id)
                names.update(connection.execute(inside).scalars())
        return tuple(found for found in self.list() if found.package_id in names)

    def _read(self, query: Select[str]) -> tuple[Disclosure, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(noun_from(Disclosure, body) for body in bodies)


def _all() -> Select[str]:
    return select(disclosures.c.body).order_by(disclosures.c.at, disclosures.c.package_id)
