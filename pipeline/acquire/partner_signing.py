"""What Ring's partner interface signs with the app's key: the link of an account, and each webhook.

One key and one algorithm, two spellings: a link's nonce is URL-safe Base64 without padding, a webhook's signature is
hexadecimal after ``sha256=``. Both are compared in constant time.
Source: developer.amazon.com/docs/ring, "Account Linking" and "Notifications".
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

LINK_LIFE = timedelta(seconds=600)
"""How long a link may be used after Ring made it."""

_PREFIX = "sha256="
_MOST_DIGITS = 15


def nonce_of(key: str, time_ms: str, ring_account: str) -> str:
    """The nonce with which Ring would send the owner of this account, at this moment."""
    made = hmac.new(key.encode(), f"{time_ms}:{ring_account}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def is_nonce(key: str, nonce: str, time_ms: str, ring_account: str) -> bool:
    """Whether the nonce names this account at this moment."""
    return hmac.compare_digest(nonce_of(key, time_ms, ring_account).encode(), nonce.encode())


def is_fresh(time_ms: str, now: datetime) -> bool:
    """Whether a link made at this moment, milliseconds since 1970, may still be used; what lies ahead may not."""
    if not time_ms.isdecimal() or len(time_ms) > _MOST_DIGITS:
        return False
    made = datetime.fromtimestamp(int(time_ms) / 1000, UTC)
    return timedelta() <= now - made <= LINK_LIFE


def is_signed(key: str, body: bytes, signature: str) -> bool:
    """Whether the bytes of a webhook, as they came, carry Ring's signature."""
    made = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    given = signature.removeprefix(_PREFIX)
    return signature.startswith(_PREFIX) and hmac.compare_digest(made.encode(), given.encode("utf-8", "replace"))
