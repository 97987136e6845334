"""The end of one clip beside the start of another, from the sample clips: a drive with and without a carton on it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.analysis import embedded_likeness
from pipeline.domain.doorstep import DoorstepComparison, Side, StillPicture
from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.domain.video import Timestamp
from pipeline.scene.doorstep import Still, compare
from pipeline.scene.edges import EdgeStills, decoded
from pipeline.scene.package_likeness import NoLikeness
from tests.conftest import SAMPLE_CLIPS
from tests.scenes import at

Picture = NDArray[np.uint8]
CARTON = Box(0.5375, 0.4833, 0.5969, 0.5667)
"""Where it lies on the drive, in shares of the picture."""
WITH, WITHOUT, LAWN = "package_picked_up_drive", "drive_man_in_blue_visit", "lawn_couple_visit"


def looks(path: Path, seconds: float = 2.0) -> Iterator[tuple[Timestamp, Picture]]:
    """The first frames, four a second, 640 pixels wide."""
    taken = -1.0
    with av.open(str(path)) as clip:
        for frame in clip.decode(clip.streams.video[0]):
            moment = float(frame.time or 0)
            if moment > seconds:
                return
            if moment - taken < 0.24:
                continue
            taken = moment
            image = cv2.resize(frame.to_ndarray(format="bgr24"), (640, 360), interpolation=cv2.INTER_AREA)
            yield at(moment), np.asarray(image, dtype=np.uint8)


@cache
def start_of(name: str) -> Still:
    """The still picture at the start of a sample clip, in which nobody is in view."""
    edges = EdgeStills()
    for moment, image in looks(SAMPLE_CLIPS / f"{name}.mp4"):
        edges.look(moment, image, ())
    return Still(*decoded(edges.stills()[0].picture))


def compared(before: Still, after: Still, *known: Box) -> DoorstepComparison:
    return compare(before, after, known, embedded_likeness())


def moved(still: Still, x: float, y: float) -> Still:
    """As a camera shows it that was pushed a little."""
    size, move = (640, 360), np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    image = cv2.warpAffine(still.image, move, size, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpAffine(still.seen.astype(np.uint8), move, size)
    return Still(np.asarray(image, dtype=np.uint8), np.asarray(seen, dtype=np.bool_))


def turned(still: Still, degrees: float, zoom: float) -> Still:
    """As a camera shows it that was turned about its axis, or whose lens was changed."""
    move = cv2.getRotationMatrix2D((320, 180), degrees, zoom)
    image = cv2.warpAffine(still.image, move, (640, 360), borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpAffine(still.seen.astype(np.uint8), move, (640, 360))
    return Still(np.asarray(image, dtype=np.uint8), np.asarray(seen, dtype=np.bool_))


def brighter(still: Still, gain: float, offset: float) -> Still:
    image = np.clip(still.image.astype(np.float32) * gain + offset, 0, 255)
    return replace(still, image=np.asarray(image, dtype=np.uint8))


def noisy(still: Still, levels: float) -> Still:
    spread = np.random.default_rng(3).normal(0, levels, still.image.shape)
    return replace(still, image=np.asarray(np.clip(still.image + spread, 0, 255), dtype=np.uint8))


def infrared(still: Still) -> Still:
    """Grey, red counting most, bright in the middle as a lamp makes it, and noisy."""
    weighed = np.asarray(still.image @ np.array([0.15, 0.25, 0.6]))
    rows, columns = np.mgrid[0:360, 0:640]
    lamp = np.clip(1.25 - 1.2 * np.hypot((columns - 320) / 640, (rows - 216) / 360), 0.2, 1.4)
    grey = np.repeat((weighed * lamp)[:, :, None], 3, axis=2)
    return noisy(replace(still, image=np.asarray(np.clip(grey, 0, 255), dtype=np.uint8)), 3)


def in_shadow(still: Still) -> Still:
    """The soft shadow of something round falls where nothing lies."""
    rows, columns = np.mgrid[0:360, 0:640]
    away = np.hypot((columns - 300) / 50, (rows - 200) / 40)
    shade = 1 - 0.4 / (1 + np.exp((away - 1) * 12))
    return replace(still, image=np.asarray(still.image * shade[:, :, None], dtype=np.uint8))


LATER: dict[str, Callable[[Still], Still]] = {
    "the same": lambda still: still,
    "moved by seven pixels": lambda still: moved(still, 6, -4),
    "brighter": lambda still: brighter(still, 1.15, 12),
    "much darker and noisy": lambda still: noisy(brighter(still, 0.4, 0), 4),
    "infrared": infrared,
}


@pytest.mark.parametrize("later", LATER)
def test_the_carton_that_is_gone_is_found_and_nothing_else(later: str) -> None:
    after = LATER[later](start_of(WITHOUT))

    found = compared(start_of(WITH), after)

    (change,) = [one for one in found.changes if one.score > 0.5]
    assert change.change is Change.DISAPPEARED
    assert change.held > 0.9
    assert change.package_likeness > 0.9
    assert change.seen > 0.95
    assert found.is_switched == (later == "infrared")
    shift = (6 / 640, -4 / 360) if later.startswith("moved") else (0.0, 0.0)
    x, y = change.box.centre
    assert (x, y) == pytest.approx((CARTON.centre[0] + shift[0], CARTON.centre[1] + shift[1]), abs=0.02)


@pytest.mark.parametrize("later", ["the same", "moved by seven pixels", "brighter"])
def test_the_carton_that_came_is_found_and_nothing_else(later: str) -> None:
    found = compared(start_of(WITHOUT), LATER[later](start_of(WITH)))

    (change,) = [one for one in found.changes if one.score > 0.5]
    assert change.change is Change.APPEARED
    assert change.package_likeness > 0.9


@pytest.mark.parametrize("name", [WITH, WITHOUT, LAWN])
@pytest.mark.parametrize("later", [*LATER, "in shadow"])
def test_where_nothing_happened_nothing_is_found(name: str, later: str) -> None:
    change = in_shadow if later == "in shadow" else LATER[later]

    found = compared(start_of(name), change(start_of(name)))

    assert [one for one in found.changes if one.score > 0.5] == []
    assert found.agreement is not None
    assert found.agreement > 0.6


@pytest.mark.parametrize(("degrees", "zoom"), [(2.0, 1.0), (-1.0, 1.04), (0.0, 0.95)])
def test_a_camera_that_was_turned_a_little_sees_the_same_place(degrees: float, zoom: float) -> None:
    gone = compared(start_of(WITH), turned(start_of(WITHOUT), degrees, zoom), CARTON)
    stays = compared(start_of(WITH), turned(start_of(WITH), degrees, zoom), CARTON)

    (change,) = [one for one in gone.changes if one.score > 0.5]
    assert (change.change, change.package_likeness > 0.9) == (Change.DISAPPEARED, True)
    assert gone.places[0].changed > 0.6
    assert [one for one in stays.changes if one.score > 0.5] == []
    assert stays.places[0].changed < 0.2
    assert stays.agreement is not None
    assert stays.agreement > 0.6


def test_two_scenes_do_not_agree_and_no_change_is_measured() -> None:
    found = compared(start_of(WITHOUT), start_of(LAWN))

    assert found.agreement is None or found.agreement < 0.15
    assert found.changes == ()


def test_what_stands_in_front_is_not_taken_for_a_carton_that_is_gone() -> None:
    hidden = start_of(WITHOUT)
    seen = hidden.seen.copy()
    seen[120:300, 320:420] = False

    found = compared(start_of(WITH), replace(hidden, seen=seen), CARTON)

    assert found.changes == ()
    assert found.places[0].seen < 0.05


def test_a_known_place_says_how_much_of_it_changed() -> None:
    gone = compared(start_of(WITH), start_of(WITHOUT), CARTON).places[0]
    stays = compared(start_of(WITH), moved(start_of(WITH), 6, -4), CARTON).places[0]

    assert (gone.seen, stays.seen) == (1.0, 1.0)
    assert gone.changed > 0.7
    assert stays.changed < 0.1
    assert stays.box.centre == pytest.approx((CARTON.centre[0] + 6 / 640, CARTON.centre[1] - 4 / 360), abs=0.01)


def test_the_same_pictures_give_the_same_comparison() -> None:
    assert compared(start_of(WITH), start_of(WITHOUT)) == compared(start_of(WITH), start_of(WITHOUT))


def test_pictures_of_which_nothing_is_known_say_nothing() -> None:
    still = start_of(WITH)
    found = compare(replace(still, seen=np.zeros_like(still.seen)), still, [CARTON], NoLikeness())

    assert (found.agreement, found.changes, found.places[0].seen) == (None, (), 0.0)


def stills_of(*pictures: Picture, busy: tuple[Box, ...] = ()) -> tuple[StillPicture, ...]:
    edges = EdgeStills()
    for number, picture in enumerate(pictures):
        edges.look(at(number * 0.5), picture, busy)
    return edges.stills()


def test_people_and_what_moves_are_not_in_the_still_picture() -> None:
    plain = start_of(WITHOUT).image
    walks = []
    for step in range(5):
        picture = plain.copy()
        picture[200:320, 100 + 60 * step : 160 + 60 * step] = (200, 40, 40)
        walks.append(picture)

    stills = stills_of(*walks, busy=(Box(400, 100, 440, 200),))

    assert len(stills) == 2
    for kept_still in stills:
        still = Still(*decoded(kept_still.picture))
        assert not still.seen[110:190, 405:435].any(), "a person that a detector saw"
        assert not still.seen[210:310, 105:155].any(), "somebody that no detector saw"
        assert still.seen[340:, :].all()
        kept = cv2.imdecode(np.frombuffer(kept_still.picture, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
        assert kept is not None
        blue = kept[:, :, 0].astype(int) - kept[:, :, 2]
        assert blue[180:330, 90:420].max() < 60, "nothing of them is kept, not even behind the opacity"
        assert not still.image[~still.seen].any()


def test_the_two_ends_of_a_clip_are_its_first_and_last_two_seconds() -> None:
    edges = EdgeStills()
    light, dark = (np.full((360, 640, 3), level, dtype=np.uint8) for level in (180, 60))
    for number in range(21):
        edges.look(at(number * 0.5), light if number < 10 else dark, ())

    first, last = edges.stills()

    assert (first.side, last.side) == (Side.FIRST, Side.LAST)
    assert (first.span.start, first.span.end) == (at(0), at(2))
    assert (last.span.start, last.span.end) == (at(8), at(10))
    assert decoded(first.picture)[0].mean() == pytest.approx(180, abs=2)
    assert decoded(last.picture)[0].mean() == pytest.approx(60, abs=2)
    assert EdgeStills().stills() == ()


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="not a still picture"):
        decoded(b"no picture")
