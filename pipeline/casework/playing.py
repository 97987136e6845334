"""What the player draws and steps by: frames, looks, boxes and events of one clip, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pipeline.casework.filmed import Filmed, Medium
from pipeline.casework.media import explained_medium, write_down_look
from pipeline.casework.previews import PreviewMaker
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tracks import Box, Track
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.highlights.overlay import LONGEST_GAP
from pipeline.night.explanation import Explanation, explain
from pipeline.night.moments import tracks_within
from pipeline.night.services import Services
from pipeline.night.shown import visible

_ROUNDED = 6
"""Digits of a second: what browsers state of a frame."""


def shown_in_clip(
    services: Services, desk: ConsentDesk, explanation: Explanation
) -> tuple[tuple[FoundEvent, ...], tuple[Track, ...]]:
    """Events of an explained event's own result, as far as they may be shown, and their tracks alone.

    Boxes of what no grant lets be told are not drawn.
    """
    found = explanation.found
    wanted = EventFilter(acquisition_ids=(found.acquisition_id,), superseded=True)
    same = tuple(
        one
        for one in visible(services, desk, services.catalogue.search.find(wanted))
        if (one.model, one.settings_digest) == (found.model, found.settings_digest)
    )
    named = {number for one in same for number in one.event.inferred.track_ids}
    return same, tuple(track for track in explanation.analysis.tracks if track.track_id in named)


def playing_facts(
    services: Services, matter: Matter, seat: str, event_id: str, *, encoded: bool = False
) -> dict[str, Any]:
    """What the player draws and steps by, as plain values: moments in seconds from the clip's first frame.

    Where somebody stood in every frame is as much as the clip: the look is written down as that of a play.

    That is ``begins`` seconds after the clip's. Frames are those of the bytes that are played, from the first, in units
    of ``time_base``. Boxes are in pixels of the
    picture as shown. A box is drawn between two looks only where they lie at most ``longest_gap`` seconds apart.

    Args:
        services: The installation.
        matter: Who looks, and why.
        seat: As ``write_down_look`` asks.
        event_id: Which event.
        encoded: Whether the browser has said that it does not play the original.

    Raises:
        RecordNotFoundError: No result holds the event.
        ConsentError: No live grant lets it be shown.
        FfmpegError, UnreadableClipError: The frames cannot be listed.
        EvidenceError: The bytes are not in the store, or no longer what they were.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    explanation = explain(services, desk, event_id)
    medium, part = explained_medium(services, desk, explanation, encoded=encoded)
    write_down_look(services, matter, seat, medium)
    events, tracks = shown_in_clip(services, desk, explanation)
    inferred = explanation.found.event.inferred
    drawn = Drawn(events, tracks, frozenset(inferred.track_ids), inferred.region, part)
    return {"event": event_id, **facts_of(services, medium, explanation, drawn)}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn over a clip.

    Attributes:
        events: In order of time.
        tracks: In order of id.
        of_event: Ids of those that the event in question rests on.
        region: Of that event; None where it has none, or no event is in question.
        part: From the first frame that is played to the last; None where the whole clip is.
    """

    events: Sequence[FoundEvent]
    tracks: Sequence[Track]
    of_event: frozenset[int] = frozenset()
    region: Box | None = None
    part: ClipSpan | None = None


def facts_of(services: Services, medium: Medium, filmed: Filmed, drawn: Drawn) -> dict[str, Any]:
    """The facts of a clip that may be played; whoever calls has asked the grants, and written the look down."""
    analysis = filmed.analysis
    whole = ClipSpan(analysis.probe.first, analysis.sampling.last)
    part = drawn.part or whole
    second = _Second(part.start)
    events = [one for one in drawn.events if one.event.since is None and one.event.inferred.span.overlaps(part)]
    return {
        "width": analysis.probe.width,
        "height": analysis.probe.height,
        "begins": _Second(whole.start)(part.start),
        "length": second(part.end),
        "first_pts": part.start.pts,
        **_frames(services, medium),
        "looks": [second(look) for look in analysis.sampling.sampled if part.start <= look <= part.end],
        "longest_gap": float(LONGEST_GAP),
        "skipped": [
            [*second.ends(one.span), one.reason.value] for one in analysis.sampling.skipped if one.span.overlaps(part)
        ],
        "tracks": [_plain_track(track, second, drawn.of_event) for track in tracks_within(drawn.tracks, (part,))],
        "events": [_plain_event(one, second) for one in events],
        "region": None if drawn.region is None else [round(edge, 1) for edge in drawn.region.xyxy],
        "starts_at": filmed.clip.clock.at(part.start, whole.start).isoformat(),
        "time_zone": filmed.camera.time_zone,
    }


@dataclass(frozen=True, slots=True)
class _Second:
    """Seconds from the first frame that is played."""

    first: Timestamp

    def __call__(self, moment: Timestamp) -> float:
        return _rounded(moment.seconds - self.first.seconds)

    def ends(self, span: ClipSpan) -> list[float]:
        return [self(span.start), self(span.end)]


def _rounded(seconds: Fraction) -> float:
    return round(float(seconds), _ROUNDED)


def _frames(services: Services, medium: Medium) -> dict[str, Any]:
    stamps = PreviewMaker(services, medium.grant).stamps(medium.digest, is_original=medium.is_original)
    base = stamps.time_base
    return {
        "time_base": [base.numerator, base.denominator],
        "frames": [pts - stamps.pts[0] for pts in stamps.pts],
    }


def _plain_track(track: Track, second: _Second, of_event: frozenset[int]) -> dict[str, Any]:
    return {
        "id": track.track_id,
        "class": track.object_class.value,
        "is_of_event": track.track_id in of_event,
        "sightings": [
            [
                second(sighting.at),
                *(round(edge, 1) for edge in sighting.detection.box.xyxy),
                round(sighting.detection.confidence, 2),
            ]
            for sighting in track.sightings
        ],
    }


def _plain_event(found: FoundEvent, second: _Second) -> dict[str, Any]:
    inferred = found.event.inferred
    return {
        "id": found.event.event_id,
        "kind": inferred.kind.value,
        "reason": inferred.reason.value if inferred.reason else None,
        "span": second.ends(inferred.span),
        "evidence": [second(moment) for moment in inferred.evidence],
    }
