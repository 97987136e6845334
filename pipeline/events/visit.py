"""The rule about persons in view."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.events import CannotTell, EventKind, Ground, InferredEvent
from pipeline.domain.tracks import ObjectClass
from pipeline.domain.video import SkipReason
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView, Presence, clearest, presences, sureness


@dataclass(frozen=True, slots=True)
class PersonVisit:
    """One or more persons were in view.

    Absences up to the gap belong to the visit, unless everybody was last seen going out over the picture's edge: who
    comes then comes anew.
    """

    gap_seconds: float
    back_seconds: float = 60.0
    """After a visit, within which the next one says how long ago somebody left."""
    dark_luma: float = 18.0
    """Mean luma below which an empty clip says nothing."""
    blind_seconds: float = 5.0
    """Time that could not be looked at, above which an empty clip says nothing."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a visit; a clip without one that could not show one cannot tell."""
        found = presences(view.believed(ObjectClass.PERSON), self.gap_seconds, view.width)
        if found:
            return tuple(self._visit(view, presence, found[:number]) for number, presence in enumerate(found))
        return self._blind(view)

    def _visit(self, view: ClipView, presence: Presence, earlier: Sequence[Presence]) -> InferredEvent:
        number = presence.at_once
        who = "A person was" if number == 1 else f"Up to {number} persons at once were"
        since = float(presence.span.start.seconds - earlier[-1].span.end.seconds) if earlier else None
        is_back = since is not None and since <= self.back_seconds
        after = f", {since:.1f} s after somebody had left" if is_back else ""
        sure = max(sureness(track.sightings) for track in presence.tracks)
        return InferredEvent(
            EventKind.PERSON_VISIT,
            presence.span,
            sure,
            f"{who} in view {view.words(presence.span)}{after}.",
            track_ids=presence.track_ids,
            evidence=view.around(presence.span, clearest(presence.sightings)),
            grounds=(*_seen(presence, sure), *_whole(view, presence), *self._back(since if is_back else None)),
        )

    def _back(self, since: float | None) -> tuple[Ground, ...]:
        if since is None:
            return ()
        words = f"Somebody had left {since:.1f} s before; whether it is the same person is not said"
        return (ground("after somebody left", since, self.back_seconds, words, most=True),)

    def _blind(self, view: ClipView) -> tuple[InferredEvent, ...]:
        if view.scene.obscured:
            return ()  # the rule about the camera says so
        unseen = float(sum(one.span.duration for one in view.sampling.skipped if one.reason is not SkipReason.STILL))
        luma = view.scene.mean_luma
        if luma < self.dark_luma:
            reason, words = CannotTell.TOO_DARK, "the picture is too dark"
            step = ground("brightness", luma, self.dark_luma, f"The mean brightness is {luma:.0f} of 255")
        elif unseen >= self.blind_seconds:
            reason, words = CannotTell.NOT_DECODED, "much could not be looked at"
            looked = f"{unseen:.1f} s could not be looked at"
            step = ground("not looked at", unseen, self.blind_seconds, looked, most=True)
        else:
            return ()
        sentence = f"Whether a person was in view cannot be told: {words}."
        return (InferredEvent(EventKind.PERSON_VISIT, view.span, 0.0, sentence, reason=reason, grounds=(step,)),)


def _seen(presence: Presence, sure: float) -> tuple[Ground, ...]:
    sightings, best = presence.sightings, max(one.detection.confidence for one in presence.sightings)
    pieces = len(presence.tracks)
    words = f"A person was detected {len(sightings)} times, at best with confidence {best:.2f}"
    joined = f"The sightings make {pieces} {'track' if pieces == 1 else 'tracks'}; all together are {sure:.0%} sure"
    return ground("sightings", len(sightings), 1, words), ground("sureness", sure, None, joined)


def _whole(view: ClipView, presence: Presence) -> tuple[Ground, ...]:
    """Whether the clip shows the visit from its beginning to its end; it does not where no look lies outside it."""
    looks = view.sampling.sampled
    before = sum(1 for moment in looks if moment < presence.span.start)
    after = sum(1 for moment in looks if moment > presence.span.end)
    begins = "Somebody came into view" if before else "Somebody was in view when the clip began"
    ends = "and went out of it" if after else "and was when the clip ended"
    return (ground("looks before and after", min(before, after), None, f"{begins}, {ends}"),)
