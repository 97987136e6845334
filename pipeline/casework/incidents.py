"""Incidents as people work on them: opened, edited, assigned, closed, merged. Each act is a custody record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.asking.protected import traits_in
from pipeline.casework.reach import act, live_incident, may_be_assigned
from pipeline.domain.agents import Matter
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.ids import new_id
from pipeline.domain.incidents import Incident, IncidentStatus
from pipeline.errors import IncidentError, InputRefusedError
from pipeline.night.services import Services

YEARS = range(1990, 2200)
"""In which a camera may have recorded: nights reckon with minutes before and after a window, which the calendar has."""


@dataclass(frozen=True, slots=True)
class Words:
    """What people say of an incident.

    Attributes:
        title: In words.
        place: Latitude and longitude in degrees.
        radius: Metres around the place.
        starts_at: UTC; events before it do not belong.
        ends_at: UTC; events after it do not belong.
        kinds: Kinds of event that belong; an empty tuple means none.
        narrative: What was reported.
        case_number: The agency's; empty when there is none.
        attaches_by_itself: Whether the night attaches what belongs to it; otherwise it is suggested.
    """

    title: str
    place: tuple[float, float]
    radius: float
    starts_at: datetime
    ends_at: datetime
    kinds: tuple[EventKind, ...]
    narrative: str = ""
    case_number: str = ""
    attaches_by_itself: bool = False


def words_of(incident: Incident) -> Words:
    """What an incident says now."""
    return Words(
        title=incident.title,
        place=incident.place,
        radius=incident.radius,
        starts_at=incident.starts_at,
        ends_at=incident.ends_at,
        kinds=incident.kinds,
        narrative=incident.narrative,
        case_number=incident.case_number,
        attaches_by_itself=incident.attaches_by_itself,
    )


def open_incident(services: Services, matter: Matter, words: Words) -> Incident:
    """Opens an incident for the purpose and recipient of whoever opens it.

    Raises:
        ValueError: The words are none of an incident: no title, a window that ends before it starts, no radius.
    """
    _require_sound(words)
    incident = Incident(
        incident_id=new_id("in"),
        title=words.title,
        narrative=words.narrative,
        place=words.place,
        radius=words.radius,
        starts_at=words.starts_at,
        ends_at=words.ends_at,
        kinds=words.kinds,
        purpose=matter.purpose,
        recipient=matter.recipient,
        opened_at=services.now(),
        case_number=words.case_number or matter.case_number,
        attaches_by_itself=words.attaches_by_itself,
        opened_by=matter.agent,
    )
    services.catalogue.incidents.save(
        incident, (act(services, matter, incident, CustodyAction.INCIDENT_OPENED, _warned(words)),)
    )
    return incident


def edit_incident(services: Services, matter: Matter, incident_id: str, words: Words) -> Incident:
    """Puts these words in place of those that an incident has; what it said before is kept.

    Whether the night attaches by itself is a rule and no content: it voids no approval.

    Raises:
        RecordNotFoundError, IncidentError: There is no such incident that people still work on.
        ValueError: As ``open_incident``.
    """
    before = live_incident(services, incident_id)
    _require_sound(words)
    changed = {
        name: getattr(words, name)
        for name in Words.__dataclass_fields__
        if getattr(words, name) != getattr(before, name)
    }
    facts = {"fields": ", ".join(sorted(changed)), **_warned(words)}
    entry = act(services, matter, before, CustodyAction.INCIDENT_CHANGED, facts)
    voids = bool(changed.keys() - {"attaches_by_itself"})
    return services.catalogue.incidents.change(incident_id, lambda one: replace(one, **changed), entry, voids=voids)


def _require_sound(words: Words) -> None:
    """Asked when people write; one that was opened without a title before is still read."""
    if not words.title.strip():
        raise ValueError("an incident has a title")
    if not {words.starts_at.year, words.ends_at.year} <= set(YEARS):
        raise ValueError(f"the window lies in the years {YEARS.start} to {YEARS.stop - 1}")


def described_traits(incident: Incident | Words) -> tuple[str, ...]:
    """Protected traits by which title or narrative describe people, in words; empty for none.

    A narrative may be what somebody else reported, so it is not refused: whoever writes is warned, and that they were
    is in the custody log.
    """
    return tuple(dict.fromkeys(trait for text in (incident.title, incident.narrative) for trait in traits_in(text)))


def _warned(words: Words) -> dict[str, str]:
    traits = described_traits(words)
    return {"warned": ", ".join(traits)} if traits else {}


def assignable(services: Services) -> frozenset[str]:
    """Who may be told to work on an incident: agents who may sign in and could open it."""
    every = services.catalogue.agents.list()
    return frozenset(one.name for one in every if one.is_enabled and may_be_assigned(one.role))


def assign(services: Services, matter: Matter, incident_id: str, agents: Iterable[str]) -> Incident:
    """Says who works on an incident, besides who opened it; nobody else stays assigned.

    Where nobody has an account yet, people work with the command line alone, and are known by the names that they have
    on the machine: then any name may be given.

    Raises:
        RecordNotFoundError, IncidentError: There is no such incident that people still work on.
        InputRefusedError: Somebody new is named who could not open it.
    """
    before = live_incident(services, incident_id)
    assigned = tuple(sorted({agent.strip() for agent in agents if agent.strip()} - {before.opened_by}))
    if not services.catalogue.agents.is_empty():
        nobody = sorted(set(assigned) - set(before.assigned) - assignable(services))
        if nobody:
            words = f"no agent who could open it is called {', '.join(nobody)}: see `doorstep user list`"
            raise InputRefusedError("agents", words)
    facts = {"assigned": ", ".join(assigned)}
    entry = act(services, matter, before, CustodyAction.INCIDENT_ASSIGNED, facts)
    return services.catalogue.incidents.change(
        incident_id, lambda one: replace(one, assigned=assigned), entry, voids=False
    )


def close_incident(services: Services, matter: Matter, incident_id: str) -> None:
    """Closes an incident: nights attach nothing more, and retention counts from this moment.

    Raises:
        RecordNotFoundError: There is no such incident.
        IncidentError: It was merged into another.
    """
    _set(services, matter, incident_id, IncidentStatus.CLOSED, CustodyAction.INCIDENT_CLOSED)


def reopen_incident(services: Services, matter: Matter, incident_id: str) -> None:
    """Opens an incident again that was closed.

    Raises:
        RecordNotFoundError: There is no such incident.
        IncidentError: It was merged into another, or is not closed.
    """
    incident = services.catalogue.incidents.get(incident_id)
    if incident.is_live:
        if incident.status is IncidentStatus.OPEN:
            return
        raise IncidentError(incident_id, f"it is {incident.status.value}; any change of it opens it again")
    _set(services, matter, incident_id, IncidentStatus.OPEN, CustodyAction.INCIDENT_REOPENED)


def _set(services: Services, matter: Matter, incident_id: str, status: IncidentStatus, action: CustodyAction) -> None:
    incident = services.catalogue.incidents.get(incident_id)
    services.catalogue.incidents.set_status(incident_id, status, (act(services, matter, incident, action),))


def merge_incidents(services: Services, matter: Matter, incident_id: str, into: str) -> Incident:
    """Lets the matter of one incident go on in another; nothing is lost, and the old id leads to the other.

    Returns:
        The incident that goes on.

    Raises:
        RecordNotFoundError: There is no such incident.
        IncidentError: One of them is closed or merged already, both are one, or they have different purposes.
    """
    gone, kept = live_incident(services, incident_id), live_incident(services, into)
    if (gone.purpose, gone.recipient) != (kept.purpose, kept.recipient):
        raise IncidentError(incident_id, f"its grants were asked for another purpose or recipient than those of {into}")
    entries = [
        act(services, matter, gone, CustodyAction.INCIDENT_MERGED, {"into": into}),
        act(services, matter, kept, CustodyAction.INCIDENT_MERGED, {"from": incident_id}),
    ]
    return services.catalogue.incidents.merge(incident_id, into, entries)
