"""Rules about things that are left or taken, from the still scene before and after and from who was at it.

A false word about a package accuses somebody. So the label of a detector is never enough: the pictures before and after
must differ, must say which of them holds the thing, and somebody must have been at it; otherwise the rule says that it
cannot tell, and why.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.domain.events import CannotTell, EventKind, InferredEvent
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box, ObjectClass, Track
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.events.view import MOST_SURE, ClipView
from pipeline.events.zones import touches

_PACKAGE = {Change.APPEARED: EventKind.PACKAGE_DELIVERED, Change.DISAPPEARED: EventKind.PACKAGE_PICKED_UP}
_OBJECT = {Change.APPEARED: EventKind.OBJECT_LEFT, Change.DISAPPEARED: EventKind.OBJECT_REMOVED}
_DONE = {Change.APPEARED: "left", Change.DISAPPEARED: "taken away"}
_LONGEST_GAP = Fraction(2)
"""Seconds between two sightings over which a person's way is drawn straight."""
_MOVES_ITSELF = (ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.BICYCLE, ObjectClass.ANIMAL)

_WHY = {
    CannotTell.UNCLEAR_OBJECT: "the pictures are not clear enough to say",
    CannotTell.TOO_DARK: "the picture is too dark",
    CannotTell.OCCLUDED: "the place was hidden by a person or a vehicle",
    CannotTell.CLIP_ENDS: "the clip ends before the place was seen clear again",
}


@dataclass(frozen=True, slots=True)
class ThingsLeftAndTaken:
    """A still region changed: something was left or taken, and it may have been a package."""

    least_score: float
    """Changes below are not spoken of at all."""
    sure_from: float = 0.45
    """Score from which on a change is a statement; below it cannot be told whether there was a thing."""
    package_from: float = 0.9
    """Package likeness from which on the thing is called a package; somebody must have been at it.
    Source: models/package-likeness/figures.json: above 0.8 nearly nine in ten are parcels, at 0.7 one in four is."""
    unclear_from: float = 0.5
    """Package likeness from which on it may have been one."""
    slender: float = 2.2
    """How many times taller than wide a thing is, from which on it is no parcel that anybody would know: a bottle."""
    held_from: float = 0.6
    """How sure it must be which of the two pictures holds the thing."""
    reach: float = 0.12
    """How far a person's arm reaches out of its box, in heights."""
    dark_luma: float = 18.0
    unseen_factor: float = 0.7
    """A change at which nobody was seen counts this much less."""
    settle_seconds: float = 3.0
    """Around the change, within which a tracked thing at the same place is the change itself."""
    itself_iou: float = 0.3
    covered: float = 0.6
    """Share of the region that a person's box covers, from which on the person stands over it."""
    covered_looks: float = 0.34
    """Share of the looks around the change, from which on what came or went may be that person's own legs."""
    last_seconds: float = 1.0
    many: int = 3
    """Changes at one time with nobody at any of them, from which on the picture moved, and not so many things."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a change, or one besides when it cannot be told whether the thing was a package."""
        events = [
            event
            for change in view.scene.changes
            if not self._is_tracked_thing(view, change)
            for event in self._judge(view, change)
        ]
        alone = [event for event in events if not event.track_ids]
        shaken = [event for event in alone if sum(event.span.overlaps(other.span) for other in alone) >= self.many]
        calm = [event for event in events if event not in shaken]
        return (*calm, self._picture_moved(shaken)) if shaken else tuple(calm)

    @staticmethod
    def _picture_moved(events: Sequence[InferredEvent]) -> InferredEvent:
        first = min(events, key=lambda event: (event.span.start, event.span.end))
        return replace(
            first,
            span=ClipSpan(first.span.start, max(event.span.end for event in events)),
            sentence="The picture changed in many places at once; whether a thing came or went cannot be told.",
            region=None,
            reason=CannotTell.CAMERA_MOVED,
        )

    def _is_tracked_thing(self, view: ClipView, change: RegionChange) -> bool:
        """Whether what came or went is itself something that is tracked: a car that parked, a person who sat down."""
        near = [
            sighting.detection.box
            for track in view.tracks
            if track.object_class in _MOVES_ITSELF
            for sighting in track.sightings
            if self._holds(change, sighting.at)
        ]
        return any(box.iou(change.box) >= self.itself_iou for box in near)

    def _holds(self, change: RegionChange, moment: Timestamp) -> bool:
        since = moment.seconds - change.after.seconds
        if change.change is Change.DISAPPEARED:
            since = change.before.seconds - moment.seconds
        return 0 <= since <= self.settle_seconds

    def _is_stood_over(self, view: ClipView, change: RegionChange) -> bool:
        """Whether a person stood over the region while the still picture showed the thing."""
        looks = [moment for moment in view.sampling.sampled if self._holds(change, moment)]
        people = view.believed(ObjectClass.PERSON)
        over = sum(1 for moment in looks if any(_covers(track, moment, change.box) >= self.covered for track in people))
        return bool(looks) and over >= self.covered_looks * len(looks)

    def _judge(self, view: ClipView, change: RegionChange) -> Iterator[InferredEvent]:
        contacts = _contacts(view, change, self.reach)
        strength = change.score * change.held * (1.0 if contacts else self.unseen_factor)
        if strength < self.least_score:
            return
        event = self._thing(view, change, contacts, strength)
        reason = self._doubt(view, change, strength, is_attended=bool(contacts))
        is_slender = change.box.height > self.slender * change.box.width
        is_package = change.package_likeness >= self.package_from and bool(contacts) and not is_slender
        if reason is not None:
            kind = (_PACKAGE if is_package else _OBJECT)[change.change]
            yield _without_statement(replace(event, kind=kind), change, reason)
        elif is_package:
            sentence = event.sentence.replace("Something", "A thing that looks like a package", 1)
            score = event.score * change.package_likeness
            yield replace(event, kind=_PACKAGE[change.change], score=score, sentence=sentence)
        else:
            yield event
            if change.package_likeness >= (self.unclear_from if contacts else self.package_from):
                yield self._perhaps_a_package(event, change)

    @staticmethod
    def _perhaps_a_package(event: InferredEvent, change: RegionChange) -> InferredEvent:
        done = _DONE[change.change]
        sentence = f"Something was {done}; whether it was a package cannot be told from the pictures."
        kind, reason = _PACKAGE[change.change], CannotTell.UNCLEAR_OBJECT
        return replace(event, kind=kind, reason=reason, sentence=sentence)

    def _thing(
        self, view: ClipView, change: RegionChange, contacts: list[tuple[Timestamp, int]], strength: float
    ) -> InferredEvent:
        """The event without a word about what the thing is."""
        span = _narrowed(view, change, [moment for moment, _ in contacts])
        seen = "while a person was at the place" if contacts else "and nobody was seen at it"
        during = contacts[len(contacts) // 2][0] if contacts else None
        return InferredEvent(
            _OBJECT[change.change],
            span,
            min(strength, MOST_SURE),
            f"Something was {_DONE[change.change]} {view.words(span)}, {seen}.",
            track_ids=tuple(sorted({number for _, number in contacts})),
            region=change.box,
            evidence=view.around(span, during),
        )

    def _doubt(self, view: ClipView, change: RegionChange, strength: float, *, is_attended: bool) -> CannotTell | None:
        if change.held < self.held_from or strength < self.sure_from:
            return CannotTell.UNCLEAR_OBJECT
        if view.scene.mean_luma < self.dark_luma:
            return CannotTell.TOO_DARK
        left = float(view.span.end.seconds - change.after.seconds)
        at_end = ClipSpan(max(change.after, view.span.start), view.span.end)
        if left <= self.last_seconds and _contacts_within(view, change, self.reach, at_end):
            return CannotTell.CLIP_ENDS
        if self._is_stood_over(view, change) or (not is_attended and _passed_by(view, change)):
            return CannotTell.OCCLUDED
        return None


def _without_statement(event: InferredEvent, change: RegionChange, reason: CannotTell) -> InferredEvent:
    return replace(event, reason=reason, sentence=f"Something may have been {_DONE[change.change]}; {_WHY[reason]}.")


def _covers(track: Track, moment: Timestamp, region: Box) -> float:
    """Share of the region inside the person's box, 0 to 1."""
    box = track.box_at(moment, _LONGEST_GAP)
    return 0.0 if box is None else box.intersection(region) / region.area


def _passed_by(view: ClipView, change: RegionChange) -> bool:
    """Whether a vehicle was over the region meanwhile: it may have hidden the place, or be the change itself."""
    return any(
        track.object_class is ObjectClass.VEHICLE and sighting.detection.box.intersection(change.box) > 0
        for track in view.tracks
        for sighting in track.during(change.span)
    )


def _contacts(view: ClipView, change: RegionChange, reach: float) -> list[tuple[Timestamp, int]]:
    """Looked-at moments inside the change's interval at which a person was over the region or touching it."""
    return _contacts_within(view, change, reach, change.span)


def _contacts_within(view: ClipView, change: RegionChange, reach: float, span: ClipSpan) -> list[tuple[Timestamp, int]]:
    looks = [moment for moment in view.sampling.sampled if span.start <= moment <= span.end]
    return [
        (moment, track.track_id)
        for moment in looks
        for track in view.believed(ObjectClass.PERSON)
        if _at_region(track, moment, change, reach)
    ]


def _at_region(track: Track, moment: Timestamp, change: RegionChange, reach: float) -> bool:
    box = track.box_at(moment, _LONGEST_GAP)
    return box is not None and touches(box, change.box, reach)


def _narrowed(view: ClipView, change: RegionChange, contacts: list[Timestamp]) -> ClipSpan:
    """When it happened: no earlier than the look before the first contact, no later than the one after the last."""
    if not contacts:
        return change.span
    looks = view.sampling.sampled
    before = [moment for moment in looks if change.before <= moment < contacts[0]][-1:] or [change.before]
    after = [moment for moment in looks if contacts[-1] < moment <= change.after][:1] or [change.after]
    return ClipSpan(before[0], after[0])
