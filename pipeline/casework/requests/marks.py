"""What a resident keeps about a request for themselves: as a keyed digest that names nobody and nothing (P6).

The key lies outside the database. Whoever reads the database, a backup of it or anything at the desk sees digits that
stand for nothing, and not even whose or of what kind they are; only who holds the key file and already asks about one
resident and one request can tell.
"""

from collections.abc import Iterable
from enum import StrEnum

from pipeline.night.services import Services


class Mark(StrEnum):
    """What a mark says."""

    HIDDEN = "hidden"
    """The resident does not want to see the request any more."""
    WRITTEN_TO = "written to"
    """The resident was told of the request by mail."""


def mark_of(services: Services, mark: Mark, resident_id: str, request_id: str) -> str:
    """The digits that stand for it."""
    return services.box.mark("\0".join((mark, resident_id, request_id)))


def keep(services: Services, mark: Mark, resident_id: str, request_id: str) -> bool:
    """Keeps it; says whether it is new."""
    return services.catalogue.answers.mark(mark_of(services, mark, resident_id, request_id))


def forget(services: Services, mark: Mark, resident_id: str, request_id: str) -> None:
    """Takes it away; again changes nothing."""
    services.catalogue.answers.unmark(mark_of(services, mark, resident_id, request_id))


def marked(services: Services, mark: Mark, resident_id: str, request_ids: Iterable[str]) -> frozenset[str]:
    """Those of the requests that carry it."""
    marks = {mark_of(services, mark, resident_id, request_id): request_id for request_id in request_ids}
    return frozenset(marks[one] for one in services.catalogue.answers.marked(tuple(marks)))
