"""One-time codes of agents: set up, and asked for at sign-in, each good once."""

from pipeline.casework.agents.accounts import changed
from pipeline.casework.agents.pauses import count_failure, forget_failures, require_turn
from pipeline.casework.proofs.one_time import Enrolment, begin_for, finish_for, plain_code, step_of_code
from pipeline.casework.proofs.secrets import digest_of
from pipeline.casework.proofs.visitors import Visitor
from pipeline.domain.agents import AgentAccount
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import SignInRefusedError
from pipeline.night.services import Services


def begin_enrolment(services: Services, account: AgentAccount) -> Enrolment:
    """A new secret, which counts from the moment at which its first code is shown."""
    return begin_for(services, account.agent_id, account.name)


def finish_enrolment(services: Services, account: AgentAccount, sealed: str, code: str) -> tuple[str, ...]:
    """Sets one-time codes up, since the first code was right.

    Args:
        services: The installation.
        account: Whose.
        sealed: As ``Enrolment`` has it.
        code: Six digits.

    Returns:
        Recovery codes, each good once; they are shown now and never again.

    Raises:
        InputRefusedError: The code is wrong, or belongs to another secret.
    """
    made = finish_for(services, account.agent_id, sealed, code)
    services.catalogue.agents.set_second_factor(
        account.agent_id,
        made.sealed,
        made.step,
        [digest_of(plain_code(one)) for one in made.recovery],
        (changed(services, account.name, account, "second_factor_set_up"),),
    )
    return made.recovery


def give_code(services: Services, account: AgentAccount, code: str, visitor: Visitor) -> None:
    """Returns when a one-time code or a recovery code is right; it is used up then.

    Raises:
        SignInPausedError: Too many tries failed of late; this one was not looked at.
        SignInRefusedError: It is wrong, or was used.
    """
    require_turn(services, account, visitor)
    if not _is_right(services, account, code):
        count_failure(services, account, visitor)
        detail = {"about": "code", "address": visitor.address}
        entry = CustodyEntry(
            services.now(), account.name, CustodyAction.SIGN_IN_REFUSED, account.agent_id, detail=detail
        )
        services.catalogue.custody.append((entry,))
        raise SignInRefusedError
    forget_failures(services, account, visitor)


def _is_right(services: Services, account: AgentAccount, code: str) -> bool:
    proofs = services.catalogue.agents.proofs(account.agent_id)
    plain = plain_code(code)
    if plain.isdecimal():
        step = step_of_code(services, account.agent_id, proofs.second_factor, plain)
        return step is not None and services.catalogue.agents.use_step(account.agent_id, step)
    entry = changed(services, account.name, account, "recovery_code_used")
    return services.catalogue.agents.use_recovery(account.agent_id, digest_of(plain), (entry,))
