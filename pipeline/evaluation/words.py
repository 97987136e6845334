"""Which words of a truth file each of our kinds of event answers to, and which objects our classes stand for."""

from dataclasses import dataclass

from pipeline.domain.events import PACKAGE_KINDS, EventKind
from pipeline.domain.tracks import ObjectClass


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of our kinds says in a truth file's words.

    Attributes:
        required: Words that the kind must find; finding one is a true positive.
        accepted: Words under which the kind is not wrong either, though it is not asked for: who loiters is also a
            person in view, and a package that was delivered is also an object that was left.
    """

    required: frozenset[str]
    accepted: frozenset[str] = frozenset()


def _words(*words: str) -> frozenset[str]:
    return frozenset(words)


ANSWERS: dict[EventKind, Answer] = {
    EventKind.PERSON_VISIT: Answer(
        _words("person_visit", "person_present"),
        _words("person_at_door", "person_approaches_camera", "loitering", "doorbell_press", "doorbell_pressed"),
    ),
    EventKind.PERSON_AT_DOOR: Answer(_words("person_at_door"), _words("person_approaches_camera")),
    EventKind.LOITERING: Answer(_words("loitering")),
    EventKind.DOORBELL_PRESSED: Answer(_words("doorbell_press", "doorbell_pressed")),
    EventKind.VEHICLE_PASSING: Answer(_words("vehicle_passing"), _words("vehicle_stopped")),
    EventKind.VEHICLE_STOPPED: Answer(_words("vehicle_stopped"), _words("vehicle_passing")),
    EventKind.ANIMAL_PRESENT: Answer(_words("animal_present")),
    EventKind.PACKAGE_DELIVERED: Answer(_words("package_delivered")),
    EventKind.PACKAGE_PICKED_UP: Answer(_words("package_picked_up")),
    EventKind.PACKAGE_MOVED: Answer(_words("package_moved"), _words("package_picked_up", "package_delivered")),
    EventKind.PACKAGE_WAITING: Answer(_words("package_waiting")),
    EventKind.OBJECT_LEFT: Answer(_words("object_left"), _words("package_delivered")),
    EventKind.OBJECT_REMOVED: Answer(_words("object_removed"), _words("package_picked_up")),
    EventKind.CAMERA_OBSCURED: Answer(_words("camera_obscured")),
    EventKind.CAMERA_BLINDED: Answer(_words("camera_blinded"), _words("camera_obscured")),
    EventKind.CAMERA_FROZEN: Answer(_words("camera_frozen"), _words("camera_obscured")),
    EventKind.CAMERA_MOVED: Answer(_words("camera_moved")),
    EventKind.FOOTAGE_CUT: Answer(_words("footage_cut")),
}

UNSPOKEN = frozenset(
    {
        EventKind.ANIMAL_PRESENT,
        EventKind.CAMERA_OBSCURED,
        EventKind.CAMERA_BLINDED,
        EventKind.CAMERA_FROZEN,
        EventKind.CAMERA_MOVED,
        EventKind.FOOTAGE_CUT,
        EventKind.PACKAGE_MOVED,
        EventKind.PACKAGE_WAITING,
        EventKind.VEHICLE_STOPPED,
    }
)
"""Kinds for which older truth files have no word: scored only in a folder whose truth uses theirs."""

OBJECTS: dict[str, ObjectClass] = {
    **dict.fromkeys(("person", "man", "woman", "child"), ObjectClass.PERSON),
    **dict.fromkeys(("vehicle", "car", "truck", "bus", "van", "motorcycle", "lorry"), ObjectClass.VEHICLE),
    **dict.fromkeys(("animal", "dog", "cat", "bird", "fox", "deer", "horse"), ObjectClass.ANIMAL),
    **dict.fromkeys(("package", "parcel", "carton", "box"), ObjectClass.PACKAGE),
}
"""A truth file's object words; others are not scored."""
RIDDEN = frozenset({"bicycle", "cyclist", "rider", "motorcycle"})
"""Objects that come with a person, who is no false visit."""
SCORED_CLASSES = (ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.ANIMAL, ObjectClass.PACKAGE)


@dataclass(frozen=True, slots=True)
class Subject:
    """What both a camera's maker and we speak of.

    Attributes:
        name: For tables.
        labels: The maker's words for it. ``motion`` names no subject and is none of them.
        kinds: Ours.
        object_class: Of the true objects.
    """

    name: str
    labels: frozenset[str]
    kinds: frozenset[EventKind]
    object_class: ObjectClass


SUBJECTS = (
    Subject(
        "person",
        _words("human", "person", "person_detected"),
        frozenset({EventKind.PERSON_VISIT, EventKind.PERSON_AT_DOOR, EventKind.LOITERING}),
        ObjectClass.PERSON,
    ),
    Subject(
        "vehicle",
        _words("vehicle", "car", "moving_vehicle"),
        frozenset({EventKind.VEHICLE_PASSING, EventKind.VEHICLE_STOPPED}),
        ObjectClass.VEHICLE,
    ),
    Subject("animal", _words("animal", "pet", "dog"), frozenset({EventKind.ANIMAL_PRESENT}), ObjectClass.ANIMAL),
    Subject("package", _words("package", "package_delivery"), PACKAGE_KINDS, ObjectClass.PACKAGE),
)
