"""Why cameras recorded, as their sources say."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, noun_from, put
from pipeline.catalogue.tables import acquisitions, triggers
from pipeline.domain.cameras import CameraTrigger
from pipeline.errors import RecordNotFoundError


class Triggers:
    """The histories of all cameras, as far as they were read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, found: Iterable[CameraTrigger]) -> int:
        """Writes triggers, or gives known ones what the source says now.

        Returns:
            How many were not known before.
        """
        new = 0
        with self._database.write() as connection:
            for trigger in found:
                new += not _is_known(connection, trigger)
                save_trigger(connection, trigger)
        return new

    def get(self, camera_id: str, trigger_id: str) -> CameraTrigger:
        """The trigger.

        Raises:
            RecordNotFoundError: It is not known.
        """
        query = select(triggers.c.body).where(triggers.c.camera_id == camera_id, triggers.c.trigger_id == trigger_id)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        if body is None:
            raise RecordNotFoundError("trigger", f"{trigger_id} of camera {camera_id}")
        return noun_from(CameraTrigger, body)

    def list(
        self, camera_id: str, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[CameraTrigger, ...]:
        """The camera's triggers from ``since`` to just before ``until``, in order of time; empty when none is known."""
        query = select(triggers.c.body).where(triggers.c.camera_id == camera_id)
        if since is not None:
            query = query.where(triggers.c.at >= since)
        if until is not None:
            query = query.where(triggers.c.at < until)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        found = (noun_from(CameraTrigger, body) for body in bodies)
        return tuple(sorted(found, key=lambda trigger: (trigger.at, trigger.trigger_id)))

    def forget(self, camera_id: str, is_covered: Callable[[CameraTrigger], bool]) -> int:
        """Takes away why a camera recorded where nothing was acquired of it and no grant covers the moment.

        Args:
            camera_id: Which camera.
            is_covered: Whether a grant lets it be known; asked within the transaction.

        Returns:
            How many went.
        """
        acquired = select(acquisitions.c.trigger_id).where(acquisitions.c.camera_id == camera_id)
        query = select(triggers.c.body).where(triggers.c.camera_id == camera_id, triggers.c.trigger_id.not_in(acquired))
        with self._database.write() as connection:
            listed = [noun_from(CameraTrigger, body) for body in connection.execute(query).scalars().all()]
            gone = [trigger.trigger_id for trigger in listed if not is_covered(trigger)]
            for name in gone:
                is_it = (triggers.c.camera_id == camera_id) & (triggers.c.trigger_id == name)
                connection.execute(delete(triggers).where(is_it))
        return len(gone)


def save_trigger(connection: Connection, trigger: CameraTrigger) -> None:
    """Writes one trigger within a writing transaction."""
    key = {"camera_id": trigger.camera_id, "trigger_id": trigger.trigger_id}
    put(connection, triggers, key, {"at": trigger.at, "body": body_of(trigger)})


def _is_known(connection: Connection, trigger: CameraTrigger) -> bool:
    found = select(triggers.c.at).where(
        triggers.c.camera_id == trigger.camera_id, triggers.c.trigger_id == trigger.trigger_id
    )
    return connection.execute(found).first() is not None
