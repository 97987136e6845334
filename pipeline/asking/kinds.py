"""What happened, in the words that people use: the kinds of event."""

from pipeline.asking.reading import Reader, Reading, fixed
from pipeline.domain.events import EventKind

KIND = "kind"

PARCEL = "(?:packages?|parcels?|box(?:es)?|deliver(?:y|ies)|mail|post)"
SOMEONE = "(?:someone|somebody|anyone|anybody|a person|person|people|persons|visitors?)"
VEHICLE = "(?:vehicles?|cars?|vans?|trucks?|lorr(?:y|ies)|suvs?|pick-?ups?|bus(?:es)?|motor(?:bike|cycle)s?|scooters?)"
_A = "(?:(?:an?|the|any|some|my|our|their) )?"
_TAKEN = (
    "(?:pick(?:s|ed|ing)?[ -]?up|taken|took|takes|taking|collected|collects|collecting|carried (?:off|away)|removed)"
)
_STOLEN = "(?:stolen|stole|steals|stealing|theft of|thefts of|robbed|swiped|snatched)"
_BROUGHT = "(?:delivered|delivers|delivering|dropped[ -]?off|drops? off|brought|brings|put down)"
_DOOR = "(?:door|doorstep|porch)"
_STOPS = "(?:stopped|stopping|stops?|parked|parking|parks?|waiting|halted|pulled (?:up|over))"
_PASSES = "(?:passing|passed|passes|(?:driving|drove|drives|going) (?:by|past))"

_NOT_SEEN = "a camera sees that it was picked up, never whether it was allowed"

KIND_WORDS: dict[EventKind, str] = {kind: kind.words for kind in EventKind}
"""Kinds of event in the words of the reports; every one of them is understood when it is typed."""

_KINDS: tuple[tuple[tuple[EventKind, ...], tuple[str, ...], str], ...] = (
    (
        (EventKind.PACKAGE_PICKED_UP,),
        (
            rf"{_A}{PARCEL} (?:(?:was|were|is|being|been|got) )*{_TAKEN}",
            rf"(?:{SOMEONE} )?{_TAKEN} {_A}{PARCEL}",
            r"picked[ -]?up|pick[ -]?ups?",
            rf"{PARCEL} (?:collection|removal)s?",
            rf"{_A}{PARCEL} (?:gone|missing|disappeared)",
        ),
        "",
    ),
    (
        (EventKind.PACKAGE_PICKED_UP,),
        (
            rf"{_A}{PARCEL} (?:(?:was|were|is|being|been|got) )*{_STOLEN}",
            rf"(?:{SOMEONE} )?{_STOLEN} {_A}{PARCEL}",
            rf"{PARCEL} thefts?|porch piracy",
        ),
        _NOT_SEEN,
    ),
    (
        (EventKind.PACKAGE_DELIVERED,),
        (
            rf"{_A}{PARCEL} (?:(?:was|were|is|being|been|got) )*(?:{_BROUGHT}|arrived|arrives|left)",
            rf"(?:{SOMEONE} )?(?:{_BROUGHT}|left|leaves|leaving) {_A}{PARCEL}",
            r"delivered|deliver(?:y|ies)|drop[ -]?offs?",
        ),
        "",
    ),
    ((EventKind.PACKAGE_MOVED,), (rf"{_A}{PARCEL} (?:(?:was|were) )?moved", rf"moved {_A}{PARCEL}"), ""),
    (
        (EventKind.PACKAGE_WAITING,),
        (
            rf"{_A}{PARCEL} (?:(?:was|were|is|are) )?(?:waiting|lying|sitting|still there|left out)",
            rf"waiting {PARCEL}|unattended {PARCEL}",
        ),
        "",
    ),
    (
        (EventKind.PERSON_AT_DOOR,),
        (
            rf"{_A}{SOMEONE} (?:(?:is|was|were|standing) )*(?:at|by|near|in front of|outside) {_A}{_DOOR}",
            r"(?:at|by) the (?:door|doorstep)",
        ),
        "",
    ),
    (
        (EventKind.LOITERING,),
        (
            r"loiter(?:ing|ed|s|ers?)?|lingering|lingered|lingers|hanging (?:around|about)",
            rf"{SOMEONE} (?:loitering|lingering|waiting)",
        ),
        "",
    ),
    (
        (EventKind.DOORBELL_PRESSED,),
        (
            r"(?:the )?(?:door)?bell (?:was )?(?:pressed|pushed|rung|rang|rings|ringing|press(?:es)?)",
            r"(?:pressed|pushed|rang|rings|rung|ringing) (?:the |on the )?(?:door)?bell",
            r"doorbells?|dings?|ring at the door",
        ),
        "",
    ),
    (
        (EventKind.VEHICLE_STOPPED,),
        (
            rf"{_A}{VEHICLE} (?:(?:is|was|were|that) )*{_STOPS}",
            rf"(?:stopped|stopping|parked|waiting) {VEHICLE}",
        ),
        "",
    ),
    (
        (EventKind.VEHICLE_PASSING,),
        (
            rf"{_A}{VEHICLE} (?:(?:is|was|were|that) )*{_PASSES}(?: by)?",
            rf"passing {VEHICLE}|traffic",
        ),
        "",
    ),
    ((EventKind.OBJECT_LEFT,), (r"(?:object|thing|item|bag|something)s? (?:was |were )?left(?: behind)?",), ""),
    (
        (EventKind.OBJECT_REMOVED,),
        (
            r"(?:object|thing|item|bag|something)s? (?:was |were )?(?:removed|taken|gone|missing|stolen)",
            r"(?:removed|took|taken) (?:an? )?(?:object|thing|item|something)s?",
        ),
        "",
    ),
    ((EventKind.CAMERA_OBSCURED,), (r"(?:camera|lens) (?:(?:was|is) )?(?:covered|obscured|blocked|black)",), ""),
    (
        (EventKind.CAMERA_BLINDED,),
        (r"(?:camera|lens) (?:(?:was|is) )?(?:blinded|dazzled)", r"glare|dazzled|sun in(?:to)? the lens"),
        "",
    ),
    ((EventKind.CAMERA_FROZEN,), (r"(?:camera|picture|footage|video) (?:(?:was|is) )?(?:frozen|froze|stuck)",), ""),
    (
        (EventKind.CAMERA_MOVED,),
        (r"(?:camera|lens) (?:(?:was|is) )?(?:moved|turned|knocked|tampered with|shifted)", "tampering"),
        "",
    ),
    ((EventKind.FOOTAGE_CUT,), (r"(?:footage|video|clip|recording) (?:(?:was|is) )?(?:cut|jumps?|jumped)",), ""),
    (
        (
            EventKind.CAMERA_OBSCURED,
            EventKind.CAMERA_BLINDED,
            EventKind.CAMERA_FROZEN,
            EventKind.CAMERA_MOVED,
            EventKind.FOOTAGE_CUT,
        ),
        (r"camera (?:trouble|problems?|faults?)", "camera could not see"),
        "",
    ),
)


def _readers() -> list[Reader]:
    made: list[Reader] = []
    for kinds, words, hint in _KINDS:
        says = " or ".join(KIND_WORDS[kind] for kind in kinds)
        made.append(fixed(words, Reading(tuple((KIND, kind.value) for kind in kinds), says, hint)))
    made += [fixed([kind.value, kind.words], Reading(((KIND, kind.value),), KIND_WORDS[kind])) for kind in EventKind]
    return made


READERS: tuple[Reader, ...] = tuple(_readers())
