"""What waits for a person, and how right the machine is by what people said."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.queue import QueueFilter, Waiting, needs_review, next_to_review
from pipeline.casework.reviews import reviews_of
from pipeline.domain.review import ReviewItem, ReviewReason
from pipeline.evaluation.review_tables import cells
from pipeline.evaluation.reviews import Reviews
from pipeline.reports import words
from pipeline.web.pages import render
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router

router = desk_router()

_SHOWN = 50
_DAYS = (7, 30, 180)


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits: where to look at it, why, when and what; no picture where nothing was found in a clip."""

    url: str
    reason: str
    about_package: bool
    camera_name: str
    at: str
    what: str
    still: str


@router.get("/needs-review", name="needs_review", include_in_schema=False)
def needs_review_page(
    request: Request, seat: SeatWithMatter, reason: ReviewReason | None = None, days: int = 30
) -> Response:
    """The queue, the most urgent first."""
    found = needs_review(seat.services, seat.matter, _scope(seat, reason, days), _SHOWN)
    return render(
        request, seat, "needs_review.html", items=tuple(_waits(seat, item) for item in found.items), waiting=found,
        reasons=_reasons(found), reason=reason.value if reason else "", days=days, choices=_DAYS, total=found.total,
    )  # fmt: skip


@router.get("/needs-review/next", name="needs_review_next", include_in_schema=False)
def next_page(seat: SeatWithMatter, after: str = "", days: int = 30) -> Response:
    """Goes on to the event that waits next; to the queue itself when none does."""
    found = next_to_review(seat.services, seat.matter, _scope(seat, None, days), after)
    return RedirectResponse(f"/events/{found}?queue=true" if found else "/needs-review", 303)


@router.get("/reviewed", name="reviewed", include_in_schema=False)
def reviewed(request: Request, seat: SeatWithMatter) -> Response:
    """How right the machine is by what people said."""
    found = reviews_of(seat.services, seat.matter)
    rows = [(kind.model.name, words.kind_words(kind.kind), *cells(kind)) for kind in found.kinds]
    return render(request, seat, "reviewed.html", reviews=found, rows=rows, here="needs_review")


@router.get("/api/v1/reviewed", name="api_reviewed")
def api_reviewed(seat: SeatWithMatter) -> Reviews:
    """Counts of what people confirmed, rejected and corrected, by model and kind; of what was looked at alone."""
    return reviews_of(seat.services, seat.matter)


def _scope(seat: SeatedWithMatter, reason: ReviewReason | None, days: int) -> QueueFilter:
    since = seat.services.now() - timedelta(days=min(max(days, 1), max(_DAYS)))
    return QueueFilter(since=since, reasons=None if reason is None else (reason,))


def _reasons(found: Waiting) -> list[tuple[str, str, int]]:
    return [(one.value, one.words, found.counts[one]) for one in ReviewReason if one in found.counts]


def _waits(seat: SeatedWithMatter, item: ReviewItem) -> Waits:
    names = (item.event.event.event_id,) if item.event else item.beside
    zone = seat.services.catalogue.cameras.get(item.camera_id).time_zone
    return Waits(
        url=f"/events/{names[0]}?queue=true" if names else f"/clips/{item.acquisition_id}",
        reason=item.reason.words,
        about_package=item.about_package,
        camera_name=item.camera_name,
        at=words.local_words(item.at, zone),
        what=item.what,
        still=f"/media/events/{names[0]}/still" if names else "",
    )
