"""What several changes say together: moved, taken along by who brought it, several at once, and waiting in between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from pipeline.domain.events import EventKind, Ground, InferredEvent
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan
from pipeline.events.package_contact import stayed
from pipeline.events.package_steps import Chain
from pipeline.events.view import ClipView
from pipeline.events.zones import distance, size

_ALIKE_COLOUR = 24.0
"""Largest distance of one thing's mean colours (L, a, b; 0 to 255) at two places: shade differs, hue does not."""
_ALIKE_SIZE = 1.6
"""Largest ratio of its sides at two places: nearer things are larger."""
_MOVED_WITHIN = 5.0
"""Of its size: how far a thing is moved that somebody pushes aside; further off is another thing."""
_IN_ONE_GO = 4.0
"""Seconds that a person needs at most to carry a thing to another place in view."""
_PERHAPS_PACKAGE = 0.5
_SAME_PLACE = 0.4
"""Overlap of two regions from which on they are one place."""
_WAITS_FROM = 4.0
"""Seconds for which a package must lie to be said to wait: longer than somebody needs to put it down and take it."""
_OBJECTS = {EventKind.OBJECT_LEFT: "left", EventKind.OBJECT_REMOVED: "taken away"}
_CAME = {EventKind.PACKAGE_DELIVERED: EventKind.OBJECT_LEFT, EventKind.PACKAGE_PICKED_UP: EventKind.OBJECT_REMOVED}


@dataclass(frozen=True, slots=True)
class Told:
    """An event and the chain of evidence that it was told from."""

    chain: Chain
    event: InferredEvent

    @property
    def change(self) -> RegionChange:
        """What the still scene did."""
        return self.chain.change

    @property
    def is_statement(self) -> bool:
        """Whether it says that something happened."""
        return self.event.reason is None

    @property
    def is_package(self) -> bool:
        """Whether it states that a package came or went."""
        return self.is_statement and self.event.kind in _CAME

    def overlaps(self, other: "Told") -> bool:
        """In time."""
        return self.event.span.overlaps(other.event.span)

    def shares_contact(self, other: "Told") -> bool:
        """Whether one person may have done both in one go."""
        apart = max(self.event.span.start.seconds, other.event.span.start.seconds) - min(
            self.event.span.end.seconds, other.event.span.end.seconds
        )
        return apart <= _IN_ONE_GO and bool(set(self.event.track_ids) & set(other.event.track_ids))


def stories(view: ClipView, told: Sequence[Told]) -> tuple[InferredEvent, ...]:
    """The events, joined where several changes are one story, and with the spans in which packages waited."""
    taken_along = _taken_along(view, told)
    moved, rest = _moved(taken_along)
    return (*moved, *_joined(rest), *_waited(view, rest))


def _taken_along(view: ClipView, told: Sequence[Told]) -> list[Told]:
    """Says where a thing came and went while one track stayed: one thing, so a package twice or never.

    A track is no identity, and others may be there too: the words say who was followed, and not who did it. A change
    has one partner at most.
    """
    result = list(told)
    for came, went in combinations(sorted(told, key=lambda one: one.event.span.start), 2):
        if came not in result or went not in result or not _is_brought_and_taken(view, came, went):
            continue
        are_packages = came.is_package and went.is_package
        for one, words in ((came, "is followed until it was taken"), (went, "is followed since it was put down")):
            event = one.event
            sentence = event.sentence.replace("a person was at the place", f"somebody was at the place who {words}")
            kind = event.kind if are_packages else _CAME.get(event.kind, event.kind)
            result[result.index(one)] = replace(one, event=replace(event, kind=kind, sentence=sentence))
    return result


def _is_brought_and_taken(view: ClipView, came: Told, went: Told) -> bool:
    both = (came.change.change, went.change.change) == (Change.APPEARED, Change.DISAPPEARED)
    if not (both and came.is_statement and went.is_statement and _same_place(came, went)):
        return False
    between = ClipSpan(came.event.span.start, max(went.event.span.end, came.event.span.start))
    shared = set(came.event.track_ids) & set(went.event.track_ids)
    return any(stayed(view, number, between) for number in shared)


def _moved(told: Sequence[Told]) -> tuple[list[InferredEvent], list[Told]]:
    """Pairs of a disappearance and an appearance of one package in one contact, and what is left."""
    rest, moved = list(told), []
    for went in [one for one in told if one.is_statement and one.change.change is Change.DISAPPEARED]:
        partners = [one for one in rest if _is_moved(went, one)]
        if not partners or went not in rest:
            continue
        came = min(partners, key=lambda one: distance(one.change.box.centre, went.change.box.centre))
        moved.append(_moved_event(went, came))
        rest = [one for one in rest if one.change not in (went.change, came.change)]
    return moved, rest


def _is_moved(went: Told, came: Told) -> bool:
    if not came.is_statement or came.change.change is not Change.APPEARED or not went.shares_contact(came):
        return False
    looks = sorted((went.change.package_likeness, came.change.package_likeness))
    if looks[0] < _PERHAPS_PACKAGE or not (went.is_package or came.is_package) or _same_place(went, came):
        return False
    return all(ground.holds for ground in _one_thing(went.change, came.change))


def _one_thing(went: RegionChange, came: RegionChange) -> tuple[Ground, ...]:
    """Why what went here and came there is one thing: alike, near, and gone before it lay elsewhere."""
    ratio = size(went.box) / size(came.box)
    ratio = round(max(ratio, 1 / ratio), 4)
    pairs = zip(went.colour[:3], came.colour[:3], strict=False)
    colour = round(sum((one - other) ** 2 for one, other in pairs) ** 0.5, 4)
    way = round(distance(went.box.centre, came.box.centre) / max(size(went.box), size(came.box)), 4)
    measured = (
        ("alike in size", ratio, _ALIKE_SIZE, f"One is {ratio:.2f} times the other's size."),
        ("alike in colour", colour, _ALIKE_COLOUR, f"Their colours lie {colour:.1f} of 255 apart."),
        ("near", way, _MOVED_WITHIN, f"They lie {way:.1f} of its sizes apart."),
    )
    later = round(_middle(went) - _middle(came), 4)
    words = "It was gone here before one lay there." if later <= 0 else "One lay there before it was gone here."
    order = Ground("in order", later, 0.0, later <= 0, words)
    return (*(Ground(name, value, needed, value <= needed, words) for name, value, needed, words in measured), order)


def _middle(change: RegionChange) -> float:
    return float(change.before.seconds + change.after.seconds) / 2


def _moved_event(went: Told, came: Told) -> InferredEvent:
    first, last = sorted((went.event, came.event), key=lambda event: (event.span.start, event.span.end))
    span, when = ClipSpan(first.span.start, max(first.span.end, last.span.end)), _when((went, came))
    return replace(
        came.event,
        kind=EventKind.PACKAGE_MOVED,
        span=span,
        score=min(went.event.score, came.event.score),
        sentence=f"A thing that looks like a package was moved to another place, {when} a person was at it.",
        track_ids=tuple(sorted({*went.event.track_ids, *came.event.track_ids})),
        evidence=tuple(sorted({*went.event.evidence, *came.event.evidence})),
        grounds=(*went.event.grounds, *came.event.grounds, *_one_thing(went.change, came.change)),
    )


def _joined(told: Sequence[Told]) -> list[InferredEvent]:
    """Things that one person takes or leaves in one go are one event; packages are counted one by one."""
    groups: list[list[Told]] = []
    for one in sorted(told, key=lambda one: (one.event.span.start, one.event.span.end)):
        home = [group for group in groups if all(_is_same_deed(one, other) for other in group)]
        if home:
            home[0].append(one)
        else:
            groups.append([one])
    return [_joint_event(group) for group in groups]


def _is_same_deed(one: Told, other: Told) -> bool:
    if not (one.is_statement and other.is_statement):
        return False
    same_kind = one.event.kind is other.event.kind and one.event.kind in _OBJECTS
    return same_kind and one.shares_contact(other)


def _joint_event(group: Sequence[Told]) -> InferredEvent:
    events = [one.event for one in group]
    best = max(events, key=lambda event: event.score)
    if len(events) == 1:
        return best
    regions, when = [one.change.box for one in group], _when(group)
    return replace(
        best,
        span=ClipSpan(min(event.span.start for event in events), max(event.span.end for event in events)),
        sentence=f"{len(events)} things were {_OBJECTS[best.kind]} in one go, {when} a person was at the place.",
        track_ids=tuple(sorted({number for event in events for number in event.track_ids})),
        region=_around(regions),
        evidence=tuple(sorted({moment for event in events for moment in event.evidence})),
    )


def _when(told: Sequence[Told]) -> str:
    """How the time in which somebody was at the place lies to what happened there."""
    if all(one.chain.is_meanwhile for one in told):
        return "while"
    is_part = any(one.chain.is_meanwhile for one in told)
    return "while, or a moment before or after," if is_part else "a moment before or after"


def _waited(view: ClipView, told: Sequence[Told]) -> list[InferredEvent]:
    """From when a package was seen to lie still to when it was last seen there; one event a package."""
    packages = [one for one in told if one.is_package and one.change.lies is not None]
    taken = [one for one in packages if one.change.change is Change.DISAPPEARED]
    waits = []
    for one in packages:
        successor = [other for other in taken if _follows(one, other)]
        if one.change.change is Change.APPEARED and successor:
            continue  # told once, of its pick-up
        predecessor = [other for other in packages if _follows(other, one)][-1:]
        waits.append(_waiting(view, one, predecessor))
    return [event for event in waits if event.span.duration >= _WAITS_FROM]


def _follows(came: Told, went: Told) -> bool:
    order = (came.change.change, went.change.change) == (Change.APPEARED, Change.DISAPPEARED)
    return order and came.change.after <= went.change.after and _same_place(came, went)


def _waiting(view: ClipView, one: Told, predecessor: Sequence[Told]) -> InferredEvent:
    lies = one.change.lies
    if lies is None:
        raise ValueError("only what was seen to lie can wait")
    start = predecessor[0].change.after if predecessor else lies.start
    span = ClipSpan(min(start, lies.end), lies.end)
    seconds = round(float(span.duration), 4)
    words = f"It lay there for {seconds:.1f} s; {_WAITS_FROM:.1f} s count as waiting."
    return replace(
        one.event,
        kind=EventKind.PACKAGE_WAITING,
        span=span,
        sentence=f"A thing that looks like a package lay still {view.words(span)}.",
        track_ids=(),
        evidence=view.around(span),
        grounds=(*one.event.grounds, Ground("lay still", seconds, _WAITS_FROM, seconds >= _WAITS_FROM, words)),
    )


def _same_place(one: Told, other: Told) -> bool:
    return one.change.box.iou(other.change.box) >= _SAME_PLACE


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.x1 for box in boxes),
        min(box.y1 for box in boxes),
        max(box.x2 for box in boxes),
        max(box.y2 for box in boxes),
    )
