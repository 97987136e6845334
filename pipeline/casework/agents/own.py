"""What agents change of their own account."""

from pipeline.casework.agents.accounts import changed
from pipeline.casework.agents.pauses import count_failure, require_turn
from pipeline.casework.proofs.passwords import hash_password, is_password, require_good_password
from pipeline.casework.proofs.visitors import Visitor
from pipeline.catalogue.agent_sessions import SignedIn
from pipeline.errors import InputRefusedError
from pipeline.night.services import Services


def choose_password(services: Services, signed_in: SignedIn, password: str) -> None:
    """Puts a password of the agent's own in place of one that was given out; every other session ends.

    Raises:
        InputRefusedError: It cannot be taken, or is the one that was given out.
    """
    account = signed_in.account
    require_good_password(password, account.name)
    if is_password(services.catalogue.agents.proofs(account.agent_id).password_hash, password):
        raise InputRefusedError("password", "choose another password than the one that you were given")
    services.catalogue.agents.set_password(
        account.agent_id,
        hash_password(password),
        (changed(services, account.name, account, "password"),),
        keep=signed_in.session.session_id,
    )


def change_password(services: Services, signed_in: SignedIn, old: str, new: str, visitor: Visitor) -> None:
    """Changes the agent's password; every other session ends.

    Raises:
        InputRefusedError: The old one is wrong, or the new one cannot be taken.
        SignInPausedError: The old one was wrong too often of late.
    """
    require_old_password(services, signed_in, old, visitor)
    choose_password(services, signed_in, new)


def require_old_password(services: Services, signed_in: SignedIn, password: str, visitor: Visitor) -> None:
    """Returns when the password is the agent's: before something is changed with which they sign in.

    Raises:
        InputRefusedError: It is not.
        SignInPausedError: It was wrong too often of late.
    """
    account = signed_in.account
    require_turn(services, account, visitor)
    if not is_password(services.catalogue.agents.proofs(account.agent_id).password_hash, password):
        count_failure(services, account, visitor)
        raise InputRefusedError("old", "this is not your password")
