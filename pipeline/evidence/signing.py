"""Our Ed25519 key: a file that only we can read, made once, whoever comes first.

Source: RFC 8032 (Ed25519); keys are stored as PKCS 8 PEM, so that ``openssl pkeyutl -verify -rawin`` can check what
they sign.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from pipeline.errors import EvidenceError
from pipeline.evidence.files import READ_ONLY, make_once, read_private

_KEY_ID_DIGITS = 16
_REMEMBERED = 4096
"""Answers that a ring of keys keeps: the grants of some thousand doors."""


class VerifyingKey:
    """The public half of a key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self.key_id = hashlib.sha256(self.raw).hexdigest()[:_KEY_ID_DIGITS]

    @classmethod
    def from_raw(cls, raw: bytes) -> Self:
        """A key from its 32 bytes."""
        return cls(Ed25519PublicKey.from_public_bytes(raw))

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the key."""
        return self._key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def pem(self) -> bytes:
        """The key as other tools read it."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def is_signed(self, message: bytes, signature: bytes, key_id: str) -> bool:
        """Whether ``signature`` is this key's over ``message``; another key's id is a no."""
        if key_id != self.key_id:
            return False
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class KeyRing:
    """Several public keys: what older keys of ours signed stays checkable.

    Which keys they are never changes, and so neither does an answer: it is remembered under every byte of the question,
    for the same grant is asked about again and again. Other bytes are another question.
    """

    def __init__(self, keys: Iterable[VerifyingKey]) -> None:
        self._keys = {key.key_id: key for key in keys}
        self._answer = lru_cache(maxsize=_REMEMBERED)(self._verify)

    def __iter__(self) -> Iterator[VerifyingKey]:
        """Each of them once."""
        return iter(self._keys.values())

    def is_signed(self, message: bytes, signature: bytes, key_id: str) -> bool:
        """Whether the key of this id signed ``message``; an unknown key is a no."""
        return self._answer(message, signature, key_id)

    def _verify(self, message: bytes, signature: bytes, key_id: str) -> bool:
        key = self._keys.get(key_id)
        return key is not None and key.is_signed(message, signature, key_id)


class SigningKey:
    """The private half of a key; it never leaves its file but into this process."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifying = VerifyingKey(key.public_key())

    @classmethod
    def at(cls, path: Path) -> Self:
        """The key in this file, made when there is none; two processes that come first together get the same one.

        Raises:
            StorageError: The file cannot be read or written.
            EvidenceError: The file is no Ed25519 key, or others may read it.
        """
        if not path.exists():
            key = Ed25519PrivateKey.generate()
            make_once(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        found = cls(_load(path))
        if not path.with_suffix(".pub").exists():
            make_once(path.with_suffix(".pub"), found.verifying.pem, READ_ONLY)
        return found

    @property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the public key's 32 bytes."""
        return self.verifying.key_id

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.verifying.raw

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature over ``message``."""
        return self._key.sign(message)

    def certify(self, words: x509.CertificateBuilder) -> x509.Certificate:
        """The certificate, with this key as its issuer's."""
        return words.sign(self._key, None)


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(read_private(path), password=None)
    except (ValueError, TypeError) as error:
        raise EvidenceError(f"{path.name} holds no key that we can read") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise EvidenceError(f"{path.name} holds no Ed25519 key")
    return key
