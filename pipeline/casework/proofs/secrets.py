"""Secrets that open something: chosen by chance, handed out once, kept as a digest."""

import hashlib
import hmac
import secrets

_BYTES = 32
"""256 bits: nobody guesses one, so that a plain digest of it may be kept."""

TOKEN_MARK = "dst_"  # noqa: S105
"""What a program's token begins with, so that one that was left in a file is found by whoever looks for secrets."""


def new_secret() -> str:
    """43 characters that a cookie or a header can hold."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def bound_to(secret: str, use: str) -> str:
    """A text that only the holder of a secret can have been given for this use; the secret does not follow from it."""
    return hmac.new(secret.encode(), use.encode(), hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
