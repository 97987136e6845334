"""Who works at the desk, and on what matter they look."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_NAME = re.compile(r"[\w](?:[\w .@'-]{0,62}[\w])?")
_CASE_NUMBER = re.compile(r"[^\x00-\x1f\x7f]{0,60}")


class Role(StrEnum):
    """What an agent may do; ``pipeline.web.access`` says what each reaches."""

    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    RECORDS_OFFICER = "records_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """For people."""
        return self.value.replace("_", " ")


class Stage(StrEnum):
    """How far somebody has come in signing in; only an open session reaches anything but the next step."""

    CODE = "code"
    """The password was right; the one-time code is asked for."""
    RENEW = "renew"
    """The password was given out by somebody else and must be replaced."""
    ENROL = "enrol"
    """A second factor must be set up first."""
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Matter:
    """Who looks, for what purpose and case; asked once a case, held against grants and written down at every look.

    Attributes:
        agent: Name of the agent, as the custody log has it.
        purpose: Asked of the grants.
        recipient: Likewise.
        case_number: The agency's; empty when there is none.
    """

    agent: str
    purpose: str
    recipient: str
    case_number: str = ""

    def __post_init__(self) -> None:
        if not (self.agent and self.purpose and self.recipient):
            raise ValueError("a matter names an agent, a purpose and a recipient")


@dataclass(frozen=True, slots=True)
class AgentAccount:
    """Somebody who may sign in at the desk.

    Attributes:
        agent_id: ``ag-`` and 12 hexadecimal digits; the subject of custody records.
        name: With which they sign in, and by which the custody log knows them.
        role: What they may do.
        is_enabled: Whether they may sign in.
        created_at: UTC.
        must_renew: The password was given out by somebody else, and is good for choosing another.
        has_second_factor: Whether a one-time code is asked for.
    """

    agent_id: str
    name: str
    role: Role
    is_enabled: bool
    created_at: datetime
    must_renew: bool = False
    has_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class DeskSession:
    """One browser in which an agent is signed in; the secret that opens it is not kept.

    Attributes:
        session_id: ``se-`` and 12 hexadecimal digits; names the session and does not open it.
        agent_id: Whose it is.
        stage: How far they came.
        created_at: UTC.
        seen_at: UTC, when it was last used, to the minute.
        ends_at: UTC, at which it ends in any case.
        address: From which it was opened.
        browser: What the browser says of itself.
        matter: On what the agent looks; None before one was begun.
    """

    session_id: str
    agent_id: str
    stage: Stage
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    browser: str
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class ProgramToken:
    """With which a program acts for an agent at the API; the secret itself is not kept.

    Attributes:
        token_id: ``to-`` and 12 hexadecimal digits.
        agent_id: Whose it is.
        label: What it is for, in the words of whoever made it.
        created_at: UTC.
        ends_at: UTC.
    """

    token_id: str
    agent_id: str
    label: str
    created_at: datetime
    ends_at: datetime


def require_agent_name(name: str) -> str:
    """Returns the name with single spaces, if an agent can have it: 1 to 64 letters, digits and ``.@'-``.

    Raises:
        ValueError: It cannot.
    """
    plain = " ".join(name.split())
    if not _NAME.fullmatch(plain):
        raise ValueError("an agent's name has 1 to 64 letters, digits, spaces and . @ ' - between them")
    return plain


def require_case_number(text: str) -> str:
    """Returns a case number with single spaces, if it has at most 60 characters; empty for none.

    Raises:
        ValueError: It is longer, or holds what does not print.
    """
    plain = " ".join(text.split())
    if not _CASE_NUMBER.fullmatch(plain):
        raise ValueError("a case number has at most 60 characters")
    return plain
