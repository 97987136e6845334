"""Sessions, tokens, known browsers and matters of agents, found by the digest of a secret that only its holder has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from pipeline.catalogue.agent_tables import agent_matters, agent_sessions, agent_tokens, agents, known_browsers
from pipeline.catalogue.agents import account_from
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import put
from pipeline.catalogue.session_store import SessionStore
from pipeline.domain.agents import AgentAccount, DeskSession, Matter, ProgramToken, Stage
from pipeline.domain.evidence import CustodyEntry

_RECENT = 8


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with whose it is, read together."""

    session: DeskSession
    account: AgentAccount


class AgentSessions(SessionStore):
    """Who is signed in where."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        super().__init__(database, log, agent_sessions, agent_sessions.c.agent_id)

    def open(
        self, secret_digest: str, session: DeskSession, custody: Sequence[CustodyEntry], replaces: str = ""
    ) -> None:
        """Writes a session, in place of the one of another secret when that is named; old ones go on the way."""
        self._open(secret_digest, session, {"agent_id": session.agent_id, **_words(session.matter)}, custody, replaces)

    def find(self, secret_digest: str) -> SignedIn | None:
        """The session that a secret opens, with its agent; None when there is none. Whether it ended is not asked."""
        query = select(agent_sessions, agents).join(agents, agents.c.agent_id == agent_sessions.c.agent_id)
        with self._database.read() as connection:
            row = connection.execute(query.where(agent_sessions.c.secret_digest == secret_digest)).first()
        return None if row is None else SignedIn(_session_from(row), account_from(row))

    def of_agent(self, agent_id: str) -> tuple[DeskSession, ...]:
        """Open sessions of an agent, the last used first; also those that have ended and were not swept yet."""
        query = select(agent_sessions, agents).join(agents, agents.c.agent_id == agent_sessions.c.agent_id)
        query = query.where(agent_sessions.c.agent_id == agent_id).order_by(agent_sessions.c.seen_at.desc())
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(_session_from(row) for row in rows)

    def forget_all(self) -> None:
        """Ends every session and every token, and forgets every browser."""
        with self._database.write() as connection:
            for table in (agent_sessions, agent_tokens, known_browsers):
                connection.execute(delete(table))

    def begin_matter(self, session: DeskSession, matter: Matter, at: datetime, custody: Sequence[CustodyEntry]) -> None:
        """Puts a matter on a session, and remembers it among those of the agent."""
        words = _words(matter)
        with self._database.write() as connection:
            those = agent_sessions.c.session_id == session.session_id
            connection.execute(update(agent_sessions).where(those).values(**words))
            put(connection, agent_matters, {"agent_id": session.agent_id, **words}, {"begun_at": at})
            self._log.append_in(connection, custody)

    def recent_matters(self, agent: AgentAccount) -> tuple[Matter, ...]:
        """What an agent looked on, the latest first; at most eight."""
        mine = agent_matters.c.agent_id == agent.agent_id
        query = select(agent_matters).where(mine).order_by(agent_matters.c.begun_at.desc()).limit(_RECENT)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Matter(agent.name, row.purpose, row.recipient, row.case_number) for row in rows)

    def know_browser(self, secret_digest: str, agent_id: str, ends_at: datetime, now: datetime) -> None:
        """Remembers that an agent signed in from a browser."""
        with self._database.write() as connection:
            connection.execute(delete(known_browsers).where(known_browsers.c.ends_at < now))
            values = {"agent_id": agent_id, "ends_at": ends_at}
            put(connection, known_browsers, {"secret_digest": secret_digest}, values)

    def is_known_browser(self, secret_digest: str, agent_id: str, now: datetime) -> bool:
        """Whether this agent has signed in from the browser that holds this secret."""
        one = (known_browsers.c.secret_digest == secret_digest) & (known_browsers.c.agent_id == agent_id)
        with self._database.read() as connection:
            found = connection.execute(select(1).where(one & (known_browsers.c.ends_at >= now))).first()
        return found is not None

    def add_token(self, secret_digest: str, token: ProgramToken, custody: Sequence[CustodyEntry]) -> None:
        """Writes a token of a program."""
        with self._database.write() as connection:
            connection.execute(delete(agent_tokens).where(agent_tokens.c.ends_at < token.created_at))
            connection.execute(
                insert(agent_tokens).values(
                    secret_digest=secret_digest,
                    token_id=token.token_id,
                    agent_id=token.agent_id,
                    label=token.label,
                    created_at=token.created_at,
                    ends_at=token.ends_at,
                )
            )
            self._log.append_in(connection, custody)

    def token(self, secret_digest: str) -> tuple[ProgramToken, AgentAccount] | None:
        """The token of a secret, with its agent; None when there is none. Whether it ended is not asked."""
        query = select(agent_tokens, agents).join(agents, agents.c.agent_id == agent_tokens.c.agent_id)
        with self._database.read() as connection:
            row = connection.execute(query.where(agent_tokens.c.secret_digest == secret_digest)).first()
        return None if row is None else (_token_from(row), account_from(row))

    def tokens_of(self, agent_id: str) -> tuple[ProgramToken, ...]:
        """An agent's tokens in the order in which they were made; empty when there is none."""
        query = select(agent_tokens).where(agent_tokens.c.agent_id == agent_id).order_by(agent_tokens.c.created_at)
        with self._database.read() as connection:
            return tuple(_token_from(row) for row in connection.execute(query).all())

    def end_token(self, agent_id: str, token_id: str, custody: Sequence[CustodyEntry]) -> bool:
        """Takes a token back; whether there was one."""
        one = (agent_tokens.c.agent_id == agent_id) & (agent_tokens.c.token_id == token_id)
        with self._database.write() as connection:
            ended = connection.execute(delete(agent_tokens).where(one)).rowcount == 1
            if ended:
                self._log.append_in(connection, custody)
            return ended


def _words(matter: Matter | None) -> dict[str, str]:
    """A matter as its columns have it; empty words before one was begun."""
    if matter is None:
        return {"purpose": "", "recipient": "", "case_number": ""}
    return {"purpose": matter.purpose, "recipient": matter.recipient, "case_number": matter.case_number}


def _session_from(row: Row[Any]) -> DeskSession:
    matter = Matter(row.name, row.purpose, row.recipient, row.case_number) if row.purpose else None
    return DeskSession(
        session_id=row.session_id,
        agent_id=row.agent_id,
        stage=Stage(row.stage),
        created_at=row.created_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
        address=row.address,
        browser=row.browser,
        matter=matter,
    )


def _token_from(row: Row[Any]) -> ProgramToken:
    return ProgramToken(row.token_id, row.agent_id, row.label, row.created_at, row.ends_at)
