"""One-time codes as the second factor: a square to scan, codes that belong to a time step, recovery codes.

Source: RFC 6238 with six digits, 30 seconds and SHA-1, which is what every authenticator app reads; RFC 6238, 5.2: a
code is taken once, one step early or late. NIST SP 800-63B-4, 3.1.2: recovery codes are good once each.
"""

import secrets
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

import pyotp
import segno

from pipeline.casework.proofs.secrets import is_same
from pipeline.errors import EvidenceError, InputRefusedError
from pipeline.night.services import Services

_STEP_SECONDS = 30
_EARLY_OR_LATE = (0, -1, 1)
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody needs to set up one-time codes, before the first code showed that it works.

    Attributes:
        secret: In base 32, to type in where a square cannot be scanned.
        sealed: The same, to be sent back with the first code; readable here alone, and only for this account.
        square: The square to scan, as SVG without a style of its own.
    """

    secret: str
    sealed: str
    square: str


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A second factor whose first code was right.

    Attributes:
        sealed: The secret, as it is kept.
        step: The time step of that first code, which is used up.
        recovery: Recovery codes; they are shown now and never again.
    """

    sealed: bytes = field(repr=False)
    step: int
    recovery: tuple[str, ...] = field(repr=False)


def begin_for(services: Services, account_id: str, name: str) -> Enrolment:
    """A new secret, which counts from the moment at which its first code is shown.

    Args:
        services: The installation.
        account_id: Whose.
        name: By which the app lists it.
    """
    secret = pyotp.random_base32()
    sealed = services.box.seal(_enrolling(account_id), secret.encode())
    issuer = f"Doorstep {services.settings.agency.name}"[:60]
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    square = segno.make_qr(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    return Enrolment(secret, urlsafe_b64encode(sealed).decode(), square)


def finish_for(services: Services, account_id: str, sealed: str, code: str) -> SecondFactor:
    """The second factor, since its first code was right; whoever calls keeps it.

    Args:
        services: The installation.
        account_id: Whose.
        sealed: As ``Enrolment`` has it.
        code: Six digits.

    Raises:
        InputRefusedError: The code is wrong, or belongs to another secret.
    """
    try:
        secret = services.box.open(_enrolling(account_id), urlsafe_b64decode(sealed.encode())).decode()
    except (EvidenceError, ValueError) as error:
        raise InputRefusedError("code", "this square is of another sign-in: scan the one that is shown now") from error
    step = _step_of(services, secret, code)
    if step is None:
        message = "this is not the code that the app shows now; see that the telephone's clock is right"
        raise InputRefusedError("code", message)
    codes = tuple(_recovery_code() for _ in range(_RECOVERY_CODES))
    return SecondFactor(services.box.seal(_kept(account_id), secret.encode()), step, codes)


def step_of_code(services: Services, account_id: str, sealed: bytes | None, code: str) -> int | None:
    """The time step whose code this is, now or one early or late; None when it is of none.

    Args:
        services: The installation.
        account_id: Whose.
        sealed: As ``SecondFactor`` has it; None when there is none.
        code: As ``plain_code`` has it.
    """
    if sealed is None:
        return None
    return _step_of(services, services.box.open(_kept(account_id), sealed).decode(), code)


def plain_code(code: str) -> str:
    """A code without blanks and dashes, in lower case."""
    return "".join(code.split()).replace("-", "").lower()


def _step_of(services: Services, secret: str, code: str) -> int | None:
    now = int(services.now().timestamp()) // _STEP_SECONDS
    plain = plain_code(code)
    right = [now + shift for shift in _EARLY_OR_LATE if is_same(pyotp.HOTP(secret).at(now + shift), plain)]
    return right[0] if right else None


def _recovery_code() -> str:
    text = b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _enrolling(account_id: str) -> str:
    return f"enrolment of {account_id}"


def _kept(account_id: str) -> str:
    return f"second factor of {account_id}"
