"""What may wait for a person, as nouns."""

from dataclasses import dataclass
from enum import StrEnum


class WaitingKind(StrEnum):
    """Why a person is needed, the most urgent first."""

    SIGN_IN_AGAIN = "sign_in_again"
    FIXITY = "fixity"
    FAILURE = "failure"
    REVIEW = "review"
    NEWS = "news"
    SUGGESTED = "suggested"
    APPROVAL = "approval"
    GRANT_ENDS = "grant_ends"
    GOES_SOON = "goes_soon"
    HELD = "held"
    MAIL = "mail"
    LEFT_OVER = "left_over"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some things of one kind that wait.

    Attributes:
        kind: Why.
        count: How many.
        what: What they are, in a sentence with the count in it; no name and no address.
        action: What to do; empty when the page says it.
        where: The desk's page, for example ``/needs-review``; empty when it is not decided at the desk.
        detail: Which ones, for a page that stays in the house: names of cameras, ids, titles. May be empty.
    """

    kind: WaitingKind
    count: int
    what: str
    action: str = ""
    where: str = ""
    detail: tuple[str, ...] = ()
