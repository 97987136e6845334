"""Sessions of residents and links that sign in once, found by the digest of a secret that only its holder has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.resident_tables import mail_links, resident_sessions, residents
from pipeline.catalogue.residents import resident_from
from pipeline.catalogue.session_store import SessionStore
from pipeline.domain.agents import Stage
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.residents import MailLink, ResidentAccount, ResidentSession


@dataclass(frozen=True, slots=True)
class ResidentSignedIn:
    """A session with whose it is, read together."""

    session: ResidentSession
    account: ResidentAccount


class ResidentSessions(SessionStore):
    """Which residents are signed in where, and which links are on their way."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        super().__init__(database, log, resident_sessions, resident_sessions.c.resident_id)

    def open(
        self, secret_digest: str, session: ResidentSession, custody: Sequence[CustodyEntry], replaces: str = ""
    ) -> None:
        """Writes a session, in place of the one of another secret when that is named; old ones go on the way."""
        self._open(secret_digest, session, {"resident_id": session.resident_id}, custody, replaces)

    def find(self, secret_digest: str) -> ResidentSignedIn | None:
        """The session that a secret opens, with its resident; None when there is none. Its end is not asked."""
        query = select(resident_sessions, residents).join(
            residents, residents.c.resident_id == resident_sessions.c.resident_id
        )
        with self._database.read() as connection:
            row = connection.execute(query.where(resident_sessions.c.secret_digest == secret_digest)).first()
        return None if row is None else ResidentSignedIn(_session_from(row), resident_from(row))

    def of_resident(self, resident_id: str) -> tuple[ResidentSession, ...]:
        """Sessions of a resident, the last used first; also those that have ended and were not swept yet."""
        query = select(resident_sessions).where(resident_sessions.c.resident_id == resident_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(resident_sessions.c.seen_at.desc())).all()
        return tuple(_session_from(row) for row in rows)

    def forget_all(self) -> None:
        """Ends every session and every link."""
        with self._database.write() as connection:
            connection.execute(delete(resident_sessions))
            connection.execute(delete(mail_links))

    def forget_ended(self, now: datetime) -> None:
        """Deletes sessions and links that have ended: of a link to nobody's account, the sealed address with it."""
        with self._database.write() as connection:
            connection.execute(delete(resident_sessions).where(resident_sessions.c.ends_at < now))
            connection.execute(delete(mail_links).where(mail_links.c.ends_at < now))

    def add_link(self, secret_digest: str, link: MailLink, custody: Sequence[CustodyEntry] = ()) -> None:
        """Writes a link; those that have ended go on the way."""
        with self._database.write() as connection:
            connection.execute(delete(mail_links).where(mail_links.c.ends_at < link.made_at))
            connection.execute(
                insert(mail_links).values(
                    secret_digest=secret_digest,
                    resident_id=link.resident_id,
                    mail_key=link.mail_key,
                    sealed_mail=link.sealed_mail,
                    made_at=link.made_at,
                    ends_at=link.ends_at,
                )
            )
            self._log.append_in(connection, custody)

    def links_for(self, mail_key: str, now: datetime) -> int:
        """How many links to an address are on their way."""
        those = (mail_links.c.mail_key == mail_key) & (mail_links.c.ends_at > now)
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(mail_links).where(those)).scalar() or 0

    def link(self, secret_digest: str) -> MailLink | None:
        """The link of a secret; None when there is none. Whether it ended is not asked."""
        with self._database.read() as connection:
            row = connection.execute(select(mail_links).where(mail_links.c.secret_digest == secret_digest)).first()
        return None if row is None else _link_from(row)

    def use_link(self, secret_digest: str) -> MailLink | None:
        """Takes a link away and returns it; None when there is none, also when somebody was quicker."""
        one = mail_links.c.secret_digest == secret_digest
        with self._database.write() as connection:
            row = connection.execute(select(mail_links).where(one)).first()
            connection.execute(delete(mail_links).where(one))
        return None if row is None else _link_from(row)


def _session_from(row: Row[Any]) -> ResidentSession:
    found = row._mapping
    of = resident_sessions.c
    return ResidentSession(
        session_id=found[of.session_id],
        resident_id=found[of.resident_id],
        stage=Stage(found[of.stage]),
        created_at=found[of.created_at],
        seen_at=found[of.seen_at],
        ends_at=found[of.ends_at],
        address=found[of.address],
        browser=found[of.browser],
    )


def _link_from(row: Row[Any]) -> MailLink:
    return MailLink(row.resident_id, row.mail_key, bytes(row.sealed_mail), row.made_at, row.ends_at)
