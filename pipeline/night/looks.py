"""Every look at what is kept is written into the custody log, before anything is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.consent import SignedGrant
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.night.ingest import authority
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody sees something of one clip of one camera, under this grant.

    Of a camera itself its id stands in place of the clip.
    """

    clip: str
    camera_id: str
    grant: SignedGrant


def write_down_looks(services: Services, agent: str, looks: Iterable[Look], detail: Mapping[str, str]) -> None:
    """One record a clip and camera, under the grant of its first look; the same for every list that shows something.

    Args:
        services: The installation.
        agent: Who looks.
        looks: In the order in which they are shown; empty when nothing is.
        detail: Why and at what: ``purpose``, ``case``, ``as``.
    """
    first: dict[tuple[str, str], Look] = {}
    for look in looks:
        first.setdefault((look.clip, look.camera_id), look)
    services.catalogue.custody.append(
        tuple(
            CustodyEntry(
                at=services.now(),
                agent=agent,
                action=CustodyAction.ACCESSED,
                subject=look.clip,
                authority=authority(look.grant),
                detail={"camera": look.camera_id, **detail},
            )
            for _, look in sorted(first.items(), key=lambda item: item[0])
        )
    )
