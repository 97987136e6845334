"""The rule about things that are left or taken: from the still scene before and after, and from who was at it.

A false word about a package accuses somebody. So the label of a detector is never enough: the pictures before and after
must differ, must say which of them holds the thing, and somebody must have been at it; otherwise the rule says that it
cannot tell, and why. The steps and their limits are in `package_steps`; what several changes say together is in
`package_stories`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.events import CannotTell, EventKind, InferredEvent
from pipeline.domain.scene import Change
from pipeline.domain.video import ClipSpan
from pipeline.events.kinds import OBJECT_KIND, PACKAGE_KIND
from pipeline.events.package_contact import is_as_tall_as_people, is_tracked_thing
from pipeline.events.package_pairs import known_as_one
from pipeline.events.package_steps import Chain, PackageLimits, chain_of, why_unclear
from pipeline.events.package_stories import Told, stories
from pipeline.events.view import MOST_SURE, ClipView

_DONE = {Change.APPEARED: "left", Change.DISAPPEARED: "taken away"}
_UNSEEN = {Change.APPEARED: ("came", "delivery not seen"), Change.DISAPPEARED: ("was gone", "pick-up not seen")}

_WHY = {
    CannotTell.UNCLEAR_OBJECT: "the pictures are not clear enough to say",
    CannotTell.TOO_DARK: "the picture is too dark",
    CannotTell.OCCLUDED: "the place was hidden by a person or a vehicle",
    CannotTell.CLIP_ENDS: "the clip ends before the place was seen clear again",
}
_WHY_NO_PACKAGE = {
    CannotTell.UNCLEAR_OBJECT: "from the pictures",
    CannotTell.TOO_SMALL: "because it is too small in the picture",
    CannotTell.TOO_DARK: "because it is too dark",
    CannotTell.OUT_OF_VIEW: "because the picture's edge cuts it",
}


@dataclass(frozen=True, slots=True)
class ThingsLeftAndTaken:
    """A still region changed: something was left or taken, and it may have been a package."""

    least_score: float
    """Changes below are not spoken of at all."""
    limits: PackageLimits = field(default_factory=PackageLimits)
    many: int = 3
    """Changes at one time with nobody at any of them, from which on the picture moved, and not so many things."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a change, or one besides when it cannot be told whether the thing was a package; see `stories`."""
        limits = self.limits
        told = [
            one
            for change in known_as_one(view.scene.changes)
            if not is_tracked_thing(view, change, limits.itself_iou, limits.settle_seconds)
            and not is_as_tall_as_people(view, change)
            for one in self._judge(view, chain_of(view, change, limits))
        ]
        alone = [one for one in told if not one.event.track_ids]
        shaken = [one for one in alone if sum(one.overlaps(other) for other in alone) >= self.many]
        calm = stories(view, [one for one in told if one not in shaken])
        return (*calm, _picture_moved([one.event for one in shaken])) if shaken else calm

    def _judge(self, view: ClipView, chain: Chain) -> Iterator[Told]:
        if chain.strength < self.least_score:
            return
        change, doubt = chain.change.change, chain.doubt
        thing = _event(view, chain, OBJECT_KIND[change], "Something", chain.strength)
        if doubt is not None:
            kind = (PACKAGE_KIND if chain.is_package else OBJECT_KIND)[change]
            sentence = f"Something may have been {_DONE[change]}; {_WHY[doubt]}."
            yield Told(chain, replace(thing, kind=kind, reason=doubt, sentence=sentence))
        elif chain.is_package:
            score = chain.strength * chain.change.package_likeness
            yield Told(chain, _event(view, chain, PACKAGE_KIND[change], "A thing that looks like a package", score))
        elif not chain.is_explained and not self._looks_like_a_thing(chain):
            sentence = f"Something may have been {_DONE[change]}; nobody was seen at it, and it looks like no thing."
            yield Told(chain, replace(thing, reason=CannotTell.UNCLEAR_OBJECT, sentence=sentence))
        else:
            yield Told(chain, thing)
            if self._may_be_a_package(chain):
                yield Told(chain, self._perhaps_a_package(view, chain, thing))

    def _looks_like_a_thing(self, chain: Chain) -> bool:
        """Asked where nobody was seen: of what is too small the classifier's word says nothing."""
        change, limits = chain.change, self.limits
        return change.package_likeness >= limits.thing_from and not 0 < change.shorter_edge < limits.smallest_edge

    def _may_be_a_package(self, chain: Chain) -> bool:
        needed = self.limits.unclear_from if chain.contacts else self.limits.package_from
        change = chain.change
        is_tiny = bool(chain.contacts) and 0 < change.shorter_edge < self.limits.smallest_edge
        return change.package_likeness >= needed or is_tiny

    def _perhaps_a_package(self, view: ClipView, chain: Chain, thing: InferredEvent) -> InferredEvent:
        change = chain.change.change
        reason = why_unclear(view, chain.change, self.limits)
        sentence = f"Something was {_DONE[change]}; whether it was a package cannot be told {_WHY_NO_PACKAGE[reason]}."
        return replace(thing, kind=PACKAGE_KIND[change], reason=reason, sentence=sentence)


def _event(view: ClipView, chain: Chain, kind: EventKind, thing: str, score: float) -> InferredEvent:
    contacts, change = chain.contacts, chain.change
    when = "while" if chain.is_meanwhile else "a moment before or after"
    sentence = f"{thing} was {_DONE[change.change]} {view.words(chain.span)}, {when} a person was at the place."
    if not contacts:
        went, unseen = _UNSEEN[change.change]
        start, end = (f"{view.seconds(moment):.1f} s" for moment in (chain.span.start, chain.span.end))
        sentence = f"{thing} {went} between {start} and {end}, {unseen}: nobody was seen at it."
    return InferredEvent(
        kind,
        chain.span,
        round(min(score, MOST_SURE), 4),
        sentence,
        track_ids=tuple(sorted({one.track_id for one in contacts})),
        region=change.box,
        evidence=view.around(chain.span, contacts[len(contacts) // 2].at if contacts else None),
        grounds=chain.grounds,
    )


def _picture_moved(events: Sequence[InferredEvent]) -> InferredEvent:
    first = min(events, key=lambda event: (event.span.start, event.span.end))
    return replace(
        first,
        span=ClipSpan(first.span.start, max(event.span.end for event in events)),
        sentence="The picture changed in many places at once; whether a thing came or went cannot be told.",
        region=None,
        reason=CannotTell.CAMERA_MOVED,
    )
