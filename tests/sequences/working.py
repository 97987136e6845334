"""What people at a desk work on: incidents, what is attached to them, cuts, approvals, and what leaves the house."""

import random
from collections.abc import Callable
from datetime import timedelta

from pipeline.casework.approval import ask_approval, decide_approval
from pipeline.casework.attaching import attach, caption, dismiss, judge
from pipeline.casework.cuts import CutOrder, cut_span
from pipeline.casework.incidents import Words as IncidentWords
from pipeline.casework.incidents import close_incident, open_incident, reopen_incident
from pipeline.domain.events import EventKind
from pipeline.domain.incidents import AttachmentStatus, Incident
from tests.sequences.checks import (
    asked_by,
    highlight_asked,
    is_shown,
    kept_events,
    mark_of,
    take_of,
    tried,
    whole_of,
    works,
)
from tests.sequences.leaving import cut_by_a_job, export, report
from tests.sequences.looking import JANE, LEE
from tests.sequences.street import PLACE, Street
from tests.sequences.takes import EVERY_KIND


def incident(street: Street, chance: random.Random) -> None:
    """An incident is opened about a part of the street's recent days."""
    since = street.clock.at - timedelta(hours=chance.choice((20, 70, 90)))
    words = IncidentWords(
        title="Package taken",
        place=PLACE if chance.random() < 0.8 else (10.0, 10.0),
        radius=200.0,
        starts_at=since,
        ends_at=since + timedelta(hours=chance.choice((8, 40, 120))),
        kinds=tuple(EventKind(kind) for kind in chance.sample(EVERY_KIND, 4)),
        narrative="A carton is missing.",
        attaches_by_itself=chance.random() < 0.6,
    )
    open_incident(street.services, JANE, words)


def _an_incident(street: Street, chance: random.Random) -> Incident | None:
    found = street.services.catalogue.incidents.live()
    return chance.choice(found) if found else None


def work_on(street: Street, chance: random.Random) -> None:
    """Highlights are attached, judged, captioned, turned down; incidents are closed and opened again."""
    one = _an_incident(street, chance)
    shown = street.services.catalogue.highlights.list()
    if one is None or not shown:
        return
    services, name = street.services, chance.choice(shown).highlight_id
    asker = (JANE.purpose, JANE.recipient)
    may = street.law.allows_all(asker, highlight_asked(street, name), street.clock.at)
    note = f"caption of {_first_mark(street, name)}"
    acts: list[Callable[[], object]] = [
        lambda: tried(street, f"attaching {note}", may, lambda: attach(services, JANE, one.incident_id, name, note)),
        lambda: works(lambda: judge(services, JANE, one.incident_id, name, AttachmentStatus.CONFIRMED, note)),
        lambda: works(lambda: caption(services, JANE, one.incident_id, name, note)),
        lambda: works(lambda: dismiss(services, JANE, one.incident_id, name)),
        lambda: close_incident(services, JANE, one.incident_id),
        lambda: reopen_incident(services, JANE, chance.choice(services.catalogue.incidents.list()).incident_id),
    ]
    works(chance.choices(acts, (6, 2, 3, 1, 1, 1))[0])


def _first_mark(street: Street, highlight_id: str) -> str:
    highlight = street.services.catalogue.highlights.get(highlight_id)
    shown = kept_events(street, event_ids=highlight.event_ids, superseded=True)
    return mark_of(shown[0]) if shown else "nothing"


def cut(street: Street, chance: random.Random) -> None:
    """Somebody cuts a whole clip by hand."""
    one, clips = _an_incident(street, chance), street.services.catalogue.clips.list()
    if one is None or not clips:
        return
    name = chance.choice(clips).acquisition.acquisition_id
    if not street.services.catalogue.analyses.done([name]):
        return
    take = take_of(street, name)
    inside = [found for found in kept_events(street, acquisition_ids=(name,), superseded=True) if is_shown(found)]
    asked = [
        *whole_of(street, take),
        *(part for found in inside if not found.is_superseded for part in asked_by(street, mark_of(found))),
    ]
    may = street.law.allows_all((JANE.purpose, JANE.recipient), asked, street.clock.at)
    if chance.random() < 0.5:
        cut_by_a_job(street, one, JANE, name, f"chosen of {take.mark} by hand", may=may)
        return
    order = CutOrder(reason=f"chosen of {take.mark} by hand")
    tried(street, f"a cut of {take.mark}", may, lambda: cut_span(street.services, JANE, one.incident_id, name, order))


def approve_and_export(street: Street, chance: random.Random) -> None:
    """A package of what was approved holds what may leave now, and nothing else."""
    one = _an_incident(street, chance)
    if one is None or not street.services.catalogue.incidents.attachments(one.incident_id):
        return
    works(lambda: ask_approval(street.services, JANE, one.incident_id))
    works(lambda: decide_approval(street.services, LEE, one.incident_id, is_given=True))
    export(street, one, JANE, redacted=chance.random() < 0.3)


def make_report(street: Street, chance: random.Random) -> None:
    one = _an_incident(street, chance)
    if one is not None:
        report(street, one, JANE)
