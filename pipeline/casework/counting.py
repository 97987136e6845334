"""Events over many nights, as far as a matter's live grants let them be counted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from pipeline.casework.tags import told_tags
from pipeline.catalogue.night_figures import FiguredEvent
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import Use
from pipeline.domain.events import EventKind, Verdict
from pipeline.domain.search import EventFilter
from pipeline.domain.tags import as_said
from pipeline.night.services import Services
from pipeline.night.shown import visible


def countable_events(services: Services, desk: ConsentDesk, first: str, last: str) -> Iterator[FiguredEvent]:
    """The events of the nights from ``first`` to ``last`` that the desk's purpose and recipient may be told of.

    Each is of the kind, and a statement or none, as people leave it; what they rejected says so, and is not counted.

    Answers as ``visible`` does. Where no grant has zones the grants are read once a camera and kind, and not once an
    event; where one has, each event says where it happened.
    """
    asking = _Asking(services, desk)
    zoned: dict[str, str] = {}
    for event in services.catalogue.figures.events(first, last):
        if asking.asks_for_places(event.camera_id):
            zoned[event.acquisition_id] = event.night
        elif asking.allows(event):
            yield asking.as_said(event)
    if zoned:
        found = services.catalogue.search.find(EventFilter(acquisition_ids=tuple(zoned)))
        shown = visible(services, desk, found)
        tags = told_tags(services, desk, shown)
        for one in shown:
            tag = tags.get(one.event.event_id)
            inferred = as_said(one.event.inferred, tag)
            yield FiguredEvent(
                night=zoned[one.acquisition_id],
                camera_id=one.event.camera_id,
                acquisition_id=one.acquisition_id,
                kind=inferred.kind,
                verdict=inferred.verdict,
                reason=inferred.reason,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                is_between=one.event.since is not None,
                said=tag.status if tag else None,
                said_kind=tag.kind if tag else None,
            )


class _Asking:
    """Remembers what the grants say for the length of one count."""

    def __init__(self, services: Services, desk: ConsentDesk) -> None:
        self._services = services
        self._desk = desk
        self._cameras: dict[str, Camera] = {}
        self._zoned: dict[str, bool] = {}
        self._moments: dict[tuple[str, EventKind], Callable[[datetime], bool]] = {}

    def asks_for_places(self, camera_id: str) -> bool:
        if camera_id not in self._zoned:
            self._zoned[camera_id] = self._desk.asks_for_places(self._camera(camera_id))
        return self._zoned[camera_id]

    def allows(self, event: FiguredEvent) -> bool:
        is_allowed = self._moments_of(event.camera_id, event.kind)
        return is_allowed(event.starts_at) and (not event.is_between or is_allowed(event.ends_at))

    def as_said(self, event: FiguredEvent) -> FiguredEvent:
        """As a person leaves it, where the kind that they name may be told; else as the machine says it."""
        if event.said is None or event.said_kind is None or event.is_rejected:
            return event
        if not self._moments_of(event.camera_id, event.said_kind)(event.starts_at):
            return replace(event, said=None, said_kind=None)
        return replace(event, kind=event.said_kind, verdict=Verdict.SEEN, reason=None)

    def _moments_of(self, camera_id: str, kind: EventKind) -> Callable[[datetime], bool]:
        key = camera_id, kind
        if key not in self._moments:
            self._moments[key] = self._desk.moments(Use.VIEW, self._camera(camera_id), kind)
        return self._moments[key]

    def _camera(self, camera_id: str) -> Camera:
        if camera_id not in self._cameras:
            self._cameras[camera_id] = self._services.catalogue.cameras.get(camera_id)
        return self._cameras[camera_id]
