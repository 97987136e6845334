"""Saved searches with which the routes of saved searches are walked."""

from collections.abc import Callable, Mapping
from itertools import count

from pipeline.asking.question import Question
from pipeline.casework.saved_searches import save_search
from pipeline.domain.agents import Matter, Role
from tests.builders import PURPOSE, RECIPIENT
from tests.web.desk import NAMES, Desk
from tests.web.things import Things

_COUNT = count()


def _saved(desk: Desk, role: Role) -> Things:
    """The agent's own, somebody else's, and none."""
    other = next(one for one in (Role.INVESTIGATOR, Role.SUPERVISOR) if one is not role)
    own, hidden = ({"saved_id": _kept(desk, NAMES[each])} for each in (role, other))
    return Things(own, hidden, {"saved_id": "ss-00000000000000000000"}, {"change": "hush"})


def _kept(desk: Desk, agent: str) -> str:
    matter = Matter(agent, PURPOSE, RECIPIENT)
    return save_search(desk.services, matter, f"search {next(_COUNT)}", Question("person"), notifies=False).saved_id


SAVED: Mapping[str, Callable[[Desk, Role], Things]] = {
    "saved_search": _saved,
    "change_saved_search": _saved,
    "saved_search_seen": _saved,
    "api_saved_search": _saved,
    "api_saved_search_seen": _saved,
    "api_drop_search": _saved,
}
