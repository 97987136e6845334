"""What the simulated service answers, and in which manner the bytes go out."""

import json
from dataclasses import dataclass, field
from enum import StrEnum


class Manner(StrEnum):
    """How a body is sent."""

    WHOLE = "whole"
    HALF = "half"
    """Half of what is announced, then the connection is closed."""
    CHUNKED = "chunked"
    """Whole, without saying beforehand how long it is."""
    STALL = "stall"
    """Half of what is announced, then nothing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    manner: Manner = Manner.WHOLE

    @classmethod
    def of(cls, status: int, plain: object, **headers: str) -> "Reply":
        """A JSON answer."""
        return cls(status, json.dumps(plain).encode(), headers=headers)
