"""Vectors of things: the same picture gives the same numbers, and nobody is ever among them."""

from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from pipeline.appearance import MODEL_ID, ThingWatch, lying_things, vector_of
from pipeline.appearance.light import Picture
from pipeline.appearance.vectors import DIMENSIONS
from pipeline.domain.doorstep import Side, StillPicture
from pipeline.domain.events import EventKind
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, Timestamp
from tests.appearance.painted import BGR, CAR, PERSON, a_car, a_person, at, lit, street, with_car
from tests.catalogue.stories import a_clip, an_analysis, inferred

GOLDEN = ([-7, -2, -42, -2, 4, -32], 1295)
"""Of the known picture: the first numbers of its vector, and the sum of all without their signs."""


@dataclass(frozen=True, slots=True)
class Frame:
    at: Timestamp
    image: Picture
    moved: float = 0.1


def cosine(one: bytes | None, other: bytes | None) -> float:
    assert one is not None
    assert other is not None
    a, b = (np.frombuffer(values, np.int8).astype(float) for values in (one, other))
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def watched(picture: Picture, *found: Detection, track_of: int = 0) -> list[bytes]:
    watch = ThingWatch()
    watch.look(Frame(at(0), picture), found, found)
    one = found[track_of]
    track = Track(1, one.object_class, (Sighting(at(0), one),))
    return [vector.values for vector in watch.vectors((track,))]


def test_the_numbers_of_a_known_picture_are_what_they_were() -> None:
    """Whoever changes them raises the version in ``MODEL_ID``: vectors of two kinds are never compared."""
    ramp = np.tile(np.arange(128, dtype=np.uint8)[None, :, None] * 2, (128, 1, 3))
    ramp[:64, :, 0] = 255
    values = vector_of(ramp, Box(0, 0, 128, 128))
    assert values is not None
    numbers = np.frombuffer(values, np.int8)
    assert len(numbers) == DIMENSIONS
    assert MODEL_ID.startswith("grid-1:")
    assert (numbers[:6].tolist(), int(np.abs(numbers.astype(int)).sum())) == GOLDEN


def test_light_and_size_change_little_and_another_colour_much() -> None:
    red = vector_of(with_car(street(), BGR["red"], CAR), CAR)
    dim = vector_of(lit(with_car(street(), BGR["red"], CAR), 0.6), CAR)
    blue = vector_of(with_car(street(), BGR["blue"], CAR), CAR)
    assert cosine(red, dim) > 0.9 > cosine(red, blue)
    small = np.asarray(cv2.resize(with_car(street(), BGR["red"], CAR), None, fx=0.5, fy=0.5), np.uint8)
    assert cosine(red, vector_of(small, CAR.scaled(0.5, 0.5))) > 0.9


@pytest.mark.parametrize("box", [Box(5, 5, 14, 60), Box(700, 10, 800, 90)])
def test_what_is_too_small_or_outside_has_none(box: Box) -> None:
    assert vector_of(street(), box) is None


@pytest.mark.parametrize("kind", [ObjectClass.PERSON, ObjectClass.ANIMAL, ObjectClass.BICYCLE])
def test_nobody_and_nothing_that_shows_who_comes_has_one(kind: ObjectClass) -> None:
    assert watched(street(), replace(a_person(), object_class=kind)) == []


def test_a_thing_that_somebody_stands_before_has_none() -> None:
    picture = with_car(street(), BGR["red"], CAR)
    before = Detection(ObjectClass.PERSON, "person", 0.8, Box(100, 150, 180, 350))
    assert watched(picture, a_car()) != []
    assert watched(picture, a_car(), a_person(PERSON)) != [], "who stands elsewhere hides nothing"
    assert watched(picture, a_car(), before) == []


def test_a_thing_at_the_edge_is_not_seen_whole() -> None:
    assert watched(street(), a_car(Box(0, 180, 200, 300))) == []


def test_what_lay_still_is_taken_from_the_still_picture_of_its_end() -> None:
    picture = with_car(street(), BGR["blue"], CAR)
    stills = (a_still(Side.FIRST, street()), a_still(Side.LAST, picture))
    region = CAR.scaled(3, 3)
    analysis, _ = an_analysis(a_clip(), inferred(EventKind.PACKAGE_DELIVERED, track_ids=(), region=region))
    (thing,) = lying_things(stills, analysis)
    assert (thing.object_class, thing.region, thing.track_id) == (ObjectClass.PACKAGE, region, None)
    assert cosine(thing.values, vector_of(picture, CAR)) > 0.95


def test_a_place_that_somebody_hid_gives_nothing() -> None:
    hidden = a_still(Side.LAST, with_car(street(), BGR["blue"], CAR), hidden=CAR)
    region = CAR.scaled(3, 3)
    analysis, _ = an_analysis(a_clip(), inferred(EventKind.PACKAGE_DELIVERED, track_ids=(), region=region))
    assert lying_things((hidden,), analysis) == ()


def a_still(side: Side, picture: Picture, hidden: Box | None = None) -> StillPicture:
    layers = np.dstack([picture, np.full_like(picture[..., :1], 255)])
    if hidden is not None:
        x1, y1, x2, y2 = (round(edge) for edge in hidden.xyxy)
        layers[y1:y2, x1:x2] = 0
    done, content = cv2.imencode(".webp", layers, [cv2.IMWRITE_WEBP_QUALITY, 90])
    assert done
    span = ClipSpan(Timestamp(0, Fraction(1, 2)), Timestamp(1, Fraction(1, 2)))
    return StillPicture(side, span, content.tobytes(), 1.0, "as painted", "webp")
