"""Every version of every grant."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.publishing import close
from pipeline.catalogue.rows import body_of, kept_noun, noun_from
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

        What was published under a grant that is revoked is on no page from that moment on.

        Returns:
            Whether it is new.

        Raises:
            CatalogueError: The version is known with other words, or is not the one that follows.
        """
        with self._database.write() as connection:
            return self.add_in(connection, signed, custody)

    def add_in(self, connection: Connection, signed: SignedGrant, custody: Sequence[CustodyEntry]) -> bool:
        """As ``add``, within a writing transaction of the catalogue."""
        if not _is_next(connection, signed):
            return False
        grant = signed.grant
        key = {"grant_id": grant.grant_id, "version": grant.version}
        connection.execute(insert(grants).values(**key, resident_id=grant.resident_id, body=body_of(signed)))
        for camera_id in sorted(set(grant.camera_ids)):
            connection.execute(insert(grant_cameras).values(**key, camera_id=camera_id))
        if grant.revoked_at is not None:
            close(connection, grant.grant_id)
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
        versions = self._read(_VERSIONS, {"grant_id": grant_id})
        if not versions:
            raise RecordNotFoundError("grant", grant_id)
        return versions

    def latest(self) -> tuple[SignedGrant, ...]:
        """The newest version of each grant, revoked ones too, in order of id; empty when there is none."""
        return self._read(_NEWEST, {})

    def latest_of_resident(self, resident_id: str) -> tuple[SignedGrant, ...]:
        """The newest versions that a resident signed, revoked ones too, in order of id; empty when there is none."""
        return self._read(_NEWEST_OF_RESIDENT, {"resident_id": resident_id})

    def latest_of_camera(self, camera_id: str) -> tuple[SignedGrant, ...]:
        """The newest versions that name the camera, revoked ones too, in order of id; empty when there is none."""
        return self._read(_NEWEST_OF_CAMERA, {"camera_id": camera_id})

    def _read(self, query: Select[str], asked: Mapping[str, str]) -> tuple[SignedGrant, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query, asked).scalars().all()
        found = (kept_noun(SignedGrant, body) for body in bodies)
        return tuple(sorted(found, key=lambda signed: (signed.grant.grant_id, signed.grant.version)))


def _newest(among: Select[str] | None = None) -> Select[str]:
    versions = select(grants.c.grant_id, func.max(grants.c.version).label("version")).group_by(grants.c.grant_id)
    newest = (versions if among is None else versions.where(grants.c.grant_id.in_(among))).subquery()
    is_newest = and_(newest.c.grant_id == grants.c.grant_id, newest.c.version == grants.c.version)
    return select(grants.c.body).join(newest, is_newest)


def _newest_of_resident() -> Select[str]:
    is_theirs = grants.c.resident_id == bindparam("resident_id")
    return _newest(select(grants.c.grant_id).where(is_theirs)).where(is_theirs)


def _newest_of_camera() -> Select[str]:
    names = and_(grant_cameras.c.grant_id == grants.c.grant_id, grant_cameras.c.version == grants.c.version)
    is_it = grant_cameras.c.camera_id == bindparam("camera_id")
    concerned = select(grant_cameras.c.grant_id).where(is_it)  # asked before every use: never all the grants
    return _newest(concerned).join(grant_cameras, names).where(is_it)


# Written once: grants are asked for before every use, and putting the question into words takes longer than the answer.
_VERSIONS = select(grants.c.body).where(grants.c.grant_id == bindparam("grant_id"))
_NEWEST = _newest()
_NEWEST_OF_RESIDENT = _newest_of_resident()
_NEWEST_OF_CAMERA = _newest_of_camera()


def _is_next(connection: Connection, signed: SignedGrant) -> bool:
    grant = signed.grant
    rows = connection.execute(select(grants.c.version, grants.c.body).where(grants.c.grant_id == grant.grant_id))
    known = {row.version: row.body for row in rows}
    if grant.version in known:
        if noun_from(SignedGrant, known[grant.version]) != signed:
            raise CatalogueError(f"grant {grant.grant_id} has another version {grant.version} already")
        return False
    if grant.version != max(known, default=0) + 1:
        raise CatalogueError(
            f"grant {grant.grant_id} has version {max(known, default=0)}, and {grant.version} does not follow it"
        )
    return True
