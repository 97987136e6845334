"""Subscriptions to the news of a neighbourhood: the address sealed, found by its pseudonym, gone when it ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.digest_tables import digest_subscriptions
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.domain.digests import Subscription
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import RecordNotFoundError

_table = digest_subscriptions.c


class Digests:
    """Keeps and finds them. No row says whose it is to anybody without the key outside of the database."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def ask(self, subscription: Subscription, address: bytes, pseudonym: str, confirm_digest: str) -> None:
        """Keeps what somebody asked for; it tells nothing before it is confirmed.

        Args:
            subscription: As it was asked for.
            address: Sealed.
            pseudonym: Of the address; the same for the same address.
            confirm_digest: Of the secret in the mail that asks.
        """
        row = {
            "subscription_id": subscription.subscription_id,
            "address": address,
            "pseudonym": pseudonym,
            "confirm_digest": confirm_digest,
            "asked_at": subscription.asked_at,
            "confirmed_at": subscription.confirmed_at,
            "body": body_of(subscription),
        }
        with self._database.write() as connection:
            connection.execute(insert(digest_subscriptions).values(**row))

    def of_address(self, pseudonym: str) -> tuple[Subscription, ...]:
        """All of an address, confirmed or not, in order of asking; may be empty."""
        query = select(_table.body).where(_table.pseudonym == pseudonym).order_by(_table.asked_at)
        with self._database.read() as connection:
            return tuple(noun_from(Subscription, body) for body in connection.execute(query).scalars())

    def by_secret(self, confirm_digest: str) -> Subscription:
        """That which a secret confirms.

        Raises:
            RecordNotFoundError: There is none, or it is over.
        """
        query = select(_table.body).where(_table.confirm_digest == confirm_digest)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        if body is None:
            raise RecordNotFoundError("subscription", "of this link")
        return noun_from(Subscription, body)

    def confirm(self, confirm_digest: str, now: datetime, custody: Sequence[CustodyEntry]) -> Subscription:
        """Confirms what a secret belongs to, with its custody; what was confirmed before stays as it was.

        Raises:
            RecordNotFoundError: There is none, or it is over.
        """
        found = self.by_secret(confirm_digest)
        if found.confirmed_at is not None:
            return found
        return self._write(replace(found, confirmed_at=now, told_until=now), custody)

    def confirmed(self) -> tuple[Subscription, ...]:
        """All that are told of news, in order of their ids; may be empty."""
        query = select(_table.body).where(_table.confirmed_at.is_not(None)).order_by(_table.subscription_id)
        with self._database.read() as connection:
            return tuple(noun_from(Subscription, body) for body in connection.execute(query).scalars())

    def waiting(self) -> int:
        """How many were asked for and not confirmed."""
        query = select(func.count()).select_from(digest_subscriptions).where(_table.confirmed_at.is_(None))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def address(self, subscription_id: str) -> bytes:
        """The sealed address.

        Raises:
            RecordNotFoundError: The subscription is over.
        """
        query = select(_table.address).where(_table.subscription_id == subscription_id)
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            raise RecordNotFoundError("subscription", subscription_id)
        return bytes(found)

    def told(self, subscription: Subscription, until: datetime, custody: Sequence[CustodyEntry]) -> Subscription:
        """Writes until when somebody was told, with the custody of it."""
        return self._write(replace(subscription, told_until=until), custody)

    def end(self, subscription_id: str, custody: Sequence[CustodyEntry]) -> bool:
        """Deletes the subscription with its address, with the custody of it; says whether there was one."""
        is_it = _table.subscription_id == subscription_id
        with self._database.write() as connection:
            is_gone = connection.execute(delete(digest_subscriptions).where(is_it)).rowcount > 0
            if is_gone:
                self._log.append_in(connection, custody)
            return is_gone

    def forget_unconfirmed(self, before: datetime) -> int:
        """Deletes what was asked for earlier and never confirmed, with the addresses; says how many."""
        is_old = _table.confirmed_at.is_(None) & (_table.asked_at < before)
        with self._database.write() as connection:
            return connection.execute(delete(digest_subscriptions).where(is_old)).rowcount

    def _write(self, subscription: Subscription, custody: Sequence[CustodyEntry]) -> Subscription:
        values = {"confirmed_at": subscription.confirmed_at, "body": body_of(subscription)}
        is_it = _table.subscription_id == subscription.subscription_id
        with self._database.write() as connection:
            connection.execute(update(digest_subscriptions).where(is_it).values(**values))
            self._log.append_in(connection, custody)
        return subscription
