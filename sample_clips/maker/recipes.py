"""The clips: what each is made of."""

from dataclasses import dataclass

from maker import light
from maker.carton import Parcel
from maker.compose import Lying, Shot
from maker.encode import Writing
from maker.footage import Cleared, Crop
from maker.walks import MAN_IN_BLUE, MAN_IN_JEANS, MAN_WITH_PAPER, MAN_WITH_PAPER_BACK

DRIVE = Crop(288, 180, 480, 270)
LAWN = Crop(36, 300, 480, 270)
LAWN_CLOSE = Crop(84, 324, 432, 243)
SIDE = Crop(336, 190, 432, 243)
GARAGE = Crop(352, 196, 400, 225)
YARD = Crop(288, 24, 480, 270)
EMPTY_LAWN = Crop(0, 348, 384, 216)

FEET_ABOVE_LAWN = (Cleared(Crop(380, 290, 150, 50), 612, 795),)

ON_DRIVE = Parcel(560, 334)
ON_LAWN = Parcel(345, 505, size=(40.0, 29.0, 25.0), turn=30.0, tilt=32.0, seed=2)
AT_SIDE = Parcel(598, 346, size=(23.0, 19.0, 20.0), turn=38.0, seed=3)
AT_GARAGE = Parcel(598, 336, size=(27.0, 18.0, 14.0), turn=18.0, seed=4)

VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One clip of the walkers' footage.

    Attributes:
        shot: Its pictures.
        writing: How it is written.
        rate: `steady`, or `variable` for a camera that drops frames.
    """

    shot: Shot
    writing: Writing
    rate: str = "steady"


def _at(time: str, *, quality: int = 30, sound: float | None = None, seed: int = 1) -> Writing:
    return Writing(f"2026-03-{time}Z", quality, sound, seed)


RECIPES: dict[str, Recipe] = {
    "lawn_couple_visit": Recipe(Shot(LAWN_CLOSE, 499, 736, seed=11), _at("10T17:42:10", sound=31.5)),
    "drive_man_in_blue_visit": Recipe(Shot(DRIVE, 622, 738, (MAN_IN_BLUE,), seed=12), _at("10T18:05:31")),
    "drive_man_with_paper_visit_variable_rate": Recipe(
        Shot(DRIVE, 190, 340, (MAN_WITH_PAPER,), seed=13), _at("10T19:12:44"), VARIABLE
    ),
    "drive_two_visitors": Recipe(
        Shot(SIDE, 195, 335, (MAN_IN_JEANS, MAN_WITH_PAPER), seed=14), _at("10T19:30:02", sound=18.6, seed=2)
    ),
    "yard_passers_by_and_parked_van": Recipe(Shot(YARD, 40, 150, seed=15), _at("10T16:20:00")),
    "drive_passers_by": Recipe(Shot(DRIVE, 424, 536, seed=16), _at("10T16:48:20")),
    "package_delivered_drive": Recipe(
        Shot(DRIVE, 616, 744, (MAN_IN_BLUE,), lying=Lying(ON_DRIVE, put=(669, 678)), seed=17),
        _at("10T20:14:05", sound=17.0, seed=3),
    ),
    "package_waiting_drive_people_pass": Recipe(
        Shot(DRIVE, 196, 340, (MAN_IN_JEANS, MAN_WITH_PAPER), lying=Lying(ON_DRIVE), seed=18), _at("10T20:40:37")
    ),
    "package_picked_up_drive": Recipe(
        Shot(DRIVE, 290, 446, (MAN_WITH_PAPER_BACK,), lying=Lying(ON_DRIVE, taken=(370, 382)), seed=19),
        _at("10T22:51:16", sound=20.0, seed=4),
    ),
    "package_delivered_then_picked_up_lawn": Recipe(
        Shot(LAWN, 494, 744, cleared=FEET_ABOVE_LAWN, lying=Lying(ON_LAWN, put=(528, 539), taken=(597, 613)), seed=20),
        _at("10T21:03:58"),
    ),
    "package_picked_up_dusk": Recipe(
        Shot(
            GARAGE,
            190,
            340,
            (MAN_WITH_PAPER,),
            lying=Lying(AT_GARAGE, taken=(246, 261)),
            light=light.dusk,
            noise=2.4,
            seed=21,
        ),
        _at("11T02:17:40", quality=33),
    ),
    "package_delivered_infrared": Recipe(
        Shot(
            SIDE,
            290,
            446,
            (MAN_WITH_PAPER_BACK,),
            lying=Lying(AT_SIDE, put=(374, 388)),
            light=light.infrared,
            mirrored=True,
            noise=2.0,
            seed=22,
        ),
        _at("11T01:33:09", quality=33),
    ),
    "package_delivered_evening": Recipe(
        Shot(
            SIDE,
            616,
            740,
            (MAN_IN_BLUE,),
            lying=Lying(AT_SIDE, put=(662, 674)),
            light=light.evening,
            mirrored=True,
            size=(1280, 720),
            noise=1.6,
            seed=23,
        ),
        _at("10T21:26:50"),
    ),
    "package_waiting_light_changes": Recipe(
        Shot(LAWN, 100, 235, (), lying=Lying(ON_LAWN), light=light.cloud_then_sun, seed=24), _at("11T06:02:30")
    ),
    "empty_lawn_exposure_steps": Recipe(
        Shot(EMPTY_LAWN, 100, 250, light=light.hunting_exposure, seed=25), _at("11T05:31:00")
    ),
    "package_waiting_lawn_couple_passes": Recipe(
        Shot(
            LAWN,
            494,
            744,
            cleared=FEET_ABOVE_LAWN,
            lying=Lying(Parcel(160, 420, size=(34.0, 25.0, 21.0), turn=26.0, tilt=30.0, seed=5)),
            mirrored=True,
            size=(1280, 720),
            seed=26,
        ),
        _at("10T18:44:12"),
    ),
}
