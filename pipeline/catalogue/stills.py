"""The still pictures at the ends of clips: derivatives that wait for the next clip of their camera."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, select

from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.tables import stills
from pipeline.domain.doorstep import KeptStill


class Stills:
    """Written together with their clip's analysis; see ``Analyses.save``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_acquisition(self, acquisition_id: str) -> tuple[KeptStill, ...]:
        """All of an acquisition, of every result, in order: what goes when its clip goes; empty when there is none."""
        return self._read(_all().where(stills.c.acquisition_id == acquisition_id))

    def of_camera(
        self, camera_id: str, model_digest: str, settings_digest: str, since: datetime
    ) -> tuple[KeptStill, ...]:
        """Those of one camera that begin from ``since`` on, in order of time; empty when there is none.

        Args:
            camera_id: Of which camera.
            model_digest: Made with these weights.
            settings_digest: And these settings.
            since: UTC.
        """
        return self._read(
            _all().where(
                stills.c.camera_id == camera_id,
                stills.c.model_digest == model_digest,
                stills.c.settings_digest == settings_digest,
                stills.c.starts_at >= since,
            )
        )

    def looked_at(self, camera_id: str, since: datetime) -> frozenset[str]:
        """The acquisitions of a camera that have still pictures of any result beginning from ``since`` (UTC) on."""
        query = select(stills.c.acquisition_id).where(stills.c.camera_id == camera_id, stills.c.starts_at >= since)
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def digests(self) -> tuple[str, ...]:
        """Every still picture that the catalogue names, each once, sorted: for a fixity sweep."""
        with self._database.read() as connection:
            return tuple(sorted(set(connection.execute(select(stills.c.digest)).scalars())))

    def _read(self, query: Select[str]) -> tuple[KeptStill, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(noun_from(KeptStill, body) for body in bodies)


def write_stills(connection: Connection, kept: Sequence[KeptStill]) -> None:
    """Writes still pictures whose bytes lie in the store already; those that are known stay."""
    for still in kept:
        key = {
            "acquisition_id": still.acquisition_id,
            "model_digest": still.model_digest,
            "settings_digest": still.settings_digest,
            "side": still.side.value,
        }
        values = {
            "camera_id": still.camera_id,
            "starts_at": still.starts_at,
            "digest": still.digest,
            "body": body_of(still),
        }
        insert_new(connection, stills, key, values)


def _all() -> Select[str]:
    order = (
        stills.c.starts_at,
        stills.c.acquisition_id,
        stills.c.model_digest,
        stills.c.settings_digest,
        stills.c.side,
    )
    return select(stills.c.body).order_by(*order)
