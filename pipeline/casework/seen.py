"""What its reader has watched before, so that a page can say it: read from the custody log, which has every play.

A play covers an event when it names it, or its highlight or whole clip, or when the moments that were played are also
the event's: a clip that is played twice within an hour is one record, which names the first event alone. A picture in a
list is no play. Where an agent's name was erased from the log, nothing is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction

from pipeline.domain.evidence import CustodyRecord
from pipeline.domain.previews import Preview
from pipeline.domain.search import FoundEvent
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.night.services import Services

_NAMED = ("event", "acquisition", "highlight")


def seen_by(services: Services, agent: str, found: Iterable[FoundEvent]) -> Mapping[str, datetime]:
    """When somebody last watched each event, by event id; one that they never watched is left out.

    Args:
        services: The installation.
        agent: Who; looks on every matter count.
        found: Events that may be shown.
    """
    events = tuple(found)
    records = services.catalogue.custody_reading.plays(agent, {one.event.clip for one in events})
    outputs = {record.entry.detail["output"] for record in records if "output" in record.entry.detail}
    previews = services.catalogue.previews.of_digests(outputs)
    by_clip: dict[str, list[CustodyRecord]] = defaultdict(list)
    for record in records:
        by_clip[record.entry.subject].append(record)
    looks = {
        one.event.event_id: [record.entry.at for record in by_clip[one.event.clip] if _covers(record, one, previews)]
        for one in events
    }
    return {event_id: max(moments) for event_id, moments in looks.items() if moments}


def _covers(record: CustodyRecord, found: FoundEvent, previews: Mapping[str, Preview]) -> bool:
    detail = record.entry.detail
    if detail.get("camera") != found.event.camera_id:
        return False
    names = {found.event.event_id, found.acquisition_id, *found.highlight_ids}
    if names & {detail.get(name, "") for name in _NAMED}:
        return True
    if "output" not in detail:
        return True
    preview = previews.get(detail["output"])
    if preview is None or preview.source != found.event.clip:
        return False
    recipe = preview.recipe
    unit = Fraction(recipe.time_base)
    played = ClipSpan(Timestamp(recipe.first_pts, unit), Timestamp(recipe.last_pts, unit))
    return played.overlaps(found.event.inferred.span)
