"""Finding events at the desk: asked of the grants, written down, and only then handed out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields

from pipeline.casework.reach import SEES_ALL
from pipeline.catalogue.index.answer import Asker, Together
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter, Role
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.domain.search import FoundEvent, Wanted
from pipeline.domain.search_page import SearchPage
from pipeline.errors import ConsentError, ConsentMissingError
from pipeline.night.ingest import authority
from pipeline.night.places import places_where_asked
from pipeline.night.services import Services
from pipeline.night.shown import require_for_found

SEARCH = "search"
"""The subject of the record of a search: it is about no single thing."""

_NOT_SAID = frozenset({"page_size", "cursor", "with_facets", "grouped"})


def find(services: Services, matter: Matter, wanted: Wanted, role: Role | None = None, words: str = "") -> SearchPage:
    """A page of what is looked for. Before it is handed out, the search is written down, and each clip on the page.

    One record says what was looked for; one for each clip and camera on the page says under which grant it was shown,
    as every other list does. So a search costs at most as many records as its page shows clips, and one.

    Args:
        services: The installation.
        matter: Who looks, and for what.
        wanted: What is looked for.
        role: At the desk; it says whose incidents may be searched. None on the command line: all.
        words: What is looked for in words, for the custody log; by default the filters themselves.

    Raises:
        CursorError: The cursor is not one of this search.
    """
    snapshot = _Snapshot(services, matter, wanted)
    page = _matching(services, matter, wanted, role, snapshot)
    services.catalogue.custody.append(tuple(_records(snapshot, matter, page, words or in_words(wanted))))
    return page


def find_for_nobody(services: Services, matter: Matter, wanted: Wanted, role: Role | None = None) -> SearchPage:
    """As ``find``, for a program that shows nobody what it finds: nothing is written down here.

    Raises:
        CursorError: The cursor is not one of this search.
    """
    return _matching(services, matter, wanted, role, _Snapshot(services, matter, wanted))


def visible_cameras(services: Services, matter: Matter) -> tuple[tuple[Camera, tuple[str, ...]], ...]:
    """Cameras of which a live grant lets the matter see something, by id, each with the ids of those grants."""
    snapshot = _Snapshot(services, matter, Wanted())
    grants: dict[str, list[str]] = defaultdict(list)
    for allowance in snapshot.allowances:
        grants[allowance.camera_id].append(allowance.grant_id)
    return tuple((snapshot.cameras[name], tuple(grants[name])) for name in sorted(grants) if name in snapshot.cameras)


def _matching(
    services: Services, matter: Matter, wanted: Wanted, role: Role | None, snapshot: "_Snapshot"
) -> SearchPage:
    settings = services.settings.search
    together = Together(settings.gap_seconds, settings.longest_minutes, settings.near_metres)
    asker = Asker(snapshot.allowances, snapshot.may_show, _open_incidents(services, matter, role))
    return services.catalogue.index.find(wanted, asker, together)


def in_words(wanted: Wanted) -> str:
    """What is looked for, filter by filter; ``everything`` where nothing narrows it."""
    usual = Wanted()
    said = (
        f"{field.name} {_spoken(getattr(wanted, field.name))}"
        for field in fields(wanted)
        if field.name not in _NOT_SAID and getattr(wanted, field.name) != getattr(usual, field.name)
    )
    return "; ".join(said) or "everything"


def _spoken(value: object) -> str:
    plain = to_plain(value)
    return ", ".join(map(_one_spoken, plain)) if isinstance(plain, list) else _one_spoken(plain)


def _one_spoken(plain: object) -> str:
    if isinstance(plain, dict):
        return " ".join(f"{_one_spoken(part)}" for part in plain.values() if part is not None)
    if isinstance(plain, list):
        return "/".join(map(_one_spoken, plain))
    return str(plain)


def _open_incidents(services: Services, matter: Matter, role: Role | None) -> frozenset[str] | None:
    if role is None or role in SEES_ALL:
        return None
    if role is not Role.INVESTIGATOR:
        return frozenset()
    return frozenset(incident.incident_id for incident in services.catalogue.incidents.of_agent(matter.agent))


def _records(snapshot: "_Snapshot", matter: Matter, page: SearchPage, words: str) -> Iterator[CustodyEntry]:
    """The search first, then each clip and camera once, under the grant of the first event that is shown of it."""
    shown: dict[tuple[str, str], SignedGrant] = {}
    count = 0
    for found in (found for visit in page.visits for found in visit.events):
        grant = snapshot.grant_of(found)
        shown.setdefault((found.event.clip, found.event.camera_id), grant)
        count += 1
    why = {"purpose": matter.purpose, "case": matter.case_number, "as": SEARCH}
    asked = {**why, "recipient": matter.recipient, "words": words, "events": str(count)}
    yield CustodyEntry(snapshot.asked_at, matter.agent, CustodyAction.SEARCHED, SEARCH, detail=asked)
    for (clip, camera_id), grant in sorted(shown.items(), key=lambda item: item[0]):
        yield CustodyEntry(
            snapshot.asked_at,
            matter.agent,
            CustodyAction.ACCESSED,
            clip,
            authority(grant),
            {"camera": camera_id, **why},
        )


class _Snapshot:
    """Grants and cameras as one search saw them: every question within it is answered from the same."""

    def __init__(self, services: Services, matter: Matter, wanted: Wanted) -> None:
        self.asked_at = services.now()
        self.grants = services.catalogue.grants.latest()
        self.cameras = _by_id(services.catalogue.cameras.list())
        owners = {camera_id: camera.owner_id for camera_id, camera in self.cameras.items()}
        asker = (matter.purpose, matter.recipient)
        self.allowances = services.allowances.of(self.grants, owners, asker, self.asked_at)
        self._services = services
        self._granted: dict[str, SignedGrant] = {}
        self._by_camera: dict[str, list[SignedGrant]] = defaultdict(list)
        for signed in self.grants:
            if wanted.grant_ids is None or signed.grant.grant_id in wanted.grant_ids:
                for camera_id in dict.fromkeys(signed.grant.camera_ids):
                    self._by_camera[camera_id].append(signed)
        self._desk = ConsentDesk(
            lambda camera_id: self._by_camera.get(camera_id, ()),
            services.keys,
            lambda: self.asked_at,
            purpose=matter.purpose,
            recipient=matter.recipient,
        )

    def grant_of(self, found: FoundEvent) -> SignedGrant:
        """The grant under which an event may be viewed, its place in the picture included.

        Raises:
            ConsentError: There is none.
        """
        known = self._granted.get(found.event.event_id)
        if known is None:
            known = self._granted[found.event.event_id] = self._asked_for(found)
        return known

    def _asked_for(self, found: FoundEvent) -> SignedGrant:
        camera_id = found.event.camera_id
        camera = self.cameras.get(camera_id)
        if camera is None:
            raise ConsentMissingError(camera_id, Use.VIEW)
        places = places_where_asked(self._services, self._desk, camera, found)
        return require_for_found(self._desk, Use.VIEW, camera, found, places)

    def may_show(self, found: FoundEvent) -> bool:
        """Whether there is one."""
        try:
            self.grant_of(found)
        except ConsentError:
            return False
        return True


def _by_id(cameras: Iterable[Camera]) -> dict[str, Camera]:
    """As each camera's owner's account sees it, or as the first account does when the owner's is not linked."""
    found: dict[str, Camera] = {}
    for camera in sorted(cameras, key=lambda one: (one.owner_id is None, one.account_id)):
        found.setdefault(camera.camera_id, camera)
    return found
