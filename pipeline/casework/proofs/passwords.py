"""Passwords: hashed with Argon2id, and refused when they are short or obvious. Nothing else is asked of them.

Parameters are the second recommended option of RFC 9106, section 4 (t=3, p=4, 64 MiB), above what the OWASP Password
Storage Cheat Sheet asks for at the least (19 MiB, t=2, p=1). A hash of other parameters is made anew at the next
sign-in. For a name that nobody has the same work is done, so that the time of an answer does not say which names exist.
Source: NIST SP 800-63B-4, 3.1.1.2: length and a list of what is obvious, and no rules of composition.
"""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from pipeline.errors import InputRefusedError

SHORTEST = 12
LONGEST = 256

_OBVIOUS = (
    "password", "passwort", "doorstep", "investigator", "administrator", "supervisor", "letmein", "welcome", "qwerty",
    "asdfgh", "iloveyou", "trustno1", "changeme", "football", "baseball", "sunshine", "princess", "dragon", "monkey",
    "police", "sheriff", "evidence", "detective", "officer", "summer", "winter", "spring", "autumn", "secret",
    "123456789012", "0123456789", "1234567890", "abcdefghijkl", "correct horse battery staple", "correcthorse",
)  # fmt: skip
_LEAST_OWN = 6
"""Characters that have to be left when what is obvious is taken out."""
_LEAST_DIFFERENT = 5

_AT_ONCE = threading.BoundedSemaphore(2)
"""Hashes that are made at the same time: each takes 64 MiB."""

_SYLLABLES = tuple(f"{c}{v}" for c in "bdfghjklmnprstvz" for v in "aeiou")


def hash_password(password: str) -> str:
    """The Argon2id hash, with its parameters and a salt of its own."""
    with _AT_ONCE:
        return _hasher().hash(password)


def is_password(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed."""
    with _AT_ONCE:
        try:
            return _hasher().verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def nobodys_password(password: str) -> None:
    """Does the work of looking at a password, for a name that nobody has."""
    is_password(_nobodys_hash(), password)


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)


def require_good_password(password: str, name: str) -> str:
    """Returns the password if it can be taken.

    Args:
        password: As it was typed; spaces count.
        name: The agent's, which is obvious too.

    Raises:
        InputRefusedError: It is short, longer than anybody types, or obvious.
    """
    if len(password) < SHORTEST:
        raise InputRefusedError(
            "password", f"a password has at least {SHORTEST} characters; a sentence is easy to keep"
        )
    if len(password) > LONGEST:
        raise InputRefusedError("password", f"a password has at most {LONGEST} characters")
    left = password.casefold()
    for word in (name.casefold(), *_OBVIOUS):
        left = left.replace(word, "")
    if len(set(password.casefold())) < _LEAST_DIFFERENT or len(left) < _LEAST_OWN:
        raise InputRefusedError("password", "this password is among the first that are guessed; take another")
    return password


def invent_password() -> str:
    """A password that can be read out: 10 syllables, 63 bits by chance."""
    parts = ["".join(secrets.choice(_SYLLABLES) for _ in range(2)) for _ in range(5)]
    return "-".join(parts)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe())
