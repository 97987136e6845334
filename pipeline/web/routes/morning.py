"""The morning, and the nights behind it."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pipeline.casework.morning import Morning, read_morning
from pipeline.casework.morning_parts import READS, Part, Reader
from pipeline.casework.morning_view import morning_view
from pipeline.casework.nights import read_nights
from pipeline.casework.saved_searches import News, news_of
from pipeline.domain.agents import Matter
from pipeline.errors import MatterNeededError, NotHereError
from pipeline.web.access import Reach, reach_of
from pipeline.web.charts import bars
from pipeline.web.pages import render
from pipeline.web.seat import Seat, Seated, desk_router

router = desk_router()

_WHOLE = 100


@router.get("/", name="morning", include_in_schema=False)
def morning(request: Request, seat: Seat) -> Response:
    """What the newest night did; before the first, what to do."""
    reader = reader_of(seat)
    if not seat.services.catalogue.nights.list():
        return render(request, seat, "no-night.html")
    return _page(request, seat, read_morning(seat.services, reader))


@router.get("/nights", name="nights", include_in_schema=False)
def nights(request: Request, seat: Seat, to: str = "") -> Response:
    """Every night that was run, a month at a time."""
    reader = reader_of(seat)
    if not seat.services.catalogue.nights.list():
        return render(request, seat, "no-night.html")
    found = read_nights(seat.services, reader, _checked(to) if to else "")
    has_events = Part.EVENTS in reader.parts
    return render(request, seat, "nights.html", found=found, has_events=has_events, here="morning")


@router.get("/nights/{night}", name="night", include_in_schema=False)
def night(request: Request, seat: Seat, night: str) -> Response:
    """What one night did."""
    return _page(request, seat, read_morning(seat.services, reader_of(seat), _checked(night)))


def reader_of(seat: Seated) -> Reader:
    """For whom a morning is read. Who sees no footage needs no matter: the installation's own purpose is asked then.

    Raises:
        MatterNeededError: Events are to be told, and nobody said on what matter.
    """
    matter = seat.matter_or_none
    if matter is None:
        if Part.EVENTS in READS[seat.role]:
            raise MatterNeededError
        section = seat.services.settings.night
        matter = Matter(seat.agent.name, section.purpose, section.recipient)
    return Reader.at_the_desk(matter, seat.role)


def _checked(night: str) -> str:
    try:
        return date.fromisoformat(night).isoformat()
    except ValueError as error:
        raise NotHereError from error


def _page(request: Request, seat: Seated, found: Morning) -> Response:
    settings = seat.services.settings.night
    view = morning_view(found, settings.time_zone)
    parts = READS[seat.role]
    return render(
        request, seat, "morning.html", view=view, charts=_charts(view), has_events=Part.EVENTS in parts,
        has_worth=Part.WORTH in parts, news=_news(seat), here="morning",
    )  # fmt: skip


def _news(seat: Seated) -> tuple[News, ...]:
    """The agent's saved searches that found something new; counts, of which nothing is looked at yet."""
    if seat.matter_or_none is None or reach_of("saved", seat.role) is Reach.NOTHING:
        return ()
    return tuple(news for news in news_of(seat.services, seat.matter_or_none) if news.events)


def _charts(view: dict[str, Any]) -> list[dict[str, Any]]:
    """One a row of figures, where there is more than one night to tell of."""
    drawn = [
        {**row, "chart": bars(row["values"], view["nights"], _WHOLE if row["unit"] else 0, row["unit"])}
        for row in view["series"]
    ]
    return drawn if any(row["chart"]["known"] > 1 for row in drawn) else []
