"""Pauses after agents' failed tries; how they grow stands in ``pipeline.casework.proofs.pauses``."""

from pipeline.casework.proofs.pauses import count_failure_of, counted_by, every_count, require_turn_of
from pipeline.casework.proofs.secrets import digest_of
from pipeline.casework.proofs.visitors import Visitor
from pipeline.catalogue.agents import key_of
from pipeline.domain.agents import AgentAccount
from pipeline.night.services import Services


def require_turn(services: Services, account: AgentAccount | str, visitor: Visitor) -> None:
    """Returns when the next try may be looked at.

    Args:
        services: The installation.
        account: Whose, or the name that was typed and that nobody has.
        visitor: From where.

    Raises:
        SignInPausedError: It may not yet.
    """
    require_turn_of(services, _counted(services, account, visitor))


def count_failure(services: Services, account: AgentAccount | str, visitor: Visitor) -> None:
    """Counts a try that failed; of whom, as ``require_turn``."""
    count_failure_of(services, _counted(services, account, visitor))


def forget_failures(services: Services, account: AgentAccount, visitor: Visitor) -> None:
    """Whoever it was got in: earlier failures of this account from here do not count any more."""
    services.catalogue.tries.succeed(every_count(visitor, _name(account)))


def _counted(services: Services, account: AgentAccount | str, visitor: Visitor) -> tuple[str, ...]:
    if isinstance(account, str):
        return counted_by(visitor, _nobody(services, account))
    sessions, digest = services.catalogue.sessions, digest_of(visitor.known)
    is_known = bool(visitor.known) and sessions.is_known_browser(digest, account.agent_id, services.now())
    return counted_by(visitor, _name(account), is_known=is_known)


def _nobody(services: Services, name: str) -> str:
    """By what tries of a name that nobody has are counted: were they not, the pause would tell which names are.

    Keyed: people type their password where the name belongs, and nobody is to try passwords against what is kept.
    """
    return f"agent:{services.box.pseudonym(f'agent {key_of(name)}')}"


def _name(account: AgentAccount) -> str:
    return f"agent:{account.agent_id}"
