"""Where somebody goes after they signed in or began a matter."""

import re

from pipeline.domain.agents import Role
from pipeline.web.desk import Desk
from pipeline.web.places import places_of

_OURS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
"""A path of this desk: one slash, and nothing by which a browser would leave it. Source: WHATWG URL, 4.4."""

_LONGEST = 2000


def safe_way(way: str) -> str:
    """The way if it leads to a page of this desk; empty otherwise."""
    return way if len(way) <= _LONGEST and _OURS.fullmatch(way) else ""


def landing(desk: Desk, role: Role) -> str:
    """Where a role begins: its first place, or its own account when it has none."""
    places = places_of(role, desk.served)
    return places[0].url if places else "/account"
