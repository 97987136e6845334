"""Names of things that are made here, chosen by chance."""

import secrets


def new_id(kind: str, digits: int = 12) -> str:
    """A name that opens nothing: ``kind``, a dash and so many hexadecimal digits, an even number."""
    return f"{kind}-{secrets.token_hex(digits // 2)}"
