"""Who else vouches for a package: the operator's certificate (CMS), and a time stamping authority (RFC 3161).

Both are over ``manifest-sha256.txt``, which covers every file of the payload, and lie in the tag manifest, so that the
custodian's signature covers them too. Neither is made unless the operator names what makes it.

Source: RFC 5652 (CMS), RFC 3161. ECDSA or RSA: OpenSSL 3.0 cannot sign CMS with Ed25519.
"""

import http.client
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7

from pipeline.errors import PackageError, SettingsError
from pipeline.evidence.files import read_private, writing
from pipeline.settings import PackageSettings

CMS, STAMP = "signatures/manifest-sha256.p7s", "signatures/manifest-sha256.tsr"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECONDS = 30.0
_MOST_BYTES = 1 << 20


def vouchers(settings: PackageSettings, manifest: bytes) -> Iterator[tuple[str, bytes]]:
    """Paths in the package and bytes of what vouches for this manifest; none when the settings name nothing.

    Raises:
        SettingsError: Key or certificate do not fit, or the authority is asked over an open line.
        EvidenceError: Others may read the key.
        StorageError: Key or certificate cannot be read.
        PackageError: The authority gives no stamp for this manifest.
    """
    if settings.certificate is not None and settings.key is not None:
        yield CMS, sign_cms(manifest, settings.certificate, settings.key)
    elif settings.certificate or settings.key:
        raise SettingsError("DOORSTEP_PACKAGES__CERTIFICATE and __KEY belong together")
    if settings.stamp_url is not None:
        yield STAMP, stamp(manifest, settings.stamp_url)


def sign_cms(manifest: bytes, certificate: Path, key: Path) -> bytes:
    """A detached CMS signature in DER, with the certificates of the chain inside.

    Args:
        manifest: What is signed.
        certificate: PEM: the operator's certificate, then those between it and the root.
        key: PEM, readable by its owner alone; ECDSA or RSA.

    Raises:
        SettingsError, EvidenceError, StorageError: As ``vouchers``.
    """
    chain = _chain(certificate)
    try:
        secret = load_pem_private_key(read_private(key), password=None)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{key.name} holds no key that we can read: {error}") from error
    if not isinstance(secret, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SettingsError(f"{key.name} must hold an ECDSA or RSA key: OpenSSL 3.0 knows no CMS with others")
    if secret.public_key() != chain[0].public_key():
        raise SettingsError(f"{key.name} is not the key of the first certificate in {certificate.name}")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(manifest).add_signer(chain[0], secret, SHA256())
    for between in chain[1:]:
        builder = builder.add_certificate(between)
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])


def stamp(manifest: bytes, url: str) -> bytes:
    """An authority's time stamp over a manifest; only its digest leaves the house.

    Raises:
        SettingsError: The authority is asked over an open line, or rfc3161-client is not installed.
        PackageError: It does not answer, or its stamp is not for this manifest.
    """
    try:
        from rfc3161_client import TimestampRequestBuilder, decode_timestamp_response
    except ImportError as error:
        raise SettingsError("a time stamp needs `pip install doorstep[timestamp]`") from error
    request = TimestampRequestBuilder().data(manifest).nonce(nonce=True).build()
    answer = _ask(url, request.as_bytes())
    try:
        response = decode_timestamp_response(answer)
        is_ours = response.status == 0 and response.tst_info.message_imprint.message == request.message_imprint.message
    except ValueError as error:
        raise PackageError("time stamp", f"the authority's answer cannot be read: {error}") from error
    if not is_ours or response.tst_info.nonce != request.nonce:
        raise PackageError("time stamp", "the authority stamped something else, or refused", "ask another authority")
    return answer


def _ask(url: str, request: bytes) -> bytes:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise SettingsError("DOORSTEP_PACKAGES__STAMP_URL must be https")
    headers = {"Content-Type": "application/timestamp-query"}
    asked = urllib.request.Request(url, request, headers)  # noqa: S310 - the scheme was just looked at
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(_MOST_BYTES))
    except (OSError, http.client.HTTPException) as error:
        remedy = "export again when it answers, or without DOORSTEP_PACKAGES__STAMP_URL"
        raise PackageError("time stamp", f"the authority does not answer: {error}", remedy) from error


def _chain(path: Path) -> Sequence[x509.Certificate]:
    with writing(f"read {path.name}"):
        text = path.read_bytes()
    try:
        return x509.load_pem_x509_certificates(text)
    except ValueError as error:
        raise SettingsError(f"{path.name} holds no certificate: {error}") from error
