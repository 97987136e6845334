"""Logging in and renewing tokens, as Ring does: a second factor, and refresh tokens that are good for one use."""

import base64
import binascii
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.ring_simulator.reply import Reply
from pipeline.ring_simulator.world import SimulatedAccount, World

_CLIENT = "ring_official_android:"
_SCHEME = "Bearer "


@dataclass(frozen=True, slots=True)
class _Grant:
    user_name: str
    ends_at: float


class TokenDesk:
    """Who is logged in."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access: dict[str, _Grant] = {}
        self._refresh: dict[str, str] = {}
        self._wrong_codes: Counter[str] = Counter()

    def answer(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Answers a token request."""
        if not _is_known_client(headers.get("Authorization", "")):
            return Reply.of(401, {"error": "invalid_client", "error_description": "client is not known"})
        if form.get("grant_type") == "refresh_token":
            return self._renewed(form.get("refresh_token", ""))
        if form.get("grant_type") == "password" and headers.get("hardware_id"):
            return self._logged_in(form, headers)
        return Reply.of(400, {"error": "invalid_request", "error_description": "grant_type or hardware_id is missing"})

    def user_of(self, authorization: str) -> str | None:
        """Who holds this access token; None when it is unknown or too old."""
        grant = self._access.get(authorization.removeprefix(_SCHEME)) if authorization.startswith(_SCHEME) else None
        return grant.user_name if grant is not None and grant.ends_at > time.monotonic() else None

    def expire_access_tokens(self) -> None:
        """Makes every access token too old, though its holder may think otherwise."""
        self._access.clear()

    def revoke(self, user_name: str) -> None:
        """Ends every token of an account, as when its owner removes a device."""
        self._access = {token: grant for token, grant in self._access.items() if grant.user_name != user_name}
        self._refresh = {token: owner for token, owner in self._refresh.items() if owner != user_name}

    def _logged_in(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        account = self._world.account(form.get("username", ""))
        if account is None or not secrets.compare_digest(account.password.encode(), form.get("password", "").encode()):
            return Reply.of(401, {"error": "access_denied", "error_description": "invalid user credentials"})
        refusal = self._second_factor(account, headers.get("2fa-code"))
        return refusal or self._tokens(account.user_name)

    def _second_factor(self, account: SimulatedAccount, code: str | None) -> Reply | None:
        if account.two_factor_code is None:
            return None
        if code is None:
            return Reply.of(412, {"next_time_in_secs": 60, "phone": "+1xxxxxxxx00", "tsv_state": "sms"})
        if self._wrong_codes[account.user_name] >= self._world.most_codes:
            words = "too many requests from dependency service"
            return Reply.of(429, {"error": "access_denied", "error_description": words})
        if code != account.two_factor_code:
            self._wrong_codes[account.user_name] += 1
            words = "bad request response from dependency service"
            return Reply.of(400, {"err_msg": words, "error": "Verification Code is invalid or expired"})
        return None

    def _renewed(self, refresh_token: str) -> Reply:
        user_name = self._refresh.pop(refresh_token, None)
        if user_name is None:
            words = "token is invalid or does not exists"
            return Reply.of(401, {"error": "invalid_grant", "error_description": words})
        return self._tokens(user_name)

    def _tokens(self, user_name: str) -> Reply:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._access[access] = _Grant(user_name, time.monotonic() + self._world.token_seconds)
        self._refresh[refresh] = user_name
        return Reply.of(
            200,
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": self._world.token_seconds,
                "refresh_token": refresh,
                "scope": "client",
                "created_at": int(time.time()),
            },
        )


def _is_known_client(authorization: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        return scheme == "Basic" and base64.b64decode(encoded, validate=True).decode() == _CLIENT
    except (binascii.Error, UnicodeDecodeError):
        return False
