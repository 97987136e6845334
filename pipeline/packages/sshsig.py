"""Signatures that every OpenSSH since 8.1 checks: ``ssh-keygen -Y verify``.

Source: PROTOCOL.sshsig of OpenSSH.
"""

import base64
import hashlib

from pipeline.domain.signing import Signer
from pipeline.packages.verifier import NAMESPACE, armoured, fingerprint, packed

IDENTITY = "custodian@doorstep"
"""Who signs, as ``ssh-keygen -Y verify -I`` names it."""

__all__ = ["IDENTITY", "NAMESPACE", "allowed_signers", "fingerprint", "public_line", "sign"]


def sign(message: bytes, signer: Signer, public_key: bytes) -> bytes:
    """An armoured signature over ``message``; the same for the same key and message."""
    name, how = packed(NAMESPACE.encode()), packed(b"sha512")
    seen = packed(hashlib.sha512(message).digest())
    signature = signer.sign(b"SSHSIG" + name + packed(b"") + how + seen)
    signed = packed(packed(b"ssh-ed25519") + packed(signature))
    blob = b"SSHSIG" + (1).to_bytes(4, "big") + packed(_public(public_key)) + name + packed(b"") + how + signed
    return armoured(blob).encode()


def public_line(public_key: bytes) -> str:
    """The key as OpenSSH writes public keys, without a line end."""
    return f"ssh-ed25519 {base64.b64encode(_public(public_key)).decode()}"


def allowed_signers(public_key: bytes) -> bytes:
    """The file that ``ssh-keygen -Y verify -f`` wants: this key, for packages alone."""
    return f'{IDENTITY} namespaces="{NAMESPACE}" {public_line(public_key)}\n'.encode()


def _public(public_key: bytes) -> bytes:
    return packed(b"ssh-ed25519") + packed(public_key)
