"""Being one Ring account: linking it, and reading what Ring says when it refuses one."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast

import aiohttp
from ring_doorbell import Auth, AuthenticationError, RingError, RingTimeout

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.paced import RingCallError
from pipeline.acquire.ring_transport import TOKEN_URL, RingTransport
from pipeline.domain.cameras import Account
from pipeline.errors import AccountRefusedError, PipelineError, SourceUnreachableError, TwoFactorNeededError
from pipeline.settings import RingSettings

Token = dict[str, Any]
T = TypeVar("T")

_BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN, _TWO_FACTOR = 400, 401, 403, 412
_CALL_FAILURES = (
    RingCallError,
    RingError,
    aiohttp.ClientError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    Warning,
)
"""All that one call through ``ring_doorbell`` may raise: it wraps some errors, lets others through (also oauthlib's
warning that the scope has changed), and takes the shape of an answer for granted."""


class TokenStore(Protocol):
    """Keeps each account's newest token, encrypted."""

    def load(self, account_id: str) -> Token | None:
        """The newest token; None when the account is not linked."""
        ...

    def save(self, account_id: str, token: Token) -> None:
        """Keeps the token durably before it returns; whoever calls uses the token only afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Login:
    """What a resident types in once. Never stored, never shown.

    Attributes:
        user_name: Usually an e-mail address.
        password: Of the Ring account.
        code: The two-factor code that Ring sent; None at the first try.
    """

    user_name: str = field(repr=False)
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RingAccess:
    """What it takes to be one linked account.

    Attributes:
        account: Whose.
        hardware_id: The same for good: Ring lists each one as a device of the resident.
        tokens: Where the account's token is kept.
    """

    account: Account
    hardware_id: str
    tokens: TokenStore


async def link_account(
    account_id: str, login: Login, hardware_id: str, settings: RingSettings, limiter: RateLimiter
) -> Token:
    """The first token of an account; the caller saves it.

    A code is valid once and for minutes: call without one first, and again with the code when told to.

    Raises:
        AccountRefusedError: Wrong user name, password or code.
        SourceUnreachableError: Ring did not answer, is at fault, or wants no more tries for now.
        TwoFactorNeededError: Ring sent a code to the account's owner.
    """
    impatient = settings.model_copy(update={"throttle_patience_seconds": 0.0})  # somebody sits before a form
    transport = RingTransport(impatient, limiter)
    door = AccountDoor(account_id, transport)
    try:
        auth = door.client(settings.user_agent, hardware_id)
        return dict(await translated(account_id, auth.async_fetch_token(login.user_name, login.password, login.code)))
    except RingCallError as error:
        raise SourceUnreachableError("Ring", error.detail) from error
    finally:
        await transport.close()


class AccountDoor:
    """The transport as one account uses it: a refused login or token becomes its own error here.

    ``ring_doorbell`` never looks at the status of a token answer: whatever has no token in it it calls a wish for a
    two-factor code (at a login) or a dead account (at a refresh), also a 429 or a page of a gateway. So the status is
    read before the client sees the answer.
    """

    def __init__(self, account_id: str, transport: RingTransport) -> None:
        self._account_id = account_id
        self._transport = transport

    async def request(self, method: str, url: str, **options: Any) -> aiohttp.ClientResponse:  # noqa: ANN401
        """As of ``RingTransport.request``.

        Raises:
            AccountRefusedError, TwoFactorNeededError: The answer to a token request.
            RingCallError: The service is at fault, or wants no more tries for now.
        """
        response = await self._transport.request(method, url, **options)
        if url != TOKEN_URL or response.status < _BAD_REQUEST:
            return response
        async with response:
            said = await response.text(errors="replace")
        raise self._refusal(response.status, _reason(said), is_login="password" in options.get("data", {}))

    def client(
        self,
        user_agent: str,
        hardware_id: str,
        token: Token | None = None,
        token_updater: Callable[[Token], None] | None = None,
    ) -> Auth:
        """The client library's account behind this door."""
        session = cast("aiohttp.ClientSession", self)  # it calls request() and nothing else
        return Auth(user_agent, token, token_updater, hardware_id, http_client_session=session)

    def _refusal(self, status: int, reason: str, *, is_login: bool) -> Exception:
        if status == _TWO_FACTOR:
            return TwoFactorNeededError(self._account_id)
        if "too many requests" in reason:
            return RingCallError("too many codes were tried; wait ten minutes", status=429, throttled=True)
        if status not in (_BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN):
            return RingCallError(f"it answered {status} to a token request", status=status)
        if "verification code" in reason:
            return AccountRefusedError(self._account_id, "the two-factor code is wrong or too old")
        if is_login:
            return AccountRefusedError(self._account_id, "wrong user name or password")
        return AccountRefusedError(self._account_id, "the stored token is no longer valid")


async def translated(account_id: str, answer: Awaitable[T]) -> T:
    """What the client library answers, with its errors turned into ours.

    Raises:
        AccountRefusedError: Ring refuses the account.
        RingCallError: The call failed otherwise.
        PipelineError: As raised below the client library.
    """
    try:
        return await answer
    except _CALL_FAILURES as error:
        failure = _ours(account_id, error)
    # Raised out here so that the vendor's error, whose text can hold addresses, does not hang on as the context.
    raise failure


def _ours(account_id: str, error: BaseException) -> Exception:
    for candidate in (error, error.__cause__):
        if isinstance(candidate, RingCallError | PipelineError):
            return candidate
        if isinstance(candidate, aiohttp.ClientResponseError):
            return RingCallError(f"it answered {candidate.status}", status=candidate.status)
        if isinstance(candidate, RingTimeout | TimeoutError):
            return RingCallError("no answer in time", timed_out=True)
        if isinstance(candidate, aiohttp.ClientError | OSError):
            return RingCallError(f"no connection ({type(candidate).__name__})")
    if isinstance(error, AuthenticationError):
        return AccountRefusedError(account_id, "the answer holds an error in place of a token")
    return RingCallError(f"an answer that cannot be read ({type(error).__name__})", status=200)


def _reason(said: str) -> str:
    """The words of a refusal, lower case; empty when there are none."""
    try:
        body = json.loads(said)
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    return f"{body.get('error', '')} {body.get('error_description', '')}".lower()
