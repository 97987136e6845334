"""Residents who sign in at home: their account, their sessions, and links by mail."""

import re
from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.agents import Stage

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f<>\"(),:;\\\[\]]{1,64}@[^@\s\x00-\x1f\x7f<>\"(),:;\\\[\]]+\.[^@\s.]{1,63}")
_LONGEST_ADDRESS = 254
"""Source: RFC 5321, 4.5.3.1.3, without the angle brackets of a path."""


@dataclass(frozen=True, slots=True)
class ResidentAccount:
    """A resident who may sign in at home. It has no name: custody and grants know residents by id alone.

    Attributes:
        resident_id: Who grants: ``re-`` and 12 hexadecimal digits, or an id that was there before.
        is_enabled: Whether they may sign in.
        created_at: UTC.
        has_mail: Whether a link can be mailed; without an address the operator makes one.
        has_password: Whether they may sign in with a password.
        has_second_factor: Whether a one-time code is asked for at every sign-in.
    """

    resident_id: str
    is_enabled: bool
    created_at: datetime
    has_mail: bool = False
    has_password: bool = False
    has_second_factor: bool = False

    def __post_init__(self) -> None:
        require_resident_id(self.resident_id)
        if self.has_password and not self.has_second_factor:
            raise ValueError("a resident's password comes with one-time codes")


@dataclass(frozen=True, slots=True)
class ResidentSession:
    """One browser in which a resident is signed in; the secret that opens it is not kept.

    Attributes:
        session_id: ``rs-`` and 12 hexadecimal digits; names the session and does not open it.
        resident_id: Whose it is.
        stage: ``code`` until a one-time code was given, then ``open``.
        created_at: UTC.
        seen_at: UTC, when it was last used, to the minute.
        ends_at: UTC, at which it ends in any case.
        address: From which it was opened.
        browser: What the browser says of itself.
    """

    session_id: str
    resident_id: str
    stage: Stage
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    browser: str

    def __post_init__(self) -> None:
        if self.stage not in (Stage.CODE, Stage.OPEN):
            raise ValueError(f"a resident's session is at code or open, not at {self.stage}")


@dataclass(frozen=True, slots=True)
class MailLink:
    """A link that signs in once, or confirms another address of an account; the secret in it is not kept.

    Attributes:
        resident_id: Whose; empty when the address belongs to nobody yet.
        mail_key: Stands for the address; empty when the operator made the link.
        sealed_mail: The address, sealed, for the account that following the link makes, or that gets it; empty in a
            link that only signs in.
        made_at: UTC.
        ends_at: UTC, after which it opens nothing.
    """

    resident_id: str
    mail_key: str
    sealed_mail: bytes
    made_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if not self.resident_id and not (self.mail_key and self.sealed_mail):
            raise ValueError("a link is somebody's, or makes an account for an address")

    @property
    def is_of_change(self) -> bool:
        """Whether it confirms another address, and signs nobody in."""
        return bool(self.resident_id and self.sealed_mail)


def require_resident_id(text: str) -> str:
    """Returns the id, if a resident can have it: 1 to 40 small letters, digits and dashes between them.

    Raises:
        ValueError: It cannot.
    """
    if not _ID.fullmatch(text):
        raise ValueError("a resident's id has 1 to 40 small letters and digits, with dashes between them")
    return text


def require_mail_address(text: str) -> str:
    """Returns a mail address without blanks around it, if it looks like one.

    Raises:
        ValueError: It does not.
    """
    plain = text.strip()
    if len(plain) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(plain):
        raise ValueError("this is no mail address")
    return plain
