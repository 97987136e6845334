"""Signing in with name and password. What was wrong is not said, and takes the same time."""

from datetime import timedelta

from pipeline.casework.agents.pauses import count_failure, forget_failures, require_turn
from pipeline.casework.agents.sessions import Opened, open_session
from pipeline.casework.proofs.passwords import hash_password, is_outdated, is_password, nobodys_password
from pipeline.casework.proofs.secrets import digest_of, new_secret
from pipeline.casework.proofs.visitors import Visitor
from pipeline.domain.agents import AgentAccount, Stage
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import AgentUnknownError, SignInRefusedError
from pipeline.night.services import Services

KNOWN_FOR = timedelta(days=180)
"""A browser from which somebody signed in is known for so long."""


def sign_in(services: Services, name: str, password: str, visitor: Visitor, replaces: str = "") -> Opened:
    """Opens a session for whoever knows name and password; a one-time code may still be asked for.

    Args:
        services: The installation.
        name: Of an agent.
        password: As it was typed.
        visitor: From where.
        replaces: The secret of the session that this browser has, open or half open: it ends. Empty for none.

    Raises:
        SignInPausedError: Too many tries failed of late; this one was not looked at.
        SignInRefusedError: Name or password is wrong, or the account is disabled.
    """
    account = _account(services, name)
    require_turn(services, account or name, visitor)
    if not _is_right(services, account, password) or account is None:
        count_failure(services, account or name, visitor)
        _write_refusal(services, account, visitor, "password")
        raise SignInRefusedError
    opened = open_session(services, account, visitor, replaces)
    if opened.session.stage is not Stage.CODE:
        forget_failures(services, account, visitor)
    return opened


def know_browser(services: Services, account: AgentAccount, visitor: Visitor) -> str:
    """The secret by which a browser is known again: the one that it has, or a new one."""
    now = services.now()
    known = visitor.known
    if not known or not services.catalogue.sessions.is_known_browser(digest_of(known), account.agent_id, now):
        known = new_secret()
    services.catalogue.sessions.know_browser(digest_of(known), account.agent_id, now + KNOWN_FOR, now)
    return known


def _account(services: Services, name: str) -> AgentAccount | None:
    try:
        return services.catalogue.agents.named(name)
    except AgentUnknownError:
        return None


def _is_right(services: Services, account: AgentAccount | None, password: str) -> bool:
    if account is None:
        nobodys_password(password)
        return False
    kept = services.catalogue.agents.proofs(account.agent_id).password_hash
    if not is_password(kept, password):
        return False
    if is_outdated(kept):
        services.catalogue.agents.rehash(account.agent_id, hash_password(password))
    return account.is_enabled


def _write_refusal(services: Services, account: AgentAccount | None, visitor: Visitor, about: str) -> None:
    """One record a try that was looked at; tries within a pause are none, so that the log cannot be flooded.

    A name that nobody has is not written: people type their password there.
    """
    detail = {"about": about, "address": visitor.address}
    who = account.name if account else "somebody unknown"
    subject = account.agent_id if account else "desk"
    entry = CustodyEntry(services.now(), who, CustodyAction.SIGN_IN_REFUSED, subject, detail=detail)
    services.catalogue.custody.append((entry,))
