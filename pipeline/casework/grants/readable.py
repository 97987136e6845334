"""Which recordings that are held a resident may see, or learn of: their own, and none that only a hold keeps.

What a hold keeps that is sealed must look, at every page and in every copy, as if it had gone when its time was over.
So it is not asked whether a hold names a recording, but whether it would still be here if no hold did.
"""

from collections.abc import Iterable

from pipeline.domain.clips import AcquiredClip
from pipeline.night.services import Services
from pipeline.retention.judging import Judge


def readable_clips(services: Services, resident_id: str, clips: Iterable[AcquiredClip]) -> tuple[AcquiredClip, ...]:
    """Those that came under a grant of this resident, that a grant of theirs covers now, and whose time is not over.

    A camera may have had another owner before, whose recordings are not this resident's.

    Args:
        services: The installation.
        resident_id: Who looks.
        clips: In whatever order, which stays.
    """
    theirs = {one.grant.grant_id for one in services.catalogue.grants.latest_of_resident(resident_id)}
    judge = Judge(services, services.now())
    own = [clip for clip in clips if clip.acquisition.grant_id in theirs]
    return tuple(
        facts.clip
        for facts in services.catalogue.disposals.facts(own)
        if judge.verdict(facts).decision is None and judge.covering(facts)
    )
