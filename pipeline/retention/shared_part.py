"""Which seconds of a recording lay within a resident's grant, where its days, hours, pauses or spans end in it."""

from datetime import datetime, timedelta

from pipeline.consent.standing import Standing, standing_of
from pipeline.consent.unbroken import TICK, boundaries
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant
from pipeline.errors import RecordNotFoundError
from pipeline.night.moments import ends_of, parts_in_words, span_within
from pipeline.night.services import Services

_WITHIN = frozenset({Standing.COVERS, Standing.ENDED})


def shared_in_words(services: Services, clip: AcquiredClip) -> str:
    """``only 0.00 to 2.00 s of 3.40 s``: what any version of its grant covered, from the first frame on.

    Kinds of event and zones are not asked: what they leave out the grant says of every recording alike.

    Returns:
        Empty where some version covered all of it, and where nobody could look at it.
    """
    versions = services.catalogue.grants.history(clip.acquisition.grant_id)
    first = clip.clock.starts_at
    longest = first + timedelta(seconds=services.settings.sampling.longest_seconds)
    if any(_turns(one, clip, longest) == [first] and _covers(services, one, clip, first) for one in versions):
        return ""
    try:
        analysis = services.catalogue.analyses.newest(clip.acquisition.acquisition_id)
    except RecordNotFoundError:
        return ""
    _, last = ends_of(clip, analysis)
    starts = sorted({turn for one in versions for turn in _turns(one, clip, last)})
    parts: list[tuple[datetime, datetime]] = []
    for start, end in zip(starts, [*(turn - TICK for turn in starts[1:]), last], strict=True):
        if any(_covers(services, one, clip, start) for one in versions):
            is_next = bool(parts) and parts[-1][1] + TICK == start
            parts.append((parts.pop()[0] if is_next else start, end))
    if parts == [(first, last)]:
        return ""
    length = float(analysis.sampling.last.seconds - analysis.probe.first.seconds)
    return f"{parts_in_words([span_within(clip, analysis, part) for part in parts], analysis)} of {length:.2f} s"


def _turns(signed: SignedGrant, clip: AcquiredClip, last: datetime) -> list[datetime]:
    """The clip's first moment, and every later one at which a grant may begin or cease to cover it."""
    first = clip.clock.starts_at
    return [first, *boundaries(signed.grant, clip.acquisition.camera_id, first, last)]


def _covers(services: Services, signed: SignedGrant, clip: AcquiredClip, at: datetime) -> bool:
    """Whether it let footage of a moment be used while it was in force; one that is not signed did not."""
    said = standing_of(signed, clip.acquisition.camera_id, at, services.now(), services.keys)
    return said in _WITHIN
