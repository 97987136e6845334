"""The rule about footage that goes on in the same view, but not from where it stood.

Who takes a minute out of a clip of a camera that never moves leaves no other scene behind. What is left are things that
cannot be: a parcel that lies there from one look to the next with nobody near, people who are gone and others who stand
in the middle of the picture within half a second. One person who vanishes says nothing: detectors miss people, doors
and posts hide them. Two such jumps at one moment do, and so does one at the very frame that surges
(``SamplingReport.surges``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from pipeline.domain.events import EventKind, Ground, InferredEvent
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView
from pipeline.events.zones import distance, faint_and_fixed, stays_put

_MOVERS = frozenset({ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.ANIMAL, ObjectClass.BICYCLE})


@dataclass(frozen=True, slots=True)
class FootageJumps:
    """From one look to the next the same scene is in another state, and nothing that was seen can have done it."""

    longest_step: float = 1.2
    """Seconds between two looks, above which somebody may have come and gone unseen."""
    alone_seconds: float = 3.0
    """Before and after, for which nobody and nothing that moves may be in view near a thing that comes or goes."""
    sure_thing: float = 0.45
    calm: float = 0.2
    """Share of a thing's surroundings that may move meanwhile, at the most."""
    most_things: int = 2
    """At one moment: where more is another, the camera was knocked or the light changed, and other rules say so."""
    known_for: int = 3
    """Looks, one after the other, in which a person is seen before it vanishes, or after it appears."""
    gone_for: float = 1.5
    """Seconds for which it is not there on the other side."""
    sure_person: float = 0.55
    """Mean confidence over those looks: others come and go by the detector's mistakes."""
    inside: float = 0.04
    """Of the picture's sides, that the person is away from its edge."""
    fewest: int = 2
    """Persons who vanish or appear at one moment; where a frame surges then, one is enough, or one who leaps."""
    late: float = 0.15
    """Seconds after a look within which a frame that surges may still belong to it: encoders put disposable frames
    between the first of another scene and the one that takes the bytes."""
    leap: float = 1.3
    """Own heights a second, above which nobody walks: 2.2 m a second of an adult."""
    far: float = 0.08
    """Of the picture's width, that a leap must measure: a camera that was knocked moves everybody by less."""
    sure_leap: float = 0.5
    """Confidence of the looks before and after a leap."""
    thing_score: float = 0.7
    people_score: float = 0.6

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a moment at which the clip jumps; none where the scene itself changed, which is its own event."""
        known = [one.span for one in view.scene.camera]
        told: list[InferredEvent] = []
        for event in (*self._things(view), *self._people(view)):
            if not any(event.span.overlaps(span) for span in known):
                known.append(event.span)
                told.append(event)
        return tuple(told)

    def _things(self, view: ClipView) -> Iterator[InferredEvent]:
        for change in view.scene.changes:
            if self.is_jump(view, change):
                yield self._thing(view, change, _unseen(view, change.span))

    def is_jump(self, view: ClipView, change: RegionChange) -> bool:
        """Whether a thing came or went from one look to the next with nobody near: time is missing there."""
        at_once = sum(1 for other in view.scene.changes if other.span.overlaps(change.span))
        if at_once > self.most_things or change.score < self.sure_thing or change.moved_beside > self.calm:
            return False
        if _unseen(view, change.span) > self.longest_step:
            return False
        return not any(self._was_near(track, change.span) for track in view.tracks)

    def _was_near(self, track: Track, span: ClipSpan) -> bool:
        """Whether something that can carry, or be taken for somebody who can, was in view about that time."""
        if track.object_class not in _MOVERS or len(track.sightings) == 1 or faint_and_fixed(track.sightings):
            return False
        if track.object_class is ObjectClass.VEHICLE and stays_put(track.sightings):  # whoever gets out is seen
            return False
        since, until = span.start.seconds - self._alone, span.end.seconds + self._alone
        return any(since <= one.at.seconds <= until for one in track.sightings)

    @property
    def _alone(self) -> int:
        return round(self.alone_seconds)

    def _thing(self, view: ClipView, change: RegionChange, step: float) -> InferredEvent:
        what = "lies there" if change.change is Change.APPEARED else "is gone"
        sentence = (
            f"From one look to the next a thing {what} with nobody in view, {view.words(change.span)}, "
            "as where time is missing in the clip."
        )
        beside = f"{change.moved_beside:.0%} of its surroundings moved meanwhile"
        alone = f"Nobody and nothing that moves was in view from {self.alone_seconds:.0f} s before to as long after"
        return InferredEvent(
            EventKind.FOOTAGE_CUT,
            change.span,
            self.thing_score,
            sentence,
            region=change.box,
            evidence=view.around(change.span),
            grounds=(
                ground("step", step, self.longest_step, f"Between the two looks lie {step:.1f} s", most=True),
                ground("thing", change.score, self.sure_thing, "How sure it is that a thing came or went"),
                ground("beside", change.moved_beside, self.calm, beside, most=True),
                ground("alone", 0, 0, alone, most=True),
            ),
        )

    def _people(self, view: ClipView) -> Iterator[InferredEvent]:
        people = [track for track in view.believed(ObjectClass.PERSON) if len(track.sightings) >= self.known_for]
        parted = view.taken_for_one
        lasts = [(track, (track.track_id, track.sightings[-1].at)) for track in people]
        firsts = [(track, (track.track_id, track.sightings[0].at)) for track in people]
        gone = dict(end for track, end in lasts if end not in parted and self._vanishes(view, track, people))
        come = dict(end for track, end in firsts if end not in parted and self._appears(view, track, people))
        for before, after in pairwise(view.sampling.sampled):
            if float(after.seconds - before.seconds) > self.longest_step:
                continue
            jumped = {
                *(name for name, at in gone.items() if at == before),
                *(name for name, at in come.items() if at == after),
            }
            surge = self._surge(view, before, after)
            if surge is not None:
                jumped |= {track.track_id for track in people if self._leaps(view, track, before, after)}
            if len(jumped) >= (self.fewest if surge is None else 1):
                yield self._jump(view, ClipSpan(before, after), sorted(jumped), surge)

    def _surge(self, view: ClipView, before: Timestamp, after: Timestamp) -> Timestamp | None:
        """The first frame that surges between two looks."""
        since, until = float(before.seconds) + self.late, float(after.seconds) + self.late
        return next((one for one in view.sampling.surges if since < one.seconds <= until), None)

    def _leaps(self, view: ClipView, track: Track, before: Timestamp, after: Timestamp) -> bool:
        """Whether a track goes on where nobody can have walked to from one look to the next."""
        boxes = {
            one.at: one.detection.box
            for one in track.sightings
            if one.at in {before, after} and one.detection.confidence >= self.sure_leap
        }
        if len(boxes) < 2:  # noqa: PLR2004 - both looks
            return False
        old, new = boxes[before], boxes[after]
        aside = self.inside * view.width
        if min(old.x1, new.x1) <= aside or max(old.x2, new.x2) >= view.width - aside:
            return False  # what the edge cuts has its middle elsewhere
        way = distance(old.centre, new.centre)
        walked = self.leap * max(old.height, new.height) * float(after.seconds - before.seconds)
        return way > walked and way >= self.far * view.width

    def _vanishes(self, view: ClipView, track: Track, people: Sequence[Track]) -> bool:
        last = track.sightings[-self.known_for :]
        is_over = float(view.span.end.seconds - last[-1].at.seconds) < self.gone_for
        return not is_over and self._stands_out(view, track, last, last[-1], people)

    def _appears(self, view: ClipView, track: Track, people: Sequence[Track]) -> bool:
        first = track.sightings[: self.known_for]
        just_began = view.seconds(first[0].at) < self.gone_for
        return not just_began and self._stands_out(view, track, first, first[0], people)

    def _stands_out(
        self, view: ClipView, track: Track, shown: Sequence[Sighting], edge: Sighting, people: Sequence[Track]
    ) -> bool:
        """Whether a person was surely seen, look after look, well inside the picture, and hidden by nobody."""
        steps = [float(after.at.seconds - before.at.seconds) for before, after in pairwise(shown)]
        sure = fmean(one.detection.confidence for one in shown) >= self.sure_person
        return (
            sure
            and max(steps) <= self.longest_step
            and self._is_inside(view, edge.detection.box)
            and not any(other is not track and _covers(other, edge) for other in people)
        )

    def _is_inside(self, view: ClipView, box: Box) -> bool:
        aside, below = self.inside * view.width, self.inside * view.height
        return box.x1 > aside and box.x2 < view.width - aside and box.y2 < view.height - below

    def _jump(self, view: ClipView, span: ClipSpan, jumped: Sequence[int], surge: Timestamp | None) -> InferredEvent:
        step, number = float(span.duration), len(jumped)
        who = "A person vanishes, appears or leaps" if number == 1 else f"{number} persons vanish, appear or leap"
        sentence = (
            f"{who} in the middle of the picture from one look to the next, {view.words(span)}, "
            "as where time is missing in the clip."
        )
        words = f"{number} tracks end, begin or leap there, away from the picture's edge and from each other"
        return InferredEvent(
            EventKind.FOOTAGE_CUT,
            span,
            self.people_score,
            sentence,
            track_ids=tuple(jumped),
            evidence=view.around(span),
            grounds=(
                ground("step", step, self.longest_step, f"Between the two looks lie {step:.1f} s", most=True),
                ground("jumps", number, self.fewest if surge is None else 1, words),
                *(() if surge is None else (_surged(view.seconds(surge)),)),
            ),
        )


def _surged(second: float) -> Ground:
    words = (
        f"The frame at {second:.2f} s took far more bytes than those around it, or the encoder began anew with it "
        "out of turn, as where much of the picture changes at once"
    )
    return ground("surge", second, None, words)


def _unseen(view: ClipView, span: ClipSpan) -> float:
    """Seconds for which something may have moved unseen in a span.

    Between two looks that follow each other the gate saw that nothing moved, but for so long as it takes no picture.
    """
    whole = float(span.duration)
    is_one_step = not any(span.start < look < span.end for look in view.sampling.sampled)
    return min(whole, float(view.sampling.shortest_missable)) if is_one_step else whole


def _covers(other: Track, edge: Sighting) -> bool:
    """Whether somebody else was seen over the person at that moment."""
    seen: dict[Timestamp, Box] = {one.at: one.detection.box for one in other.sightings}
    box = seen.get(edge.at)
    return box is not None and box.intersection(edge.detection.box) > 0
