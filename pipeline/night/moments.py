"""How much of a recording may be used: all of it, or the moments of its granted events alone.

A grant that names kinds of event, or zones, covers the moments of those events with the margin that a highlight has
around them. The whole recording of such an event it covers only where its resident said so (ADR 0051).
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tracks import Track
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import ConsentError, ConsentOutOfScopeError
from pipeline.night.places import places_where_asked
from pipeline.night.services import Services


def require_whole(
    services: Services,
    desk: ConsentDesk,
    use: Use,
    clip: AcquiredClip,
    ends: tuple[datetime, datetime],
    *,
    with_audio: bool = False,
) -> SignedGrant:
    """The grant that allows a stretch of a recording whatever it shows.

    Args:
        services: The installation.
        desk: Of whoever asks.
        use: At which of the four places.
        clip: Which recording; a grant that names events may cover the whole of one in which such an event lies.
        ends: UTC; both belong to the stretch.
        with_audio: Whether sound is asked for.

    Raises:
        ConsentError: There is none.
    """
    once, camera = desk.for_one_answer(), services.catalogue.cameras.get(clip.acquisition.camera_id)
    try:
        return once.require_whole(use, camera, ends, with_audio=with_audio)
    except ConsentError as error:
        refused = error
    for found in _events(services, clip):
        kind, places = found.event.inferred.kind, places_where_asked(services, once, camera, found)
        with suppress(ConsentError):
            return once.require_whole(use, camera, ends, kind, places, with_audio=with_audio)
    raise refused


def granted_moments(
    services: Services, desk: ConsentDesk, use: Use, clip: AcquiredClip, analysis: ClipAnalysis, *, audio: bool = False
) -> tuple[ClipSpan, ...]:
    """The parts of a recording that granted events cover, each with the margin of a highlight, in order of time.

    Events of every result count that is kept of the clip. Two parts that lie as close as events that share a highlight
    are one, where a grant covers what is between them.

    Args:
        services: The installation.
        desk: Of whoever asks.
        use: At which of the four places.
        clip: Which recording.
        analysis: A result of it, which says where it begins and ends.
        audio: Whether sound is asked for.

    Returns:
        Empty where no event of it is granted.
    """
    once, camera = desk.for_one_answer(), services.catalogue.cameras.get(clip.acquisition.camera_id)
    join = timedelta(seconds=services.settings.highlights.join_seconds)
    joined: list[tuple[datetime, datetime]] = []
    for part in sorted(_around(services, once, use, clip, analysis, audio=audio)):
        last = joined[-1] if joined else None
        if last is not None and _belongs(once, use, camera, last, part, join, audio=audio):
            joined[-1] = last[0], max(last[1], part[1])
        else:
            joined.append(part)
    return tuple(span_within(clip, analysis, part) for part in joined)


def granted_parts_of(
    services: Services, desk: ConsentDesk, use: Use, clip: AcquiredClip, analysis: ClipAnalysis
) -> tuple[ClipSpan, ...]:
    """All parts of a recording that may be used, in order: whatever they show, or as moments of granted events.

    Empty where none may. Parts may touch where one grant ends and another begins.
    """
    camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
    whole = desk.parts_whatever_they_show(use, camera, ends_of(clip, analysis))
    parts = [span_within(clip, analysis, part) for part in whole]
    parts += granted_moments(services, desk, use, clip, analysis)
    joined: list[ClipSpan] = []
    for part in sorted(parts, key=lambda one: (one.start, one.end)):
        if joined and part.start <= joined[-1].end:
            joined[-1] = ClipSpan(joined[-1].start, max(joined[-1].end, part.end))
        else:
            joined.append(part)
    return tuple(joined)


def moments_around(
    services: Services, desk: ConsentDesk, use: Use, clip: AcquiredClip, analysis: ClipAnalysis, wanted: ClipSpan
) -> ClipSpan | None:
    """The part of a recording that may be used around some moments; None where all of it may.

    Raises:
        ConsentError: No part around their beginning may.
    """
    try:
        require_whole(services, desk, use, clip, ends_of(clip, analysis))
    except ConsentError:
        first, last = analysis.probe.first, analysis.sampling.last
        start = min(max(wanted.start, first), last)
        for part in granted_moments(services, desk, use, clip, analysis):
            if part.start <= start <= part.end:
                return part
        raise
    return None


def seen_in_words(services: Services, desk: ConsentDesk, use: Use, clip: AcquiredClip, analysis: ClipAnalysis) -> str:
    """How much of a recording may be used, as ``parts_in_words``; empty where all of it may.

    Raises:
        ConsentError: Nothing of it may.
    """
    try:
        require_whole(services, desk, use, clip, ends_of(clip, analysis))
    except ConsentError:
        parts = granted_parts_of(services, desk, use, clip, analysis)
        if not parts:
            raise
        return parts_in_words(parts, analysis)
    return ""


def require_for_footage(  # noqa: PLR0913 - who asks, of what, and which part of it
    services: Services,
    desk: ConsentDesk,
    use: Use,
    clip: AcquiredClip,
    analysis: ClipAnalysis,
    span: ClipSpan,
    *,
    with_audio: bool = False,
) -> SignedGrant:
    """The grant that allows a part of a recording that a person chose: whatever it shows, or moments of events alone.

    Raises:
        ConsentError: There is none.
    """
    stretch = clip.clock.at(span.start, analysis.probe.first), clip.clock.at(span.end, analysis.probe.first)
    try:
        return require_whole(services, desk, use, clip, stretch, with_audio=with_audio)
    except ConsentError as error:
        camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
        granted = _granted_throughout(services, desk, use, clip, analysis, stretch, with_audio=with_audio)
        parts = granted_moments(services, desk, use, clip, analysis, audio=with_audio)
        if any(part.start <= span.start and span.end <= part.end for part in parts):
            return granted
        why = f"{_reason(error)}: of this recording {parts_in_words(parts, analysis)}"
        raise ConsentOutOfScopeError(camera.camera_id, granted.grant.grant_id, why) from error


def _granted_throughout(  # noqa: PLR0913 - who asks, of what, and which part of it
    services: Services,
    desk: ConsentDesk,
    use: Use,
    clip: AcquiredClip,
    analysis: ClipAnalysis,
    stretch: tuple[datetime, datetime],
    *,
    with_audio: bool,
) -> SignedGrant:
    """As ``ConsentDesk.require_throughout``; the refusal says which part of the recording may be used."""
    camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
    try:
        return desk.require_throughout(use, camera, stretch, with_audio=with_audio)
    except ConsentOutOfScopeError as error:
        parts = granted_parts_of(services, desk, use, clip, analysis)
        why = f"{error.reason}: of this recording {parts_in_words(parts, analysis)}"
        raise ConsentOutOfScopeError(error.camera_id, error.grant_id, why) from error


def ends_of(clip: AcquiredClip, analysis: ClipAnalysis) -> tuple[datetime, datetime]:
    """When a clip begins and ends, UTC by the camera's clock."""
    return clip.clock.starts_at, clip.clock.at(analysis.sampling.last, analysis.probe.first)


def span_within(clip: AcquiredClip, analysis: ClipAnalysis, part: tuple[datetime, datetime]) -> ClipSpan:
    """A stretch of a recording on its own time line, no moment of it outside the stretch.

    Args:
        clip: Which recording.
        analysis: A result of it.
        part: UTC; within the recording, both ends belong to it.
    """
    first, base, whole = analysis.probe.first, analysis.probe.first.time_base, ends_of(clip, analysis)
    since, until = (Fraction((at - whole[0]) // timedelta(microseconds=1), 1_000_000) / base for at in part)
    span = ClipSpan(Timestamp(first.pts + math.ceil(since), base), Timestamp(first.pts + math.floor(until), base))
    return ClipSpan(span.start, analysis.sampling.last) if part[1] == whole[1] else span


def tracks_within(tracks: Sequence[Track], parts: Sequence[ClipSpan]) -> tuple[Track, ...]:
    """Where things were in some parts of a recording; a track without a sight in them is left out."""
    kept = (
        replace(
            track,
            sightings=tuple(one for one in track.sightings if any(part.start <= one.at <= part.end for part in parts)),
        )
        for track in tracks
        if any(part.start <= one.at <= part.end for one in track.sightings for part in parts)
    )
    return tuple(kept)


def parts_in_words(parts: Sequence[ClipSpan], analysis: ClipAnalysis) -> str:
    """``only 1.0 to 7.5 s``; ``nothing`` for none. Seconds from the first frame."""
    first = analysis.probe.first.seconds
    told = (f"{float(one.start.seconds - first):.2f} to {float(one.end.seconds - first):.2f} s" for one in parts)
    return f"only {', '.join(told)}" if parts else "nothing"


def _reason(error: ConsentError) -> str:
    return error.reason if isinstance(error, ConsentOutOfScopeError) else str(error)


def _events(services: Services, clip: AcquiredClip) -> tuple[FoundEvent, ...]:
    wanted = EventFilter(acquisition_ids=(clip.acquisition.acquisition_id,), superseded=True)
    return services.catalogue.search.find(wanted)


def _around(
    services: Services, desk: ConsentDesk, use: Use, clip: AcquiredClip, analysis: ClipAnalysis, *, audio: bool
) -> Iterator[tuple[datetime, datetime]]:
    camera, whole = services.catalogue.cameras.get(clip.acquisition.camera_id), ends_of(clip, analysis)
    margin = timedelta(seconds=services.settings.highlights.padding_seconds)
    for found in _events(services, clip):
        inferred = found.event.inferred
        ends = (clip.clock.at(end, analysis.probe.first) for end in (inferred.span.start, inferred.span.end))
        start, end = (min(max(moment, whole[0]), whole[1]) for moment in ends)
        wanted = max(start - margin, whole[0]), min(end + margin, whole[1])
        places = places_where_asked(services, desk, camera, found)
        with suppress(ConsentError):
            yield desk.granted_around(use, camera, start, wanted, inferred.kind, places, with_audio=audio)


def _belongs(  # noqa: PLR0913 - two parts, and who asks for them
    desk: ConsentDesk,
    use: Use,
    camera: Camera,
    before: tuple[datetime, datetime],
    after: tuple[datetime, datetime],
    join: timedelta,
    *,
    audio: bool,
) -> bool:
    """Whether two parts are one: they touch, or lie so close that their events share a highlight."""
    if after[0] <= before[1]:
        return True
    if after[0] - before[1] > join:
        return False
    try:
        desk.require_throughout(use, camera, (before[1], after[0]), with_audio=audio)
    except ConsentError:
        return False
    return True
