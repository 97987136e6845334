"""Tokens with which a program acts for an agent at the API: made by the operator, ended by time or by hand."""

from collections.abc import Mapping
from datetime import timedelta

from pipeline.casework.agents.accounts import changed
from pipeline.casework.agents.matters import choose_matter
from pipeline.casework.proofs.secrets import TOKEN_MARK, digest_of, new_secret
from pipeline.catalogue.agent_sessions import SignedIn
from pipeline.domain.agents import AgentAccount, DeskSession, Matter, ProgramToken, Stage
from pipeline.domain.ids import new_id
from pipeline.errors import InputRefusedError
from pipeline.night.services import Services

PURPOSE, RECIPIENT, CASE = "Doorstep-Purpose", "Doorstep-Recipient", "Doorstep-Case"
"""Headers in which a program says on what matter it looks."""

_LONGEST_LABEL = 80


def make_token(services: Services, by: str, account: AgentAccount, label: str, days: int) -> tuple[ProgramToken, str]:
    """A token, and its secret, which is shown once.

    Args:
        services: The installation.
        by: Who makes it, for the custody log.
        account: For whom the program acts.
        label: What it is for, 1 to 80 characters.
        days: How long it lives.

    Raises:
        InputRefusedError: The label is empty or long, or the life is longer than the setting allows.
    """
    plain = " ".join(label.split())
    if not 0 < len(plain) <= _LONGEST_LABEL:
        raise InputRefusedError("label", f"say what the token is for, in 1 to {_LONGEST_LABEL} characters")
    if not 0 < days <= services.settings.web.token_days:
        raise InputRefusedError("days", f"a token lives 1 to {services.settings.web.token_days} days")
    now, secret = services.now(), TOKEN_MARK + new_secret()
    token = ProgramToken(new_id("to"), account.agent_id, plain, now, now + timedelta(days=days))
    entry = changed(services, by, account, "token_made", token=token.token_id)
    services.catalogue.sessions.add_token(digest_of(secret), token, (entry,))
    return token, secret


def end_token(services: Services, by: str, account: AgentAccount, token_id: str) -> bool:
    """Takes a token back; whether there was one."""
    entry = changed(services, by, account, "token_ended", token=token_id)
    return services.catalogue.sessions.end_token(account.agent_id, token_id, (entry,))


def find_token(services: Services, secret: str, headers: Mapping[str, str]) -> SignedIn | None:
    """Whose token this is, on the matter that the headers name; None when it is none, ended, or its agent is disabled.

    Raises:
        InputRefusedError: No live grant names the purpose and recipient of the headers.
    """
    found = services.catalogue.sessions.token(digest_of(secret)) if secret.startswith(TOKEN_MARK) else None
    if found is None:
        return None
    token, account = found
    if services.now() >= token.ends_at or not account.is_enabled:
        return None
    matter = _matter(services, account, headers)
    session = DeskSession(
        session_id=token.token_id,
        agent_id=account.agent_id,
        stage=Stage.OPEN,
        created_at=token.created_at,
        seen_at=services.now(),
        ends_at=token.ends_at,
        address="",
        browser=token.label,
        matter=matter,
    )
    return SignedIn(session, account)


def _matter(services: Services, account: AgentAccount, headers: Mapping[str, str]) -> Matter | None:
    purpose, recipient = headers.get(PURPOSE, ""), headers.get(RECIPIENT, "")
    if not purpose and not recipient:
        return None
    return choose_matter(services, account, purpose, recipient, headers.get(CASE, ""))
