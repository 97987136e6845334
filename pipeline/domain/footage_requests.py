"""Requests for footage: what an agency asks of the residents of an area, and the rules that none can bend (P5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.domain.events import EventKind
from pipeline.domain.places import Area, Circle

SHORTEST_WINDOW = timedelta(minutes=15)
LONGEST_WINDOW = timedelta(hours=12)
SQUARE_METRES_PER_SQUARE_MILE = 2_589_988.110336
"""International mile, exactly."""
SMALLEST_AREA = 0.025 * SQUARE_METRES_PER_SQUARE_MILE
LARGEST_AREA = 0.5 * SQUARE_METRES_PER_SQUARE_MILE
LONGEST_AREA = 3000.0
"""Metres between the two corners of an area that lie furthest apart."""
MOST_POSTS = 2
"""Of one case.

Source of the limits: promise P5; the rules that Ring published for the requests of police departments in 2021.
"""


OPEN_FOR = timedelta(days=14)
"""How long residents can answer, counted from publication; the agency may close a request earlier."""

LEAST_COUNTED = 5
"""Residents; how many answered is said of a closed request, and of fewer only that they were fewer."""


class Rule(StrEnum):
    """What a request is held against; its value is how a refusal and docs/requests.md name the rule."""

    CASE_NUMBER = "case_number"
    WINDOW_TOO_SHORT = "window_too_short"
    WINDOW_TOO_LONG = "window_too_long"
    WINDOW_IN_FUTURE = "window_in_future"
    AREA_TOO_SMALL = "area_too_small"
    AREA_TOO_LARGE = "area_too_large"
    AREA_SHAPE = "area_shape"
    TOO_MANY_POSTS = "too_many_posts"
    LAWFUL_ASSEMBLY = "lawful_assembly"
    PROTECTED_TRAIT = "protected_trait"
    PERSONAL_DETAIL = "personal_detail"
    POSSIBLE_NAME = "possible_name"
    NO_WORDS = "no_words"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that a request breaks.

    Attributes:
        rule: Which.
        found: What was found, in a sentence; it never repeats a personal detail or a trait.
        remedy: How to mend it.
    """

    rule: Rule
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FootageRequest:
    """What is asked of residents. A request that breaks rules can be built: the linter says which, and why.

    Attributes:
        case_number: The agency's; empty when none was given.
        title: What is looked for, in a line.
        words: What happened, for the residents to read.
        place: Where; everybody with a camera inside sees it.
        starts_at: UTC; footage from here on.
        ends_at: UTC; footage before it.
        kinds: Kinds of event that would help; an empty tuple asks for whole clips.
        purpose: Which a grant that answers it names.
        recipient: Likewise.
    """

    case_number: str
    title: str
    words: str
    place: Circle | Area
    starts_at: datetime
    ends_at: datetime
    kinds: tuple[EventKind, ...]
    purpose: str
    recipient: str

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("the window of a request is in aware UTC moments")
        if self.ends_at <= self.starts_at:
            raise ValueError("the window of a request must end after it starts")
        if not self.purpose.strip() or not self.recipient.strip():
            raise ValueError("a request has a purpose and a recipient: a grant that answers it names them")

    @property
    def purpose_of_answers(self) -> str:
        """What a grant that answers it is for: this case and no other, in words that its matter repeats."""
        return f"{self.purpose}, case {self.case_number}"


def case_key(case_number: str) -> str:
    """The same for every spelling of a case number: its letters and digits alone, in lower case."""
    return "".join(sign for sign in case_number.casefold() if sign.isalnum())
