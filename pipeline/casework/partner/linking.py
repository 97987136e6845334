"""Linking an account of Ring's partner interface: the token comes first, then its owner, who signs in and says yes.

Ring sends a code from server to server, and a moment later the owner's browser with a signed word (nonce). The code is
exchanged at once, since it is good for a minute; the token waits, sealed, until a resident who is signed in brings the
word that names its account. Then Ring is told, and only then is the account theirs.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.partner_auth import Arrived, confirm_link, exchange_code, masked
from pipeline.acquire.partner_signing import is_fresh, is_nonce
from pipeline.acquire.partner_transport import PartnerTransport
from pipeline.domain.cameras import Account
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.partner import SOURCE, Unclaimed
from pipeline.errors import InputRefusedError, NameTakenError, RecordNotFoundError, SettingsError
from pipeline.night.services import Services
from pipeline.settings import RingPartnerSettings

T = TypeVar("T")

_LONGEST_CODE = 4096


@dataclass(frozen=True, slots=True)
class Waiting:
    """An account that waits for its owner's yes.

    Attributes:
        pseudonym: Of the Ring account.
        shown: The owner's mail address at Ring, masked; empty when Ring told none.
        arrived: The token, and Ring's own name for the account.
    """

    pseudonym: str
    shown: str
    arrived: Arrived = field(repr=False)


def require_on(services: Services) -> RingPartnerSettings:
    """The settings of the interface.

    Raises:
        SettingsError: The operator has not set it up.
    """
    settings = services.settings.partner
    if not settings.is_on:
        raise SettingsError("Ring's partner interface is off: see `doorstep ring partner status`")
    return settings


def receive_code(services: Services, code: str) -> None:
    """Exchanges a code that Ring sent, and keeps the token until its owner claims it.

    Raises:
        InputRefusedError: It is no code at all.
        AccountRefusedError: Ring knows no such code.
        SourceUnreachableError: Ring does not answer.
    """
    settings = require_on(services)
    if not 0 < len(code) <= _LONGEST_CODE:
        raise InputRefusedError("code", "Ring sends a code")
    arrived = _with_transport(settings, lambda transport: exchange_code(transport, code))
    pseudonym = services.accounts.partner_pseudonym(arrived.ring_account)
    facts = {"ring_account": arrived.ring_account, "token": arrived.token, "shown": arrived.shown}
    sealed = services.box.seal(_box_name(pseudonym), json.dumps(facts, sort_keys=True).encode())
    services.catalogue.partner.keep_unclaimed(Unclaimed(pseudonym, sealed, services.now()))


def find_waiting(services: Services, nonce: str, time_ms: str) -> Waiting:
    """The account that a link of Ring's names, while the link is good.

    Raises:
        InputRefusedError: The link is too old, or names no account that waits.
    """
    settings = require_on(services)
    now = services.now()
    if not is_fresh(time_ms, now):
        raise InputRefusedError("link", "the link is too old; Ring's are good for ten minutes: begin again in its app")
    key = settings.signing_key.get_secret_value() if settings.signing_key else ""
    found = [
        waiting
        for waiting in _all_waiting(services, settings, now)
        if is_nonce(key, nonce, time_ms, waiting.arrived.ring_account)
    ]
    if not found:
        raise InputRefusedError("link", "the account that this link names does not wait here, or is linked already")
    return found[0]


def claim(services: Services, resident_id: str, nonce: str, time_ms: str, *, shown_to_ring: str) -> Account:
    """Links the account that a link of Ring's names with a resident, who says that its cameras are theirs.

    Args:
        services: The installation.
        resident_id: Who is signed in, and acts.
        nonce: As Ring's link has it.
        time_ms: Likewise.
        shown_to_ring: The resident's own address here, which Ring shows to them masked; it may be empty.

    Raises:
        InputRefusedError: As ``find_waiting``.
        NameTakenError: The account was linked by another resident.
        AccountRefusedError, SourceUnreachableError: Ring does not confirm; the account goes on waiting.
    """
    settings = require_on(services)
    waiting = find_waiting(services, nonce, time_ms)
    _require_not_anothers(services, waiting.pseudonym, resident_id)
    told = masked(shown_to_ring) or resident_id[:2] + "***"
    token = waiting.arrived.token
    _with_transport(settings, lambda transport: confirm_link(transport, token, nonce, told))
    account = services.accounts.link_partner(resident_id, waiting.arrived)
    services.catalogue.partner.forget_unclaimed(waiting.pseudonym)
    asyncio.run(services.accounts.refresh_cameras(account))
    return account


def linked_accounts(services: Services, resident_id: str) -> tuple[Account, ...]:
    """A resident's accounts of the interface that are linked now; empty when there is none."""
    found = services.catalogue.accounts.list()
    return tuple(
        account
        for account in found
        if (account.source, account.resident_id) == (SOURCE, resident_id)
        and services.catalogue.accounts.token(account.account_id)
    )


def same_names(services: Services, account: Account) -> tuple[str, ...]:
    """Names of the account's cameras which a camera of the same resident has too, over another way; sorted.

    The interface gives other ids than the account itself, so that nobody can tell whether they are one camera.
    """
    cameras = [one for one in services.catalogue.cameras.list() if one.owner_id == account.resident_id]
    here = {one.name.casefold(): one.name for one in cameras if one.account_id == account.account_id}
    elsewhere = {one.name.casefold() for one in cameras if one.account_id != account.account_id}
    return tuple(sorted(name for folded, name in here.items() if folded in elsewhere))


def forget_token(services: Services, account: Account, entered_by: str) -> None:
    """Erases an account's token, with the custody of it; nothing reaches its cameras any more."""
    detail = {"source": account.source, "resident": account.resident_id}
    entry = CustodyEntry(services.now(), entered_by, CustodyAction.ACCOUNT_UNLINKED, account.account_id, detail=detail)
    services.catalogue.accounts.forget_token(account.account_id, (entry,))


def _all_waiting(services: Services, settings: RingPartnerSettings, now: datetime) -> list[Waiting]:
    found = []
    for one in services.catalogue.partner.unclaimed(now - timedelta(hours=settings.unclaimed_hours)):
        facts = json.loads(services.box.open(_box_name(one.pseudonym), one.sealed))
        arrived = Arrived(facts["ring_account"], facts["token"], facts["shown"])
        found.append(Waiting(one.pseudonym, arrived.shown, arrived))
    return found


def _require_not_anothers(services: Services, pseudonym: str, resident_id: str) -> None:
    try:
        known = services.catalogue.accounts.find(pseudonym)
    except RecordNotFoundError:
        return
    if known.resident_id != resident_id:
        raise NameTakenError(known.account_id)


def _with_transport(settings: RingPartnerSettings, ask: Callable[[PartnerTransport], Awaitable[T]]) -> T:
    async def whole() -> T:
        transport = PartnerTransport(settings, RateLimiter(settings.calls_per_minute, settings.calls_burst))
        try:
            return await ask(transport)
        finally:
            await transport.close()

    return asyncio.run(whole())


def _box_name(pseudonym: str) -> str:
    return f"unclaimed {hashlib.sha256(pseudonym.encode()).hexdigest()[:12]}"
