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
from pipeline.consent.unbroken import TICK, boundaries
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Request, SignedGrant, Use
from pipeline.domain.doorstep import KeptStill
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
    chooser = _Chooser(services, judge)
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
        stay = [one for one in found if one.event.event_id not in gone]
        shown = (
            one
            for one in cut
            if not gone.isdisjoint(one.event_ids) or not part.keeps_stretch(one, found) or not part.keeps_cut(one, stay)
        )
        seen = self.services.catalogue.misses.of_acquisition(clip.acquisition.acquisition_id)
        missed = (one for one in seen if not part.keeps(part.at(one.starts_at, event_kind=one.kind)))
        ends = self.services.catalogue.stills.of_acquisition(clip.acquisition.acquisition_id)
        return Shed(
            event_ids=gone,
            highlight_ids=frozenset(one.highlight_id for one in shown),
            miss_ids=frozenset(one.miss_id for one in missed),
            still_digests=frozenset(one.digest for one in ends if not part.keeps_still(one)),
        )


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

    def keeps_still(self, still: KeptStill) -> bool:
        """A still picture is made of every frame of its stretch, and nobody knows an event in it."""
        return all(self.keeps(self.at(moment)) for moment in self._turns(still.starts_at, still.ends_at))

    def _moments(self, found: FoundEvent) -> tuple[datetime, ...]:
        """Where an event begins, and wherever within it a grant may begin or cease to cover it."""
        return self._turns(found.starts_at, found.ends_at)

    def _turns(self, first: datetime, last: datetime) -> tuple[datetime, ...]:
        camera_id = self.clip.acquisition.camera_id
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
            first = self.services.catalogue.analyses.newest(self.clip.acquisition.acquisition_id).probe.first
        except RecordNotFoundError:
            return self.keeps(self.at(clock.starts_at, until=clock.starts_at + _length(highlight.span.duration)))
        return self.keeps(self.at(clock.at(highlight.span.start, first), until=clock.at(highlight.span.end, first)))

    def keeps_cut(self, highlight: Highlight, stay: Sequence[FoundEvent]) -> bool:
        """What a person chose to cut stays where a grant covers whole recordings, or the events that stay have it all.

        Args:
            highlight: Of any kind; what a night cut has its margin from its events, and stays with them.
            stay: Events of its clip that are kept.
        """
        if highlight.cut is None:
            return True
        try:
            first = self.services.catalogue.analyses.newest(self.clip.acquisition.acquisition_id).probe.first
        except RecordNotFoundError:
            return True
        start, end = self.clip.clock.at(highlight.span.start, first), self.clip.clock.at(highlight.span.end, first)
        whole = self.at(start, until=end, is_whole=True)
        if self.keeps(whole):
            return True
        asked = (replace(whole, event_kind=one.event.inferred.kind, places=self._places(one)) for one in stay)
        if any(map(self.keeps, asked)):
            return True
        return any(since <= start and end <= until for since, until in self._margins(stay))

    def _margins(self, stay: Sequence[FoundEvent]) -> list[tuple[datetime, datetime]]:
        """The moments of events with the margin of a highlight; those that would share one are one."""
        settings = self.services.settings.highlights
        margin, join = (timedelta(seconds=one) for one in (settings.padding_seconds, settings.join_seconds))
        parts: list[tuple[datetime, datetime]] = []
        for since, until in sorted((self._begin(one) - margin - TICK, one.ends_at + margin + TICK) for one in stay):
            if parts and since - parts[-1][1] <= join:
                parts[-1] = parts[-1][0], max(parts[-1][1], until)
            else:
                parts.append((since, until))
        return parts

    def _begin(self, found: FoundEvent) -> datetime:
        """Of an event between two clips, where the later one begins."""
        return found.ends_at if found.event.since is not None else found.starts_at

    def _places(self, found: FoundEvent) -> tuple[tuple[float, float], ...]:
        if not any(signed.grant.zones for signed in self.grants):
            return ()
        key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
        return places_of(found.event.inferred, self.services.catalogue.analyses.get(key))


def _length(seconds: Fraction) -> timedelta:
    return timedelta(microseconds=round(seconds * 1_000_000))
