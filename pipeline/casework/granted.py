"""What live grants let one matter see at one moment: read once, for everything behind one answer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from pipeline.consent.desk import ConsentDesk, Place
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.search import FoundEvent
from pipeline.errors import ConsentError, ConsentMissingError
from pipeline.night.places import places_of_found
from pipeline.night.services import Services
from pipeline.night.shown import require_for_found


class GrantedNow:
    """Grants and cameras as one answer saw them: every question behind it is answered from the same.

    Attributes:
        matter: Who asks, and for what.
        asked_at: UTC, when they were read.
        grants: The newest version of each.
        cameras: By id.
        allowances: What the grants let the matter see.
    """

    def __init__(self, services: Services, matter: Matter) -> None:
        """Reads them. Nothing keeps it: the next answer reads anew, and what was revoked in between is refused.

        Args:
            services: The installation.
            matter: Who asks, and for what.
        """
        self.matter = matter
        self.asked_at = services.now()
        self.grants = services.catalogue.grants.latest()
        self.cameras = _by_id(services.catalogue.cameras.list())
        owners = {camera_id: camera.owner_id for camera_id, camera in self.cameras.items()}
        asker = (matter.purpose, matter.recipient)
        self.allowances = services.allowances.of(self.grants, owners, asker, self.asked_at)

    def visible_cameras(self) -> tuple[tuple[Camera, tuple[str, ...]], ...]:
        """Cameras of which the matter may see something, by id, each with the ids of the grants that let it."""
        grants: dict[str, list[str]] = defaultdict(list)
        for allowance in self.allowances:
            grants[allowance.camera_id].append(allowance.grant_id)
        return tuple((self.cameras[name], tuple(grants[name])) for name in sorted(grants) if name in self.cameras)


class Showing:
    """Asks the grants for each event of one answer."""

    def __init__(self, services: Services, granted: GrantedNow, grant_ids: Collection[str] | None = None) -> None:
        """Asks nothing yet.

        Args:
            services: The installation.
            granted: What was read for the answer.
            grant_ids: The only grants that count; None for all.
        """
        self.granted = granted
        self._services = services
        self._granted: dict[str, SignedGrant] = {}
        self._places: dict[str, tuple[Place, ...]] = {}
        self._by_camera: dict[str, list[SignedGrant]] = defaultdict(list)
        for signed in granted.grants:
            if grant_ids is None or signed.grant.grant_id in grant_ids:
                for camera_id in dict.fromkeys(signed.grant.camera_ids):
                    self._by_camera[camera_id].append(signed)
        self._desk = ConsentDesk(
            lambda camera_id: self._by_camera.get(camera_id, ()),
            services.keys,
            lambda: granted.asked_at,
            purpose=granted.matter.purpose,
            recipient=granted.matter.recipient,
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

    def may_show(self, found: Sequence[FoundEvent]) -> Collection[str]:
        """Ids of the events for which there is one."""
        self.read_places(found)
        return {one.event.event_id for one in found if self._is_granted(one)}

    def read_places(self, found: Sequence[FoundEvent]) -> None:
        """Reads where events happened, as far as grants ask for it, so that each need not be read by itself."""
        new = [one for one in found if one.event.event_id not in self._places]
        self._places.update(places_of_found(self._services, self._desk, self.granted.cameras, new))

    def _is_granted(self, found: FoundEvent) -> bool:
        try:
            self.grant_of(found)
        except ConsentError:
            return False
        return True

    def _asked_for(self, found: FoundEvent) -> SignedGrant:
        camera_id = found.event.camera_id
        camera = self.granted.cameras.get(camera_id)
        if camera is None:
            raise ConsentMissingError(camera_id, Use.VIEW)
        if found.event.event_id not in self._places:
            self.read_places([found])
        return require_for_found(self._desk, Use.VIEW, camera, found, self._places[found.event.event_id])


def _by_id(cameras: Iterable[Camera]) -> dict[str, Camera]:
    """As each camera's owner's account sees it, or as the first account does when the owner's is not linked."""
    found: dict[str, Camera] = {}
    for camera in sorted(cameras, key=lambda one: (one.owner_id is None, one.account_id)):
        found.setdefault(camera.camera_id, camera)
    return found
