"""Tokens at rest: sealed with a key that lies in a file of its own, never in the database.

Source: AES-256-GCM, NIST SP 800-38D, with a random 96-bit nonce for each sealing; keys for sealing and for pseudonyms
are derived apart by HKDF (RFC 5869).
"""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipeline.errors import EvidenceError
from pipeline.evidence.files import make_once, read_private

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_PSEUDONYM_DIGITS = 24


class TokenBox:
    """Seals and opens the tokens of linked accounts."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise ValueError(f"a sealing key has {_KEY_BYTES} bytes, got {len(secret)}")
        self._cipher = AESGCM(_derived(secret, b"tokens"))
        self._pseudonyms = _derived(secret, b"pseudonyms")
        self._marks = _derived(secret, b"marks")

    @classmethod
    def at(cls, path: Path) -> Self:
        """A box with the key in this file, made when there is none.

        Raises:
            StorageError: The file cannot be read or written.
            EvidenceError: The file is no sealing key, or others may read it.
        """
        if not path.exists():
            make_once(path, secrets.token_hex(_KEY_BYTES).encode())
        try:
            return cls(bytes.fromhex(read_private(path).decode("ascii").strip()))
        except ValueError as error:
            raise EvidenceError(f"{path.name} holds no sealing key") from error

    def seal(self, account_id: str, token: bytes) -> bytes:
        """The token, readable only with our key and only as this account's."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, token, account_id.encode())

    def open(self, account_id: str, sealed: bytes) -> bytes:
        """The token that was sealed for this account.

        Raises:
            EvidenceError: It was sealed with another key or for another account, or it was changed.
        """
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _VERSION:
            raise EvidenceError(f"the sealed token of account {account_id} is not in a form that we know")
        try:
            return self._cipher.decrypt(nonce, text, account_id.encode())
        except (InvalidTag, ValueError) as error:
            raise EvidenceError(f"the sealed token of account {account_id} cannot be opened: link it again") from error

    def pseudonym(self, user_name: str) -> str:
        """Stands for a user name; the same for the same name in any spelling of case, and not to be turned back."""
        name = user_name.strip().casefold().encode()
        return hmac.new(self._pseudonyms, name, hashlib.sha256).hexdigest()[:_PSEUDONYM_DIGITS]

    def mark(self, words: str) -> str:
        """64 hexadecimal digits that stand for words; the same for the same words, and not to be turned back."""
        return hmac.new(self._marks, words.encode(), hashlib.sha256).hexdigest()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"doorstep " + purpose).derive(secret)
