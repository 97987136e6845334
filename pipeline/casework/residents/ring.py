"""A resident links a Ring account in the browser, and takes it back.

User name and password are typed once and go to Ring. While Ring's code is on its way they are kept nowhere here: the
page holds them sealed, for ten minutes and for the session in which they were typed, and sends them back with the code.
"""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.acquire.ring_auth import Login
from pipeline.casework.proofs.pauses import count_failure_of, require_turn_of
from pipeline.catalogue.resident_sessions import ResidentSignedIn
from pipeline.domain.cameras import Account, Camera, FetchOutcome
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.log_filter import LogFilter
from pipeline.errors import (
    AccountRefusedError,
    EvidenceError,
    InputRefusedError,
    LoginForgottenError,
    NotHereError,
    SourceUnreachableError,
    TwoFactorNeededError,
)
from pipeline.night.services import Services
from pipeline.retention.revocation import Revocation, revoke_grant

CODE_FOR = timedelta(minutes=10)
"""Ring's codes are good for about so long."""

_LONGEST = 200


class LinkState(StrEnum):
    """How a linked account stands, as far as we know without asking."""

    LINKED = "linked"
    ASKS_AGAIN = "asks_again"
    """Ring refused its token when it was last asked; the resident has to sign in there again."""
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account of a resident, for them to see.

    Attributes:
        account: Which.
        state: How it stands.
        linked_at: UTC, when it was last linked; None when the log does not say.
        cameras: That it reaches, in order of name.
    """

    account: Account
    state: LinkState
    linked_at: datetime | None
    cameras: tuple[Camera, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """What came of linking: an account with its cameras, or that Ring wants a code first.

    Attributes:
        account: The linked account; None when a code is wanted.
        cameras: That it reaches.
        sealed: User name and password, sealed, to be sent back with the code; empty when it is linked.
        unread: Why the cameras could not be read, in words; empty when they could.
    """

    account: Account | None = None
    cameras: tuple[Camera, ...] = ()
    sealed: str = field(default="", repr=False)
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """What came of taking an account back."""

    account: Account
    revoked: tuple[Revocation, ...]


def link(services: Services, signed_in: ResidentSignedIn, user_name: str, password: str) -> Linked:
    """Links a Ring account, or says that Ring wants a code.

    Raises:
        AccountRefusedError: Wrong user name or password.
        InputRefusedError: One of them is empty or longer than anybody types.
        NameTakenError: Another resident linked it.
        SignInPausedError: Ring refused too many tries of late; this one was not sent.
        SourceUnreachableError: Ring does not answer.
    """
    if not 0 < len(user_name.strip()) <= _LONGEST:
        raise InputRefusedError("user", "type the mail address with which you sign in at Ring")
    if not 0 < len(password) <= _LONGEST:
        raise InputRefusedError("password", "type the password with which you sign in at Ring")
    return _link(services, signed_in, Login(user_name.strip(), password))


def give_ring_code(services: Services, signed_in: ResidentSignedIn, sealed: str, code: str) -> Linked:
    """Links the account of which user name and password were sealed, with the code that Ring sent.

    Raises:
        AccountRefusedError: The code is wrong, or too old.
        InputRefusedError: It is empty or longer than a code is.
        LoginForgottenError: What was sealed is too old, or of another session.
        NameTakenError: Another resident linked it.
        SignInPausedError: Ring refused too many tries of late; this one was not sent.
        SourceUnreachableError: Ring does not answer, or wants no more codes for now.
    """
    login = _opened(services, signed_in, sealed)
    plain = "".join(code.split()).replace("-", "")
    if not (plain.isascii() and plain.isalnum() and len(plain) <= 12):  # noqa: PLR2004 - six digits today
        raise InputRefusedError("code", "type the code that Ring sent")
    return _link(services, signed_in, Login(login.user_name, login.password, plain))


def unlink(services: Services, resident_id: str, account_id: str) -> Unlinked:
    """Erases the token, revokes every grant that names a camera of the account, and deletes what they alone covered.

    Raises:
        NotHereError: The resident has no such account, or it is unlinked.
    """
    account = own_account(services, resident_id, account_id)
    detail = {"source": account.source, "resident": resident_id}
    entry = CustodyEntry(services.now(), resident_id, CustodyAction.ACCOUNT_UNLINKED, account_id, detail=detail)
    named = grants_naming(services, account)
    services.catalogue.accounts.forget_token(account_id, (entry,))
    revoked = tuple(revoke_grant(services, grant.grant_id, resident_id) for grant in named)
    return Unlinked(account, revoked)


def refresh(services: Services, account: Account) -> tuple[Camera, ...]:
    """Asks Ring which cameras the account reaches now.

    Raises:
        AccountRefusedError: Ring wants its owner to sign in again; the state of the account says so from now on.
        SourceUnreachableError: Ring does not answer.
    """
    try:
        return asyncio.run(services.accounts.refresh_cameras(account))
    except (AccountRefusedError, EvidenceError) as error:  # of evidence: a token that cannot be unsealed
        newest = _newest(services, account, CustodyAction.ACCOUNT_LINKED)
        entry = CustodyEntry(
            at=services.now(),
            agent=account.resident_id,
            action=CustodyAction.ACCOUNT_REFUSED,
            subject=account.account_id,
            once=f"account_refused {account.account_id} {newest.index if newest else 0}",
        )
        services.catalogue.custody.append((entry,))
        raise AccountRefusedError(account.account_id, "it has to be linked again") from error


def own_account(services: Services, resident_id: str, account_id: str) -> Account:
    """An account of a resident that is linked now.

    Raises:
        NotHereError: There is none of this id.
    """
    for account in services.catalogue.accounts.list():
        if account.account_id == account_id and account.resident_id == resident_id and _is_linked(services, account):
            return account
    raise NotHereError


def own_accounts(services: Services, resident_id: str) -> tuple[LinkedAccount, ...]:
    """The accounts of a resident, those that were unlinked too, in order of id; empty when none was linked."""
    mine = [account for account in services.catalogue.accounts.list() if account.resident_id == resident_id]
    return tuple(_shown(services, account) for account in mine)


def grants_naming(services: Services, account: Account) -> tuple[ConsentGrant, ...]:
    """Grants of the account's resident that are not revoked and name a camera of it, in order of id."""
    cameras = {camera.camera_id for camera in services.catalogue.cameras.list(account.account_id)}
    return tuple(
        signed.grant
        for signed in services.catalogue.grants.latest()
        if signed.grant.resident_id == account.resident_id
        and signed.grant.revoked_at is None
        and cameras & set(signed.grant.camera_ids)
    )


def _link(services: Services, signed_in: ResidentSignedIn, login: Login) -> Linked:
    resident_id = signed_in.account.resident_id
    abouts = (f"ring:{resident_id}",)  # nobody guesses at Ring through us
    require_turn_of(services, abouts)
    try:
        account = asyncio.run(services.accounts.link_ring(resident_id, login))
    except AccountRefusedError:
        count_failure_of(services, abouts)
        raise
    except TwoFactorNeededError:
        if login.code is not None:
            raise
        return Linked(sealed=_sealed(services, signed_in, login))
    services.catalogue.tries.succeed(abouts)
    try:
        return Linked(account, refresh(services, account))
    except (AccountRefusedError, SourceUnreachableError) as error:
        return Linked(account, unread=str(error))


def _sealed(services: Services, signed_in: ResidentSignedIn, login: Login) -> str:
    until = (services.now() + CODE_FOR).timestamp()
    text = json.dumps({"user": login.user_name, "password": login.password, "until": until})
    return urlsafe_b64encode(services.box.seal(_sealed_for(signed_in), text.encode())).decode()


def _opened(services: Services, signed_in: ResidentSignedIn, sealed: str) -> Login:
    try:
        found = json.loads(services.box.open(_sealed_for(signed_in), urlsafe_b64decode(sealed.encode())))
    except (EvidenceError, ValueError) as error:
        raise LoginForgottenError from error
    if services.now().timestamp() > found["until"]:
        raise LoginForgottenError
    return Login(found["user"], found["password"])


def _sealed_for(signed_in: ResidentSignedIn) -> str:
    return f"Ring login in {signed_in.session.session_id}"


def _is_linked(services: Services, account: Account) -> bool:
    return bool(services.catalogue.accounts.token(account.account_id))


def _shown(services: Services, account: Account) -> LinkedAccount:
    cameras = services.catalogue.cameras.list(account.account_id)
    linked = _newest(services, account, CustodyAction.ACCOUNT_LINKED)
    refused = _newest(services, account, CustodyAction.ACCOUNT_REFUSED)
    linked_at = linked.entry.at if linked else None
    state = LinkState.LINKED if _is_linked(services, account) else LinkState.UNLINKED
    is_refused = refused is not None and (linked is None or refused.index > linked.index)
    if state is LinkState.LINKED and (is_refused or _was_refused(services, cameras, linked_at)):
        state = LinkState.ASKS_AGAIN
    return LinkedAccount(account, state, linked_at, tuple(sorted(cameras, key=lambda camera: camera.name.casefold())))


def _newest(services: Services, account: Account, action: CustodyAction) -> CustodyRecord | None:
    wanted = LogFilter(actions=(action,), subject=account.account_id)
    records = services.catalogue.custody_reading.page(wanted, None, 1).records
    return records[0] if records else None


def _was_refused(services: Services, cameras: tuple[Camera, ...], linked_at: datetime | None) -> bool:
    """Whether the source refused the account at the newest question of a night since it was linked."""
    asked = [
        row
        for camera in cameras
        for row in services.catalogue.coverage.last(camera.camera_id).values()
        if linked_at is None or row.at >= linked_at
    ]
    newest = max(asked, key=lambda row: row.at, default=None)
    return newest is not None and (newest.outcome is FetchOutcome.REFUSED or "refuses account" in newest.detail)
