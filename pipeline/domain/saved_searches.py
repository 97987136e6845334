"""Searches that an agent keeps, and what they found since the agent last looked."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.agents import Matter

LONGEST_NAME = 80
LONGEST_QUERY = 4000
"""Characters."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """One agent's search, under a name of their own.

    Attributes:
        saved_id: ``ss-`` and 20 hexadecimal digits.
        name: The agent's.
        query: As it stands behind the ``?`` of the search page; "last night" in it is another night each time.
        matter: Who searches, and why; what it finds is held against the grants for it.
        is_notifying: Whether it is run at the end of a night.
        made_at: UTC, our clock.
    """

    saved_id: str
    name: str
    query: str
    matter: Matter
    is_notifying: bool
    made_at: datetime

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise ValueError(f"a saved search has a name of 1 to {LONGEST_NAME} characters")
        if len(self.query) > LONGEST_QUERY:
            raise ValueError(f"a saved search has at most {LONGEST_QUERY} characters, got {len(self.query)}")
        if self.made_at.tzinfo is None:
            raise ValueError("a saved search needs an aware datetime")


@dataclass(frozen=True, slots=True)
class Find:
    """An event that a saved search found, and that its agent has not looked at yet.

    Attributes:
        event_id: Which event.
        night: After which night.
    """

    event_id: str
    night: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was looked at since some moment.

    Attributes:
        number: Of the newest result; to go on from.
        acquisition_ids: Whose results are newer than where one went on from; empty when nothing is.
        earliest: UTC, when the earliest of those clips begins; None when there is none.
    """

    number: int
    acquisition_ids: frozenset[str]
    earliest: datetime | None
