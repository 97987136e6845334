"""How often signing in failed of late, by account, by browser and by address."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from pipeline.catalogue.agent_tables import sign_in_tries
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import put

_FORGOTTEN_AFTER = timedelta(days=1)


class SignInTries:
    """Failures since the last success; forgotten a day after the last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def free_at(self, abouts: tuple[str, ...], now: datetime) -> datetime:
        """When the next try may be looked at; ``now`` when at once."""
        query = select(sign_in_tries.c.free_at).where(sign_in_tries.c.about.in_(abouts))
        with self._database.read() as connection:
            found: list[datetime] = [now, *connection.execute(query).scalars()]
        return max(found)

    def fail(self, about: str, now: datetime, allowed: int, pause: timedelta, longest: timedelta) -> datetime:
        """Counts a failure.

        Args:
            about: What is counted.
            now: UTC.
            allowed: Failures without a pause.
            pause: The first; it doubles with each further failure.
            longest: It does not grow beyond.

        Returns:
            When the next try may be looked at.
        """
        one = sign_in_tries.c.about == about
        with self._database.write() as connection:
            connection.execute(delete(sign_in_tries).where(sign_in_tries.c.failed_at < now - _FORGOTTEN_AFTER))
            known = connection.execute(select(sign_in_tries.c.failures).where(one)).scalar() or 0
            doublings = known + 1 - allowed
            free_at = now + _grown(pause, doublings, longest) if doublings >= 0 else now
            values = {"failures": known + 1, "failed_at": now, "free_at": free_at}
            put(connection, sign_in_tries, {"about": about}, values)
            return free_at

    def succeed(self, abouts: tuple[str, ...]) -> None:
        """Forgets the failures, since whoever it was got in."""
        with self._database.write() as connection:
            connection.execute(delete(sign_in_tries).where(sign_in_tries.c.about.in_(abouts)))


def _grown(pause: timedelta, doublings: int, longest: timedelta) -> timedelta:
    for _ in range(doublings):
        pause *= 2
        if pause >= longest:
            return longest
    return min(pause, longest)
