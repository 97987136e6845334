"""What residents change of how they sign in: password with one-time codes, both or neither."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator

from pipeline.acquire.folder import METHOD
from pipeline.casework.proofs.one_time import Enrolment, begin_for, finish_for, plain_code
from pipeline.casework.proofs.passwords import hash_password, is_password, require_good_password
from pipeline.casework.proofs.pauses import count_failure_of, counted_by, require_turn_of
from pipeline.casework.proofs.secrets import digest_of
from pipeline.casework.proofs.visitors import Visitor
from pipeline.casework.residents.accounts import changed, mail_of
from pipeline.casework.residents.sign_in import named
from pipeline.catalogue.agents import Proofs
from pipeline.catalogue.resident_sessions import ResidentSignedIn
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.residents import ResidentAccount
from pipeline.errors import EvidenceError, InputRefusedError
from pipeline.night.services import Services


def begin_password(
    services: Services, signed_in: ResidentSignedIn, old: str, password: str, visitor: Visitor
) -> tuple[Enrolment, str]:
    """A square to scan, and the new password sealed to be sent back with the first code; nothing is changed yet.

    Args:
        services: The installation.
        signed_in: Whose.
        old: The password that there is; not looked at when there is none.
        password: The new one.
        visitor: From where.

    Raises:
        InputRefusedError: The old one is wrong, or the new one cannot be taken.
        SignInPausedError: The old one was wrong too often of late.
    """
    account = signed_in.account
    require_old(services, account, old, visitor)
    name = mail_of(services, account) or account.resident_id
    require_good_password(password, name)
    sealed = services.box.seal(_sealed_for(signed_in), hash_password(password).encode())
    return begin_for(services, account.resident_id, name), urlsafe_b64encode(sealed).decode()


def finish_password(
    services: Services, signed_in: ResidentSignedIn, sealed_password: str, sealed: str, code: str
) -> tuple[str, ...]:
    """Sets password and one-time codes up, since the first code was right; every other session ends.

    Returns:
        Recovery codes, each good once; they are shown now and never again.

    Raises:
        InputRefusedError: The code is wrong, or what was sealed is of another session.
    """
    resident_id = signed_in.account.resident_id
    try:
        kept = services.box.open(_sealed_for(signed_in), urlsafe_b64decode(sealed_password.encode())).decode()
    except (EvidenceError, ValueError) as error:
        raise InputRefusedError("password", "this page is of another session: begin again") from error
    made = finish_for(services, resident_id, sealed, code)
    recovery = tuple(digest_of(plain_code(one)) for one in made.recovery)
    entry = changed(services, resident_id, signed_in.account, "password_set_up")
    services.catalogue.residents.set_proofs(
        resident_id, Proofs(kept, made.sealed, made.step, recovery), (entry,), keep=signed_in.session.session_id
    )
    return made.recovery


def drop_password(services: Services, signed_in: ResidentSignedIn, old: str, visitor: Visitor) -> None:
    """Takes password and one-time codes away: links by mail sign in from now on. Every other session ends.

    Raises:
        InputRefusedError: The password is wrong, or the account has no mail address.
        SignInPausedError: It was wrong too often of late.
    """
    account = signed_in.account
    require_old(services, account, old, visitor)
    if not account.has_mail:
        raise InputRefusedError("old", "without a mail address nothing would be left to sign in with")
    entry = changed(services, account.resident_id, account, "password_dropped")
    services.catalogue.residents.set_proofs(
        account.resident_id, Proofs(""), (entry,), keep=signed_in.session.session_id
    )


def reset_resident(
    services: Services, by: str, account: ResidentAccount, *, keep_linked: bool = False
) -> tuple[str, ...]:
    """Takes away whatever opens an account or was opened with it, for whoever lost telephone and recovery codes.

    Password, one-time codes, sessions and links to sign in go, and so do the tokens of linked accounts: somebody else
    may have linked one of theirs meanwhile. What was granted stays granted and what is held stays: to end that is the
    resident's.

    Args:
        services: The installation.
        by: Who resets.
        account: Whose.
        keep_linked: Leaves linked accounts as they are, where it is known that nobody else signed in.

    Returns:
        Ids of the accounts that are unlinked now.
    """
    entry = changed(services, by, account, "reset")
    services.catalogue.residents.set_proofs(account.resident_id, Proofs(""), (entry,))
    services.catalogue.tries.succeed((named(account),))
    return () if keep_linked else tuple(_unlink_all(services, by, account))


def _unlink_all(services: Services, by: str, account: ResidentAccount) -> Iterator[str]:
    accounts = services.catalogue.accounts
    for one in accounts.list():
        if one.resident_id != account.resident_id or one.source == METHOD or not accounts.token(one.account_id):
            continue
        detail = {"source": one.source, "resident": one.resident_id}
        entry = CustodyEntry(services.now(), by, CustodyAction.ACCOUNT_UNLINKED, one.account_id, detail=detail)
        accounts.forget_token(one.account_id, (entry,))
        yield one.account_id


def require_old(services: Services, account: ResidentAccount, password: str, visitor: Visitor) -> None:
    """Returns when the password is the resident's, or there is none: before what signs in is changed.

    Raises:
        InputRefusedError: It is not.
        SignInPausedError: It was wrong too often of late.
    """
    if not account.has_password:
        return
    abouts = counted_by(visitor, named(account))
    require_turn_of(services, abouts)
    if not is_password(services.catalogue.residents.proofs(account.resident_id).password_hash, password):
        count_failure_of(services, abouts)
        raise InputRefusedError("old", "this is not your password")


def _sealed_for(signed_in: ResidentSignedIn) -> str:
    return f"password in {signed_in.session.session_id}"
