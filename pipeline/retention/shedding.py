"""A grant that allows less may still cover a recording, and no longer an event in it: that part goes, and all of it.

What is asked is what every look asks: moment, kind and place of an event, and every moment of a highlight. What no
grant of the resident answers with yes is deleted; what lies in a hold, or under a grant that is not signed, stays.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from pipeline.catalogue import AnalysisKey
from pipeline.consent.standing import Standing
from pipeline.consent.unbroken import boundaries
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Request, SignedGrant, Use
from pipeline.domain.incidents import Highlight
from pipeline.domain.retention import ClipFacts, Decision, DisposalReason, Shed, Tombstone
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import RecordNotFoundError
from pipeline.night.places import places_of
from pipeline.night.services import Services
from pipeline.retention.judging import Judge, disclosures_of

_PORTION = 500


def shed(services: Services, judge: Judge, clips: Sequence[AcquiredClip]) -> tuple[Tombstone, ...]:
    """Takes away what no grant covers of recordings that stay, one recording a transaction. Again it changes nothing.

    Args:
        services: The installation.
        judge: Of this moment.
        clips: Whatever was disposed of meanwhile is passed over.

    Returns:
        The tombstones, not yet signed, in the order given.
    """
    made = []
    for clip, _ in shedding(services, judge, clips):
        name = clip.acquisition.acquisition_id
        stone = services.catalogue.disposals.shed(name, _Chooser(services, judge).choose, services.now())
        if stone is not None:
            made.append(stone)
    return tuple(made)


def shedding(services: Services, judge: Judge, clips: Sequence[AcquiredClip]) -> Iterator[tuple[AcquiredClip, Shed]]:
    """What would go of each of these recordings if no hold keeps it; those of which nothing would are left out."""
    chooser = _Chooser(services, judge.at_a_glance())
    for start in range(0, len(clips), _PORTION):
        some = clips[start : start + _PORTION]
        names = tuple(clip.acquisition.acquisition_id for clip in some)
        found = services.catalogue.search.find(EventFilter(acquisition_ids=names, superseded=True))
        by_clip: dict[str, list[FoundEvent]] = defaultdict(list)
        for one in found:
            by_clip[one.acquisition_id].append(one)
        for clip in some:
            chosen = chooser.of(clip, by_clip[clip.acquisition.acquisition_id])
            if chosen:
                yield clip, chosen


@dataclass(frozen=True, slots=True)
class _Chooser:
    services: Services
    judge: Judge

    def choose(self, facts: ClipFacts) -> tuple[Shed, Decision]:
        """Asked within the transaction that deletes: what goes, what orders it, and what of it was handed out."""
        clip = facts.clip
        own, _ = self.judge.concerned(clip)
        decision = Decision(DisposalReason.SHED, f"{own.grant.grant_id} v{own.grant.version}")
        if facts.holds:
            return Shed(), decision
        wanted = EventFilter(acquisition_ids=(clip.acquisition.acquisition_id,), superseded=True)
        chosen = self.of(clip, self.services.catalogue.search.find(wanted))
        gone = replace(facts, highlight_ids=tuple(sorted(chosen.highlight_ids)))
        return chosen, replace(decision, disclosed=disclosures_of(self.services, gone))

    def of(self, clip: AcquiredClip, found: Sequence[FoundEvent]) -> Shed:
        """Nothing where a grant is not signed: on its word nothing is deleted."""
        _, grants = self.judge.concerned(clip)
        part = _Part(self.services, self.judge, clip, grants)
        if part.is_in_doubt():
            return Shed()
        gone = frozenset(one.event.event_id for one in found if not part.keeps_event(one))
        cut = self.services.catalogue.highlights.of_acquisition(clip.acquisition.acquisition_id)
        shown = (one for one in cut if not gone.isdisjoint(one.event_ids) or not part.keeps_stretch(one, found))
        seen = self.services.catalogue.misses.of_acquisition(clip.acquisition.acquisition_id)
        missed = (one for one in seen if not part.keeps(part.at(one.starts_at, event_kind=one.kind)))
        return Shed(gone, frozenset(one.highlight_id for one in shown), frozenset(one.miss_id for one in missed))


@dataclass(frozen=True, slots=True)
class _Part:
    services: Services
    judge: Judge
    clip: AcquiredClip
    grants: Sequence[SignedGrant]

    def at(self, moment: datetime, **more: object) -> Request:
        """The question about footage of a moment; who would ask is not asked."""
        camera_id = self.clip.acquisition.camera_id
        return replace(Request(Use.INDEX, camera_id, None, moment, "", ""), **more)  # type: ignore[arg-type]

    def is_in_doubt(self) -> bool:
        asked = self.at(self.clip.clock.starts_at)
        return any(self.judge.standing_of_part(one, asked) is Standing.UNSIGNED for one in self.grants)

    def keeps(self, asked: Request) -> bool:
        """Whether a grant covers it, or has ended so lately that what it covered is kept."""
        for signed in self.grants:
            said = self.judge.standing_of_part(signed, asked)
            if said is Standing.COVERS or (said is Standing.ENDED and self.judge.is_patient_with(signed)):
                return True
        return False

    def keeps_event(self, found: FoundEvent) -> bool:
        kind = found.event.inferred.kind
        moments = (found.starts_at, found.ends_at) if found.event.since is not None else self._moments(found)
        places = self._places(found)
        return all(self.keeps(self.at(moment, event_kind=kind, places=places)) for moment in moments)

    def _moments(self, found: FoundEvent) -> tuple[datetime, ...]:
        """Where an event begins, and wherever within it a grant may begin or cease to cover it."""
        first, last, camera_id = found.starts_at, found.ends_at, self.clip.acquisition.camera_id
        turns = (boundaries(one.grant, camera_id, first, last) for one in self.grants)
        return (first, *sorted({moment for some in turns for moment in some}))

    def keeps_stretch(self, highlight: Highlight, found: Sequence[FoundEvent]) -> bool:
        """Told by an event of the same clip, so that its result need not be read; exactly where that says no.

        What was cut up to the very end of what is granted may by that seem to end a microsecond behind it.
        """
        return any(self._keeps_beside(highlight, one) for one in found[:1]) or self._keeps_exactly(highlight)

    def _keeps_beside(self, highlight: Highlight, one: FoundEvent) -> bool:
        known = one.ends_at if one.event.since is not None else one.starts_at
        start = known + _length(highlight.span.start.seconds - one.event.inferred.span.start.seconds)
        return self.keeps(self.at(start, until=start + _length(highlight.span.duration)))

    def _keeps_exactly(self, highlight: Highlight) -> bool:
        clock = self.clip.clock
        try:
            first = self.services.catalogue.clips.first_frame(self.clip.acquisition.acquisition_id)
        except RecordNotFoundError:
            return self.keeps(self.at(clock.starts_at, until=clock.starts_at + _length(highlight.span.duration)))
        return self.keeps(self.at(clock.at(highlight.span.start, first), until=clock.at(highlight.span.end, first)))

    def _places(self, found: FoundEvent) -> tuple[tuple[float, float], ...]:
        if not any(signed.grant.zones for signed in self.grants):
            return ()
        key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
        return places_of(found.event.inferred, self.services.catalogue.analyses.get(key))


def _length(seconds: Fraction) -> timedelta:
    return timedelta(microseconds=round(seconds * 1_000_000))
