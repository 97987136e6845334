"""Linked accounts, with their sealed tokens."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, noun_from, put
from pipeline.catalogue.tables import accounts
from pipeline.domain.cameras import NEIGHBOUR_SOURCE, Account
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import RecordNotFoundError


class Accounts:
    """The residents' linked accounts. Tokens come sealed and go sealed: this table never sees one."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(
        self,
        account: Account,
        hardware_id: str,
        pseudonym: str,
        sealed_token: bytes,
        custody: Sequence[CustodyEntry] = (),
    ) -> None:
        """Writes an account, or everything of a known account but its hardware id, which stays for good.

        Args:
            account: Whose, and where.
            hardware_id: What the source knows this installation by.
            pseudonym: Stands for the user name, for example a keyed digest; the same for the same user.
            sealed_token: Encrypted; empty when the source has none.
            custody: Who linked it; appended in the same transaction.

        Raises:
            CatalogueError: Another account has this pseudonym.
        """
        values = {
            "resident_id": account.resident_id,
            "source": account.source,
            "pseudonym": pseudonym,
            "sealed_token": sealed_token,
            "body": body_of(account),
        }
        with self._database.write() as connection:
            known = connection.execute(select(accounts.c.hardware_id).where(_is(account.account_id))).scalar()
            put(
                connection,
                accounts,
                {"account_id": account.account_id},
                {**values, "hardware_id": known or hardware_id},
            )
            self._log.append_in(connection, custody)

    def save_token(self, account_id: str, sealed_token: bytes) -> None:
        """Puts a rotated token in place of the old one; it is on disk when this returns.

        Raises:
            RecordNotFoundError: There is no such account.
        """
        with self._database.write() as connection:
            changed = connection.execute(update(accounts).where(_is(account_id)).values(sealed_token=sealed_token))
            if changed.rowcount == 0:
                raise RecordNotFoundError("account", account_id)

    def forget_token(self, account_id: str, custody: Sequence[CustodyEntry]) -> None:
        """Erases an account's token, with the custody of it; the account stays, for what was fetched through it.

        Raises:
            RecordNotFoundError: There is no such account.
        """
        with self._database.write() as connection:
            changed = connection.execute(update(accounts).where(_is(account_id)).values(sealed_token=b""))
            if changed.rowcount == 0:
                raise RecordNotFoundError("account", account_id)
            self._log.append_in(connection, custody)

    def get(self, account_id: str) -> Account:
        """The account.

        Raises:
            RecordNotFoundError: There is no such account.
        """
        return noun_from(Account, self._row(account_id).body)

    def find(self, pseudonym: str) -> Account:
        """The account of this user name.

        Raises:
            RecordNotFoundError: There is none.
        """
        with self._database.read() as connection:
            body = connection.execute(select(accounts.c.body).where(accounts.c.pseudonym == pseudonym)).scalar()
        if body is None:
            raise RecordNotFoundError("account of user", pseudonym)
        return noun_from(Account, body)

    def token(self, account_id: str) -> bytes:
        """The sealed token; empty when the source has none.

        Raises:
            RecordNotFoundError: There is no such account.
        """
        return bytes(self._row(account_id).sealed_token)

    def hardware_id(self, account_id: str) -> str:
        """What the source knows this installation by, the same for good.

        Raises:
            RecordNotFoundError: There is no such account.
        """
        return str(self._row(account_id).hardware_id)

    def list(self) -> tuple[Account, ...]:
        """All accounts that are fetched, in order of their ids; empty when none is linked.

        What neighbours send comes by itself, and its account is none of them.
        """
        with self._database.read() as connection:
            query = select(accounts.c.body).where(accounts.c.source != NEIGHBOUR_SOURCE)
            bodies = connection.execute(query).scalars().all()
        return tuple(sorted((noun_from(Account, body) for body in bodies), key=lambda account: account.account_id))

    def _row(self, account_id: str) -> Row[Any]:
        with self._database.read() as connection:
            row = connection.execute(select(accounts).where(_is(account_id))).first()
        if row is None:
            raise RecordNotFoundError("account", account_id)
        return row


def _is(account_id: str) -> Any:  # noqa: ANN401
    return accounts.c.account_id == account_id
