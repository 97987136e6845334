"""Sessions: opened at sign-in with a secret of their own, given another at each step, ended by time or by hand."""

from dataclasses import dataclass, replace
from datetime import timedelta

from pipeline.casework.proofs.secrets import digest_of, new_secret
from pipeline.casework.proofs.visitors import LONGEST_BROWSER, Visitor
from pipeline.catalogue.agent_sessions import SignedIn
from pipeline.domain.agents import AgentAccount, DeskSession, Stage
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.night.services import Services

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with the secret that opens it, which is handed to the browser and not kept."""

    secret: str
    session: DeskSession
    account: AgentAccount


def open_session(services: Services, account: AgentAccount, visitor: Visitor, replaces: str = "") -> Opened:
    """Opens a session at the first step that is left to do; the custody log has it once it is whole.

    A session of the secret that it replaces ends, how far it ever had come.
    """
    now = services.now()
    stage = _first_stage(services, account)
    session = DeskSession(
        session_id=new_id("se"),
        agent_id=account.agent_id,
        stage=stage,
        created_at=now,
        seen_at=now,
        ends_at=now + timedelta(hours=services.settings.web.session_hours),
        address=visitor.address,
        browser=visitor.browser[:LONGEST_BROWSER],
    )
    return _opened(services, session, account, replaces)


def go_on(services: Services, secret: str, signed_in: SignedIn) -> Opened:
    """The session after a step of signing in was taken, under a new secret; the old one opens nothing any more."""
    account = services.catalogue.agents.get(signed_in.account.agent_id)
    session = replace(signed_in.session, stage=_next_stage(services, signed_in.session.stage, account))
    return _opened(services, session, account, replaces=secret)


def find_session(services: Services, secret: str) -> SignedIn | None:
    """Whose session a secret opens; None when it is over, was ended, or its agent may not sign in any more."""
    found = services.catalogue.sessions.find(digest_of(secret))
    if found is None or not found.account.is_enabled:
        return None
    now, session = services.now(), found.session
    idle = timedelta(minutes=services.settings.web.session_idle_minutes)
    if now >= session.ends_at or now >= session.seen_at + idle:
        return None
    if now >= session.seen_at + _NOTED_EVERY:
        services.catalogue.sessions.saw(session.session_id, now)
    return found


def live_sessions(services: Services, agent_id: str) -> tuple[DeskSession, ...]:
    """Sessions of an agent that still open something, the last used first."""
    now, idle = services.now(), timedelta(minutes=services.settings.web.session_idle_minutes)
    every = services.catalogue.sessions.of_agent(agent_id)
    return tuple(one for one in every if now < one.ends_at and now < one.seen_at + idle)


def sign_out(services: Services, signed_in: SignedIn) -> None:
    """Ends a session."""
    session, account = signed_in.session, signed_in.account
    services.catalogue.sessions.end(account.agent_id, (_signed_out(services, account),), session_id=session.session_id)


def end_session(services: Services, account: AgentAccount, session_id: str) -> bool:
    """Ends one of an agent's own sessions; whether there was one."""
    entry = _signed_out(services, account)
    return services.catalogue.sessions.end(account.agent_id, (entry,), session_id=session_id) == 1


def end_other_sessions(services: Services, account: AgentAccount, keep: str) -> int:
    """Signs an agent out everywhere else; how many sessions that were.

    Args:
        services: The installation.
        account: Whose.
        keep: Id of the session that stays; empty to end all.
    """
    return services.catalogue.sessions.end(account.agent_id, (_signed_out(services, account),), keep=keep)


def _opened(services: Services, session: DeskSession, account: AgentAccount, replaces: str = "") -> Opened:
    secret = new_secret()
    custody = (_signed_in(services, session, account),) if session.stage is Stage.OPEN else ()
    services.catalogue.sessions.open(digest_of(secret), session, custody, digest_of(replaces) if replaces else "")
    return Opened(secret, session, account)


def _first_stage(services: Services, account: AgentAccount) -> Stage:
    if account.has_second_factor:
        return Stage.CODE
    return _next_stage(services, Stage.CODE, account)


def _next_stage(services: Services, stage: Stage, account: AgentAccount) -> Stage:
    if account.must_renew and stage is Stage.CODE:
        return Stage.RENEW
    if services.settings.web.second_factor and not account.has_second_factor:
        return Stage.ENROL
    return Stage.OPEN


def _signed_in(services: Services, session: DeskSession, account: AgentAccount) -> CustodyEntry:
    detail = {"role": account.role.value, "session": session.session_id, "address": session.address}
    return CustodyEntry(services.now(), account.name, CustodyAction.SIGNED_IN, account.agent_id, detail=detail)


def _signed_out(services: Services, account: AgentAccount) -> CustodyEntry:
    return CustodyEntry(services.now(), account.name, CustodyAction.SIGNED_OUT, account.agent_id)
