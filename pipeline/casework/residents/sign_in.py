"""Signing in with mail address, password and one-time code. What was wrong is not said, and takes the same time."""

from pipeline.casework.proofs.one_time import plain_code, step_of_code
from pipeline.casework.proofs.passwords import hash_password, is_outdated, is_password, nobodys_password
from pipeline.casework.proofs.pauses import count_failure_of, counted_by, every_count, require_turn_of
from pipeline.casework.proofs.secrets import digest_of
from pipeline.casework.proofs.visitors import Visitor
from pipeline.casework.residents.accounts import changed, mail_key
from pipeline.casework.residents.sessions import OpenedAtHome, open_resident_session
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.residents import ResidentAccount
from pipeline.errors import ResidentUnknownError, SignInRefusedError
from pipeline.night.services import Services


def sign_in_with_password(services: Services, address: str, password: str, visitor: Visitor) -> OpenedAtHome:
    """Opens a session at the step of the one-time code for whoever knows address and password.

    Raises:
        SignInPausedError: Too many tries failed of late; this one was not looked at.
        SignInRefusedError: Address or password is wrong, there is no password, or the account is disabled.
    """
    account = _account(services, address)
    abouts = counted_by(visitor, named(account) if account else _nobody(services, address))
    require_turn_of(services, abouts)
    if not _is_right(services, account, password) or account is None:
        count_failure_of(services, abouts)
        _write_refusal(services, account, visitor, "password")
        raise SignInRefusedError
    return open_resident_session(services, account, visitor, "password")


def give_resident_code(services: Services, account: ResidentAccount, code: str, visitor: Visitor) -> None:
    """Returns when a one-time code or a recovery code is right; it is used up then.

    Raises:
        SignInPausedError: Too many tries failed of late; this one was not looked at.
        SignInRefusedError: It is wrong, or was used.
    """
    abouts = counted_by(visitor, named(account))
    require_turn_of(services, abouts)
    if not _is_code(services, account, code):
        count_failure_of(services, abouts)
        _write_refusal(services, account, visitor, "code")
        raise SignInRefusedError
    services.catalogue.tries.succeed(every_count(visitor, named(account)))


def named(account: ResidentAccount) -> str:
    """By what tries of an account are counted."""
    return f"resident:{account.resident_id}"


def _nobody(services: Services, address: str) -> str:
    """By what tries of an address that nobody has are counted: were they not, the pause would tell which ones are."""
    return f"resident:{mail_key(services, address)}"


def _account(services: Services, address: str) -> ResidentAccount | None:
    try:
        return services.catalogue.residents.with_mail(mail_key(services, address))
    except ResidentUnknownError:
        return None


def _is_right(services: Services, account: ResidentAccount | None, password: str) -> bool:
    if account is None or not account.has_password:
        nobodys_password(password)
        return False
    kept = services.catalogue.residents.proofs(account.resident_id).password_hash
    if not is_password(kept, password):
        return False
    if is_outdated(kept):
        services.catalogue.residents.rehash(account.resident_id, hash_password(password))
    return account.is_enabled


def _is_code(services: Services, account: ResidentAccount, code: str) -> bool:
    proofs = services.catalogue.residents.proofs(account.resident_id)
    plain = plain_code(code)
    if plain.isdecimal():
        step = step_of_code(services, account.resident_id, proofs.second_factor, plain)
        return step is not None and services.catalogue.residents.use_step(account.resident_id, step)
    entry = changed(services, account.resident_id, account, "recovery_code_used")
    return services.catalogue.residents.use_recovery(account.resident_id, digest_of(plain), (entry,))


def _write_refusal(services: Services, account: ResidentAccount | None, visitor: Visitor, about: str) -> None:
    """One record a try that was looked at; an address that nobody has is not written."""
    detail = {"door": "home", "about": about, "address": visitor.address}
    who = account.resident_id if account else "somebody unknown"
    subject = account.resident_id if account else "home"
    entry = CustodyEntry(services.now(), who, CustodyAction.SIGN_IN_REFUSED, subject, detail=detail)
    services.catalogue.custody.append((entry,))
