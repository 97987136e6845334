"""The rule about what came or went while no clip shows it: between the end of a clip and the start of a later one.

Nobody was seen, and the light, cars, leaves and bins change in the meantime too. So little is said: only of compact
things low in the picture, in a zone, or where a thing was known to lie; only when both pictures show the place and the
scene around it agrees; and never of many things at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.doorstep import DoorstepComparison, KnownPlace, PlaceChange
from pipeline.domain.events import CannotTell, EventKind, Ground, InferredEvent, Zone
from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.events.kinds import OBJECT_KIND, PACKAGE_KIND

_DONE = {Change.APPEARED: "came", Change.DISAPPEARED: "was gone"}
_UNSEEN = {
    EventKind.PACKAGE_DELIVERED: "the delivery was not seen",
    EventKind.PACKAGE_PICKED_UP: "the pick-up was not seen",
    EventKind.OBJECT_LEFT: "nobody was seen leaving it",
    EventKind.OBJECT_REMOVED: "nobody was seen taking it",
}
_WHY = {
    CannotTell.TOO_DARK: "it is too dark to compare the pictures",
    CannotTell.CAMERA_MOVED: "the two pictures do not show the scene from the same place",
    CannotTell.OCCLUDED: "something stands in front of the place in one of the two pictures",
    CannotTell.UNCLEAR_OBJECT: "the place looks different, and the pictures are not clear enough to say why",
}


@dataclass(frozen=True, slots=True)
class KnownThing:
    """A thing that the earlier clip left lying.

    Attributes:
        kind: What its going would be: a package that was picked up, or an object that was removed.
        box: Where, in shares of the earlier picture's width and height.
    """

    kind: EventKind
    box: Box


@dataclass(frozen=True, slots=True)
class BetweenView:
    """What the rule may know of two clips of one camera.

    Attributes:
        comparison: Of the end of the earlier clip with the start of the later one.
        known: What was known to lie there; in the order of the comparison's places.
        looks: The first looks of the later clip, which its picture was made of.
        words: The interval in words, for example ``between 14:02:11 and 14:31:40 UTC``.
        width: Of the later clip's picture as shown, pixels.
        height: Likewise.
        zones: The camera's; empty when none were drawn.
    """

    comparison: DoorstepComparison
    known: tuple[KnownThing, ...]
    looks: ClipSpan
    words: str
    width: int
    height: int
    zones: tuple[Zone, ...] = ()


@dataclass(frozen=True, slots=True)
class _Limits:
    """What is asked of a change; a switch between colour and infrared asks for more, since materials change too."""

    agreement: float
    score: float
    held: float
    surroundings: float


@dataclass(frozen=True, slots=True)
class ThingsBetweenClips:
    """Statements, and what cannot be told of things that were known to lie there.

    Measured on the ends of the sample clips: pictures of one scene agree at 0.72 or more (0.48 with foliage all over),
    those of two scenes at 0.35 or less.
    """

    plain: _Limits = _Limits(agreement=0.45, score=0.7, held=0.8, surroundings=0.0)
    switched: _Limits = _Limits(agreement=0.55, score=0.85, held=0.9, surroundings=0.2)
    dark_luma: float = 18.0
    """As within a clip."""
    most_changed: float = 0.25
    """Share of the picture from which on the scene is another: snow, a parked van, a lamp."""
    package_from: float = 0.95
    """Package likeness from which on a thing that nobody knew is called a package; within a clip 0.9 does."""
    object_from: float = 0.7
    """Package likeness from which on a thing that nobody knew is spoken of at all: bins and cars lie below."""
    compact_from: float = 0.75
    longest_sides: float = 3.5
    largest: float = 0.12
    """Share of the picture."""
    lowest_from: float = 0.4
    """Where a thing's lower edge must lie, from the top, outside of zones: things at a door lie on its ground."""
    seen_from: float = 0.85
    place_seen_from: float = 0.7
    place_changed_from: float = 0.35
    same_place: float = 0.3
    most: int = 2
    """Statements about one gap; at more the picture changed, and not so many things."""
    most_sure: float = 0.75
    """Nobody was seen, and anything may have happened in between."""

    def infer(self, view: BetweenView) -> tuple[InferredEvent, ...]:
        """In order of the pictures' largest changes, then of what was known; empty when there is nothing to say."""
        blind = self._blind(view.comparison)
        if blind is not None:
            return tuple(self._untold(view, thing, place, blind) for thing, place in _known(view))
        spoken = [(change, event) for change in view.comparison.changes for event in self._judge(view, change)]
        if len(spoken) > self.most:
            reason = CannotTell.CAMERA_MOVED
            return tuple(self._untold(view, thing, place, reason) for thing, place in _known(view))
        told = [change.box for change, _ in spoken]
        rest = (
            event
            for thing, place in _known(view)
            if all(place.box.iou(box) < self.same_place for box in told)
            for event in self._of_known(view, thing, place)
        )
        return (*(event for _, event in spoken), *rest)

    def _limits(self, comparison: DoorstepComparison) -> _Limits:
        return self.switched if comparison.is_switched else self.plain

    def _blind(self, comparison: DoorstepComparison) -> CannotTell | None:
        """Why the pictures as a whole cannot be compared; None when they can."""
        if comparison.luma < self.dark_luma:
            return CannotTell.TOO_DARK
        agreement = comparison.agreement
        if agreement is None or agreement < self._limits(comparison).agreement:
            return CannotTell.CAMERA_MOVED
        return CannotTell.CAMERA_MOVED if comparison.changed > self.most_changed else None

    def _judge(self, view: BetweenView, change: PlaceChange) -> Iterator[InferredEvent]:
        thing = next((one for one, place in _known(view) if place.box.iou(change.box) >= self.same_place), None)
        if thing is not None and change.change is Change.APPEARED:
            thing = None
        grounds = self._grounds(view, change, thing)
        failed = {ground.name for ground in grounds if not ground.holds}
        is_package = change.package_likeness >= self.package_from or (
            thing is not None and thing.kind is EventKind.PACKAGE_PICKED_UP
        )
        if not failed:
            yield self._event(view, change, PACKAGE_KIND if is_package else OBJECT_KIND, grounds)
        elif failed == {"place seen"} and is_package:
            yield self._event(view, change, PACKAGE_KIND, grounds, CannotTell.OCCLUDED)

    def _grounds(self, view: BetweenView, change: PlaceChange, thing: KnownThing | None) -> tuple[Ground, ...]:
        comparison, limits = view.comparison, self._limits(view.comparison)
        low = change.box.y2 if thing is None and _zone(view, change.box) is None else 1.0
        sides = change.box.width * view.width / (change.box.height * view.height)
        likely = change.package_likeness if thing is None else 1.0
        modes = "one picture is in colour and the other is not" if comparison.is_switched else "both are of one kind"
        return (
            _at_least("scene agrees", comparison.agreement or 0.0, limits.agreement, f"Agreement of detail; {modes}."),
            _at_least("place seen", change.seen, self.seen_from, "Share of the place that both pictures show."),
            _at_least(
                "surroundings", change.surroundings, limits.surroundings, "Agreement of detail around the place."
            ),
            _at_least("thing", change.score, limits.score, "How sure it is that it was a thing, and not light."),
            _at_least("which picture", change.held, limits.held, f"How sure it is that it {_DONE[change.change]}."),
            _at_least("compact", change.compactness, self.compact_from, "Share of its outline that it fills."),
            _at_most("shape", max(sides, 1 / sides), self.longest_sides, "Its longer side in shorter ones."),
            _at_most("size", change.box.area, self.largest, "Share of the picture that it covers."),
            _at_least("low", low, self.lowest_from, "Where its lower edge lies, from the top; 1 in a zone or known."),
            _at_least("parcel", likely, self.object_from, "How much it looks like a parcel; 1 where it was known."),
            Ground("nobody", 0.0, None, holds=True, sentence="No clip shows the time between: nobody was seen at it."),
        )

    def _event(
        self,
        view: BetweenView,
        change: PlaceChange,
        words: dict[Change, EventKind],
        grounds: tuple[Ground, ...],
        reason: CannotTell | None = None,
    ) -> InferredEvent:
        kind = words[change.change]
        thing = "A thing that looks like a package" if words is PACKAGE_KIND else "Something"
        sentence = f"{thing} {_DONE[change.change]} {view.words}; {_UNSEEN[kind]}."
        if reason is not None:
            sentence = f"Whether a package {_DONE[change.change]} {view.words} cannot be told: {_WHY[reason]}."
        likely = max(change.package_likeness, self.object_from) if words is PACKAGE_KIND else 1.0
        return InferredEvent(
            kind,
            view.looks,
            round(self.most_sure * change.score * change.held * likely, 4),
            sentence,
            region=_in_pixels(view, change.box),
            evidence=(view.looks.start,),
            reason=reason,
            zone=_zone(view, change.box),
            grounds=grounds,
        )

    def _of_known(self, view: BetweenView, thing: KnownThing, place: KnownPlace) -> Iterator[InferredEvent]:
        """Nothing where it still lies."""
        if place.seen < self.place_seen_from:
            yield self._untold(view, thing, place, CannotTell.OCCLUDED)
        elif place.changed >= self.place_changed_from:
            yield self._untold(view, thing, place, CannotTell.UNCLEAR_OBJECT)

    def _untold(self, view: BetweenView, thing: KnownThing, place: KnownPlace, reason: CannotTell) -> InferredEvent:
        comparison = view.comparison
        what = "the package" if thing.kind is EventKind.PACKAGE_PICKED_UP else "the thing"
        limits = self._limits(comparison)
        return InferredEvent(
            thing.kind,
            view.looks,
            round(self.most_sure / 2, 4),
            f"Whether {what} was gone {view.words} cannot be told: {_WHY[reason]}.",
            region=_in_pixels(view, place.box),
            evidence=(view.looks.start,),
            reason=reason,
            zone=_zone(view, place.box),
            grounds=(
                _at_least("light", comparison.luma, self.dark_luma, "Mean level of the darker picture."),
                _at_least("scene agrees", comparison.agreement or 0.0, limits.agreement, "Agreement of detail."),
                _at_most("changed", comparison.changed, self.most_changed, "Share of the picture that is different."),
                _at_least("place seen", place.seen, self.place_seen_from, "Share of the place that both show."),
                _at_most("place changed", place.changed, self.place_changed_from, "Share of it that is different."),
            ),
        )


def left_lying(events: Sequence[InferredEvent], width: int, height: int, until: Timestamp) -> tuple[KnownThing, ...]:
    """What a clip's own events leave lying at its end: delivered or left, or waiting until then, and not taken since.

    Args:
        events: Of one clip.
        width: Of its picture, pixels.
        height: Likewise.
        until: The clip's last look.
    """
    gone = {EventKind.PACKAGE_PICKED_UP, EventKind.OBJECT_REMOVED, EventKind.PACKAGE_MOVED}
    came = {
        EventKind.PACKAGE_DELIVERED: EventKind.PACKAGE_PICKED_UP,
        EventKind.OBJECT_LEFT: EventKind.OBJECT_REMOVED,
        EventKind.PACKAGE_WAITING: EventKind.PACKAGE_PICKED_UP,
    }
    stated = [event for event in events if event.reason is None and event.region is not None]
    found: list[KnownThing] = []
    for event in stated:
        if event.region is None or event.kind not in came:
            continue
        ended = event.kind is EventKind.PACKAGE_WAITING and until.seconds - event.span.end.seconds > _WAITED
        taken = any(
            other.kind in gone and other.region is not None and other.span.end >= event.span.end
            and other.region.iou(event.region) >= _SAME_PLACE
            for other in stated
        )  # fmt: skip
        box = event.region.scaled(1 / width, 1 / height)
        if not ended and not taken and all(box.iou(one.box) < _SAME_PLACE for one in found):
            found.append(KnownThing(came[event.kind], box))
    return tuple(found)


_WAITED = 2
"""Seconds before a clip's last look at which a package that waited may have been seen for the last time."""
_SAME_PLACE = 0.3


def _known(view: BetweenView) -> Iterator[tuple[KnownThing, KnownPlace]]:
    return zip(view.known, view.comparison.places, strict=True)


def _zone(view: BetweenView, box: Box) -> str | None:
    x, y = box.feet
    return next((zone.name for zone in view.zones if zone.contains(x, min(y, 1.0)) or zone.contains(*box.centre)), None)


def _in_pixels(view: BetweenView, box: Box) -> Box:
    scaled = box.scaled(view.width, view.height)
    return Box(*(round(edge, 2) for edge in scaled.xyxy))


def _at_least(name: str, measured: float, needed: float, sentence: str) -> Ground:
    return Ground(name, round(measured, 4), needed, measured >= needed, sentence)


def _at_most(name: str, measured: float, needed: float, sentence: str) -> Ground:
    return Ground(name, round(measured, 4), needed, measured <= needed, sentence)
