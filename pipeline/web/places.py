"""The places of the desk, in the order in which the navigation shows them."""

from dataclasses import dataclass

from pipeline.domain.agents import Role
from pipeline.web.access import Reach, reach_of


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go.

    Attributes:
        key: The name of its route.
        url: Its address.
        name: For people.
        count: How many things wait there; 0 shows none.
    """

    key: str
    url: str
    name: str
    count: int = 0


PLACES = (
    Place("morning", "/", "Morning"),
    Place("search", "/search", "Search"),
    Place("needs_review", "/needs-review", "Needs review"),
    Place("triage", "/triage", "Triage"),
    Place("incidents", "/incidents", "Incidents"),
    Place("requests", "/requests", "Requests"),
    Place("timeline", "/timeline", "Timeline"),
    Place("cameras", "/cameras", "Cameras"),
    Place("agents", "/agents", "Agents"),
    Place("audit", "/audit", "Audit"),
    Place("transparency_desk", "/records/transparency", "Transparency"),
)


def places_of(role: Role, served: frozenset[str]) -> tuple[Place, ...]:
    """Where a role reaches anything, among the routes that are served."""
    return tuple(place for place in PLACES if place.key in served and reach_of(place.key, role) is not Reach.NOTHING)


def here(path: str) -> str:
    """The key of the place that an address belongs to; empty for none."""
    below = [place for place in PLACES if place.url != "/" and path.startswith(f"{place.url}/")]
    matching = below + [place for place in PLACES if path == place.url]
    return max(matching, key=lambda place: len(place.url), default=Place("", "", "")).key
