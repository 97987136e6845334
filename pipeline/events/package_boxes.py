"""What a detector that knows boxes adds: a parcel that it sees where a still region came or went, or that only waits.

The embedded detector knows no boxes; weights that an operator pulled may. Their word is one source beside the change of
the still scene and our own classifier, and never enough for somebody to have taken something.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.events import EventKind, Ground, InferredEvent
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box, ObjectClass, Sighting, Track
from pipeline.domain.video import Timestamp
from pipeline.events.view import ClipView, clearest, sureness
from pipeline.events.zones import stays_put

_SAME_PLACE_IOU = 0.35
"""A detector draws the parcel, the still scene what changed, its shadow included."""
_LOOKS = 4
"""Looks beside the change that are asked: more would fall into the next thing that happens there."""


def seen_as_package(view: ClipView, change: RegionChange) -> float | None:
    """How sure the detector is that the thing which came or went is a parcel, 0 to 1.

    Returns:
        The mean confidence over the looks next to the change that show the thing, a look without a box counting as 0;
        None when the detector never said package in this clip, since then it may not know the word.
    """
    packages = [track for track in view.tracks if track.object_class is ObjectClass.PACKAGE]
    looks = _looks_that_show(view.sampling.sampled, change)
    if not packages or not looks:
        return None
    return sum(_confidence(packages, moment, change.box) for moment in looks) / len(looks)


def _looks_that_show(looks: Sequence[Timestamp], change: RegionChange) -> list[Timestamp]:
    if change.change is Change.APPEARED:
        return [moment for moment in looks if moment >= change.after][:_LOOKS]
    return [moment for moment in looks if moment <= change.before][-_LOOKS:]


def _confidence(packages: Sequence[Track], moment: Timestamp, region: Box) -> float:
    there = (
        sighting.detection.confidence
        for track in packages
        for sighting in track.sightings
        if sighting.at == moment and sighting.detection.box.iou(region) >= _SAME_PLACE_IOU
    )
    return max(there, default=0.0)


@dataclass(frozen=True, slots=True)
class PackageWaiting:
    """A parcel that the detector sees lay still in view; whatever brought it or took it is another rule's."""

    least_seconds: float = 4.0
    least_share: float = 0.6
    """Of the looks in its span in which it must have been seen: a box that blinks is a guess."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a parcel; empty where the detector knows no boxes."""
        tracks = [track for track in view.tracks if track.object_class is ObjectClass.PACKAGE]
        return tuple(self._event(view, track) for track in tracks if self._waits(view, track))

    def _waits(self, view: ClipView, track: Track) -> bool:
        long_enough = track.span.duration >= self.least_seconds
        return long_enough and stays_put(track.sightings) and self._share(view, track.sightings) >= self.least_share

    @staticmethod
    def _share(view: ClipView, sightings: Sequence[Sighting]) -> float:
        span = (sightings[0].at, sightings[-1].at)
        looks = sum(1 for moment in view.sampling.sampled if span[0] <= moment <= span[1])
        return len(sightings) / max(looks, 1)

    def _event(self, view: ClipView, track: Track) -> InferredEvent:
        seconds, share = float(track.span.duration), self._share(view, track.sightings)
        return InferredEvent(
            EventKind.PACKAGE_WAITING,
            track.span,
            round(sureness(track.sightings), 4),
            f"A thing that the detector calls a package lay still {view.words(track.span)}.",
            track_ids=(track.track_id,),
            region=clearest_box(track),
            evidence=view.around(track.span, clearest(track.sightings)),
            grounds=(
                Ground("lay still", round(seconds, 4), self.least_seconds, True, f"It lay still for {seconds:.0f} s."),
                Ground(
                    "seen again and again",
                    round(share, 4),
                    self.least_share,
                    True,
                    f"The detector saw it in {share:.0%} of the looks.",
                ),
            ),
        )


def clearest_box(track: Track) -> Box:
    """The box of the sighting to show."""
    moment = clearest(track.sightings)
    return next(sighting.detection.box for sighting in track.sightings if sighting.at == moment)
