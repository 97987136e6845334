"""Who is hidden in a shared copy, where and for how long."""

from fractions import Fraction

import pytest

from pipeline.domain.redaction import Also, Hidden, RedactionOrder
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipProbe, Timestamp
from pipeline.highlights.masking import MaskRules, Seen, plan_masks
from pipeline.highlights.masks import Masks
from tests.highlights.clips import BASE, stamp

RULES = MaskRules(sure=0.3, margin=0.1, extend=Fraction(1))
PROBE = ClipProbe("mov", "h264", 640, 360, 0, Timestamp(0, BASE), Fraction(20), 160)
LEFT, RIGHT = Box(100, 100, 150, 250), Box(400, 100, 450, 250)
DEFAULT = RedactionOrder()


def followed(
    number: int,
    box: Box,
    *moments: float,
    kind: ObjectClass = ObjectClass.PERSON,
    sure: float = 0.6,
    per_second: float = 0,
) -> Track:
    """Seen at each of the moments; ``per_second`` pixels further to the right each second."""
    sightings = [
        Sighting(
            stamp(at),
            Detection(kind, kind.value, sure, Box(box.x1 + per_second * at, box.y1, box.x2 + per_second * at, box.y2)),
        )
        for at in moments
    ]
    return Track(number, kind, tuple(sightings))


def eighths(start: float, end: float) -> list[float]:
    return [start + step / 8 for step in range(round((end - start) * 8) + 1)]


def seen(*tracks: Track, analysis: tuple[Track, ...] = (), named: tuple[int, ...] = (), **more: object) -> Seen:
    return Seen(tracks, frozenset(), analysis, frozenset(named), **more)  # type: ignore[arg-type]


def hides(masks: Masks, at: float, box: Box) -> bool:
    """Whether the whole of the box is hidden."""
    return any(
        left <= box.x1 and top <= box.y1 and right >= box.x2 and bottom >= box.y2
        for left, top, right, bottom in masks.at(stamp(at), PROBE)
    )


def test_everybody_is_hidden_where_no_event_names_anybody() -> None:
    masks, off = plan_masks(seen(followed(1, LEFT, *eighths(2, 6)), followed(2, RIGHT, *eighths(3, 5))), RULES, DEFAULT)

    assert [mask.mask_id for mask in masks.masks] == ["m1", "m2"]
    assert hides(masks, 4, LEFT)
    assert hides(masks, 4, RIGHT)
    assert off.masks == ()


def test_whom_the_event_names_stays_and_the_other_is_hidden() -> None:
    visitor, passer = followed(1, LEFT, *eighths(2, 6)), followed(2, RIGHT, *eighths(2, 6))
    named = followed(7, LEFT, *(2 + step / 2 for step in range(9)))
    masks, _ = plan_masks(seen(visitor, passer, analysis=(named,), named=(7,)), RULES, DEFAULT)

    assert [mask.mask_id for mask in masks.masks] == ["m1"]
    assert hides(masks, 4, RIGHT)
    assert not hides(masks, 4, LEFT)


def test_a_track_that_jumps_from_the_visitor_to_a_bystander_shows_the_visitor_alone() -> None:
    """The close look follows both under one number; only where the event's own track is as well is anybody shown."""
    both = Track(
        1,
        ObjectClass.PERSON,
        (*followed(1, LEFT, *eighths(2, 4)).sightings, *followed(1, RIGHT, *eighths(4.125, 8)).sightings),
    )
    named = followed(7, LEFT, 2, 2.5, 3, 3.5, 4)
    masks, _ = plan_masks(seen(both, analysis=(named,), named=(7,)), RULES, DEFAULT)

    assert not hides(masks, 3, LEFT)
    assert hides(masks, 6, RIGHT)


def test_of_two_people_at_one_place_only_who_fits_best_is_shown() -> None:
    visitor, behind = followed(1, LEFT, *eighths(2, 6)), followed(2, Box(115, 100, 165, 250), *eighths(2, 6))
    named = followed(7, LEFT, 2, 3, 4, 5, 6)
    masks, _ = plan_masks(seen(visitor, behind, analysis=(named,), named=(7,)), RULES, DEFAULT)

    assert hides(masks, 4, Box(115, 100, 165, 250))


def test_a_child_before_the_visitor_is_not_taken_for_a_part_of_the_visitor() -> None:
    visitor, child = followed(1, LEFT, *eighths(2, 6)), followed(2, Box(110, 180, 140, 250), *eighths(2, 6))
    upper_part = followed(3, Box(105, 102, 145, 180), *eighths(2, 6))
    named = followed(7, LEFT, 2, 3, 4, 5, 6)
    masks, _ = plan_masks(seen(visitor, child, upper_part, analysis=(named,), named=(7,)), RULES, DEFAULT)

    (mask,) = masks.masks
    assert hides(masks, 4, Box(110, 180, 140, 250))
    assert mask.boxes[0][1].y1 == 180


def test_a_mask_stands_a_moment_before_the_first_and_after_the_last_sight_and_goes_on_as_he_went() -> None:
    walking = followed(1, LEFT, *eighths(2, 4), per_second=40)
    masks, _ = plan_masks(seen(walking), RULES, DEFAULT)

    assert hides(masks, 1.1, Box(100 + 40 * 1.1, 100, 150 + 40 * 1.1, 250))
    assert hides(masks, 4.9, Box(100 + 40 * 4.9, 100, 150 + 40 * 4.9, 250))
    assert masks.at(stamp(0.9), PROBE) == ()
    assert masks.at(stamp(5.1), PROBE) == ()


def test_a_mask_stands_while_he_is_out_of_sight_over_the_whole_way_that_he_can_have_gone() -> None:
    hidden = followed(1, LEFT, *eighths(2, 3), *eighths(5, 6), per_second=40)
    masks, _ = plan_masks(seen(hidden), RULES, DEFAULT)

    for at in (3.2, 4.0, 4.8):
        assert hides(masks, at, Box(100 + 40 * at, 100, 150 + 40 * at, 250)), at


@pytest.mark.parametrize("at", [2.06, 3.31, 3.81])
def test_between_two_looks_the_mask_is_where_he_is(at: float) -> None:
    masks, _ = plan_masks(seen(followed(1, LEFT, *eighths(2, 5), per_second=120)), RULES, DEFAULT)
    assert hides(masks, at, Box(100 + 120 * at, 100, 150 + 120 * at, 250))


def test_a_faint_sighting_alone_hides_nothing_and_one_sure_sighting_hides_the_whole_track() -> None:
    faint = followed(1, LEFT, *eighths(2, 4), sure=0.2)
    surer = Track(
        2,
        ObjectClass.PERSON,
        (*followed(2, RIGHT, *eighths(2, 4), sure=0.2).sightings, *followed(2, RIGHT, 4.125).sightings),
    )
    masks, _ = plan_masks(seen(faint, surer), RULES, DEFAULT)

    assert not hides(masks, 3, LEFT)
    assert hides(masks, 2.1, RIGHT)


def test_what_moves_beside_a_masked_person_is_hidden_and_beside_a_car_or_the_visitor_it_is_not() -> None:
    passer = followed(1, RIGHT, *eighths(2, 6))
    arm, wheel = Box(450, 150, 500, 180), Box(210, 210, 260, 250)
    car = followed(3, Box(180, 150, 320, 260), *eighths(2, 6), kind=ObjectClass.VEHICLE)
    moving = tuple((stamp(at).seconds, (arm, wheel, Box(0, 0, 640, 360))) for at in eighths(2, 6))
    masks, _ = plan_masks(seen(passer, car, moving=moving), RULES, DEFAULT)

    assert [(mask.mask_id, mask.what) for mask in masks.masks] == [("m1", Hidden.PERSON), ("m1b", Hidden.BODY)]
    assert hides(masks, 4, arm)
    assert not hides(masks, 4, wheel)


def test_plates_are_hidden_as_the_lower_part_of_every_vehicle_and_only_when_asked_for() -> None:
    car = followed(3, Box(200, 100, 400, 200), *eighths(2, 6), kind=ObjectClass.VEHICLE)
    without, _ = plan_masks(seen(car), RULES, DEFAULT)
    masks, _ = plan_masks(seen(car), RULES, RedactionOrder(frozenset({Also.PLATES})))

    assert without.masks == ()
    assert hides(masks, 4, Box(200, 140, 400, 200))
    assert not hides(masks, 4, Box(200, 100, 400, 120))


def test_a_mask_is_taken_off_by_its_name_and_nobody_else_s() -> None:
    people = seen(followed(1, LEFT, *eighths(2, 6)), followed(2, RIGHT, *eighths(2, 6)))
    masks, off = plan_masks(people, RULES, RedactionOrder(show=frozenset({"m2"}), reason="the witness, statement 14"))

    assert [mask.mask_id for mask in masks.masks] == ["m1"]
    assert [mask.mask_id for mask in off.masks] == ["m2"]


def test_showing_anybody_needs_a_reason() -> None:
    for order in ({"show": frozenset({"m1"})}, {"show_everyone": True}, {"show_everyone": True, "reason": "  "}):
        with pytest.raises(ValueError, match="reason"):
            RedactionOrder(**order)


def named_visitor(*others: Track, until: float = 6) -> Masks:
    """The visitor at the left is named and followed from 2 s to 6 s; what of the others is hidden."""
    visitor = followed(1, LEFT, *eighths(2, 6))
    named = followed(7, LEFT, *(2 + step / 2 for step in range(round((until - 2) * 2) + 1)))
    masks, _ = plan_masks(seen(visitor, *others, analysis=(named,), named=(7,)), RULES, DEFAULT)
    return masks


def is_touched(masks: Masks, at: float, box: Box) -> bool:
    """Whether anything of the box is hidden, but for what rounding to whole pixels takes of its edges."""
    inner = Box(box.x1 + 2, box.y1 + 2, box.x2 - 2, box.y2 - 2)
    return any(Box(*(float(edge) for edge in one)).intersection(inner) > 0 for one in masks.at(stamp(at), PROBE))


def test_faint_boxes_around_parts_of_the_visitor_and_around_him_with_more_hide_nothing_of_him() -> None:
    legs = followed(2, Box(105, 180, 145, 250), *eighths(2, 6), sure=0.45)
    group = followed(3, Box(80, 80, 300, 300), *eighths(3, 4), sure=0.45)
    masks = named_visitor(legs, group)
    assert not is_touched(masks, 4, LEFT)
    assert masks.masks == ()


def test_what_is_added_to_a_sighting_of_another_yields_to_the_visitor_and_the_sighting_does_not() -> None:
    beside = followed(2, Box(146, 100, 190, 250), *eighths(2, 4))
    masks = named_visitor(beside)
    assert hides(masks, 3, Box(146, 100, 190, 250))
    assert not is_touched(masks, 3, Box(100, 100, 145, 250)), "the margin would reach over him"
    assert not is_touched(masks, 4.8, LEFT), "the extension would too"


def test_the_visitor_is_followed_on_beyond_the_night_s_own_looks_as_long_as_he_is_by_himself() -> None:
    alone = named_visitor(until=4)
    met = named_visitor(followed(2, Box(120, 100, 170, 250), *eighths(5, 6)), until=4)
    assert not is_touched(alone, 5.8, LEFT)
    assert hides(met, 5.8, LEFT)


def test_plates_too_far_away_to_be_read_are_not_hidden() -> None:
    car = followed(3, Box(200, 100, 250, 130), *eighths(2, 6), kind=ObjectClass.VEHICLE)
    masks, _ = plan_masks(seen(car), RULES, RedactionOrder(frozenset({Also.PLATES})))
    assert masks.masks == ()


@pytest.mark.parametrize(("place", "is_hidden"), [(Box(180, 200, 200, 220), False), (Box(140, 200, 200, 220), True)])
def test_the_place_from_which_a_thing_was_taken_stays_in_view_unless_somebody_hidden_is_at_it(
    place: Box, is_hidden: bool
) -> None:
    """It differs from the empty place for good, and the event is about it; an arm over it is hidden with its body."""
    moving = tuple((Fraction(step, 8), (place,)) for step in range(16, 49))
    whole = seen(followed(1, LEFT, *eighths(2, 6)), moving=moving, places=(place,))
    masks, _ = plan_masks(whole, RULES, DEFAULT)
    assert hides(masks, 4, place) is is_hidden
    unexplained, _ = plan_masks(seen(followed(1, LEFT, *eighths(2, 6)), moving=moving), RULES, DEFAULT)
    assert hides(unexplained, 4, place)
