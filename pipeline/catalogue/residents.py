"""Residents and what they prove themselves with; every change is written with its custody record."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from pipeline.catalogue.agents import Proofs
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.resident_tables import mail_links, resident_sessions, residents
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.residents import ResidentAccount
from pipeline.errors import ResidentTakenError, ResidentUnknownError


class Residents:
    """Accounts by id and by mail address; an address comes sealed, and as a key that stands for it."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(
        self, account: ResidentAccount, mail_key: str, sealed_mail: bytes, custody: Sequence[CustodyEntry]
    ) -> ResidentAccount:
        """Writes a new account.

        Args:
            account: Of an id that has no account.
            mail_key: Stands for the address; empty for none.
            sealed_mail: The address; empty for none.
            custody: Of the act.

        Raises:
            ResidentTakenError: The id or the address has an account.
        """
        with self._database.write() as connection:
            _require_free(connection, account.resident_id, mail_key)
            connection.execute(
                insert(residents).values(
                    resident_id=account.resident_id,
                    mail_key=mail_key or None,
                    sealed_mail=sealed_mail or None,
                    is_enabled=account.is_enabled,
                    created_at=account.created_at,
                    password_hash=None,
                    second_factor=None,
                    second_factor_step=0,
                    recovery="[]",
                )
            )
            self._log.append_in(connection, custody)
        return account

    def list(self) -> tuple[ResidentAccount, ...]:
        """All accounts in order of id; empty when there is none."""
        with self._database.read() as connection:
            rows = connection.execute(select(residents).order_by(residents.c.resident_id)).all()
        return tuple(resident_from(row) for row in rows)

    def get(self, resident_id: str) -> ResidentAccount:
        """The account of an id.

        Raises:
            ResidentUnknownError: There is none.
        """
        return resident_from(self._row(resident_id))

    def with_mail(self, mail_key: str) -> ResidentAccount:
        """The account of the address for which this key stands.

        Raises:
            ResidentUnknownError: There is none.
        """
        with self._database.read() as connection:
            row = connection.execute(select(residents).where(residents.c.mail_key == mail_key)).first()
        if row is None:
            raise ResidentUnknownError("this address")
        return resident_from(row)

    def sealed_mail(self, resident_id: str) -> bytes:
        """The sealed address; empty for none.

        Raises:
            ResidentUnknownError: There is no such account.
        """
        return bytes(self._row(resident_id).sealed_mail or b"")

    def proofs(self, resident_id: str) -> Proofs:
        """What the resident's proofs are held against; the password's hash is empty when there is no password.

        Raises:
            ResidentUnknownError: There is no such account.
        """
        row = self._row(resident_id)
        sealed = None if row.second_factor is None else bytes(row.second_factor)
        return Proofs(row.password_hash or "", sealed, row.second_factor_step, tuple(json.loads(row.recovery)))

    def set_enabled(self, resident_id: str, custody: Sequence[CustodyEntry], *, enabled: bool) -> None:
        """Lets a resident sign in, or forbids it and ends their sessions and links.

        Raises:
            ResidentUnknownError: There is no such account.
        """
        with self._database.write() as connection:
            self._change(connection, resident_id, {"is_enabled": enabled})
            _forget(connection, resident_id)
            self._log.append_in(connection, custody)

    def set_mail(self, resident_id: str, mail_key: str, sealed_mail: bytes, custody: Sequence[CustodyEntry]) -> None:
        """Gives an account another address; links on their way end.

        Raises:
            ResidentTakenError: The address has an account.
            ResidentUnknownError: There is no such account.
        """
        with self._database.write() as connection:
            _require_free(connection, "", mail_key)
            self._change(connection, resident_id, {"mail_key": mail_key, "sealed_mail": sealed_mail})
            connection.execute(delete(mail_links).where(mail_links.c.resident_id == resident_id))
            self._log.append_in(connection, custody)

    def set_proofs(self, resident_id: str, proofs: Proofs, custody: Sequence[CustodyEntry], *, keep: str = "") -> None:
        """Puts password, second factor and recovery codes in place of those that were, and ends other sessions.

        Args:
            resident_id: Whose.
            proofs: An empty hash takes the password away, no second factor takes that away.
            custody: Of the act.
            keep: Id of the session that stays; empty for none.

        Raises:
            ResidentUnknownError: There is no such account.
        """
        values = {
            "password_hash": proofs.password_hash or None,
            "second_factor": proofs.second_factor,
            "second_factor_step": proofs.second_factor_step,
            "recovery": json.dumps(list(proofs.recovery)),
        }
        with self._database.write() as connection:
            self._change(connection, resident_id, values)
            _forget(connection, resident_id, keep=keep)
            self._log.append_in(connection, custody)

    def rehash(self, resident_id: str, password_hash: str) -> None:
        """The same password, hashed with today's parameters.

        Raises:
            ResidentUnknownError: There is no such account.
        """
        with self._database.write() as connection:
            self._change(connection, resident_id, {"password_hash": password_hash})

    def use_step(self, resident_id: str, step: int) -> bool:
        """Whether the code of a time step may be used now: later than every one that was used. It is used then."""
        newer = (residents.c.resident_id == resident_id) & (residents.c.second_factor_step < step)
        with self._database.write() as connection:
            return connection.execute(update(residents).where(newer).values(second_factor_step=step)).rowcount == 1

    def use_recovery(self, resident_id: str, digest: str, custody: Sequence[CustodyEntry]) -> bool:
        """Whether a recovery code was there; it is gone then."""
        with self._database.write() as connection:
            text = connection.execute(
                select(residents.c.recovery).where(residents.c.resident_id == resident_id)
            ).scalar()
            left = json.loads(text or "[]")
            if digest not in left:
                return False
            left.remove(digest)
            self._change(connection, resident_id, {"recovery": json.dumps(left)})
            self._log.append_in(connection, custody)
            return True

    def close(self, resident_id: str, custody: Sequence[CustodyEntry]) -> None:
        """Deletes an account with its address, proofs, sessions and links; what was signed stays where it is.

        Raises:
            ResidentUnknownError: There is no such account.
        """
        with self._database.write() as connection:
            _forget(connection, resident_id)
            gone = connection.execute(delete(residents).where(residents.c.resident_id == resident_id)).rowcount
            if not gone:
                raise ResidentUnknownError(resident_id)
            self._log.append_in(connection, custody)

    def _change(self, connection: Connection, resident_id: str, values: Mapping[str, Any]) -> None:
        one = residents.c.resident_id == resident_id
        if connection.execute(update(residents).where(one).values(**values)).rowcount == 0:
            raise ResidentUnknownError(resident_id)

    def _row(self, resident_id: str) -> Row[Any]:
        with self._database.read() as connection:
            row = connection.execute(select(residents).where(residents.c.resident_id == resident_id)).first()
        if row is None:
            raise ResidentUnknownError(resident_id)
        return row


def resident_from(row: Row[Any]) -> ResidentAccount:
    """The account of a row that holds the columns of ``residents``, whatever else it holds."""
    found = row._mapping
    return ResidentAccount(
        resident_id=found[residents.c.resident_id],
        is_enabled=found[residents.c.is_enabled],
        created_at=found[residents.c.created_at],
        has_mail=found[residents.c.mail_key] is not None,
        has_password=found[residents.c.password_hash] is not None,
        has_second_factor=found[residents.c.second_factor] is not None,
    )


def _require_free(connection: Connection, resident_id: str, mail_key: str) -> None:
    if resident_id and connection.execute(select(1).where(residents.c.resident_id == resident_id)).first() is not None:
        raise ResidentTakenError(resident_id)
    if mail_key and connection.execute(select(1).where(residents.c.mail_key == mail_key)).first() is not None:
        raise ResidentTakenError("this mail address")


def _forget(connection: Connection, resident_id: str, *, keep: str = "") -> None:
    """Ends sessions but one, and every link."""
    others = (resident_sessions.c.resident_id == resident_id) & (resident_sessions.c.session_id != keep)
    connection.execute(delete(resident_sessions).where(others))
    connection.execute(delete(mail_links).where(mail_links.c.resident_id == resident_id))
