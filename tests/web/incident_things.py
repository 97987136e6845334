"""Incidents, what is in them, and jobs of theirs: what the routes of incidents are walked with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.casework.incidents import Words, open_incident
from pipeline.casework.jobs import new_job
from pipeline.casework.neighbours.accepting import accept
from pipeline.casework.people import note_person
from pipeline.casework.works import REPORTS
from pipeline.domain.agents import Matter, Role
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import Disclosure
from pipeline.domain.incidents import Attachment, Incident
from pipeline.domain.jobs import JobKind, JobState
from tests.builders import PURPOSE, RECIPIENT
from tests.casework.neighbours.neighbourhood import a_photo
from tests.catalogue.stories import an_entry, an_incident
from tests.web.desk import NAMES, Desk
from tests.web.report_things import a_sent_report
from tests.web.things import Things


def _incident_of(desk: Desk, agent: str, *, attached: bool = True) -> str:
    return incident_of(desk, agent, attached=attached).incident_id


def incident_of(desk: Desk, agent: str, *, attached: bool = True) -> Incident:
    """One that an agent opened where the town's camera stands, with something attached."""
    services = desk.services
    matter = Matter(agent, PURPOSE, RECIPIENT, "26-1042")
    told = an_incident(kinds=(EventKind.PERSON_VISIT,))
    words = Words(told.title, told.place, told.radius, told.starts_at, told.ends_at, told.kinds)
    incident = open_incident(services, matter, words)
    if not attached:
        return incident
    shown = services.catalogue.highlights.list()[0].highlight_id
    attachment = Attachment(incident.incident_id, shown, "it fits", services.now())
    services.catalogue.incidents.attach(attachment, [an_entry(shown)])
    return incident


def _job_of(desk: Desk, agent: str, kind: JobKind) -> tuple[str, str]:
    """A finished one, with what it made."""
    name = _incident_of(desk, agent)
    job = new_job(desk.services, Matter(agent, PURPOSE, RECIPIENT), kind, name)
    made = desk.services.settings.store.directory / ("packages" if kind is JobKind.EXPORT else f"{REPORTS}/{name}")
    made.mkdir(parents=True, exist_ok=True)
    shown = desk.services.catalogue.highlights.list()[0].highlight_id
    package = f"EV-{job.job_id}"
    if kind is JobKind.EXPORT:
        (made / f"{package}.zip").write_bytes(b"what was made")
        left = Disclosure(package, name, RECIPIENT, PURPOSE, desk.now, agent, "0" * 64, highlight_ids=(shown,))
        desk.services.catalogue.disclosures.save(left, ())
    else:
        (made / "report.pdf").write_bytes(b"what was made")
        (made / "report.json").write_text(json.dumps({"highlights": [{"highlight": {"highlight_id": shown}}]}))
    result = {"file": f"{package}.zip", "package": package, "bytes": "13", "tag_manifest": "0", "left_out": "0"}
    desk.services.catalogue.jobs.end(replace(job, state=JobState.DONE, result=result), desk.now)
    return name, job.job_id


def _others(desk: Desk, role: Role) -> str:
    return next(NAMES[one] for one in Role if one is not role)


def _is_own(role: Role) -> bool:
    return role is Role.INVESTIGATOR


def _incidents(desk: Desk, role: Role, *, attached: bool = True, **form: Any) -> Things:
    own = _incident_of(desk, NAMES[role], attached=attached)
    hidden = _incident_of(desk, _others(desk, role), attached=attached)
    seen = {"incident_id": hidden} if _is_own(role) else None
    return Things({"incident_id": own}, seen, {"incident_id": "in-000000000000"}, form)


def _incidents_with(**form: Any) -> Callable[[Desk, Role], Things]:
    """With what the form needs, and nothing that would begin long work."""
    return lambda desk, role: _incidents(desk, role, **form)


def _attaching(desk: Desk, role: Role) -> Things:
    return _incidents(desk, role, highlight_id=desk.services.catalogue.highlights.list()[0].highlight_id)


def _merging(desk: Desk, role: Role) -> Things:
    return _incidents(desk, role, into=_incident_of(desk, NAMES[role]))


def _cutting(desk: Desk, role: Role) -> Things:
    clip = desk.services.catalogue.clips.list()[0]
    return _incidents(desk, role, acquisition=clip.acquisition.acquisition_id, start="soon")


def _attached(desk: Desk, role: Role) -> Things:
    shown = desk.services.catalogue.highlights.list()[0].highlight_id
    things = _incidents(desk, role)
    values = [None if one is None else {**one, "highlight_id": shown} for one in (things.own, things.hidden)]
    absent = {**things.own, "highlight_id": "hl-00000000000000000000"}
    return Things(values[0] or {}, values[1], absent, {"act": "confirm"})


def _recut(desk: Desk, role: Role) -> Things:
    """With a moment that is none, so that nothing is cut."""
    things = _attached(desk, role)
    return Things(things.own, things.hidden, things.absent, {"start": "soon"})


def _suggested(desk: Desk, role: Role) -> Things:
    shown = desk.services.catalogue.highlights.list()[0].highlight_id
    things = _incidents(desk, role, attached=False)
    values = [None if one is None else {**one, "highlight_id": shown} for one in (things.own, things.hidden)]
    absent = {**things.own, "highlight_id": "hl-00000000000000000000"}
    return Things(values[0] or {}, values[1], absent, {"act": "accept"})


def _notes(desk: Desk, role: Role) -> Things:
    things = _incidents(desk, role)
    note = note_person(desk.services, Matter(NAMES[role], PURPOSE, RECIPIENT), things.own["incident_id"], "words")
    values = [None if one is None else {**one, "note_id": note.note_id} for one in (things.own, things.hidden)]
    return Things(values[0] or {}, values[1], {**things.own, "note_id": "pn-000000000000"})


def _jobs(kind: JobKind) -> Callable[[Desk, Role], Things]:
    def things(desk: Desk, role: Role) -> Things:
        own, hidden = _job_of(desk, NAMES[role], kind), _job_of(desk, _others(desk, role), kind)
        seen = {"incident_id": hidden[0], "job_id": hidden[1]} if _is_own(role) else None
        absent = {"incident_id": own[0], "job_id": hidden[1]}
        return Things({"incident_id": own[0], "job_id": own[1]}, seen, absent)

    return things


def _received(desk: Desk, role: Role) -> Things:
    """Each with a photo that a neighbour sent, under a report that was accepted into it."""
    things = _incidents(desk, role, attached=False)
    values = [
        None if one is None else {**one, "medium_id": _sent_into(desk, one["incident_id"])}
        for one in (things.own, things.hidden)
    ]
    return Things(values[0] or {}, values[1], {**things.own, "medium_id": "nm-000000000000"})


def _sent_into(desk: Desk, incident_id: str) -> str:
    report, medium_id = a_sent_report(desk, a_photo())
    accept(desk.services, Matter("whoever accepted", PURPOSE, RECIPIENT), report.report_id, "it fits", incident_id)
    return medium_id


INCIDENTS: Mapping[str, Callable[[Desk, Role], Things]] = {
    **dict.fromkeys(
        ("incident", "incident_edit", "incident_change", "incident_assign", "incident_cut", "incident_ask"), _incidents
    ),
    "incident_status": _incidents_with(to="closed"),
    "incident_merge": _merging,
    "incident_person": _incidents_with(words="the witness"),
    "incident_attach": _attaching,
    "incident_cut_do": _cutting,
    "incident_upload": _incidents_with(camera="folder:nobody"),
    "incident_decide": _incidents_with(decision="approve", content="0" * 64),
    "incident_make": _incidents_with(kind="export"),
    "incident_attached": _attached,
    "incident_recut": _attached,
    "incident_recut_do": _recut,
    "incident_suggested": _suggested,
    "incident_strike": _notes,
    "incident_received": _received,
    "incident_job": _jobs(JobKind.EXPORT),
    "incident_progress": _jobs(JobKind.EXPORT),
    "incident_package": _jobs(JobKind.EXPORT),
    "incident_report": _jobs(JobKind.REPORT),
}
