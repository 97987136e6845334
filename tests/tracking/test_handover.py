from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.appearance import skin_like
from pipeline.domain.tracks import Detection, FrameDetections, ObjectClass, Track
from pipeline.domain.video import Timestamp
from pipeline.tracking import ClothesWatch, parted, taken_for_one, track
from tests.scenes import PICTURE, Mover, at, every, frames

SCALE = 1 / 3
"""From the picture as shown to the one that is looked at."""
RED, BLUE, GREEN = (40, 40, 200), (200, 60, 40), (50, 170, 60)
COMES = Mover(0.0, 4.0, ((300, 900), (900, 900)))
ANOTHER = Mover(5.5, 10.0, ((920, 900), (300, 900)))
Colour = tuple[int, int, int]


def picture(found: Sequence[Detection], colour: Colour) -> NDArray[np.uint8]:
    """A grey wall with whoever was found in clothes of one colour."""
    image = np.full((round(PICTURE[1] * SCALE), round(PICTURE[0] * SCALE), 3), 120, np.uint8)
    for one in found:
        box = one.box.scaled(SCALE, SCALE)
        image[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)] = colour
    return image


def followed(
    looks: Sequence[FrameDetections], first: Colour, second: Colour, since: float = 5.0
) -> tuple[tuple[Track, ...], tuple[Track, ...]]:
    """The tracks as the tracker leaves them, and as they are parted; clothes change at ``since`` seconds."""
    clothes = ClothesWatch(skin_like)
    for look in looks:
        small = [replace(one, box=one.box.scaled(SCALE, SCALE)) for one in look.detections]
        colour = first if look.at.seconds < since else second
        clothes.look(look.at, picture(look.detections, colour), small, look.detections)
    whole = track(looks)
    return whole, parted(whole, clothes.handovers)


def test_who_comes_in_other_clothes_to_where_somebody_was_lost_is_another() -> None:
    whole, parts = followed(frames([COMES, ANOTHER], every(0.5, 10)), RED, BLUE)
    assert len(whole) == 1  # or this tests nothing
    assert [one.track_id for one in parts] == [1, 2]
    assert float(parts[0].span.end.seconds) == 4.0
    assert float(parts[1].span.start.seconds) == 5.5
    assert sum((one.sightings for one in parts), ()) == whole[0].sightings


def test_who_was_hidden_and_comes_back_in_the_same_clothes_stays_one() -> None:
    _, parts = followed(frames([COMES, ANOTHER], every(0.5, 10)), RED, RED)
    assert len(parts) == 1


def test_brighter_light_is_no_other_coat() -> None:
    _, parts = followed(frames([COMES, ANOTHER], every(0.5, 10)), (30, 30, 30), (190, 190, 190))
    assert len(parts) == 1


TONES = tuple((int(tone[4:], 16), int(tone[2:4], 16), int(tone[:2], 16)) for tone in (
    "f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420",
))  # fmt: skip
"""The Monk skin tone scale in BGR. Source: Monk, E., 2019."""


def test_of_skin_nothing_is_measured_whatever_its_tone() -> None:
    for before, after in ((TONES[0], TONES[7]), (TONES[4], TONES[9]), (TONES[2], BLUE), (RED, TONES[5])):
        _, parts = followed(frames([COMES, ANOTHER], every(0.5, 10)), before, after)
        assert len(parts) == 1


def test_bare_legs_leave_the_coat_to_say_who_came() -> None:
    looks = frames([COMES, ANOTHER], every(0.5, 10))
    clothes = ClothesWatch(skin_like)
    for look in looks:
        small = [replace(one, box=one.box.scaled(SCALE, SCALE)) for one in look.detections]
        image = picture(look.detections, RED if look.at.seconds < 5 else BLUE)
        for box in (one.box for one in small):
            image[int(box.y1 + 0.48 * box.height) : int(box.y2), int(box.x1) : int(box.x2)] = TONES[4]
        clothes.look(look.at, image, small, look.detections)
    assert len(parted(track(looks), clothes.handovers)) == 2


def test_clothes_that_seem_to_change_while_somebody_is_followed_part_nothing() -> None:
    walker = Mover(0.0, 10.0, ((300, 900), (1700, 900)))
    _, parts = followed(frames([walker], every(0.5, 10)), RED, GREEN)
    assert len(parts) == 1


@pytest.mark.parametrize("side", [-60, 1980])
def test_a_box_that_the_edge_cuts_says_nothing_of_clothes(side: float) -> None:
    comes = Mover(0.0, 3.0, ((side, 900), (side, 900)))
    stays = Mover(4.5, 9.0, ((side, 900), (side, 900)))
    _, parts = followed(frames([comes, stays], every(0.5, 9)), RED, BLUE, since=4.0)
    assert len(parts) == 1


def test_parts_are_numbered_in_order_of_their_first_sighting_among_all_tracks() -> None:
    car = Mover(3.0, 6.0, ((300, 900), (1500, 900)), object_class=ObjectClass.VEHICLE)
    whole = track(frames([COMES, ANOTHER, car], every(0.5, 10)))
    parts = parted(whole, partial(_at, at(5.5)))
    assert [(one.track_id, one.object_class, float(one.span.start.seconds)) for one in parts] == [
        (1, ObjectClass.PERSON, 0.0),
        (2, ObjectClass.VEHICLE, 3.0),
        (3, ObjectClass.PERSON, 5.5),
    ]


def _at(moment: Timestamp, _track: Track) -> list[Timestamp]:
    return [moment]


def test_it_is_said_where_the_tracker_had_taken_two_for_one() -> None:
    whole, parts = followed(frames([COMES, ANOTHER], every(0.5, 10)), RED, BLUE)
    assert taken_for_one(whole, parts) == {(1, parts[0].sightings[-1].at), (2, parts[1].sightings[0].at)}
    assert taken_for_one(whole, whole) == frozenset()
