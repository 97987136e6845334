"""Accounts of agents: adding one, letting and forbidding to sign in, other roles, new passwords."""

from pipeline.casework.proofs.passwords import hash_password, invent_password, require_good_password
from pipeline.domain.agents import AgentAccount, Role, require_agent_name
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.errors import InputRefusedError
from pipeline.night.services import Services


def add_agent(services: Services, by: str, name: str, role: Role, password: str = "") -> tuple[AgentAccount, str]:
    """Adds an agent.

    Args:
        services: The installation.
        by: Who adds, for the custody log.
        name: With which the agent will sign in.
        role: What the agent may do.
        password: Chosen by the agent; empty to invent one, which has to be replaced at the first sign-in.

    Returns:
        The account, and the password to hand on; empty when it was given.

    Raises:
        InputRefusedError: The name or the password cannot be taken.
        AgentNameTakenError: Somebody has the name.
    """
    account, invented = _new_account(services, name, role, password)
    _write(services, by, account, password or invented, first=False)
    return account, invented


def add_first_administrator(services: Services, name: str, password: str) -> AgentAccount | None:
    """Adds the first agent of an installation; None, and nothing is written, when there is one already.

    Raises:
        InputRefusedError: The name or the password cannot be taken.
    """
    if not services.catalogue.agents.is_empty():
        return None
    account, _ = _new_account(services, name, Role.ADMINISTRATOR, require_good_password(password, name))
    return account if _write(services, account.name, account, password, first=True) else None


def set_enabled(services: Services, by: str, account: AgentAccount, *, enabled: bool) -> None:
    """Lets an agent sign in, or forbids it and ends their sessions and tokens.

    Raises:
        LastAdministratorError: Nobody would be left who may add agents.
    """
    change = "enabled" if enabled else "disabled"
    entry = changed(services, by, account, change)
    services.catalogue.agents.change(account.agent_id, (entry,), enabled=enabled)


def change_role(services: Services, by: str, account: AgentAccount, role: Role) -> None:
    """Gives an agent another role and ends their sessions.

    Raises:
        LastAdministratorError: Nobody would be left who may add agents.
    """
    entry = changed(services, by, account, "role", role=role.value)
    services.catalogue.agents.change(account.agent_id, (entry,), role=role)


def reset(services: Services, by: str, account: AgentAccount, *, password: str = "") -> str:
    """Gives an agent a new password, which is good for choosing another, and takes second factor and tokens away.

    Args:
        services: The installation.
        by: Who resets.
        account: Of whom.
        password: The new one; empty to invent it.

    Returns:
        The password to hand on.

    Raises:
        InputRefusedError: The password cannot be taken.
    """
    given = require_good_password(password, account.name) if password else invent_password()
    services.catalogue.agents.set_password(
        account.agent_id,
        hash_password(given),
        (changed(services, by, account, "reset"),),
        must_renew=True,
        without_second_factor=True,
    )
    services.catalogue.tries.succeed((f"agent:{account.agent_id}",))
    return given


def changed(services: Services, by: str, account: AgentAccount, change: str, **facts: str) -> CustodyEntry:
    """The custody of a change of an account."""
    detail = {"change": change, "name": account.name, **facts}
    return CustodyEntry(services.now(), by, CustodyAction.AGENT_CHANGED, account.agent_id, detail=detail)


def _new_account(services: Services, name: str, role: Role, password: str) -> tuple[AgentAccount, str]:
    try:
        plain = require_agent_name(name)
    except ValueError as error:
        raise InputRefusedError("name", str(error)) from error
    if password:
        require_good_password(password, plain)
    account = AgentAccount(
        agent_id=new_id("ag"),
        name=plain,
        role=role,
        is_enabled=True,
        created_at=services.now(),
        must_renew=not password,
    )
    return account, "" if password else invent_password()


def _write(services: Services, by: str, account: AgentAccount, password: str, *, first: bool) -> bool:
    detail = {"name": account.name, "role": account.role.value}
    entry = CustodyEntry(services.now(), by, CustodyAction.AGENT_ADDED, account.agent_id, detail=detail)
    return services.catalogue.agents.add(account, hash_password(password), (entry,), first=first)
