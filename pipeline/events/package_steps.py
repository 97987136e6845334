"""The steps of the rule about things, in the order in which they are asked; each leaves a ground behind."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.domain.events import CannotTell, Ground
from pipeline.domain.likeness import PACKAGE_FROM
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.video import ClipSpan
from pipeline.events.jumps import FootageJumps
from pipeline.events.package_boxes import seen_as_package
from pipeline.events.package_contact import (
    Contact,
    blind_seconds,
    contacts_around,
    contacts_with,
    cover_of,
    narrowed,
    seen_around,
    somebody_in_view,
    vehicle_passed,
    without_itself,
)
from pipeline.events.view import ClipView


@dataclass(frozen=True, slots=True)
class PackageLimits:
    """What the steps are held against."""

    sure_from: float = 0.45
    """Strength from which on a change is a statement; below it cannot be told whether there was a thing."""
    held_from: float = 0.6
    """How sure it must be which of the two pictures holds the thing."""
    package_from: float = PACKAGE_FROM
    """Package likeness from which on the thing is called a package, when somebody was at it."""
    unseen_package_from: float = 0.9
    """Likewise where nobody was seen at it."""
    unknown_below: float = 0.3
    """Package likeness of the picture without the thing, below which the other one alone shows that a package came or
    went. On 360 composites to tune on 18 changes at which nobody was seen were so clear, and all were packages."""
    unclear_from: float = 0.6
    """Package likeness from which on it may have been one; below it more are none than are."""
    thing_from: float = 0.3
    """Package likeness below which a change that nobody was seen at shows ground, leaves or a person, and no thing: the
    classifier is sure that these are no parcels, and less sure of bottles and bags."""
    slender: float = 2.2
    """How many times taller than wide a thing is, from which on it is no parcel that anybody would know: a bottle."""
    reach: float = 0.12
    """How far a person's arm reaches out of its box, in heights."""
    dark_luma: float = 18.0
    """Mean level of the picture or of the region, 0 to 255, below which sensors show noise."""
    unseen_factor: float = 0.7
    """A change at which nobody was seen counts this much less, unless time is missing there."""
    settle_seconds: float = 3.0
    """Around the change, within which a tracked thing at the same place is the change itself."""
    itself_iou: float = 0.3
    covered_looks: float = 0.34
    """Share of the looks around the change, from which on what came or went may be the legs of who stands there."""
    free_looks: int = 3
    """Looks at the thing with nobody over it, which show that it is nobody's legs."""
    free_share: float = 0.3
    """Likewise, of all looks at it: a detector that blinks frees a few."""
    last_seconds: float = 1.0
    smallest_edge: float = 20.0
    """Pixels of the judged picture: what is smaller has no face that a classifier knows. Parcels of 13 to 18 pixels got
    .03 to .9 on composites."""
    visited: float = 0.3
    """Share of the surroundings that must have moved for somebody unseen to have been there."""


@dataclass(frozen=True, slots=True)
class Step:
    """A ground, and why there is no statement where it does not hold; None where it only is stated."""

    ground: Ground
    doubt: CannotTell | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """All steps about one change.

    Attributes:
        change: What the still scene did.
        contacts: Who was at the place meanwhile, or else just before or after; empty when nobody was seen there.
        span: When it happened, as narrowly as the contacts allow.
        strength: 0 to 1: that a thing came or went, and which.
        is_explained: Whether somebody was seen at it, or pictures of that time are missing.
        thing: Steps on which rests that a thing came or went.
        package: Steps on which rests that it was a package.
    """

    change: RegionChange
    contacts: tuple[Contact, ...]
    span: ClipSpan
    strength: float
    is_explained: bool
    thing: tuple[Step, ...]
    package: tuple[Step, ...]

    @property
    def doubt(self) -> CannotTell | None:
        """Why it cannot be told whether a thing came or went: the first step that fails."""
        return next((step.doubt for step in self.thing if not step.ground.holds and step.doubt is not None), None)

    @property
    def is_meanwhile(self) -> bool:
        """Whether somebody was at the place while it happened, and not just before or after."""
        return any(self.span.start <= one.at <= self.span.end for one in self.contacts)

    @property
    def is_package(self) -> bool:
        """Whether all steps say so."""
        return all(step.ground.holds for step in self.package)

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """In the order in which they were asked."""
        return tuple(step.ground for step in (*self.thing, *self.package))


def chain_of(view: ClipView, change: RegionChange, limits: PackageLimits) -> Chain:
    """Asks every step about one change.

    A detector that knows boxes and our classifier look in ways of their own: both must err for the thing to be none.
    """
    is_jump = FootageJumps().is_jump(view, change)
    view = without_itself(view, change, limits.itself_iou)
    word = seen_as_package(view, change)
    if word:
        change = replace(change, package_likeness=round(1 - (1 - change.package_likeness) * (1 - word), 4))
    contacts = contacts_with(view, change.box, limits.reach, change.span)
    contacts = contacts or contacts_around(view, change.box, limits.reach, change.span)
    is_explained = bool(contacts) or is_jump
    strength = round(change.score * change.held * (1.0 if is_explained else limits.unseen_factor), 4)
    thing = tuple(_thing_steps(view, change, contacts, strength, limits))
    package = tuple(_package_steps(change, contacts, word, limits))
    if not contacts:
        package = (*package, _explained(view, change, limits, is_jump=is_jump))
    is_explained = is_explained or blind_seconds(view, change.span) > 0
    return Chain(change, contacts, narrowed(view, change.span, contacts), strength, is_explained, thing, package)


def why_unclear(view: ClipView, change: RegionChange, limits: PackageLimits) -> CannotTell:
    """Why a classifier that does not know what the thing is cannot: the picture's fault where it has one."""
    box = change.box
    if 0 < change.shorter_edge < limits.smallest_edge:
        return CannotTell.TOO_SMALL
    if change.luma < limits.dark_luma:
        return CannotTell.TOO_DARK
    if box.x1 <= 0 or box.y1 <= 0 or box.x2 >= view.width or box.y2 >= view.height:
        return CannotTell.OUT_OF_VIEW
    return CannotTell.UNCLEAR_OBJECT


def _thing_steps(
    view: ClipView, change: RegionChange, contacts: tuple[Contact, ...], strength: float, limits: PackageLimits
) -> Iterator[Step]:
    came = change.change is Change.APPEARED
    yield _judged(
        "light",
        round(min(view.scene.mean_luma, 255.0), 4),
        limits.dark_luma,
        "Mean level of the clip's pictures, of 255:",
        CannotTell.TOO_DARK,
    )
    yield _judged(
        "which picture holds it",
        change.held,
        limits.held_from,
        f"The picture {'after' if came else 'before'} holds a thing that the other does not, sure to",
        CannotTell.UNCLEAR_OBJECT,
    )
    yield _judged(
        "changed region",
        strength,
        limits.sure_from,
        "A thing came or went, rather than light, and who was at it counts: sure to",
        CannotTell.UNCLEAR_OBJECT,
    )
    yield from _contact_steps(view, change.span, contacts)
    yield _still_going(view, change, limits)
    yield _not_hidden(view, change, contacts, limits)


def _contact_steps(view: ClipView, span: ClipSpan, contacts: tuple[Contact, ...]) -> Iterator[Step]:
    if not contacts:
        yield Step(Ground("contact", 0.0, None, False, "Nobody was seen at the place."))
        return
    numbers = " and ".join(str(number) for number in sorted({one.track_id for one in contacts}))
    seen = tuple(_seen_at_it(span, contacts))
    seconds = round(float(sum(one.duration for one in seen)), 4)
    words = f"A person (track {numbers}) was at the place {' and '.join(map(view.words, seen))}"
    words += "." if any(one.overlaps(span) for one in seen) else "; nobody was seen at it meanwhile."
    yield Step(Ground("contact", seconds, None, True, words))
    before, after = (round(value, 4) for value in seen_around(view, contacts))
    words = f"The person came {before:.1f} s before that and was in view for {after:.1f} s afterwards."
    yield Step(Ground("came and left", round(before + after, 4), None, before + after > 0, words))


def _seen_at_it(span: ClipSpan, contacts: tuple[Contact, ...]) -> Iterator[ClipSpan]:
    """From the first contact to the last; what lies before the change, in it and after it each by itself."""
    for moments in (
        [one.at for one in contacts if one.at < span.start],
        [one.at for one in contacts if span.start <= one.at <= span.end],
        [one.at for one in contacts if one.at > span.end],
    ):
        if moments:
            yield ClipSpan(moments[0], moments[-1])


def _still_going(view: ClipView, change: RegionChange, limits: PackageLimits) -> Step:
    left = float(view.span.end.seconds - change.after.seconds)
    at_end = ClipSpan(max(change.after, view.span.start), view.span.end)
    is_left_alone = left > limits.last_seconds or not contacts_with(view, change.box, limits.reach, at_end)
    words = f"The clip shows the place for {left:.1f} s afterwards{'' if is_left_alone else ', with somebody at it'}."
    ground = Ground("clip goes on", round(left, 4), limits.last_seconds, is_left_alone, words)
    return Step(ground, CannotTell.CLIP_ENDS)


def _not_hidden(view: ClipView, change: RegionChange, contacts: tuple[Contact, ...], limits: PackageLimits) -> Step:
    if not contacts and vehicle_passed(view, change):
        words = "A vehicle was before the place meanwhile, and nobody at it."
        return Step(Ground("not hidden", 1.0, None, False, words), CannotTell.OCCLUDED)
    cover = cover_of(view, change, limits.settle_seconds)
    is_free = cover.free >= limits.free_looks and cover.free >= limits.free_share * cover.looks
    holds = cover.near < limits.covered_looks or is_free
    words = (
        f"A person stood over the place in {100 * cover.near:.0f} % of the pictures next to the change; "
        f"in {cover.free} of {cover.looks} pictures the thing lay there with nobody over it."
    )
    return Step(Ground("not hidden", round(cover.near, 4), limits.covered_looks, holds, words), CannotTell.OCCLUDED)


def _package_steps(
    change: RegionChange, contacts: tuple[Contact, ...], word: float | None, limits: PackageLimits
) -> Iterator[Step]:
    if word is not None:
        words = f"The detector knows packages, and saw one at the place, sure to {word:.2f}; it counts in what follows."
        yield Step(Ground("detector's word", round(word, 4), None, True, words))
    needed = limits.package_from if contacts else limits.unseen_package_from
    yield _judged("looks like a package", change.package_likeness, needed, "The thing looks like a package to")
    words = f"Without it the place looks like a package to {change.place_likeness:.2f}."
    yield Step(Ground("place without it", change.place_likeness, None, True, words))
    ratio = round(change.box.height / change.box.width, 4)
    words = f"It is {ratio:.2f} times as high as wide; {limits.slender:.1f} times and more is no parcel's shape."
    yield Step(Ground("shape", ratio, limits.slender, ratio <= limits.slender, words))


def _explained(view: ClipView, change: RegionChange, limits: PackageLimits, *, is_jump: bool) -> Step:
    """Whether somebody unseen can have been there: a gap, a cut, a person in view, or much that moved around it."""
    blind = round(blind_seconds(view, change.span), 4)
    if blind > 0:
        words = f"There is no picture of the place for {blind:.1f} s of that time."
        return Step(Ground("gap explained", blind, None, True, words))
    if is_jump:
        words = "It came or went from one look to the next with nobody in view, as where time is missing in the clip."
        return Step(Ground("gap explained", 0.0, None, True, words))
    in_view = somebody_in_view(view, change.span)
    words = f"{100 * change.moved_beside:.0f} % of the surroundings moved meanwhile"
    words += ", and a person was in view elsewhere." if in_view else ", and no person was in view."
    holds = in_view or change.moved_beside >= limits.visited
    if not holds and change.place_likeness < limits.unknown_below and change.held >= limits.unseen_package_from:
        words = "Nobody was seen and little moved, but of the two pictures one alone shows a package, and clearly."
        return Step(Ground("gap explained", change.place_likeness, limits.unknown_below, True, words))
    return Step(Ground("gap explained", change.moved_beside, limits.visited, holds, words))


def _judged(name: str, measured: float, needed: float, words: str, doubt: CannotTell | None = None) -> Step:
    sentence = f"{words} {measured:.2f}; {needed:.2f} is needed."
    return Step(Ground(name, measured, needed, measured >= needed, sentence), doubt)
