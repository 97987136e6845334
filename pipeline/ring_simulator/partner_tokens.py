"""Codes and tokens of the simulated partner interface: codes are good once, refresh tokens are good for one use."""

import secrets
import time
from collections.abc import Mapping

from pipeline.ring_simulator.partner_world import PartnerWorld
from pipeline.ring_simulator.reply import Reply

_SCHEME = "Bearer "


class PartnerTokens:
    """Who holds which token."""

    def __init__(self, world: PartnerWorld) -> None:
        self._world = world
        self._codes: dict[str, tuple[str, float]] = {}
        self._access: dict[str, tuple[str, float]] = {}
        self._refresh: dict[str, str] = {}

    def code(self, ring_account: str) -> str:
        """A fresh code for an account."""
        made = secrets.token_urlsafe(24)
        self._codes[made] = ring_account, time.monotonic() + self._world.code_seconds
        return made

    def answer(self, form: Mapping[str, str]) -> Reply:
        """Answers a token request."""
        known = (self._world.client_id, self._world.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != known:
            return Reply.of(401, {"error": "invalid_client"})
        if form.get("grant_type") == "authorization_code":
            ring_account, ends_at = self._codes.pop(form.get("code", ""), ("", 0.0))
            is_good = bool(ring_account) and time.monotonic() < ends_at
            return self._tokens(ring_account) if is_good else _refusal()
        if form.get("grant_type") == "refresh_token":
            owner = self._refresh.pop(form.get("refresh_token", ""), "")
            return self._tokens(owner) if owner else _refusal()
        return Reply.of(400, {"error": "unsupported_grant_type"})

    def account_of(self, authorization: str) -> str:
        """Whose access token it is; empty when it is unknown or too old."""
        if not authorization.startswith(_SCHEME):
            return ""
        owner, ends_at = self._access.get(authorization.removeprefix(_SCHEME), ("", 0.0))
        return owner if time.monotonic() < ends_at else ""

    def expire_access_tokens(self) -> None:
        """Makes every access token too old, though its holder may think otherwise."""
        self._access.clear()

    def revoke(self, ring_account: str) -> None:
        """Ends every token of an account, as when its owner removes the app."""
        self._access = {token: kept for token, kept in self._access.items() if kept[0] != ring_account}
        self._refresh = {token: owner for token, owner in self._refresh.items() if owner != ring_account}

    def _tokens(self, ring_account: str) -> Reply:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._access[access] = ring_account, time.monotonic() + self._world.token_seconds
        self._refresh[refresh] = ring_account
        return Reply.of(
            200,
            {
                "access_token": access,
                "refresh_token": refresh,
                "scope": "ava.v1:read",
                "expires_in": self._world.token_seconds,
                "token_type": "Bearer",
            },
        )


def _refusal() -> Reply:
    return Reply.of(400, {"error": "invalid_grant"})
