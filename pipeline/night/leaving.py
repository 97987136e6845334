"""What of a recording may leave: all of its bytes or none, and its tracks as far as the grants let them out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.events import ClipAnalysis
from pipeline.errors import ConsentError
from pipeline.night.moments import granted_moments, require_whole, tracks_within
from pipeline.night.services import Services


def withheld(services: Services, desk: ConsentDesk, clip: AcquiredClip, analyses: Sequence[ClipAnalysis]) -> str:
    """Why an original may not leave: all of it must be granted whatever it shows, and its sound where it has any.

    Whether a clip that was never looked at has sound is not known, so it counts as having it.

    Returns:
        Empty when it may.
    """
    ends = ends_in(clip, analyses)
    has_sound = not analyses or any(analysis.probe.audio_codecs for analysis in analyses)
    try:
        require_whole(services, desk, Use.EXPORT, clip, ends)
    except ConsentError:
        return "no grant lets the whole recording out"
    try:
        require_whole(services, desk, Use.EXPORT, clip, ends, with_audio=has_sound)
    except ConsentError:
        return "the original has sound, and no grant allows sound"
    return ""


def as_far_as_granted(
    services: Services, desk: ConsentDesk, clip: AcquiredClip, analyses: Sequence[ClipAnalysis]
) -> tuple[ClipAnalysis, ...]:
    """The results as they may leave: where things were in each frame is as much as the recording, so it goes as far."""
    try:
        require_whole(services, desk, Use.EXPORT, clip, ends_in(clip, analyses))
    except ConsentError:
        return tuple(
            replace(one, tracks=tracks_within(one.tracks, granted_moments(services, desk, Use.EXPORT, clip, one)))
            for one in analyses
        )
    return tuple(analyses)


def ends_in(clip: AcquiredClip, analyses: Sequence[ClipAnalysis]) -> tuple[datetime, datetime]:
    """From the first frame of a clip to the last that any result knows of, UTC."""
    ends = (clip.clock.starts_at, *(clip.clock.at(one.sampling.last, one.probe.first) for one in analyses))
    return min(ends), max(ends)
