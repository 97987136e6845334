"""What the API of the search takes and gives."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.asking.question import Question
from pipeline.casework.questions import Answered
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.saved_searches import LONGEST_NAME, LONGEST_QUERY
from pipeline.domain.search import FoundEvent, Sort, TagState
from pipeline.domain.search_page import FacetName

_NO_FILTER = frozenset({"q", "cursor", "size", "single", "facets"})


class SearchParameters(BaseModel):
    """The box and the filters beside it. Several values of one field: one of them holds; several fields: all hold."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=400, description="words, as in the box; docs/search.md says what is understood")
    kind: list[EventKind] = []
    not_kind: list[EventKind] = []
    object: list[str] = Field([], description="`person`, `vehicle`, or a detector's own label")
    colour: list[str] = Field([], description="`red`, `red:upper`, `blue:lower` or `white:vehicle`; all must be shown")
    camera: list[str] = Field([], description="ids")
    not_camera: list[str] = Field([], description="ids")
    near: list[str] = Field([], description="`latitude,longitude,metres`")
    area: list[str] = Field([], description="corners `latitude,longitude`, with semicolons between")
    street: list[str] = Field([], description="words in a camera's address or name")
    since: list[str] = Field([], description="ISO 8601; without a zone in the installation's")
    until: list[str] = Field([], description="likewise; what starts then or later is left out")
    hours: list[str] = Field([], description="`18:00-22:00`, local; over midnight where it ends before it starts")
    weekday: list[str] = Field([], description="`mon` to `sun`, local")
    not_weekday: list[str] = []
    score: list[str] = Field([], description="at least, 0 to 1")
    score_most: list[str] = Field([], description="at most, 0 to 1")
    lasting: list[str] = Field([], description="at least, seconds")
    zone: list[str] = []
    verdict: list[Verdict] = []
    reason: list[CannotTell] = Field([], description="why it cannot be told")
    not_reason: list[CannotTell] = []
    tag: list[TagState] = Field([], description="what people said")
    not_tag: list[TagState] = []
    grant: list[str] = []
    incident: list[str] = []
    watched: list[Literal["yes", "no"]] = Field([], description="whether you have watched it before, on any matter")
    text: list[str] = Field([], description="words in sentences, notes, reports, names and addresses")
    sort: list[Sort] = []
    single: bool = Field(False, description="each event by itself, and not in visits")
    size: int = Field(25, ge=1, le=200, description="visits a page")
    cursor: str = Field("", max_length=4000, description="`next` of the page before")
    facets: bool = Field(True, description="whether they are counted")

    @property
    def question(self) -> Question:
        """As the search page asks it."""
        return Question(self.q.strip(), tuple(self._pairs()))

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for name in type(self).model_fields:
            if name not in _NO_FILTER:
                yield from ((name, str(value)) for value in getattr(self, name))


class ChipSeen(BaseModel):
    """One part of what was asked."""

    words: str = Field(description="what was typed; empty for a filter")
    says: str = Field(description="what it was understood as")
    hint: str = Field(description="what else it could mean, or cannot; may be empty")
    without: str = Field(description="the query that is left once it is taken off")


class EventSeen(BaseModel):
    """An event that was found."""

    event_id: str
    kind: EventKind
    verdict: Verdict
    reason: CannotTell | None
    score: float
    score_is_calibrated: bool
    sentence: str
    camera: str
    camera_name: str
    start: datetime
    end: datetime
    clip: str = Field(description="SHA-256 of the original")
    acquisition: str = Field(
        description="which fetch of the clip: what a clip is named by at the desk and when it is cut"
    )
    earlier_clip: str | None
    highlights: list[str]
    tag: TagState


class VisitSeen(BaseModel):
    """One thing to watch."""

    start: datetime
    end: datetime
    cameras: list[str]
    events: list[EventSeen]


class CountSeen(BaseModel):
    """How many events have a value."""

    value: str
    count: int


class FacetSeen(BaseModel):
    """What was found, counted by one property."""

    name: FacetName
    counts: list[CountSeen]


class SearchAnswer(BaseModel):
    """What was understood, and what was found of it."""

    query: str = Field(description="the same in filters alone: it means tomorrow what it means now")
    chips: list[ChipSeen]
    not_understood: list[str]
    found: int
    found_is_exact: bool = Field(description="otherwise there are at least so many")
    visits: list[VisitSeen]
    facets: list[FacetSeen]
    next: str = Field(description="cursor of the next page; empty on the last")


class SavedSeen(BaseModel):
    """A saved search."""

    saved_id: str
    name: str
    query: str
    purpose: str
    recipient: str
    case_number: str
    notifies: bool
    made_at: datetime
    new: int = Field(description="events that nights found since it was last looked at, as far as grants allow now")


class SavedWanted(BaseModel):
    """A search to keep."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    query: str = Field(min_length=1, max_length=LONGEST_QUERY, description="as behind the `?` of the search page")
    notifies: bool = Field(False, description="run at the end of each night")


def answer_of(answered: Answered) -> SearchAnswer:
    """An answer as programs read it."""
    answer, page = answered.answer, answered.page
    return SearchAnswer(
        query=answer.fixed.query,
        chips=[
            ChipSeen(words=chip.words, says=chip.says, hint=chip.hint, without=chip.rest.query) for chip in answer.chips
        ],
        not_understood=[one.words for one in answer.understood.unread],
        found=page.total.number,
        found_is_exact=page.total.is_exact,
        visits=[
            VisitSeen(
                start=visit.starts_at,
                end=visit.ends_at,
                cameras=list(visit.camera_ids),
                events=[_event(found, answered) for found in visit.events],
            )
            for visit in page.visits
        ],
        facets=[
            FacetSeen(name=facet.name, counts=[CountSeen(value=value, count=count) for value, count in facet.counts])
            for facet in page.facets
        ],
        next=page.next_cursor,
    )


def _event(found: FoundEvent, answered: Answered) -> EventSeen:
    event, tag = found.event, answered.tags.get(found.event.event_id)
    return EventSeen(
        event_id=event.event_id,
        kind=event.inferred.kind,
        verdict=event.inferred.verdict,
        reason=event.inferred.reason,
        score=event.inferred.score,
        score_is_calibrated=event.since is None,
        sentence=event.inferred.sentence,
        camera=event.camera_id,
        camera_name=found.camera_name,
        start=found.starts_at,
        end=found.ends_at,
        clip=event.clip,
        acquisition=found.acquisition_id,
        earlier_clip=event.since.clip if event.since else None,
        highlights=list(found.highlight_ids),
        tag=TagState(tag.status.value) if tag else TagState.NONE,
    )
