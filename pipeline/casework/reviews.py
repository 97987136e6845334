"""How right the machine is by what people said, of what live grants let be counted."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pipeline.casework.tags import visible_tags
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import Verdict
from pipeline.domain.search import EventFilter
from pipeline.domain.tags import Miss, Tag
from pipeline.errors import ConsentError
from pipeline.evaluation.reviews import Reviews, from_reviews
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services
from pipeline.night.shown import visible


def reviews_of(
    services: Services, matter: Matter, since: datetime | None = None, until: datetime | None = None
) -> Reviews:
    """The figures of all tags, or of those that were made in a stretch of time; the looks are written down first.

    Args:
        services: The installation.
        matter: Who looks, and why.
        since: UTC; tags made from then on.
        until: UTC; tags made before.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    tags = visible_tags(services, desk, services.catalogue.tags.list(since, until))
    looks = [Look(tag.clip, tag.camera_id, _grant(services, desk, tag)) for tag in tags]
    misses = []
    for miss, grant in _granted(services, desk, services.catalogue.misses.list(since, until)):
        misses.append(miss)
        looks.append(Look(miss.clip, miss.camera_id, grant))
    detail = {"purpose": matter.purpose, "case": matter.case_number, "as": "evaluation of reviews"}
    write_down_looks(services, matter.agent, looks, detail)
    statements = services.catalogue.search.find(EventFilter(verdict=Verdict.SEEN))
    return from_reviews(tags, visible(services, desk, statements), misses)


def _granted(services: Services, desk: ConsentDesk, misses: Iterable[Miss]) -> Iterator[tuple[Miss, SignedGrant]]:
    for miss in misses:
        camera = services.catalogue.cameras.get(miss.camera_id)
        try:
            yield miss, desk.require(Use.VIEW, camera, miss.starts_at, miss.kind, miss.places)
        except ConsentError:
            continue


def _grant(services: Services, desk: ConsentDesk, tag: Tag) -> SignedGrant:
    camera = services.catalogue.cameras.get(tag.camera_id)
    return desk.require(Use.VIEW, camera, tag.said.starts_at, tag.kind)
