"""What a camera's maker said of a clip, held against what we say of it. Pure; neither corrects the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.events import PACKAGE_KINDS, EventKind, InferredEvent, Verdict

_LABELS = {
    **dict.fromkeys(("human", "person", "person_detected", "loitering"), "person"),
    **dict.fromkeys(("vehicle", "car"), "vehicle"),
    **dict.fromkeys(("animal", "pet", "dog", "cat"), "animal"),
    **dict.fromkeys(("package", "package_delivery", "package_delivered", "package_pickup"), "package"),
}
"""A maker's words, lower case, as subjects of ours. Source: what Ring's history gives, design notes and fixtures."""
_SILENT = frozenset({"motion", "other_motion", "other"})
"""A maker's words for: something moved, and it is none of the subjects. Other words say nothing about the picture."""
_KINDS = {
    **dict.fromkeys((EventKind.PERSON_VISIT, EventKind.PERSON_AT_DOOR, EventKind.LOITERING), "person"),
    **dict.fromkeys((EventKind.VEHICLE_PASSING, EventKind.VEHICLE_STOPPED), "vehicle"),
    EventKind.ANIMAL_PRESENT: "animal",
    **dict.fromkeys(PACKAGE_KINDS, "package"),
}
"""Our kinds as subjects; the others have no counterpart among a maker's labels."""
_FEW = frozenset({"package"})
"""Subjects that a maker names only now and then: that it is silent about one of ours is no disagreement."""


class Standing(StrEnum):
    """How the two stand to each other."""

    NOT_GIVEN = "no_labels"
    """The source says nothing about what was in the picture."""
    AGREE = "agree"
    WE_SAY_MORE = "we_say_more"
    """We name a subject that the source could have named and did not."""
    THEY_SAY_MORE = "they_say_more"
    """The source names a subject of which we make no statement."""
    CONTRADICT = "contradict"
    """Each names a subject that the other does not."""

    @property
    def is_disagreement(self) -> bool:
        """Whether a person should look."""
        return self in (Standing.WE_SAY_MORE, Standing.THEY_SAY_MORE, Standing.CONTRADICT)


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Both opinions of one clip.

    Attributes:
        labels: The source's own words, as they came.
        theirs: Subjects that it names, sorted.
        ours: Subjects of our statements, sorted.
        untold: Subjects of which we say that we cannot tell, and make no statement; sorted.
        standing: What that comes to.
    """

    labels: tuple[str, ...]
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    untold: tuple[str, ...]
    standing: Standing

    @property
    def only_theirs(self) -> tuple[str, ...]:
        """Subjects that the source names and we do not."""
        return tuple(sorted(set(self.theirs) - set(self.ours)))

    @property
    def only_ours(self) -> tuple[str, ...]:
        """Subjects that we name and the source does not."""
        return tuple(sorted(set(self.ours) - set(self.theirs)))

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        if self.standing is Standing.NOT_GIVEN:
            return "The source gives no label for this clip."
        theirs, ours = (_listed(names) for names in (self.theirs, self.ours))
        also = f"; whether there was {_listed(self.untold)} we cannot tell" if self.untold else ""
        return f"The source says {theirs}, we say {ours}{also}: {self.standing.replace('_', ' ')}."


def kinds_behind(label: str) -> tuple[EventKind, ...]:
    """Our kinds that speak of what a maker's word names; empty for a word that names no subject."""
    subject = _LABELS.get(label.lower())
    return tuple(kind for kind in EventKind if kind in _KINDS and _KINDS[kind] == subject)


def compare(labels: Iterable[str], events: Iterable[InferredEvent]) -> SecondOpinion:
    """Holds a source's labels of one clip against all that we say of the same clip.

    Args:
        labels: The source's own, in any order; may be empty.
        events: Ours, statements and those that cannot tell; may be empty.
    """
    words = tuple(labels)
    theirs = {_LABELS[word.lower()] for word in words if word.lower() in _LABELS}
    spoken = bool(theirs) or any(word.lower() in _SILENT for word in words)
    told = [(event.verdict, _KINDS[event.kind]) for event in events if event.kind in _KINDS]
    ours = {subject for verdict, subject in told if verdict is Verdict.SEEN}
    untold = {subject for verdict, subject in told if verdict is Verdict.CANNOT_TELL} - ours
    standing = _standing(theirs, ours) if spoken else Standing.NOT_GIVEN
    return SecondOpinion(words, tuple(sorted(theirs)), tuple(sorted(ours)), tuple(sorted(untold)), standing)


def _standing(theirs: set[str], ours: set[str]) -> Standing:
    more, fewer = ours - theirs - _FEW, theirs - ours
    if more and fewer:
        return Standing.CONTRADICT
    if more:
        return Standing.WE_SAY_MORE
    return Standing.THEY_SAY_MORE if fewer else Standing.AGREE


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(names) or "nothing"
