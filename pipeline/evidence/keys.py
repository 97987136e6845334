"""Where our keys lie: in ``keys/`` of the store's directory, outside the database."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from pipeline.errors import EvidenceError
from pipeline.evidence.files import writing
from pipeline.evidence.seal_keys import SealKey, seal_key
from pipeline.evidence.sealing import TokenBox
from pipeline.evidence.signing import KeyRing, SigningKey, VerifyingKey
from pipeline.settings import StoreSettings

_FOLDER = "keys"


def signing_key(settings: StoreSettings) -> SigningKey:
    """The key that signs grants and custody heads, made when there is none (``keys/signing.pem``)."""
    return SigningKey.at(settings.directory / _FOLDER / "signing.pem")


def present_key(settings: StoreSettings) -> VerifyingKey | None:
    """The public half of the signing key; None, and nothing is made, where no key was made yet.

    Raises:
        EvidenceError: It is no Ed25519 key.
        StorageError: It cannot be read.
    """
    path = settings.directory / _FOLDER / "signing.pub"
    if not path.is_file():
        return None
    with writing("read the public key"):
        text = path.read_bytes()
    return _public(path, text)


def sealing_key(settings: StoreSettings, organisation: str, now: datetime) -> SealKey:
    """The key that seals shared copies, with its certificates; made when there is none (``keys/seals.key``, ``.crt``).

    Raises:
        EvidenceError, StorageError: As ``seal_key``.
    """
    return seal_key(settings.directory / _FOLDER, signing_key(settings), organisation, now)


def token_box(settings: StoreSettings) -> TokenBox:
    """What seals the tokens of linked accounts; its key is made when there is none (``keys/sealing.key``)."""
    return TokenBox.at(settings.directory / _FOLDER / "sealing.key")


def verifying_keys(settings: StoreSettings) -> KeyRing:
    """Every public key in ``keys/*.pub``: the present one, and older ones that were kept.

    Raises:
        EvidenceError: One is no Ed25519 key.
        StorageError: One cannot be read.
    """
    with writing("read the public keys"):
        texts = {path: path.read_bytes() for path in sorted((settings.directory / _FOLDER).glob("*.pub"))}
    return KeyRing(_public(path, text) for path, text in texts.items())


def _public(path: Path, text: bytes) -> VerifyingKey:
    try:
        key = load_pem_public_key(text)
    except ValueError as error:
        raise EvidenceError(f"{path.name} holds no key that we can read") from error
    if not isinstance(key, Ed25519PublicKey):
        raise EvidenceError(f"{path.name} holds no Ed25519 key")
    return VerifyingKey(key)
