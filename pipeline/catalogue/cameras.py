"""Cameras as their sources describe them, and the zones that residents drew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, delete, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.index.writing import touch
from pipeline.catalogue.portions import portions
from pipeline.catalogue.rows import body_of, kept_noun, noun_from, put
from pipeline.catalogue.tables import camera_zones, cameras
from pipeline.domain.cameras import Camera
from pipeline.domain.events import Zone
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import RecordNotFoundError


class Cameras:
    """One row a camera and account: a camera that is shared is seen through several accounts."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(self, found: Iterable[Camera]) -> None:
        """Writes cameras, or gives known ones what the source says now; an address that somebody wrote stays.

        A camera has one owner. Where another account said that it is somebody else's, that is over: the camera was
        handed on, and whoever had it before neither grants it nor sees it any more.
        """
        with self._database.write() as connection:
            for camera in found:
                _hand_on(connection, camera)
                _put(connection, camera if camera.address else replace(camera, address=_address(connection, camera)))
            touch(connection)

    def write_address(self, camera_id: str, address: str, custody: Sequence[CustodyEntry] = ()) -> None:
        """Writes where a camera stands, in words, with the custody of it; empty takes it away.

        Raises:
            RecordNotFoundError: No account sees such a camera.
        """
        with self._database.write() as connection:
            bodies = connection.execute(select(cameras.c.body).where(cameras.c.camera_id == camera_id)).scalars().all()
            if not bodies:
                raise RecordNotFoundError("camera", camera_id)
            for body in bodies:
                _put(connection, replace(noun_from(Camera, body), address=address))
            touch(connection)
            self._log.append_in(connection, custody)

    def get(self, camera_id: str) -> Camera:
        """The camera as its owner's account sees it, or as any account does when the owner's is not linked.

        Raises:
            RecordNotFoundError: No account sees such a camera.
        """
        with self._database.read() as connection:
            body = connection.execute(_OF_OWNER, {"camera_id": camera_id}).scalar()
        if body is None:
            raise RecordNotFoundError("camera", camera_id)
        found: Camera = kept_noun(Camera, body)
        return found

    def some(self, camera_ids: Iterable[str]) -> Mapping[str, Camera]:
        """Cameras by their ids, each as ``get`` has it; one that no account sees is left out."""
        found: dict[str, Camera] = {}
        for part in portions(sorted(set(camera_ids))):
            query = select(cameras.c.camera_id, cameras.c.body).where(cameras.c.camera_id.in_(part))
            with self._database.read() as connection:
                rows = connection.execute(query.order_by(cameras.c.is_owned.desc(), cameras.c.account_id)).all()
            for row in rows:
                found.setdefault(row.camera_id, kept_noun(Camera, row.body))
        return found

    def list(self, account_id: str | None = None) -> tuple[Camera, ...]:
        """Cameras in order of camera and account; of every account when none is named."""
        query = select(cameras.c.body)
        if account_id is not None:
            query = query.where(cameras.c.account_id == account_id)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        found = (kept_noun(Camera, body) for body in bodies)
        return tuple(sorted(found, key=lambda camera: (camera.camera_id, camera.account_id)))

    def draw_zones(self, camera_id: str, zones: Sequence[Zone], custody: Sequence[CustodyEntry] = ()) -> None:
        """Puts these zones in place of the camera's zones, with the custody of it: they decide what an event is."""
        with self._database.write() as connection:
            connection.execute(delete(camera_zones).where(camera_zones.c.camera_id == camera_id))
            for position, zone in enumerate(zones):
                values = {"camera_id": camera_id, "position": position, "body": body_of(zone)}
                connection.execute(insert(camera_zones).values(**values))
            self._log.append_in(connection, custody)

    def zones(self, camera_id: str) -> tuple[Zone, ...]:
        """The camera's zones in the order in which they were drawn; empty when there are none."""
        with self._database.read() as connection:
            bodies = connection.execute(_ZONES, {"camera_id": camera_id}).scalars().all()
        return tuple(noun_from(Zone, body) for body in bodies)

    def zone_names(self, camera_ids: Iterable[str]) -> tuple[str, ...]:
        """Names of zones that residents drew on any of these cameras, sorted, each once; empty when there are none."""
        wanted = frozenset(camera_ids)
        with self._database.read() as connection:
            rows = connection.execute(select(camera_zones.c.camera_id, camera_zones.c.body)).all()
        return tuple(sorted({noun_from(Zone, row.body).name for row in rows if row.camera_id in wanted}))


# Written once: a camera is asked for wherever a grant is.
_IS_IT = cameras.c.camera_id == bindparam("camera_id")
_OF_OWNER = select(cameras.c.body).where(_IS_IT).order_by(cameras.c.is_owned.desc(), cameras.c.account_id)
_IS_ITS = camera_zones.c.camera_id == bindparam("camera_id")
_ZONES = select(camera_zones.c.body).where(_IS_ITS).order_by(camera_zones.c.position)


def _put(connection: Connection, camera: Camera) -> None:
    key = {"camera_id": camera.camera_id, "account_id": camera.account_id}
    values = {"is_owned": camera.owner_id is not None, "name": camera.name, "body": body_of(camera)}
    put(connection, cameras, key, values)


def _hand_on(connection: Connection, camera: Camera) -> None:
    """Takes the camera from who owned it before; that they see it through their account stays until it says so."""
    if camera.owner_id is None:
        return
    others = (cameras.c.camera_id == camera.camera_id) & (cameras.c.account_id != camera.account_id)
    for body in connection.execute(select(cameras.c.body).where(others)).scalars().all():
        known = noun_from(Camera, body)
        if known.owner_id not in (None, camera.owner_id):
            _put(connection, replace(known, owner_id=None))


def _address(connection: Connection, camera: Camera) -> str:
    """What somebody wrote for the camera; empty when nobody did. An account that sees it later sees the same."""
    query = select(cameras.c.body).where(cameras.c.camera_id == camera.camera_id)
    known = (noun_from(Camera, body).address for body in connection.execute(query).scalars())
    return next(filter(None, known), "")
