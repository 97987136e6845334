"""Incidents: the list, a new one, the story of one, and what people say of it."""

from collections.abc import Sequence
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework import incidents as casework
from pipeline.casework.attaching import attach
from pipeline.casework.incident_scope import chosen_events, reached_incidents, shown_by, words_from
from pipeline.casework.incidents import words_of
from pipeline.casework.people import note_person, strike_person
from pipeline.casework.story import tell
from pipeline.casework.uploads import folders
from pipeline.casework.zones import zones_of
from pipeline.domain.events import EventKind
from pipeline.domain.incidents import Incident, IncidentStatus
from pipeline.domain.search import FoundEvent
from pipeline.errors import InputRefusedError
from pipeline.reports.said_words import event_words
from pipeline.reports.words import kind_words, local_words
from pipeline.web.incident_form import IncidentForm
from pipeline.web.pages import render
from pipeline.web.reached import incident_of, led_on, live
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router

router = desk_router()

Text = Annotated[str, Form(max_length=400)]
Names = Annotated[list[str], Form(max_length=200)]


@router.get("/incidents", name="incidents", include_in_schema=False)
def incidents(
    request: Request, seat: SeatWithMatter, whose: Literal["mine", "all"] = "all", status: str = ""
) -> Response:
    """Those that this agent reaches, the last opened first."""
    wanted = IncidentStatus(status) if status in set(IncidentStatus) else None
    name = seat.agent.name
    found = reached_incidents(seat.services, name, seat.role, mine=whose == "mine", status=wanted)
    catalogue = seat.services.catalogue.incidents
    counts = catalogue.attached_counts([one.incident_id for one in found])
    rows = [(one, counts.get(one.incident_id, 0)) for one in found]
    chosen = wanted.value if wanted else ""
    return render(
        request, seat, "incidents.html", rows=rows, whose=whose, chosen=chosen, statuses=tuple(IncidentStatus)
    )


@router.get("/incidents/new", name="incident_new", include_in_schema=False)
def new(request: Request, seat: SeatWithMatter, events: Annotated[list[str] | None, Query()] = None) -> Response:
    """The form of a new one, filled in from events where some were chosen."""
    found = chosen_events(seat.services, seat.matter, _apart(events or ()))
    words = words_from(seat.services, seat.matter, found)
    empty = IncidentForm(case_number=seat.matter.case_number)
    return _form(request, seat, IncidentForm.of(words, _zone(seat)) if words else empty, found)


@router.get("/incidents/choose", name="incident_choose", include_in_schema=False)
def choose(
    request: Request,
    seat: SeatWithMatter,
    events: Annotated[list[str] | None, Query()] = None,
    event: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """To which incident the chosen events go: one that this agent reaches, or a new one."""
    found = chosen_events(seat.services, seat.matter, _apart((*(events or ()), *(event or ()))))
    reached = reached_incidents(seat.services, seat.agent.name, seat.role)
    return render(
        request,
        seat,
        "incident_choose.html",
        found=found,
        incidents=[one for one in reached if one.is_live],
        event_words=event_words,
        local_words=local_words,
        zones=zones_of(seat.services, found),
    )


@router.post("/incidents", name="incident_open", include_in_schema=False)
def open_one(request: Request, seat: SeatWithMatter, given: Annotated[IncidentForm, Form()]) -> Response:
    """Opens it, and attaches what was chosen."""
    found = chosen_events(seat.services, seat.matter, _apart(given.events))
    try:
        incident = casework.open_incident(seat.services, seat.matter, given.words(_zone(seat)))
    except InputRefusedError as error:
        return _form(request, seat, given, found, error=error)
    for highlight_id in shown_by(found):
        attach(seat.services, seat.matter, incident.incident_id, highlight_id, "chosen when the incident was opened")
    return RedirectResponse(f"/incidents/{incident.incident_id}", 303)


@router.get("/incidents/{incident_id}", name="incident", include_in_schema=False)
def incident(request: Request, seat: SeatWithMatter, incident_id: str) -> Response:
    """The story of one on one page."""
    found = incident_of(seat, incident_id)
    if found.incident_id != incident_id:
        return led_on(found)
    story = tell(seat.services, seat.matter, seat.role, found)
    others = [
        one
        for one in reached_incidents(seat.services, seat.agent.name, seat.role)
        if one.is_live and one.incident_id != incident_id
    ]
    agents = sorted(casework.assignable(seat.services))
    return render(
        request,
        seat,
        "incident.html",
        story=story,
        incident=found,
        traits=casework.described_traits(found),
        others=others,
        agents=agents,
        folders=folders(seat.services, seat.matter, incident_id),
        needs_approval=seat.services.settings.incidents.export_needs_approval,
        event_words=event_words,
        kind_words=kind_words,
    )


@router.get("/incidents/{incident_id}/edit", name="incident_edit", include_in_schema=False)
def edit(request: Request, seat: SeatWithMatter, incident_id: str) -> Response:
    """The form with what it says now."""
    found = incident_of(seat, incident_id)
    if found.incident_id != incident_id:
        return led_on(found)
    return _form(request, seat, IncidentForm.of(words_of(found), _zone(seat)), (), found)


@router.post("/incidents/{incident_id}/edit", name="incident_change", include_in_schema=False)
def change(
    request: Request, seat: SeatWithMatter, incident_id: str, given: Annotated[IncidentForm, Form()]
) -> Response:
    """Keeps what it said before, and voids an approval."""
    found = live(seat, incident_id)
    try:
        words = given.words(_zone(seat), words_of(found))
    except InputRefusedError as error:
        return _form(request, seat, given, (), found, error=error)
    casework.edit_incident(seat.services, seat.matter, incident_id, words)
    return RedirectResponse(f"/incidents/{incident_id}", 303)


@router.post("/incidents/{incident_id}/assign", name="incident_assign", include_in_schema=False)
def assign(seat: SeatWithMatter, incident_id: str, agents: Names = []) -> Response:  # noqa: B006 - FastAPI copies it
    """Says who works on it."""
    live(seat, incident_id)
    casework.assign(seat.services, seat.matter, incident_id, agents)
    return RedirectResponse(f"/incidents/{incident_id}#work", 303)


@router.post("/incidents/{incident_id}/status", name="incident_status", include_in_schema=False)
def status(seat: SeatWithMatter, incident_id: str, to: Annotated[Literal["closed", "open"], Form()]) -> Response:
    """Closes it, or opens it again."""
    incident_of(seat, incident_id)
    act = casework.close_incident if to == "closed" else casework.reopen_incident
    act(seat.services, seat.matter, incident_id)
    return RedirectResponse(f"/incidents/{incident_id}", 303)


@router.post("/incidents/{incident_id}/merge", name="incident_merge", include_in_schema=False)
def merge(seat: SeatWithMatter, incident_id: str, into: Text) -> Response:
    """Lets it go on in another that this agent reaches too."""
    live(seat, incident_id)
    kept = live(seat, into)
    casework.merge_incidents(seat.services, seat.matter, incident_id, kept.incident_id)
    return led_on(kept)


@router.post("/incidents/{incident_id}/people", name="incident_person", include_in_schema=False)
def person(seat: SeatWithMatter, incident_id: str, words: Annotated[str, Form(max_length=4000)]) -> Response:
    """Writes words about a person."""
    live(seat, incident_id)
    try:
        note_person(seat.services, seat.matter, incident_id, words, seat.role)
    except ValueError as error:
        raise InputRefusedError("words", str(error)) from error
    return RedirectResponse(f"/incidents/{incident_id}#people", 303)


@router.post("/incidents/{incident_id}/people/{note_id}", name="incident_strike", include_in_schema=False)
def strike(seat: SeatWithMatter, incident_id: str, note_id: str) -> Response:
    """Deletes words about a person."""
    live(seat, incident_id)
    strike_person(seat.services, seat.matter, incident_id, note_id, seat.role)
    return RedirectResponse(f"/incidents/{incident_id}#people", 303)


def _form(
    request: Request,
    seat: SeatedWithMatter,
    given: IncidentForm,
    found: Sequence[FoundEvent],
    incident: Incident | None = None,
    *,
    error: InputRefusedError | None = None,
) -> Response:
    return render(
        request,
        seat,
        "incident_form.html",
        status=422 if error else 200,
        given=given,
        wrong={error.field: f"{error}."} if error else {},
        incident=incident,
        found=found,
        kinds=tuple(EventKind),
        kind_words=kind_words,
        event_words=event_words,
        local_words=local_words,
        zones=zones_of(seat.services, found),
        zone=str(_zone(seat)),
    )


def _zone(seat: SeatedWithMatter) -> ZoneInfo:
    return ZoneInfo(seat.services.settings.night.time_zone)


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """Ids of events, given each by itself or several with commas; at most a page full."""
    return tuple(dict.fromkeys(part.strip() for name in names for part in name.split(",") if part.strip()))[:200]
