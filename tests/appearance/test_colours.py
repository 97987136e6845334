"""Colours by area: the right ones in any daylight, none by infrared, and never one of skin."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from pipeline.appearance import ColourWatch
from pipeline.appearance.colours import joined
from pipeline.appearance.light import Picture
from pipeline.appearance.measure import Reading, nothing
from pipeline.appearance.naming import NAMES, may_be_skin, named
from pipeline.appearance.oklab import oklab
from pipeline.domain.appearance import SAID_OF_CLOTHING, Colour, ColourMark, NoColour, Part
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from tests.appearance.painted import (
    BGR,
    CAR,
    MONK,
    PERSON,
    a_car,
    a_person,
    at,
    bgr_of,
    by_infrared,
    lit,
    street,
    with_car,
    with_person,
)

NEUTRAL = (1.0, 1.0, 1.0)
SKIN = bgr_of(MONK[5])
CLOTHES = list(BGR)


def seen(*pictures: Picture, found: tuple[Detection, ...] = (a_person(),)) -> dict[Part, list[ColourMark]]:
    """What is said of the first of the things that each of the pictures shows."""
    watch = ColourWatch()
    for number, picture in enumerate(pictures):
        watch.look(at(number), picture, found, found)
    sightings = tuple(Sighting(at(number), found[0]) for number in range(len(pictures)))
    marks = watch.marks((Track(1, found[0].object_class, sightings),))
    return {part: [mark for mark in marks if mark.part is part] for part in Part}


def first(*pictures: Picture, part: Part, found: tuple[Detection, ...] = (a_person(),)) -> Colour | NoColour | None:
    mark = seen(*pictures, found=found)[part][0]
    return mark.colour or mark.reason


@pytest.mark.parametrize(
    ("upper", "light"), [pair for pair in product(CLOTHES, [0.5, 1.0, 1.5]) if pair != ("white", 1.5)]
)
def test_clothes_keep_their_colour_in_any_daylight(upper: str, light: float) -> None:
    lower = "blue" if upper != "blue" else "black"
    picture = lit(with_person(street(), BGR[upper], BGR[lower], SKIN, PERSON), light)
    marks = seen(picture, picture)
    assert (marks[Part.UPPER][0].colour, marks[Part.LOWER][0].colour) == (Colour(upper), Colour(lower))
    assert marks[Part.UPPER][0].score > 0.6


def test_overexposed_cloth_may_have_been_of_any_pale_colour() -> None:
    picture = lit(with_person(street(), BGR["white"], BGR["blue"], SKIN, PERSON), 1.5)
    assert first(picture, part=Part.UPPER) is NoColour.HIDDEN


@pytest.mark.parametrize("body", [*CLOTHES, "brown", "beige"])
@pytest.mark.parametrize("light", [0.55, 1.0, 1.4])
def test_vehicles_keep_their_colour_in_any_daylight(body: str, light: float) -> None:
    paint = {**BGR, "brown": (30, 60, 105), "beige": (165, 195, 215)}[body]
    picture = lit(with_car(street(), paint, CAR), light)
    assert first(picture, part=Part.VEHICLE, found=(a_car(),)) is Colour(body)


@pytest.mark.parametrize("upper", ["red", "blue", "green", "white", "black", "yellow"])
@pytest.mark.parametrize("cast", [(0.85, 1.0, 1.15), (1.15, 1.0, 0.87)])
def test_a_slightly_wrong_white_balance_changes_no_colour(upper: str, cast: tuple[float, float, float]) -> None:
    picture = lit(with_person(street(), BGR[upper], BGR["blue"], SKIN, PERSON), 0.9, cast)
    assert first(picture, part=Part.UPPER) is Colour(upper)


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.06, 0.97, 1.03), (0.95, 1.04, 0.97)])
@pytest.mark.parametrize("upper", CLOTHES)
def test_by_infrared_nothing_ever_has_a_colour(upper: str, tint: tuple[float, float, float]) -> None:
    picture = with_car(with_person(street(), BGR[upper], BGR["blue"], SKIN, PERSON), BGR[upper], CAR)
    seen_by_night = by_infrared(picture, tint)
    for part, found in ((Part.UPPER, a_person()), (Part.LOWER, a_person()), (Part.VEHICLE, a_car())):
        assert first(seen_by_night, part=part, found=(found,)) is NoColour.INFRARED


def test_in_the_dark_nothing_has_a_colour() -> None:
    picture = lit(with_person(street(), BGR["red"], BGR["blue"], SKIN, PERSON), 0.012)
    assert first(picture, part=Part.UPPER) in {NoColour.TOO_DARK, NoColour.INFRARED}


def test_under_a_coloured_lamp_nothing_has_a_colour() -> None:
    picture = lit(with_person(street(), BGR["white"], BGR["blue"], SKIN, PERSON), 1.0, (0.12, 0.5, 1.0))
    assert first(picture, part=Part.UPPER) is NoColour.COLOURED_LIGHT


@pytest.mark.parametrize("tone", MONK)
@pytest.mark.parametrize(
    ("light", "cast"),
    [
        (0.5, (1.0, 1.0, 1.0)),
        (1.0, (1.0, 1.0, 1.0)),
        (1.25, (1.0, 1.0, 1.0)),
        (1.0, (0.86, 1.0, 1.1)),
        (1.0, (1.1, 1.0, 0.9)),
    ],
)
def test_skin_never_answers(tone: str, light: float, cast: tuple[float, float, float]) -> None:
    """Somebody without clothes: whatever the tone and the light, no colour is said of any part."""
    picture = lit(with_person(street(), bgr_of(tone), bgr_of(tone), bgr_of(tone), PERSON), light, cast)
    marks = seen(picture, picture)
    assert [mark.colour for part in (Part.UPPER, Part.LOWER) for mark in marks[part]] == [None, None]


@pytest.mark.parametrize(("tone", "upper"), list(product(MONK, ["red", "blue", "white", "green"])))
def test_the_tone_of_skin_changes_nothing_of_what_is_said(tone: str, upper: str) -> None:
    skins = [with_person(street(), BGR[upper], BGR["blue"], bgr_of(one), PERSON) for one in (tone, MONK[0])]
    assert seen(skins[0]) == seen(skins[1])


def test_every_tone_is_skin_like_in_itself() -> None:
    tones = np.array([[bgr_of(tone) for tone in MONK]], np.uint8)
    assert may_be_skin(oklab(tones)).all()


def test_nobody_is_said_to_wear_brown_or_beige() -> None:
    for bgr in ((30, 60, 105), (165, 195, 215), (20, 50, 90)):
        marks = seen(with_person(street(), bgr, bgr, SKIN, PERSON))[Part.UPPER]
        assert marks
        assert all(mark.colour is None or mark.colour in SAID_OF_CLOTHING for mark in marks)


def test_who_stands_in_front_of_a_car_is_not_its_colour() -> None:
    nearer = Box(100, 120, 190, 350)
    picture = with_person(with_car(street(), BGR["white"], CAR), BGR["red"], BGR["red"], SKIN, nearer)
    assert first(picture, part=Part.VEHICLE, found=(a_car(), a_person(nearer))) is Colour.WHITE


def test_what_lies_behind_is_not_counted() -> None:
    """A narrow figure in a wide box before a red wall: the wall was seen before anybody came."""
    empty = street()
    empty[60:340, 200:460] = BGR["red"]
    wide = Box(250, 60, 430, 340)
    picture = with_person(empty, BGR["green"], BGR["green"], SKIN, Box(310, 60, 370, 340))
    watch = ColourWatch()
    watch.look(at(0), empty, (), ())
    figure = replace(a_person(), box=wide)
    watch.look(at(1), picture, (figure,), (figure,))
    (mark, *_) = watch.marks((Track(1, ObjectClass.PERSON, (Sighting(at(1), figure),)),))
    assert (mark.part, mark.colour) == (Part.UPPER, Colour.GREEN)


@pytest.mark.parametrize("box", [Box(10, 10, 16, 24), Box(300, 100, 500, 200)])
def test_nothing_is_said_of_who_is_tiny_or_does_not_stand(box: Box) -> None:
    marks = seen(street(), found=(a_person(box),))
    assert all(mark.colour is None for part in Part for mark in marks[part])


def reading(**shares: float) -> Reading:
    return Reading(np.array([shares.get(name.value, 0.0) for name in NAMES]))


def test_looks_are_joined_by_the_middle_and_their_agreement_is_in_the_score() -> None:
    looks = [reading(red=0.9, black=0.1), reading(red=0.8, black=0.2), reading(black=0.9, red=0.1)]
    (mark,) = joined(7, Part.UPPER, looks)
    assert (mark.track_id, mark.colour, mark.looks) == (7, Colour.RED, 3)
    assert mark.score == pytest.approx(0.8 * 2 / 3, abs=1e-4)


def test_a_second_colour_is_said_when_it_covers_enough() -> None:
    marks = list(joined(1, Part.UPPER, [reading(red=0.6, white=0.4)] * 2))
    assert [(mark.colour, mark.score) for mark in marks] == [(Colour.RED, 0.6), (Colour.WHITE, 0.4)]


@pytest.mark.parametrize(
    ("looks", "reason"),
    [
        ([reading(red=0.4, white=0.35, blue=0.25)] * 3, NoColour.MIXED),
        (
            [reading(red=1.0), nothing(NoColour.HIDDEN), nothing(NoColour.HIDDEN), nothing(NoColour.HIDDEN)],
            NoColour.HIDDEN,
        ),
        ([nothing(NoColour.INFRARED)], NoColour.INFRARED),
    ],
)
def test_where_no_colour_can_be_said_the_reason_is(looks: list[Reading], reason: NoColour) -> None:
    (mark,) = joined(1, Part.UPPER, looks)
    assert (mark.colour, mark.reason, mark.score) == (None, reason, 0.0)


def test_the_same_pictures_give_the_same_marks() -> None:
    picture = with_person(street(), BGR["red"], BGR["blue"], SKIN, PERSON)
    assert seen(picture, street(4), picture) == seen(picture, street(4), picture)


CSS = {
    "black": "000000", "dimgray": "696969", "gray": "808080", "white": "ffffff", "red": "ff0000", "crimson": "dc143c",
    "firebrick": "b22222", "darkred": "8b0000", "orange": "ffa500", "darkorange": "ff8c00", "yellow": "ffff00",
    "gold": "ffd700", "green": "008000", "lime": "00ff00", "darkgreen": "006400", "seagreen": "2e8b57",
    "olivedrab": "6b8e23", "blue": "0000ff", "navy": "000080", "steelblue": "4682b4", "skyblue": "87ceeb",
    "royalblue": "4169e1", "indigo": "4b0082", "purple": "800080", "orchid": "da70d6", "rebeccapurple": "663399",
    "hotpink": "ff69b4", "pink": "ffc0cb", "lightpink": "ffb6c1", "saddlebrown": "8b4513", "sienna": "a0522d",
    "tan": "d2b48c", "burlywood": "deb887", "wheat": "f5deb3",
}  # fmt: skip
SAME_AS = {
    "dimgray": "grey", "gray": "grey", "crimson": "red", "firebrick": "red", "darkred": "red", "darkorange": "orange",
    "gold": "yellow", "lime": "green", "darkgreen": "green", "seagreen": "green", "olivedrab": "green", "navy": "blue",
    "steelblue": "blue", "skyblue": "blue", "royalblue": "blue", "indigo": "purple", "orchid": "purple",
    "rebeccapurple": "purple", "hotpink": "pink", "lightpink": "pink", "saddlebrown": "brown", "sienna": "brown",
    "tan": "beige", "burlywood": "beige", "wheat": "beige",
}  # fmt: skip


@pytest.mark.parametrize("name", CSS)
def test_the_named_colours_of_css_fall_where_their_names_say(name: str) -> None:
    pixel = np.array([[bgr_of(CSS[name])]], np.uint8)
    assert NAMES[int(named(oklab(pixel))[0, 0])] is Colour(SAME_AS.get(name, name))
