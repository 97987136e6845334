"""What happens in each clip, read by eye from contact sheets with time stamps; seconds of the clip's own line.

People count from the first to the last part of a body in the picture.
A parcel's instant is when a body hides its place. Both are right within 0.2 s.
"""

from dataclasses import dataclass

Span = tuple[float, float]

WALKERS_GONE = "other walkers are painted over with the empty scene; "
PARCEL = "a drawn parcel lies behind the walkers; "
DELIVERED = "package_delivered"
PICKED_UP = "package_picked_up"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that a viewer sees; `optional`: finding it is neither required nor wrong."""

    kind: str
    span: Span
    optional: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of a class, and while it is in the picture."""

    kind: str
    spans: tuple[Span, ...]
    optional: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that there is to see in one clip.

    Attributes:
        description: What a viewer would say.
        things: People, parcels, vehicles.
        happenings: Events; empty where nothing happens.
        synthetic: What is not as it was filmed; empty where the footage is only cropped, re-timed and re-encoded.
        parcel: While the drawn parcel lies there; None without one.
        notes: What makes the clip hard.
    """

    description: str
    things: tuple[Thing, ...]
    happenings: tuple[Happening, ...]
    synthetic: str = ""
    parcel: Span | None = None
    notes: str = ""


def _visit(start: float, end: float, *, optional: bool = False, note: str = "") -> Happening:
    return Happening("person_visit", (start, end), optional, note)


def _person(*spans: Span) -> Thing:
    return Thing("person", spans)


def _parcel(start: float, end: float) -> Thing:
    return Thing("package", ((start, end),), note="drawn carton")


def _put(at: float) -> tuple[Happening, Happening]:
    return Happening(DELIVERED, (at, at)), Happening("object_left", (at, at), optional=True)


def _taken(at: float) -> tuple[Happening, Happening]:
    return Happening(PICKED_UP, (at, at)), Happening("object_removed", (at, at), optional=True)


_LAWN_PEOPLE = (
    _visit(3.4, 32.0, note="the woman"),
    _visit(3.4, 14.9, optional=True, note="the man, who comes with her"),
    Happening("loitering", (3.4, 32.0), optional=True),
)

SEEN: dict[str, Seen] = {
    "lawn_couple_visit": Seen(
        "A man and a woman come in at the lower right and walk about on a lawn; he leaves at the upper right, "
        "she later at the upper left.",
        (_person((2.7, 28.4)),),
        (
            _visit(2.7, 28.4, note="the woman"),
            _visit(2.7, 14.3, optional=True, note="the man, who comes with her"),
            Happening("loitering", (2.7, 28.4), optional=True),
        ),
        notes="a crumpled high-visibility jacket and a white cloth lie on the lawn all the time; "
        "feet of a stranger at the top edge, 23.4 to 24.6",
    ),
    "drive_man_in_blue_visit": Seen(
        "A man in a blue jacket with a bag crosses a drive from right to left.",
        (_person((4.3, 10.6)),),
        (_visit(4.3, 10.6),),
        WALKERS_GONE,
    ),
    "drive_man_with_paper_visit_variable_rate": Seen(
        "A man with a sheet of paper crosses a drive from right to left; the camera drops frames.",
        (_person((4.5, 16.2)),),
        (_visit(4.5, 16.2),),
        WALKERS_GONE,
        notes="variable frame rate: gaps of 0.05 to 0.35 s",
    ),
    "drive_two_visitors": Seen(
        "A man is in the picture from the start, turns round and leaves on the left; "
        "a second one follows from the right.",
        (_person((0.0, 14.3)),),
        (_visit(0.0, 9.3, note="jeans"), _visit(4.3, 14.3, note="paper")),
        WALKERS_GONE,
    ),
    "yard_passers_by_and_parked_van": Seen(
        "Four to eight people walk and stand on a junction; a van and a car are parked at the back.",
        (
            _person((0.0, 14.6)),
            Thing("truck", ((0.0, 14.6),), note="parked van"),
            Thing("car", ((0.0, 14.6),), True, "parked, cut by the edge"),
        ),
        (
            Happening("person_present", (0.0, 14.6)),
            *(_visit(0.0, 14.6, optional=True, note="several people at all times") for _ in range(10)),
            *(Happening("loitering", (0.0, 14.6), optional=True) for _ in range(4)),
        ),
        notes="the van and the car never move: no vehicle event",
    ),
    "drive_passers_by": Seen(
        "Three to six people cross a drive; nobody leaves or takes anything.",
        (_person((0.0, 14.87)),),
        (
            Happening("person_present", (0.0, 14.87)),
            *(_visit(0.0, 14.87, optional=True, note="several people at all times") for _ in range(8)),
            *(Happening("loitering", (0.0, 14.87), optional=True) for _ in range(3)),
        ),
    ),
    "package_delivered_drive": Seen(
        "A man in a blue jacket crosses a drive; where he passed lies a carton.",
        (_person((5.0, 11.4)), _parcel(7.5, 17.0)),
        (_visit(5.0, 11.4), *_put(7.5)),
        WALKERS_GONE + PARCEL,
        (7.5, 17.0),
    ),
    "package_waiting_drive_people_pass": Seen(
        "A carton lies on a drive all the time; two men pass in front of it and hide it for a moment.",
        (_person((0.0, 15.4)), _parcel(0.0, 19.13)),
        (_visit(0.0, 9.2, note="jeans"), _visit(3.7, 15.4, note="paper")),
        WALKERS_GONE + PARCEL,
        (0.0, 19.13),
        "the parcel is hidden at 3.5 to 4.5 and 7.9 to 8.9 and is there afterwards: no package event",
    ),
    "package_picked_up_drive": Seen(
        "A carton lies on a drive; a man crosses from left to right; where he passed it is gone.",
        (_person((4.6, 15.2)), _parcel(0.0, 11.5)),
        (_visit(4.6, 15.2), *_taken(11.5)),
        WALKERS_GONE + PARCEL,
        (0.0, 11.5),
    ),
    "package_delivered_then_picked_up_lawn": Seen(
        "A couple comes onto a lawn; behind them lies a carton; ten seconds later the woman passes it and it is gone.",
        (_person((3.4, 32.0)), _parcel(5.4, 15.0)),
        (*_LAWN_PEOPLE, *_put(5.4), *_taken(15.0)),
        "feet of strangers at the top edge are painted over; " + PARCEL,
        (5.4, 15.0),
        "the woman stands before the place until 22.4: it is seen empty only between 15.7 and 17.4, and from 22.5",
    ),
    "package_picked_up_dusk": Seen(
        "Dusk: a carton lies before a garage; a man crosses from right to left; where he passed it is gone.",
        (_person((5.0, 14.5)), _parcel(0.0, 8.4)),
        (_visit(5.0, 14.5), *_taken(8.4)),
        WALKERS_GONE + PARCEL + "darkened, with sensor noise; ",
        (0.0, 8.4),
    ),
    "package_delivered_infrared": Seen(
        "Infrared: a man crosses from right to left; where he passed lies a carton.",
        (_person((5.9, 15.2)), _parcel(12.3, 20.73)),
        (_visit(5.9, 15.2), *_put(12.3)),
        WALKERS_GONE + PARCEL + "mirrored, grey, with the light of a lamp and sensor noise; ",
        (12.3, 20.73),
    ),
    "package_delivered_evening": Seen(
        "Warm evening light: a man in a blue jacket crosses from left to right; where he passed lies a carton.",
        (_person((5.0, 10.8)), _parcel(7.0, 16.47)),
        (_visit(5.0, 10.8), *_put(7.0)),
        WALKERS_GONE + PARCEL + "mirrored, dimmed and warm; ",
        (7.0, 16.47),
    ),
    "package_waiting_light_changes": Seen(
        "A carton lies on an empty lawn while a cloud passes and the sun comes out at once.",
        (_parcel(0.0, 17.93),),
        (),
        WALKERS_GONE + PARCEL + "the light changes by a third, slowly from 3 to 7 s and at once at 10 s; ",
        (0.0, 17.93),
    ),
    "package_waiting_lawn_couple_passes": Seen(
        "A carton lies on a lawn all the time; a couple walks about, both pass close in front of it, nobody takes it.",
        (_person((3.4, 32.0)), _parcel(0.0, 33.27)),
        _LAWN_PEOPLE,
        "feet of strangers at the top edge are painted over; mirrored; " + PARCEL,
        (0.0, 33.27),
        "the parcel is partly hidden at 7.5 to 8.9 and 24.6 to 26.9 and is there afterwards: no package event",
    ),
    "empty_lawn_exposure_steps": Seen(
        "An empty lawn; the camera changes its exposure four times.",
        (),
        (),
        "the brightness steps at 4, 8, 12 and 16 s are computed; ",
    ),
    "tree_in_wind_variable_rate": Seen(
        "Leaves move in the wind before a bright sky; nobody comes.",
        (),
        (),
        notes="54 pictures in 23.3 s, 0.33 to 0.73 s apart: picture number over rate is not the time",
    ),
    "box_turned_in_hand": Seen(
        "A seated person turns a printed tea box in front of a webcam.",
        (
            Thing("package", ((0.0, 15.2),), True, "a box in the hand"),
            Thing("person", ((0.0, 15.2),), True, "arm, leg and torso only"),
        ),
        (
            Happening("person_present", (0.0, 15.2), True),
            _visit(0.0, 15.2, optional=True),
            Happening("loitering", (0.0, 15.2), optional=True),
        ),
        notes="nothing is laid down or taken: no package event",
    ),
}
