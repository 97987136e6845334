"""Every version of every grant."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, and_, func, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.tables import grant_cameras, grants
from pipeline.domain.consent import SignedGrant
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import CatalogueError, RecordNotFoundError


class Grants:
    """What residents allow; a version is never changed, only followed by the next."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, signed: SignedGrant, custody: Sequence[CustodyEntry]) -> bool:
        """Writes the next version of a grant, with its custody; the same version again changes nothing.

        Returns:
            Whether it is new.

        Raises:
            CatalogueError: The version is known with other words, or is not the one that follows.
        """
        with self._database.write() as connection:
            if not _is_next(connection, signed):
                return False
            grant = signed.grant
            key = {"grant_id": grant.grant_id, "version": grant.version}
            connection.execute(insert(grants).values(**key, resident_id=grant.resident_id, body=body_of(signed)))
            for camera_id in sorted(set(grant.camera_ids)):
                connection.execute(insert(grant_cameras).values(**key, camera_id=camera_id))
            self._log.append_in(connection, custody)
            return True

    def get(self, grant_id: str) -> SignedGrant:
        """The newest version.

        Raises:
            RecordNotFoundError: There is no such grant.
        """
        return self.history(grant_id)[-1]

    def history(self, grant_id: str) -> tuple[SignedGrant, ...]:
        """All versions in order; at least one.

        Raises:
            RecordNotFoundError: There is no such grant.
        """
        versions = self._read(select(grants.c.body).where(grants.c.grant_id == grant_id))
        if not versions:
            raise RecordNotFoundError("grant", grant_id)
        return versions

    def latest(self) -> tuple[SignedGrant, ...]:
        """The newest version of each grant, revoked ones too, in order of id; empty when there is none."""
        return self._read(_newest())

    def latest_of_camera(self, camera_id: str) -> tuple[SignedGrant, ...]:
        """The newest versions that name the camera, revoked ones too, in order of id; empty when there is none."""
        names = and_(grant_cameras.c.grant_id == grants.c.grant_id, grant_cameras.c.version == grants.c.version)
        is_it = grant_cameras.c.camera_id == camera_id
        concerned = select(grant_cameras.c.grant_id).where(is_it)  # asked before every use: never all the grants
        return self._read(_newest(concerned).join(grant_cameras, names).where(is_it))

    def _read(self, query: Select[str]) -> tuple[SignedGrant, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        found = (noun_from(SignedGrant, body) for body in bodies)
        return tuple(sorted(found, key=lambda signed: (signed.grant.grant_id, signed.grant.version)))


def _newest(among: Select[str] | None = None) -> Select[str]:
    versions = select(grants.c.grant_id, func.max(grants.c.version).label("version")).group_by(grants.c.grant_id)
    newest = (versions if among is None else versions.where(grants.c.grant_id.in_(among))).subquery()
    is_newest = and_(newest.c.grant_id == grants.c.grant_id, newest.c.version == grants.c.version)
    return select(grants.c.body).join(newest, is_newest)


def _is_next(connection: Connection, signed: SignedGrant) -> bool:
    grant = signed.grant
    rows = connection.execute(select(grants.c.version, grants.c.body).where(grants.c.grant_id == grant.grant_id))
    known = {row.version: row.body for row in rows}
    if grant.version in known:
        if known[grant.version] != body_of(signed):
            raise CatalogueError(f"grant {grant.grant_id} has another version {grant.version} already")
        return False
    if grant.version != max(known, default=0) + 1:
        raise CatalogueError(
            f"grant {grant.grant_id} has version {max(known, default=0)}, and {grant.version} does not follow it"
        )
    return True
