"""Sessions of residents: opened with a secret of their own, given another after the one-time code, ended at will."""

from dataclasses import dataclass, replace
from datetime import timedelta

from pipeline.casework.proofs.secrets import digest_of, new_secret
from pipeline.casework.proofs.visitors import LONGEST_BROWSER, Visitor
from pipeline.catalogue.resident_sessions import ResidentSignedIn
from pipeline.domain.agents import Stage
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.residents import ResidentAccount, ResidentSession
from pipeline.night.services import Services

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OpenedAtHome:
    """A session with the secret that opens it, which is handed to the browser and not kept."""

    secret: str
    session: ResidentSession


def open_resident_session(services: Services, account: ResidentAccount, visitor: Visitor, way: str) -> OpenedAtHome:
    """Opens a session; a one-time code is left to give where the account has a second factor.

    Args:
        services: The installation.
        account: Whose.
        visitor: From where.
        way: How they proved who they are, for the custody log: ``link`` or ``password``.
    """
    now = services.now()
    session = ResidentSession(
        session_id=new_id("rs"),
        resident_id=account.resident_id,
        stage=Stage.CODE if account.has_second_factor else Stage.OPEN,
        created_at=now,
        seen_at=now,
        ends_at=now + timedelta(days=services.settings.home.session_days),
        address=visitor.address,
        browser=visitor.browser[:LONGEST_BROWSER],
    )
    return _opened(services, session, way)


def code_was_right(services: Services, secret: str, signed_in: ResidentSignedIn) -> OpenedAtHome:
    """The session after the one-time code, under a new secret; the old one opens nothing any more."""
    session = replace(signed_in.session, stage=Stage.OPEN)
    return _opened(services, session, "code", replaces=secret)


def find_resident_session(services: Services, secret: str) -> ResidentSignedIn | None:
    """Whose session a secret opens; None when it is over, was ended, or its resident may not sign in any more."""
    found = services.catalogue.resident_sessions.find(digest_of(secret))
    if found is None or not found.account.is_enabled or not _is_live(services, found.session):
        return None
    now = services.now()
    if now >= found.session.seen_at + _NOTED_EVERY:
        services.catalogue.resident_sessions.saw(found.session.session_id, now)
    return found


def live_resident_sessions(services: Services, resident_id: str) -> tuple[ResidentSession, ...]:
    """Sessions of a resident that still open something, the last used first."""
    every = services.catalogue.resident_sessions.of_resident(resident_id)
    return tuple(one for one in every if _is_live(services, one))


def end_resident_sessions(services: Services, resident_id: str, *, session_id: str = "", keep: str = "") -> int:
    """Ends one session of a resident, or all but one; how many ended.

    Args:
        services: The installation.
        resident_id: Whose.
        session_id: Which; empty for all.
        keep: Which stays; empty for none.
    """
    entry = CustodyEntry(services.now(), resident_id, CustodyAction.SIGNED_OUT, resident_id, detail={"door": "home"})
    return services.catalogue.resident_sessions.end(resident_id, (entry,), session_id=session_id, keep=keep)


def _is_live(services: Services, session: ResidentSession) -> bool:
    now = services.now()
    return now < session.ends_at and now < session.seen_at + timedelta(days=services.settings.home.session_idle_days)


def _opened(services: Services, session: ResidentSession, way: str, replaces: str = "") -> OpenedAtHome:
    secret = new_secret()
    custody = (_signed_in(services, session, way),) if session.stage is Stage.OPEN else ()
    replaced = digest_of(replaces) if replaces else ""
    services.catalogue.resident_sessions.open(digest_of(secret), session, custody, replaced)
    return OpenedAtHome(secret, session)


def _signed_in(services: Services, session: ResidentSession, way: str) -> CustodyEntry:
    detail = {"door": "home", "by": way, "session": session.session_id, "address": session.address}
    who = session.resident_id
    return CustodyEntry(services.now(), who, CustodyAction.SIGNED_IN, who, detail=detail)
