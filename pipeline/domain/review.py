"""What a person should look at, why, and in which order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.events import PACKAGE_KINDS, Ground, InferredEvent, Verdict
from pipeline.domain.search import FoundEvent
from pipeline.domain.second_opinion import SecondOpinion, Standing

NEAR = 0.1
"""How far above its operating point a rule's score still counts as near it: half a bin of the calibration
(docs/evaluation.md)."""
SCORE = "score"
"""Name of the ground that states the rule's own score, and the operating point that it was held against."""


class ReviewReason(StrEnum):
    """Why something is in the queue, the most urgent first."""

    UNTOLD_PACKAGE = "package_cannot_be_told"
    """A parcel may have come or gone."""
    CONTRADICTION = "labels_contradict"
    THEY_SAY_MORE = "source_says_more"
    NEAR_POINT = "score_near_operating_point"
    WE_SAY_MORE = "we_say_more"

    @property
    def words(self) -> str:
        """Why, for people."""
        return _REASON_WORDS[self]


_REASON_WORDS = {
    ReviewReason.UNTOLD_PACKAGE: "a package that cannot be told",
    ReviewReason.CONTRADICTION: "the source and we contradict each other",
    ReviewReason.THEY_SAY_MORE: "the source says more than we",
    ReviewReason.NEAR_POINT: "the score is near its limit",
    ReviewReason.WE_SAY_MORE: "we say more than the source",
}


_OF_STANDING = {
    Standing.CONTRADICT: ReviewReason.CONTRADICTION,
    Standing.THEY_SAY_MORE: ReviewReason.THEY_SAY_MORE,
    Standing.WE_SAY_MORE: ReviewReason.WE_SAY_MORE,
}
_RANKS = {reason: rank for rank, reason in enumerate(ReviewReason)}


@dataclass(frozen=True, slots=True)
class ClipOpinion:
    """A clip with both opinions of it.

    Attributes:
        clip: SHA-256 of the original.
        acquisition_id: Of which acquisition.
        camera_id: Which camera.
        camera_name: The resident's.
        starts_at: UTC, by the camera's clock.
        opinion: The source's labels beside ours.
        events: Those of ours that may be shown, in order of time; may be empty.
    """

    clip: str
    acquisition_id: str
    camera_id: str
    camera_name: str
    starts_at: datetime
    opinion: SecondOpinion
    events: tuple[FoundEvent, ...]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One thing to look at.

    Attributes:
        reason: Why it is in the queue.
        clip: SHA-256 of the original.
        acquisition_id: Of which acquisition.
        camera_id: Which camera.
        camera_name: The resident's.
        at: UTC, by the camera's clock: of the event, or of the clip's begin.
        what: What is in question, in a sentence.
        about_package: Whether a package is in question.
        event: The event in question; None when it is the clip as a whole.
        beside: Ids of our events of the clip, where it is the clip as a whole; in order of time, may be empty.
    """

    reason: ReviewReason
    clip: str
    acquisition_id: str
    camera_id: str
    camera_name: str
    at: datetime
    what: str
    about_package: bool
    event: FoundEvent | None = None
    beside: tuple[str, ...] = ()


def score_ground(inferred: InferredEvent) -> Ground | None:
    """The rule's own score (``measured``) and its operating point (``needed``); None where the event states none."""
    return next((ground for ground in inferred.grounds if ground.name == SCORE), None)


def queue(clips: Sequence[ClipOpinion], least_score: float) -> tuple[ReviewItem, ...]:
    """What of these clips a person should look at, the most urgent first.

    First what concerns a package, since a missed one is a lost case and a false one accuses somebody; then by reason,
    in the order of ``ReviewReason``; then the newest first.

    Args:
        clips: May be empty.
        least_score: Score from which on events are written that state no operating point of their own, 0 to 1.
    """
    items = [item for clip in clips for item in _of_clip(clip, least_score)]
    return tuple(sorted(items, key=_order))


def _order(item: ReviewItem) -> tuple[bool, int, float, str, str]:
    return (
        not item.about_package,
        _RANKS[item.reason],
        -item.at.timestamp(),
        item.clip,
        item.event.event.event_id if item.event else "",
    )


def _of_clip(clip: ClipOpinion, least_score: float) -> Iterator[ReviewItem]:
    for found in clip.events:
        inferred = found.event.inferred
        if inferred.verdict is Verdict.CANNOT_TELL:
            if inferred.kind in PACKAGE_KINDS:
                yield _event_item(ReviewReason.UNTOLD_PACKAGE, clip, found, inferred.sentence)
            continue
        score, point = _score(inferred, least_score)
        if score < point + NEAR:
            what = f"{inferred.sentence} The rule gives {score:.2f}; statements are made from {point:.2f} on."
            yield _event_item(ReviewReason.NEAR_POINT, clip, found, what)
    opinion = clip.opinion
    if opinion.standing in _OF_STANDING:
        disputed = {*opinion.only_theirs, *opinion.only_ours}
        yield ReviewItem(
            reason=_OF_STANDING[opinion.standing],
            clip=clip.clip,
            acquisition_id=clip.acquisition_id,
            camera_id=clip.camera_id,
            camera_name=clip.camera_name,
            at=clip.starts_at,
            what=opinion.sentence,
            about_package="package" in disputed,
            beside=tuple(found.event.event_id for found in clip.events),
        )


def _score(inferred: InferredEvent, least_score: float) -> tuple[float, float]:
    ground = score_ground(inferred)
    if ground is None or ground.needed is None:
        return inferred.score, least_score
    return ground.measured, ground.needed


def _event_item(reason: ReviewReason, clip: ClipOpinion, found: FoundEvent, what: str) -> ReviewItem:
    is_package = found.event.inferred.kind in PACKAGE_KINDS
    return ReviewItem(
        reason,
        clip.clip,
        clip.acquisition_id,
        clip.camera_id,
        clip.camera_name,
        found.starts_at,
        what,
        is_package,
        found,
    )
