"""Being one account of the partner interface: its first token, the link of it, and tokens that rotate under way."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from pipeline.acquire.paced import RingCallError
from pipeline.acquire.partner_transport import API_URL, INTEGRATIONS_URL, PartnerTransport
from pipeline.acquire.ring_auth import Token, TokenStore
from pipeline.domain.cameras import Account
from pipeline.errors import AccountRefusedError, AccountUnknownError, SourceUnreachableError

NAME = "Ring's partner interface"

_EARLY_SECONDS = 300.0  # as Ring's own example renews: five minutes before the end
_OK, _BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND = 200, 400, 401, 403, 404
_LONGEST_ID = 200
_UNLINKED = "that is not linked yet"


@dataclass(frozen=True, slots=True)
class PartnerAccess:
    """What it takes to be one linked account.

    Attributes:
        account: Whose.
        tokens: Where the account's token is kept.
    """

    account: Account
    tokens: TokenStore


@dataclass(frozen=True, slots=True)
class Arrived:
    """A token that Ring sent before anybody said whose it is.

    Attributes:
        ring_account: Ring's own name for the account, an opaque word.
        token: As Ring gave it.
        shown: The owner's mail address, masked; empty when Ring told none.
    """

    ring_account: str = field(repr=False)
    token: Token = field(repr=False)
    shown: str = ""


async def exchange_code(transport: PartnerTransport, code: str) -> Arrived:
    """Exchanges the code that Ring sent; it is good once, and for a minute.

    Raises:
        AccountRefusedError: Ring knows no such code.
        SourceUnreachableError: Ring does not answer as it should.
    """
    try:
        token = await _token(transport, {"grant_type": "authorization_code", "code": code}, _UNLINKED)
        async with await transport.call("GET", f"{API_URL}/v1/users/me", token["access_token"]) as response:
            profile = await _data(response)
    except RingCallError as error:
        raise SourceUnreachableError(NAME, error.detail) from error
    ring_account = profile.get("id")
    if not isinstance(ring_account, str) or not 0 < len(ring_account) <= _LONGEST_ID:
        raise SourceUnreachableError(NAME, "a profile without an account id")
    attributes = profile.get("attributes")
    email = attributes.get("email") if isinstance(attributes, Mapping) else None
    return Arrived(ring_account, token, masked(email) if isinstance(email, str) else "")


async def confirm_link(transport: PartnerTransport, token: Token, nonce: str, shown: str) -> None:
    """Tells Ring that the owner of this token signed in here: first with the nonce, then that all is set up.

    Args:
        transport: The door.
        token: Of the account.
        nonce: Of the link, as it came.
        shown: What the owner is shown at Ring of our account; no address.

    Raises:
        AccountRefusedError: Ring refuses the nonce or the token.
        SourceUnreachableError: Ring does not answer as it should.
    """
    first = json.dumps({"account_identifier": shown, "nonce": nonce}).encode()
    second = json.dumps({"status": "completed"}).encode()
    for method, body in (("POST", first), ("PATCH", second)):
        try:
            async with await transport.call(method, INTEGRATIONS_URL, token["access_token"], body) as response:
                status = response.status
        except RingCallError as error:
            raise SourceUnreachableError(NAME, error.detail) from error
        if status in (_BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND):
            raise AccountRefusedError(
                "that is not linked yet", "Ring does not confirm the link; begin again in its app"
            )
        if status != _OK:
            raise SourceUnreachableError(NAME, f"it answered {status} to the link")


class PartnerSession:
    """One account's calls. A token is renewed by one call at a time, and saved before it is used."""

    def __init__(self, access: PartnerAccess, transport: PartnerTransport) -> None:
        stored = access.tokens.load(access.account.account_id)
        if not stored:
            raise AccountUnknownError(access.account.account_id)
        self._access = access
        self._transport = transport
        self._lock = asyncio.Lock()
        self._token: Token = stored

    async def call(
        self, method: str, url: str, body: bytes | None = None, *, is_download: bool = False
    ) -> aiohttp.ClientResponse:
        """One call in the account's name; a token that Ring refuses is renewed once.

        Raises:
            AccountRefusedError: Ring refuses the account, also with a new token.
            RingCallError: The call failed otherwise.
            PipelineError: A rotated token could not be saved; it is not used.
        """
        bearer = await self._bearer("")
        response = await self._transport.call(method, url, bearer, body, is_download=is_download)
        if response.status != _UNAUTHORISED:
            return response
        response.release()
        bearer = await self._bearer(bearer)
        response = await self._transport.call(method, url, bearer, body, is_download=is_download)
        if response.status == _UNAUTHORISED:
            response.release()
            raise AccountRefusedError(self._access.account.account_id, "Ring refuses its token")
        return response

    async def _bearer(self, refused: str) -> str:
        """The access token to use now; another than the one that was refused."""
        async with self._lock:
            is_old = time.time() >= float(self._token.get("expires_at", 0)) - _EARLY_SECONDS
            if is_old or self._token["access_token"] == refused:
                await self._renew()
            return str(self._token["access_token"])

    async def _renew(self) -> None:
        account_id = self._access.account.account_id
        newest = self._access.tokens.load(account_id) or self._token
        if newest["access_token"] != self._token["access_token"]:
            self._token = newest  # another process renewed it, and what we hold is used up
            return
        form = {"grant_type": "refresh_token", "refresh_token": str(newest["refresh_token"])}
        token = await _token(self._transport, form, account_id)
        whole = {**newest, **token}
        self._access.tokens.save(account_id, whole)  # no pause between the answer and this: it is the only one
        self._token = whole


async def _token(transport: PartnerTransport, form: dict[str, str], account_id: str) -> Token:
    """A token with the moment at which it ends.

    Raises:
        AccountRefusedError: Ring does not take what was given for it.
        RingCallError: There was no answer, or none with a token.
    """
    response = await transport.ask_for_token(form)
    body = await response.read()
    if response.status in (_BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN):
        raise AccountRefusedError(account_id, "Ring does not take its token; link it again in Ring's app")
    if response.status != _OK:
        raise RingCallError(f"it answered {response.status} to a token request", status=response.status)
    token = _object(body)
    access, refresh, lasts = (token.get(name) for name in ("access_token", "refresh_token", "expires_in"))
    if not (isinstance(access, str) and isinstance(refresh, str) and isinstance(lasts, int) and access and refresh):
        raise RingCallError("an answer without a token", status=_OK)
    return {"access_token": access, "refresh_token": refresh, "expires_at": time.time() + lasts}


async def _data(response: aiohttp.ClientResponse) -> Mapping[str, Any]:
    if response.status != _OK:
        raise RingCallError(f"it answered {response.status}", status=response.status)
    try:
        data = _object(await response.read()).get("data")
    except (aiohttp.ClientError, OSError) as error:
        failure: str = type(error).__name__
    else:
        if isinstance(data, Mapping):
            return data
        failure = "no data"
    raise RingCallError(f"an answer that cannot be read ({failure})", status=_OK)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RingCallError("an answer that is no object", status=_OK)
    return found


def masked(email: str) -> str:
    """A mail address of which its owner knows it and nobody else does: the first letter, and the end of the domain."""
    name, at, domain = email.strip().rpartition("@")
    if not at or not name:
        return ""
    return f"{name[0]}***@***.{domain.rpartition('.')[2]}"
