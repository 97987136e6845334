"""Agents of the desk and what they prove themselves with; every change is written with its custody record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pipeline.catalogue.agent_tables import agent_sessions, agent_tokens, agents, known_browsers
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.domain.agents import AgentAccount, Role
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import AgentNameTakenError, AgentUnknownError, LastAdministratorError


@dataclass(frozen=True, slots=True)
class Proofs:
    """What an agent's proofs are held against.

    Attributes:
        password_hash: Argon2, in its own encoding.
        second_factor: The sealed secret of one-time codes; None when there is none.
        second_factor_step: The last time step whose code was used; no earlier one is taken again.
        recovery: Digests of the recovery codes that are left.
    """

    password_hash: str
    second_factor: bytes | None = None
    second_factor_step: int = 0
    recovery: tuple[str, ...] = ()


class Agents:
    """Accounts by id and by name."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, account: AgentAccount, password_hash: str, custody: Sequence[CustodyEntry], *, first: bool) -> bool:
        """Writes a new account.

        Args:
            account: Of a name that nobody has.
            password_hash: Argon2.
            custody: Of the act.
            first: Only when there is no account at all; otherwise nothing is written.

        Returns:
            Whether it was written.

        Raises:
            AgentNameTakenError: Somebody has the name.
        """
        with self._database.write() as connection:
            if first and connection.execute(select(agents.c.agent_id).limit(1)).first() is not None:
                return False
            if connection.execute(select(1).where(agents.c.name_key == key_of(account.name))).first() is not None:
                raise AgentNameTakenError(account.name)
            connection.execute(
                insert(agents).values(
                    agent_id=account.agent_id,
                    name_key=key_of(account.name),
                    name=account.name,
                    role=account.role.value,
                    is_enabled=account.is_enabled,
                    created_at=account.created_at,
                    password_hash=password_hash,
                    must_renew=account.must_renew,
                    second_factor=None,
                    second_factor_step=0,
                    recovery="[]",
                )
            )
            self._log.append_in(connection, custody)
            return True

    def is_empty(self) -> bool:
        """Whether nobody can sign in yet because there is no account."""
        with self._database.read() as connection:
            return connection.execute(select(agents.c.agent_id).limit(1)).first() is None

    def list(self) -> tuple[AgentAccount, ...]:
        """All accounts in order of name; empty when there is none."""
        with self._database.read() as connection:
            rows = connection.execute(select(agents).order_by(agents.c.name_key)).all()
        return tuple(account_from(row) for row in rows)

    def get(self, agent_id: str) -> AgentAccount:
        """The account of an id.

        Raises:
            AgentUnknownError: There is none.
        """
        return account_from(self._row(agents.c.agent_id == agent_id, agent_id))

    def named(self, name: str) -> AgentAccount:
        """The account of a name, however it is capitalised.

        Raises:
            AgentUnknownError: There is none.
        """
        return account_from(self._row(agents.c.name_key == key_of(name), name))

    def proofs(self, agent_id: str) -> Proofs:
        """What the agent's proofs are held against.

        Raises:
            AgentUnknownError: There is no such agent.
        """
        row = self._row(agents.c.agent_id == agent_id, agent_id)
        sealed = None if row.second_factor is None else bytes(row.second_factor)
        return Proofs(row.password_hash, sealed, row.second_factor_step, tuple(json.loads(row.recovery)))

    def change(
        self, agent_id: str, custody: Sequence[CustodyEntry], *, role: Role | None = None, enabled: bool | None = None
    ) -> None:
        """Gives another role, or lets and forbids to sign in; whoever is forbidden is signed out everywhere.

        Raises:
            AgentUnknownError: There is no such agent.
            LastAdministratorError: Nobody would be left who may add agents.
        """
        values: dict[str, Any] = {} if role is None else {"role": role.value}
        values |= {} if enabled is None else {"is_enabled": enabled}
        with self._database.write() as connection:
            self._change(connection, agent_id, values)
            if not connection.execute(_administrators()).scalar():
                raise LastAdministratorError(self._name(connection, agent_id))
            _forget(connection, agent_id, tokens=enabled is False)
            self._log.append_in(connection, custody)

    def set_password(
        self,
        agent_id: str,
        password_hash: str,
        custody: Sequence[CustodyEntry],
        *,
        must_renew: bool = False,
        keep: str = "",
        without_second_factor: bool = False,
    ) -> None:
        """Puts a new password in place of the old one and ends the agent's sessions.

        Args:
            agent_id: Whose.
            password_hash: Argon2.
            custody: Of the act.
            must_renew: Whether it is good only for choosing another.
            keep: Id of the session that stays; empty for none.
            without_second_factor: Takes the second factor, the recovery codes and the tokens away as well.

        Raises:
            AgentUnknownError: There is no such agent.
        """
        values: dict[str, Any] = {"password_hash": password_hash, "must_renew": must_renew}
        if without_second_factor:
            values |= {"second_factor": None, "recovery": "[]"}
        with self._database.write() as connection:
            self._change(connection, agent_id, values)
            _forget(connection, agent_id, keep=keep, tokens=without_second_factor)
            self._log.append_in(connection, custody)

    def rehash(self, agent_id: str, password_hash: str) -> None:
        """The same password, hashed with today's parameters.

        Raises:
            AgentUnknownError: There is no such agent.
        """
        with self._database.write() as connection:
            self._change(connection, agent_id, {"password_hash": password_hash})

    def set_second_factor(
        self, agent_id: str, sealed: bytes | None, step: int, recovery: Sequence[str], custody: Sequence[CustodyEntry]
    ) -> None:
        """Sets up one-time codes, or takes them away.

        Args:
            agent_id: Whose.
            sealed: The secret, sealed; None to take it away.
            step: The time step whose code has just been shown.
            recovery: Digests of new recovery codes.
            custody: Of the act.

        Raises:
            AgentUnknownError: There is no such agent.
        """
        values = {"second_factor": sealed, "second_factor_step": step, "recovery": json.dumps(list(recovery))}
        with self._database.write() as connection:
            self._change(connection, agent_id, values)
            self._log.append_in(connection, custody)

    def use_step(self, agent_id: str, step: int) -> bool:
        """Whether the code of a time step may be used now: later than every one that was used. It is used then."""
        newer = (agents.c.agent_id == agent_id) & (agents.c.second_factor_step < step)
        with self._database.write() as connection:
            return connection.execute(update(agents).where(newer).values(second_factor_step=step)).rowcount == 1

    def use_recovery(self, agent_id: str, digest: str, custody: Sequence[CustodyEntry]) -> bool:
        """Whether a recovery code was there; it is gone then."""
        with self._database.write() as connection:
            text = connection.execute(select(agents.c.recovery).where(agents.c.agent_id == agent_id)).scalar()
            left = json.loads(text or "[]")
            if digest not in left:
                return False
            left.remove(digest)
            self._change(connection, agent_id, {"recovery": json.dumps(left)})
            self._log.append_in(connection, custody)
            return True

    def _change(self, connection: Connection, agent_id: str, values: dict[str, Any]) -> None:
        changed = connection.execute(update(agents).where(agents.c.agent_id == agent_id).values(**values))
        if changed.rowcount == 0:
            raise AgentUnknownError(agent_id)

    def _name(self, connection: Connection, agent_id: str) -> str:
        return str(connection.execute(select(agents.c.name).where(agents.c.agent_id == agent_id)).scalar())

    def _row(self, condition: Any, asked: str) -> Row[Any]:  # noqa: ANN401
        with self._database.read() as connection:
            row = connection.execute(select(agents).where(condition)).first()
        if row is None:
            raise AgentUnknownError(asked)
        return row


def key_of(name: str) -> str:
    """By which names are the same."""
    return " ".join(name.split()).casefold()


def account_from(row: Row[Any]) -> AgentAccount:
    """The account of a row that holds the columns of ``agents``, whatever else it holds."""
    found = row._mapping
    return AgentAccount(
        agent_id=found[agents.c.agent_id],
        name=found[agents.c.name],
        role=Role(found[agents.c.role]),
        is_enabled=found[agents.c.is_enabled],
        created_at=found[agents.c.created_at],
        must_renew=found[agents.c.must_renew],
        has_second_factor=found[agents.c.second_factor] is not None,
    )


def _administrators() -> Any:  # noqa: ANN401
    those = (agents.c.role == Role.ADMINISTRATOR.value) & agents.c.is_enabled
    return select(func.count()).select_from(agents).where(those)


def _forget(connection: Connection, agent_id: str, *, keep: str = "", tokens: bool = False) -> None:
    """Ends sessions, and forgets browsers that were known; tokens as well where that is asked."""
    others = (agent_sessions.c.agent_id == agent_id) & (agent_sessions.c.session_id != keep)
    connection.execute(delete(agent_sessions).where(others))
    if tokens:
        connection.execute(delete(agent_tokens).where(agent_tokens.c.agent_id == agent_id))
    connection.execute(delete(known_browsers).where(known_browsers.c.agent_id == agent_id))
