"""What signs and what checks a signature, so that nobody who needs one has to know where keys lie."""

from typing import Protocol


class Signer(Protocol):
    """Signs with Ed25519."""

    @property
    def key_id(self) -> str:
        """Names the key; the same for the same public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature over ``message``."""
        ...


class Verifier(Protocol):
    """Checks an Ed25519 signature."""

    def is_signed(self, message: bytes, signature: bytes, key_id: str) -> bool:
        """Whether ``signature`` is that of the key ``key_id`` over ``message``; an unknown key is a no."""
        ...
