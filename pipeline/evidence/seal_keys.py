"""The key and the certificate that seal copies: a key of its own, certified by the store's key as their root.

The store's key signs grants and the custody log; what runs beside foreign bytes never asks it for anything. A seal is
made by another key, which can do nothing but that.

Source: C2PA technical specification 2.2, section on X.509 certificates; RFC 8410 (Ed25519 in certificates).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.errors import EvidenceError
from pipeline.evidence.files import READ_ONLY, make_once, read_private, writing
from pipeline.evidence.signing import SigningKey

_ROOT, _LEAF, _KEY = "seals-root.crt", "seals.crt", "seals.key"
_YEARS = 30
"""Without a time stamping authority a seal can be checked only while its certificate lasts."""
_MARGIN = timedelta(days=1)
"""Before the moment of making, so that a clock that is a little behind finds it valid."""


@dataclass(frozen=True, slots=True, eq=False)
class SealKey:
    """What seals copies.

    Attributes:
        chain: PEM: the sealing certificate, then its root.
        root: PEM of the root alone: what a reader must trust.
    """

    chain: str
    root: str
    _key: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(message)


def seal_key(folder: Path, issuer: SigningKey, organisation: str, now: datetime) -> SealKey:
    """The key in this folder with its certificates, made when there is none; another organisation changes none of them.

    Args:
        folder: Of the store's keys.
        issuer: The store's own key.
        organisation: Who answers for the installation, for the certificates.
        now: UTC, our clock.

    Raises:
        EvidenceError: A file is no key, or others may read it.
        StorageError: One cannot be read or written.
    """
    path = folder / _KEY
    if not path.exists():
        fresh = Ed25519PrivateKey.generate()
        make_once(path, fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = _load(path)
    if not (folder / _ROOT).exists():
        public = Ed25519PublicKey.from_public_bytes(issuer.verifying.raw)
        words = _words("root", "root", organisation, public, now)
        make_once(folder / _ROOT, _pem(issuer.certify(_as_root(words, public))), READ_ONLY)
    if not (folder / _LEAF).exists():
        public = Ed25519PublicKey.from_public_bytes(issuer.verifying.raw)
        root = x509.load_pem_x509_certificate((folder / _ROOT).read_bytes())
        words = _words("seals", "root", organisation, key.public_key(), now).issuer_name(root.subject)
        make_once(folder / _LEAF, _pem(issuer.certify(_as_leaf(words, key.public_key(), public))), READ_ONLY)
    with writing("read the certificates of seals"):
        leaf, root_pem = ((folder / name).read_text("ascii") for name in (_LEAF, _ROOT))
    return SealKey(leaf + root_pem, root_pem, key)


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(read_private(path), password=None)
    except (ValueError, TypeError) as error:
        raise EvidenceError(f"{path.name} holds no key that we can read") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise EvidenceError(f"{path.name} holds no Ed25519 key")
    return key


def _words(
    name: str, issuer: str, organisation: str, public: Ed25519PublicKey, now: datetime
) -> x509.CertificateBuilder:
    words = x509.CertificateBuilder().subject_name(_name(name, organisation)).public_key(public)
    if name == issuer:
        words = words.issuer_name(_name(issuer, organisation))
    last = now.replace(year=now.year + _YEARS, day=min(now.day, 28))
    return words.serial_number(x509.random_serial_number()).not_valid_before(now - _MARGIN).not_valid_after(last)


def _name(what: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Doorstep {what}"),
        ]
    )


def _as_root(words: x509.CertificateBuilder, public: Ed25519PublicKey) -> x509.CertificateBuilder:
    return (
        words.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_root=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _as_leaf(
    words: x509.CertificateBuilder, public: Ed25519PublicKey, issuer: Ed25519PublicKey
) -> x509.CertificateBuilder:
    return (
        words.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_root=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
    )


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
