"""Orders not to delete. A hold is never removed; it is lifted, and stays."""

from collections.abc import Sequence

from sqlalchemy import select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.retention_tables import holds
from pipeline.catalogue.rows import body_of, noun_from, put
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.retention import Hold
from pipeline.errors import RecordNotFoundError


class Holds:
    """Holds in force and lifted; asked anew within the transaction of every disposal."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(self, hold: Hold, custody: Sequence[CustodyEntry]) -> bool:
        """Places a hold, or lifts one, with the custody of it; a lifted hold stays lifted, the same again is no act.

        Returns:
            Whether anything changed.
        """
        with self._database.read() as connection:  # asked for each hold of the second place, each night
            known = connection.execute(select(holds.c.body).where(holds.c.hold_id == hold.hold_id)).scalar()
        if known == body_of(hold):
            return False
        with self._database.write() as connection:
            known = connection.execute(select(holds.c.body).where(holds.c.hold_id == hold.hold_id)).scalar()
            if known is not None and (known == body_of(hold) or noun_from(Hold, known).lifted_at is not None):
                return False
            values = {"is_in_force": hold.lifted_at is None, "placed_at": hold.placed_at, "body": body_of(hold)}
            put(connection, holds, {"hold_id": hold.hold_id}, values)
            self._log.append_in(connection, custody)
            return True

    def get(self, hold_id: str) -> Hold:
        """The hold.

        Raises:
            RecordNotFoundError: There is no such hold.
        """
        with self._database.read() as connection:
            body = connection.execute(select(holds.c.body).where(holds.c.hold_id == hold_id)).scalar()
        if body is None:
            raise RecordNotFoundError("hold", hold_id)
        return noun_from(Hold, body)

    def list(self, *, lifted_too: bool = False) -> tuple[Hold, ...]:
        """Holds in the order in which they were placed; empty when there is none."""
        query = select(holds.c.body) if lifted_too else select(holds.c.body).where(holds.c.is_in_force)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(
            sorted((noun_from(Hold, body) for body in bodies), key=lambda hold: (hold.placed_at, hold.hold_id))
        )
