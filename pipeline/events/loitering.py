"""The rule about a person who stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

from pipeline.domain.camera_changes import ViewChange
from pipeline.domain.events import CannotTell, EventKind, Ground, InferredEvent
from pipeline.domain.tracks import ObjectClass, Track
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView, Presence, clearest, sureness
from pipeline.events.zones import distance, leaves, pieces, shows_head


@dataclass(frozen=True, slots=True)
class Loitering:
    """One person stayed in view for long and did not simply pass.

    Presence is counted in seconds from the first sighting to the last, with the gaps in which the person was hidden or
    lost; nobody is followed over a cut.
    """

    least_seconds: float
    gap_seconds: float
    passing: float = 0.3
    """Way from the first to the last place, in own heights a second, above which a person passes by."""
    reach: float = 2.0
    """How far, in own heights, and again for each second, a person may reappear from where it was last seen."""
    upright: float = 1.1
    """Height of the boxes in widths, in the median, below which they show an arm, or somebody who sits."""
    standing: float = 1.6
    low: float = 0.72
    """The same where the head touches the picture's upper edge, and how low in the picture the feet must be: an arm
    that reaches in from above ends higher."""
    crowd: float = 2.5
    """Persons in view at once, on average, from which on nobody can be followed for certain."""
    almost: float = 0.8
    """Share of ``least_seconds`` from which on a clip that ends while somebody stays cannot tell."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event for each person who stayed; in a crowd a single one that cannot tell."""
        cuts = [change.span.end for change in view.scene.camera if change.why is ViewChange.CUT]
        tracks = [piece for track in view.believed(ObjectClass.PERSON) for piece in pieces(track, cuts)]
        people = [track for track in tracks if self._is_whole(view, track)]
        stays = [chain for chain in self._chains(view, people, cuts) if self._pace(chain) <= self.passing]
        chains = [chain for chain in stays if chain.span.duration >= self.least_seconds]
        lost = [chain for chain in chains if self._company(people, chain.span) >= self.crowd]
        stayed = tuple(self._event(view, chain) for chain in chains if chain not in lost)
        if lost:
            return (*stayed, self._crowd(view, people, lost))
        return stayed or tuple(self._cut_short(view, chain) for chain in stays if self._is_cut_short(view, chain))[:1]

    def _is_whole(self, view: ClipView, track: Track) -> bool:
        """Whether the boxes show a person from head to feet, or most of one that stands, and not an arm."""
        boxes = [one.detection.box for one in track.sightings]
        slender = median(box.height / box.width for box in boxes)
        stands = slender >= self.standing and median(box.y2 for box in boxes) >= self.low * view.height
        return stands or (slender >= self.upright and shows_head(median(box.y1 for box in boxes), view.height))

    @staticmethod
    def _company(people: Sequence[Track], span: ClipSpan) -> float:
        """How many persons were in view at once, on average over the span."""
        shared = (
            min(one.span.end.seconds, span.end.seconds) - max(one.span.start.seconds, span.start.seconds)
            for one in people
        )
        return float(sum(max(part, Fraction(0)) for part in shared) / span.duration)

    def _is_cut_short(self, view: ClipView, chain: Presence) -> bool:
        """Whether somebody stayed almost long enough, and the clip ended first."""
        looks = view.sampling.sampled
        until_the_end = not looks or chain.span.end >= looks[-1]
        return until_the_end and chain.span.duration >= self.almost * self.least_seconds

    def _cut_short(self, view: ClipView, chain: Presence) -> InferredEvent:
        return InferredEvent(
            EventKind.LOITERING,
            chain.span,
            0.0,
            "Whether a person stayed for long cannot be told: the clip ends while one is in view.",
            track_ids=chain.track_ids,
            evidence=view.around(chain.span, clearest(chain.sightings)),
            reason=CannotTell.CLIP_ENDS,
            grounds=self._grounds(chain),
        )

    def _crowd(self, view: ClipView, people: Sequence[Track], chains: Sequence[Presence]) -> InferredEvent:
        whole = Presence(tuple(track for chain in chains for track in chain.tracks))
        company = max(self._company(people, chain.span) for chain in chains)
        words = f"{company:.1f} persons were in view on average"
        return InferredEvent(
            EventKind.LOITERING,
            whole.span,
            0.0,
            "Whether one person stayed cannot be told: too many were in view to follow each.",
            track_ids=whole.track_ids,
            evidence=view.around(whole.span, clearest(whole.sightings)),
            reason=CannotTell.OCCLUDED,
            grounds=(ground("company", company, self.crowd, words, most=True),),
        )

    def _chains(self, view: ClipView, tracks: Sequence[Track], cuts: Sequence[Timestamp]) -> list[Presence]:
        """Tracks that can be one person: each begins after the one before ended, soon and near.

        Who was last seen at the picture's edge on the way out has left, and whoever comes next may be another.
        """
        chains: list[list[Track]] = []
        for track in sorted(tracks, key=lambda one: (one.span.start, one.track_id)):
            ends = [
                chain
                for chain in chains
                if self._continues(chain[-1], track, cuts) and not leaves(chain[-1].sightings, view.width)
            ]
            if ends:
                max(ends, key=lambda chain: chain[-1].span.end).append(track)
            else:
                chains.append([track])
        return [Presence(tuple(chain)) for chain in chains]

    def _continues(self, before: Track, after: Track, cuts: Sequence[Timestamp]) -> bool:
        gap = float(after.span.start.seconds - before.span.end.seconds)
        is_cut = any(before.span.end < moment <= after.span.start for moment in cuts)
        if is_cut or not 0 < gap <= self.gap_seconds:
            return False
        left, came = before.sightings[-1].detection.box, after.sightings[0].detection.box
        height = max(left.height, came.height)
        return distance(left.centre, came.centre) <= self.reach * height * (1 + gap)

    @staticmethod
    def _pace(chain: Presence) -> float:
        """From the first place to the last, in own heights a second; endless for a single moment."""
        sightings = chain.sightings
        heights = [one.detection.box.height for one in sightings]
        way = distance(sightings[0].detection.box.centre, sightings[-1].detection.box.centre)
        seconds = float(chain.span.duration)
        return way / (sum(heights) / len(heights)) / seconds if seconds else float("inf")

    def _event(self, view: ClipView, chain: Presence) -> InferredEvent:
        return InferredEvent(
            EventKind.LOITERING,
            chain.span,
            sureness(chain.sightings) * (1.0 if len(chain.tracks) == 1 else 0.8),
            f"A person stayed in view for {float(chain.span.duration):.0f} s, {view.words(chain.span)}.",
            track_ids=chain.track_ids,
            evidence=view.around(chain.span, clearest(chain.sightings)),
            grounds=self._grounds(chain),
        )

    def _grounds(self, chain: Presence) -> tuple[Ground, ...]:
        stayed, pace = float(chain.span.duration), self._pace(chain)
        gaps = [float(after.at.seconds - before.at.seconds) for before, after in pairwise(chain.sightings)]
        longest = max(gaps, default=0.0)
        unseen = f"At most {longest:.1f} s passed between two sightings, over {len(chain.tracks)} "
        unseen += "track" if len(chain.tracks) == 1 else "tracks that follow each other near by"
        way = f"From the first place to the last it went {pace:.2f} of its own heights a second"
        return (
            ground("gaps", longest, None, unseen),
            ground("pace", pace, self.passing, way, most=True),
            ground("presence", stayed, self.least_seconds, f"It was in view for {stayed:.1f} s, gaps included"),
        )
