"""Who was at a place, when, and what may have hidden it: the tracks' part of the evidence about a thing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median

from pipeline.domain.likeness import PACKAGE_FROM
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box, ObjectClass, Track
from pipeline.domain.video import ClipSpan, SkipReason, Timestamp
from pipeline.events.view import ClipView
from pipeline.events.zones import touches

_LONGEST_GAP = Fraction(2)
"""Seconds between two sightings over which a person's way is drawn straight."""
_LOST_SECONDS = Fraction(3, 2)
"""For how long somebody at a thing may be lost to the detector."""
_UNSEEN_LOOKS = 2
"""Looks before the first contact and after the last that may have been in time: whoever reaches for a thing is a little
further away than his box says. On 240 composites to tune on 114 of 120 true moments lay within, and 111 with one."""
_MOVES_ITSELF = (ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.BICYCLE, ObjectClass.ANIMAL)
_SURELY_PARCEL = 0.95
"""Package likeness from which on a thing moves nowhere by itself: of 380 living things and vehicles of the val part the
classifier calls none a parcel from .9 on (models/package-likeness/MODEL_CARD.md)."""
_STANDS_OVER = 0.6
"""Share of the region that a person's box covers, from which on the person stands over it."""
_SLENDER, _AS_TALL = 1.5, 0.75
"""How many times taller than wide, and share of people's height, from which on a thing may be one of them."""
_BESIDE_FEET = 0.15
"""Heights between the feet of somebody and those of the thing, within which both stand at one distance."""
_BLIND = frozenset({SkipReason.NOT_DECODED, SkipReason.LIMIT, SkipReason.NOT_GRANTED})


@dataclass(frozen=True, slots=True)
class Contact:
    """A looked-at moment at which a person was over a region or touching it."""

    at: Timestamp
    track_id: int


def contacts_with(view: ClipView, region: Box, reach: float, span: ClipSpan) -> tuple[Contact, ...]:
    """All contacts with ``region`` inside ``span``, in order of time, then track.

    Args:
        view: The clip.
        region: In pixels of the picture as shown.
        reach: How far an arm reaches out of a person's box, in heights.
        span: Closed.
    """
    people = view.believed(ObjectClass.PERSON)
    return tuple(
        Contact(moment, track.track_id)
        for moment in _looks_in(view, span)
        for track in people
        if _is_at(track, moment, region, reach)
    )


def contacts_around(view: ClipView, region: Box, reach: float, span: ClipSpan) -> tuple[Contact, ...]:
    """Contacts just before or after ``span``: a detector loses somebody who bends down in the dark for a look or two.

    Args:
        view: The clip.
        region: As for `contacts_with`.
        reach: Likewise.
        span: In which nobody was seen at the region.
    """
    start = [moment for moment in view.sampling.sampled if 0 <= span.start.seconds - moment.seconds <= _LOST_SECONDS]
    end = [moment for moment in view.sampling.sampled if 0 <= moment.seconds - span.end.seconds <= _LOST_SECONDS]
    wider = ClipSpan(min((span.start, *start)), max((span.end, *end)))
    return contacts_with(view, region, reach, wider)


def narrowed(view: ClipView, span: ClipSpan, contacts: Sequence[Contact]) -> ClipSpan:
    """When it happened: no earlier than two looks before the first contact, no later than two after the last.

    Contacts outside of ``span`` say that somebody was there just before or after, and narrow nothing.
    """
    contacts = [one for one in contacts if span.start <= one.at <= span.end]
    if not contacts:
        return span
    looks = view.sampling.sampled
    before = [moment for moment in looks if span.start <= moment < contacts[0].at][-_UNSEEN_LOOKS:] or [span.start]
    after = [moment for moment in looks if contacts[-1].at < moment <= span.end][:_UNSEEN_LOOKS] or [span.end]
    return ClipSpan(before[0], after[-1])


def is_tracked_thing(view: ClipView, change: RegionChange, least_iou: float, seconds: float) -> bool:
    """Whether what came or went is itself something that is tracked: a car that parked, a person who sat down.

    What surely looks like a parcel is none, whatever a detector called it that knows no boxes.

    Args:
        view: The clip.
        change: What came or went.
        least_iou: From which on a tracked box is the region.
        seconds: After it came, or before it went, within which the box must be there.
    """
    return change.package_likeness < _SURELY_PARCEL and any(
        sighting.detection.box.iou(change.box) >= least_iou
        for track in view.tracks
        if track.object_class in _MOVES_ITSELF and len(track.sightings) > 1  # what is seen once is not followed
        if not _is_parcel_called_person(track, change, least_iou)
        for sighting in track.sightings
        if _holds(change, sighting.at, seconds)
    )


def is_as_tall_as_people(view: ClipView, change: RegionChange) -> bool:
    """Whether what came or went is as tall and slender as people are who stand there, and looks like no parcel.

    A detector loses somebody who stands still; to whoever compares pictures he is a thing then.
    """
    box = change.box
    if change.package_likeness >= PACKAGE_FROM or box.height < _SLENDER * box.width:
        return False
    people = [one.detection.box for track in view.believed(ObjectClass.PERSON) for one in track.sightings]
    heights = [one.height for one in people if abs(one.y2 - box.y2) <= _BESIDE_FEET * one.height]
    return bool(heights) and box.height >= _AS_TALL * median(heights)


def _is_parcel_called_person(track: Track, change: RegionChange, least_iou: float) -> bool:
    """Whether a track was never anywhere else, and the thing there looks like a parcel: whoever puts it there came."""
    boxes = [sighting.detection.box for sighting in track.sightings]
    looks_like_one = track.object_class is ObjectClass.PERSON and change.package_likeness >= PACKAGE_FROM
    return looks_like_one and all(box.iou(change.box) >= least_iou for box in boxes)


def without_itself(view: ClipView, change: RegionChange, least_iou: float) -> ClipView:
    """The view without tracks of persons that are the parcel itself: nothing is its own visitor.

    Of a track that began on what is surely a parcel, and then followed somebody, the sightings elsewhere are left.
    """
    others = tuple(
        left
        for track in view.tracks
        if len(track.sightings) == 1 or not _is_parcel_called_person(track, change, least_iou)
        if (left := _elsewhere(track, change, least_iou)) is not None
    )
    return view if others == view.tracks else replace(view, tracks=others)


def _elsewhere(track: Track, change: RegionChange, least_iou: float) -> Track | None:
    """The track without what is surely a parcel; None where nothing is left of it."""
    if change.package_likeness < _SURELY_PARCEL:
        return track
    left = tuple(one for one in track.sightings if one.detection.box.iou(change.box) < least_iou)
    if len(left) == len(track.sightings):
        return track
    return replace(track, sightings=left) if left else None


@dataclass(frozen=True, slots=True)
class Cover:
    """How often people stood over a region while the thing lay there.

    Attributes:
        near: Share of the looks next to the change, 0 to 1; 0 when there are none.
        free: Looks at which the thing lay there and nobody stood over it.
        looks: All looks at which it lay there.
    """

    near: float
    free: int
    looks: int


def cover_of(view: ClipView, change: RegionChange, seconds: float) -> Cover:
    """Counts who stood over the region, within ``seconds`` of the change and as long as the thing was seen to lie."""
    people = view.believed(ObjectClass.PERSON)
    near = [_is_covered(people, look, change.box) for look in view.sampling.sampled if _holds(change, look, seconds)]
    lay = (
        [] if change.lies is None else [_is_covered(people, look, change.box) for look in _looks_in(view, change.lies)]
    )
    return Cover(sum(near) / len(near) if near else 0.0, len(lay) - sum(lay), len(lay))


def vehicle_passed(view: ClipView, change: RegionChange) -> bool:
    """Whether a vehicle was over the region meanwhile: it may have hidden the place, or be the change itself."""
    return any(
        track.object_class is ObjectClass.VEHICLE and sighting.detection.box.intersection(change.box) > 0
        for track in view.tracks
        for sighting in track.during(change.span)
    )


def somebody_in_view(view: ClipView, span: ClipSpan) -> bool:
    """Whether a person was seen anywhere in the picture."""
    return any(track.during(span) for track in view.believed(ObjectClass.PERSON))


def blind_seconds(view: ClipView, span: ClipSpan) -> float:
    """Seconds of ``span`` in which there was no picture of the scene to look at."""
    gaps = [one.span for one in view.sampling.skipped if one.reason in _BLIND]
    gaps += [one.span for one in view.scene.obscured]
    return float(sum(_shared(span, gap) for gap in gaps))


def stayed(view: ClipView, track_id: int, span: ClipSpan) -> bool:
    """Whether a track was followed all along ``span`` without a longer gap."""
    track = next(one for one in view.tracks if one.track_id == track_id)
    looks = _looks_in(view, span)
    return bool(looks) and all(track.box_at(look, _LONGEST_GAP) is not None for look in looks)


def seen_around(view: ClipView, contacts: Sequence[Contact]) -> tuple[float, float]:
    """Seconds for which those at the place were in view before their first contact, and after their last."""
    tracks = [track for track in view.tracks if track.track_id in {one.track_id for one in contacts}]
    first = min(track.span.start.seconds for track in tracks)
    last = max(track.span.end.seconds for track in tracks)
    return float(contacts[0].at.seconds - first), float(last - contacts[-1].at.seconds)


def _looks_in(view: ClipView, span: ClipSpan) -> list[Timestamp]:
    return [moment for moment in view.sampling.sampled if span.start <= moment <= span.end]


def _shared(one: ClipSpan, other: ClipSpan) -> Fraction:
    shared = min(one.end.seconds, other.end.seconds) - max(one.start.seconds, other.start.seconds)
    return max(shared, Fraction(0))


def _is_at(track: Track, moment: Timestamp, region: Box, reach: float) -> bool:
    box = track.box_at(moment, _LONGEST_GAP)
    return box is not None and touches(box, region, reach)


def _is_covered(people: Sequence[Track], moment: Timestamp, region: Box) -> bool:
    boxes = [track.box_at(moment, _LONGEST_GAP) for track in people]
    return any(box is not None and box.intersection(region) / region.area >= _STANDS_OVER for box in boxes)


def _holds(change: RegionChange, moment: Timestamp, seconds: float) -> bool:
    """Whether the picture at ``moment`` holds the thing, shortly after it came or before it went."""
    since = moment.seconds - change.after.seconds
    if change.change is Change.DISAPPEARED:
        since = change.before.seconds - moment.seconds
    return 0 <= since <= seconds
