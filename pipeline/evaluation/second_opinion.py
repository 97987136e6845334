"""What the camera's maker said of the same clips, beside what we say and what is true."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.events import ClipAnalysis, Verdict
from pipeline.domain.tracks import ObjectClass
from pipeline.evaluation.truth import TrueClip
from pipeline.evaluation.words import ANSWERS, OBJECTS, RIDDEN, SUBJECTS, Subject


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """One subject over all clips of which the truth file gives the maker's labels.

    Attributes:
        both: Clips in which the maker and we said so.
        only_vendor: Only the maker did.
        only_ours: Only we did.
        neither: Nobody did.
        we_were_right: Disagreements in which the truth is as we said; where it is optional, it counts for nobody.
        vendor_was_right: Disagreements in which it is as the maker said.
    """

    both: int
    only_vendor: int
    only_ours: int
    neither: int
    we_were_right: int
    vendor_was_right: int


def second_opinions(pairs: Iterable[tuple[TrueClip, ClipAnalysis | None]]) -> dict[str, SecondOpinion]:
    """By subject; empty when no clip that was looked at has the maker's labels.

    ``motion`` says nothing of what moved and is compared with nothing. A "cannot tell" of ours is no statement.
    """
    compared = [(clip, analysis) for clip, analysis in pairs if analysis and clip.vendor_labels is not None]
    return {subject.name: _opinion(subject, compared) for subject in SUBJECTS} if compared else {}


def _opinion(subject: Subject, compared: list[tuple[TrueClip, ClipAnalysis]]) -> SecondOpinion:
    said = [
        (bool(subject.labels & set(clip.vendor_labels or ())), _we_say(subject, analysis), _is_true(subject, clip))
        for clip, analysis in compared
    ]
    apart = [(vendor, ours, true) for vendor, ours, true in said if vendor != ours]
    return SecondOpinion(
        both=sum(vendor and ours for vendor, ours, _ in said),
        only_vendor=sum(vendor for vendor, _, _ in apart),
        only_ours=sum(ours for _, ours, _ in apart),
        neither=sum(not vendor and not ours for vendor, ours, _ in said),
        we_were_right=sum(ours is true for _, ours, true in apart),
        vendor_was_right=sum(vendor is true for vendor, _, true in apart),
    )


def _we_say(subject: Subject, analysis: ClipAnalysis) -> bool:
    return any(event.kind in subject.kinds and event.verdict is Verdict.SEEN for event in analysis.events)


def _is_true(subject: Subject, clip: TrueClip) -> bool | None:
    """Whether the subject was there; None where the truth file leaves that open."""
    words = frozenset[str]().union(*(ANSWERS[kind].required for kind in subject.kinds))
    is_person = subject.object_class is ObjectClass.PERSON
    stated = [one.optional for one in clip.events if one.word in words]
    stated += [
        one.optional
        for one in clip.objects
        if OBJECTS.get(one.word) is subject.object_class or (is_person and one.word in RIDDEN)
    ]
    if not all(stated):
        return True
    return None if stated else False
