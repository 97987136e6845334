"""The code of a receipt, with which a sender comes back. It is told once; a digest of it is kept."""

import secrets

from pipeline.casework.proofs.secrets import digest_of

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: none that is taken for another."""
_READ_AS = str.maketrans("OILU", "0110")
_LENGTH, _GROUP = 12, 4
"""60 bits: nobody tries as many over a network that counts tries."""
_MARK = "NR"


def new_code() -> str:
    """A new code, such as ``NR-7K2M-Q4XD-9HBT``."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    return "-".join((_MARK, *(signs[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))))


def receipt_digest(code: str) -> str:
    """What is kept of a code, however it was typed: small letters, without dashes, an O for a zero."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum()).removeprefix(_MARK).translate(_READ_AS)
    return digest_of(f"receipt of a report {plain}")
