"""One thing, known at either end."""

from dataclasses import replace

from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.events.package_pairs import known_as_one
from tests.events.views import a_change

CAME = a_change(Change.APPEARED, 3.0, 5.0, package_likeness=0.3)
WENT = a_change(Change.DISAPPEARED, 12.0, 14.0, package_likeness=0.9)


def test_what_came_and_went_is_known_as_it_was_known_best() -> None:
    assert known_as_one([CAME, WENT]) == (replace(CAME, package_likeness=0.9), WENT)


def test_what_went_before_or_elsewhere_is_another_thing() -> None:
    before = replace(WENT, before=CAME.before, after=CAME.after)
    elsewhere = replace(WENT, box=Box(10, 10, 60, 60))
    for other in (before, elsewhere):
        assert known_as_one([CAME, other]) == (CAME, other)


def test_a_second_thing_at_the_place_ends_the_first() -> None:
    second = a_change(Change.APPEARED, 7.0, 9.0, package_likeness=0.9)
    assert known_as_one([CAME, second, WENT])[0] == CAME
