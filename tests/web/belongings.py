"""For each route whose path names a thing: one that is the agent's own, and one that is there and not theirs.

``tests/web/test_matrix.py`` walks every route with them. Whoever adds such a route adds a line to ``BELONGINGS``.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from pipeline.casework.agents.sessions import live_sessions
from pipeline.casework.transparency import publish_report, span_between
from pipeline.casework.whole_clips import SeenByPerson, report_miss
from pipeline.domain.agents import Matter, Role
from pipeline.domain.events import EventKind
from tests.builders import PURPOSE, RECIPIENT
from tests.casework.nights import run_night
from tests.catalogue.stories import a_camera
from tests.near_reports import publish
from tests.web.desk import NAMES, Desk
from tests.web.incident_things import INCIDENTS
from tests.web.report_things import REPORTS
from tests.web.request_things import REQUESTS
from tests.web.saved_things import SAVED
from tests.web.things import Things


def _sessions(desk: Desk, role: Role) -> Things:
    other = next(one for one in Role if one is not role)
    for each in (role, other):
        desk.browser().sign_in(NAMES[each])
    own, hidden = (live_sessions(desk.services, desk.agents[each].agent_id)[-1] for each in (role, other))
    return Things({"session_id": own.session_id}, {"session_id": hidden.session_id}, {"session_id": "se-000000000000"})


def _agents(desk: Desk, role: Role) -> Things:
    someone = next(one for one in Role if one not in (role, Role.ADMINISTRATOR))
    return Things(
        {"agent_id": desk.agents[someone].agent_id}, None, {"agent_id": "ag-000000000000"}, {"change": "disable"}
    )


def _statics(desk: Desk, role: Role) -> Things:
    return Things({"digest": "0", "name": "desk.css"}, None, {"digest": "0", "name": "none.css"})


_ELSEWHERE = "ring:9001"
"""A camera that nobody has granted."""


def _events(desk: Desk, role: Role, more: Mapping[str, str] = MappingProxyType({})) -> Things:
    """An event that may be shown, one of a camera without a grant, and none."""
    desk.services.catalogue.cameras.save([a_camera(camera_id=_ELSEWHERE)])
    shown, hidden = desk.town.keep(), desk.town.keep("hidden", camera_id=_ELSEWHERE)
    names = shown.events[0].event_id, hidden.events[0].event_id, "ev-00000000000000000000"
    own, other, absent = ({"event_id": name, **more} for name in names)
    return Things(own, other, absent, {"status": "confirmed"})


def _clips(desk: Desk, role: Role) -> Things:
    desk.services.catalogue.cameras.save([a_camera(camera_id=_ELSEWHERE)])
    shown, hidden = desk.town.keep(), desk.town.keep("hidden", camera_id=_ELSEWHERE)
    form = {"kind": "loitering", "start": "1", "end": "2"}
    own, other, absent = ({"acquisition_id": name} for name in (shown.name, hidden.name, "aq-00000000000000000000"))
    return Things(own, other, absent, form)


def _misses(desk: Desk, role: Role) -> Things:
    things = _clips(desk, role)
    seen = SeenByPerson(EventKind.LOITERING, Fraction(1), Fraction(2))
    other = next(one for one in (Role.INVESTIGATOR, Role.SUPERVISOR) if one is not role)
    own, theirs = (
        report_miss(desk.services, Matter(NAMES[each], PURPOSE, RECIPIENT), things.own["acquisition_id"], seen).miss_id
        for each in (role, other)
    )
    absent = {**things.own, "miss_id": "ms-00000000000000000000"}
    return Things({**things.own, "miss_id": own}, {**things.own, "miss_id": theirs}, absent)


def _pairs(desk: Desk, role: Role) -> Things:
    things = _events(desk, role)
    event, _ = desk.town.between(desk.town.keep(), desk.town.keep("later", minutes=9))
    return Things({"event_id": event.event_id}, things.hidden, things.own)


def _highlights(desk: Desk, role: Role) -> Things:
    _events(desk, role)
    kept = desk.town.keep(), desk.town.keep("hidden", camera_id=_ELSEWHERE)
    own, hidden = ({"highlight_id": one.highlight.highlight_id, "part": "poster"} for one in kept if one.highlight)
    return Things(own, hidden, {"highlight_id": "hl-00000000000000000000", "part": "poster"})


def _nights(desk: Desk, role: Role) -> Things:
    run_night(desk.town, "2026-03-10")
    return Things({"night": "2026-03-10"}, None, {"night": "2026-03-09"})


def _published(desk: Desk, role: Role) -> Things:
    shown = publish(desk.services.catalogue, 1, desk.now).report_id
    return Things({"report_id": shown}, None, {"report_id": "nr-0000000000ff"})


def _transparency(desk: Desk, role: Role) -> Things:
    """A report that is published, which everybody reaches, and none."""
    made = publish_report(desk.services, "rita", span_between(desk.services, "2026-01", "2026-01"))
    return Things({"report_id": made.report_id}, None, {"report_id": "tr-000000000000"})


BELONGINGS: Mapping[str, Callable[[Desk, Role], Things]] = {
    "transparency_report": _transparency,
    "transparency_json": _transparency,
    "static": _statics,
    "near_one": _published,
    "night": _nights,
    "account_session": _sessions,
    "change_agent": _agents,
    "event": _events,
    "event_playing": _events,
    "clip": _clips,
    "clip_playing": _clips,
    "clip_missed": _clips,
    "clip_missed_back": _misses,
    "media_whole_clip": _clips,
    "event_tag": _events,
    "media_clip": _events,
    "media_still": _events,
    "media_pair": _pairs,
    "media_picture": lambda desk, role: _events(desk, role, {"role": "during"}),
    "media_highlight": _highlights,
    **INCIDENTS,
    **REPORTS,
    **SAVED,
    **REQUESTS,
}
