"""Requests for footage with which the routes of the desk and of home are walked."""

from collections.abc import Callable, Mapping
from itertools import count

from pipeline.casework.requests.writing import decide_request, write_request
from pipeline.domain.agents import Role
from pipeline.domain.places import Circle
from tests.casework.asking import a_footage_request
from tests.catalogue.stories import a_camera
from tests.web.desk import NAMES, Desk
from tests.web.home import BOB, Home
from tests.web.things import Things

_CASES = count(1)
_ABSENT = {"request_id": "rq-000000000000"}
_BOBS = (51.6, -0.2)


def _written(desk: Desk, by: str, *, is_published: bool, place: Circle | None = None) -> str:
    """Of a case of its own each, so that no case has too many."""
    changes = {"place": place} if place else {}
    asked = a_footage_request(case_number=f"26-{next(_CASES)}", **changes)
    filed = write_request(desk.services, by, asked)
    if is_published:
        decide_request(desk.services, "another", Role.SUPERVISOR, filed.request_id, is_given=True)
    return filed.request_id


def _requests(desk: Desk, role: Role, *, is_published: bool = False, form: Mapping[str, str] | None = None) -> Things:
    """The agent's own, somebody else's where they do not reach it, and none."""
    own = _written(desk, NAMES[role], is_published=is_published)
    other = _written(desk, "somebody", is_published=is_published)
    hidden = {"request_id": other} if role is Role.INVESTIGATOR else None
    return Things({"request_id": own}, hidden, _ABSENT, form or {})


def _to_decide(desk: Desk, role: Role) -> Things:
    own = _written(desk, "somebody", is_published=False)
    return Things({"request_id": own}, None, _ABSENT, {"decision": "publish"})


REQUESTS: Mapping[str, Callable[[Desk, Role], Things]] = {
    "request_one": _requests,
    "request_decide": _to_decide,
    "request_close": lambda desk, role: _requests(desk, role, is_published=True),
}


def at_home(home: Home, form: Mapping[str, str | list[str]] | None = None) -> Things:
    """One around ann's camera, one around bob's, and none."""
    desk = home.desk
    desk.services.catalogue.cameras.save([a_camera(camera_id="ring:77", owner_id=BOB, position=_BOBS)])
    own = _written(desk, "somebody", is_published=True)
    hidden = _written(desk, "somebody", is_published=True, place=Circle(*_BOBS, 300))
    return Things({"request_id": own}, {"request_id": hidden}, _ABSENT, form or {})


def _clips(home: Home) -> Things:
    """A clip of ann's in a request of hers; the same clip of a request of bob's; and one that is not there."""
    desk = home.desk
    kept, things = desk.town.keep("her own", minutes=1), at_home(home)
    own, hidden = ({**one, "acquisition_id": kept.name} for one in (things.own, things.hidden or {}))
    return Things(own, hidden, {**things.own, "acquisition_id": "aq-00000000000000000000"})


HOME_REQUESTS: Mapping[str, Callable[[Home], Things]] = {
    "home_request": at_home,
    "home_request_clips": lambda home: at_home(home, {"clips": f"ring:1001 {_trigger(home)}"}),
    "home_request_case": lambda home: at_home(home, {"cameras": "ring:1001"}),
    "home_request_hide": at_home,
    "home_request_clip": _clips,
}


def _trigger(home: Home) -> str:
    return home.desk.town.keep("picked", minutes=2).clip.trigger.trigger_id
