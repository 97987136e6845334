"""What a published number may not tell: no hidden one can be computed from those that are shown."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pipeline.domain.periods import Length, Period, span_of
from pipeline.domain.transparency import FLOOR, Line, Tally, TransparencyReport, line_of, plain_line

QUARTER = span_of(Period(2026, 1), Period(2026, 3))
YEAR = span_of(Period(2026, 1), Period(2026, 12))
MANY = tuple(f"re-{number}" for number in range(20))


def a_tally(*numbers: int, periods: tuple[Period, ...] = QUARTER) -> Tally:
    """Acts of which each concerns another household."""
    made = Tally(periods)
    for period, number in zip(periods, numbers, strict=True):
        if number:
            made.add(period, {f"{period} {one}" for one in range(number)}, number)
    return made


def told(*numbers: int) -> tuple[tuple[int | None, ...], int | None]:
    line = line_of("key", "words", a_tally(*numbers))
    return line.numbers, line.total


def possible(line: Line, least: int = 1, most: int = 60) -> Iterator[list[int]]:
    """Every way to fill what is hidden so that it fits what is shown; who reads knows that nothing hidden is 0."""
    places = [place for place, number in enumerate(line.numbers) if number is None]
    left = None if line.total is None else line.total - sum(number or 0 for number in line.numbers)

    def filled(count: int, rest: int | None) -> Iterator[list[int]]:
        if count == 0:
            if rest in (None, 0):
                yield []
            return
        for number in range(least, (most if rest is None else rest) + 1):
            for others in filled(count - 1, None if rest is None else rest - number):
                yield [number, *others]

    yield from filled(min(len(places), 3) if left is None else len(places), left)


def test_small_numbers_are_hidden_and_none_is_told() -> None:
    assert told(0, 7, 9) == ((0, 7, 9), 16)
    assert told(0, 0, 0) == ((0, 0, 0), 0)
    assert told(0, 3, 0) == ((0, None, 0), None)
    assert told(2, 1, 1) == ((None, None, None), None)


def test_one_hidden_number_takes_another_with_it_or_the_total_would_tell() -> None:
    assert told(3, 8, 20) == ((None, None, 20), 31)
    assert told(2, 2, 20) == ((None, None, None), 24)
    assert told(2, 3, 20) == ((None, None, 20), 25)
    assert told(3, 0, 20) == ((None, 0, None), 23)


def test_many_acts_that_concern_few_households_are_hidden() -> None:
    few = Tally(QUARTER)
    few.add(QUARTER[0], ("ann",), 50)
    few.add(QUARTER[1], MANY, 20)
    few.add(QUARTER[2], MANY, 40)
    line = line_of("key", "words", few)
    assert line.numbers == (None, None, 40)
    assert line.total == 110

    alone = Tally(QUARTER)
    for period in QUARTER:
        alone.add(period, ("ann", "bob"), 30)
    assert line_of("key", "words", alone) == Line("key", "words", (None, None, None), None)


def test_the_sum_of_what_is_hidden_is_no_small_number_either() -> None:
    """Two months of one household would be told together by the total less what is shown."""
    tally = Tally(QUARTER)
    tally.add(QUARTER[0], ("ann",), 50)
    tally.add(QUARTER[1], ("ann",), 60)
    tally.add(QUARTER[2], MANY, 90)
    assert line_of("key", "words", tally).numbers == (None, None, None)


@pytest.mark.parametrize("seed", range(200))
def test_no_hidden_number_can_be_computed(seed: int) -> None:
    chance = random.Random(seed)
    length = chance.choice((2, 3, 4))
    periods = YEAR[:length]
    line = line_of("key", "words", a_tally(*(chance.choice((0, 1, 2, 4, 5, 6, 9)) for _ in periods), periods=periods))

    fits = list(possible(line, most=12))
    hidden = sum(number is None for number in line.numbers)
    for place in range(min(hidden, 3)):
        assert len({one[place] for one in fits}) >= 2, line
    if hidden and line.total is not None:
        assert hidden >= 2
        assert line.total - sum(number or 0 for number in line.numbers) >= FLOOR


def test_the_check_above_finds_a_line_that_gives_itself_away() -> None:
    careless = Line("key", "words", (None, 8, 20), 31)
    assert [one[0] for one in possible(careless)] == [3]


def test_what_concerns_nobodys_home_is_told_as_it_is() -> None:
    assert plain_line("key", "words", a_tally(1, 0, 2)) == Line("key", "words", (1, 0, 2), 3)


def test_periods_are_read_as_they_are_written_and_follow_each_other() -> None:
    assert [str(one) for one in span_of(Period.read("2026-11"), Period.read("2027-01"))] == [
        "2026-11",
        "2026-12",
        "2027-01",
    ]
    assert [str(one) for one in span_of(Period.read("2026-Q4"), Period.read("2027-Q1"))] == ["2026-Q4", "2027-Q1"]
    assert Period.read("2026-Q2") == Period(2026, 4, Length.QUARTER)
    assert Period.read("2026-03").begins("Europe/Berlin") == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert Period.read("2026-03").ends("Europe/Berlin") == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert Period(2026, 1).before == Period(2025, 12)


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-Q5", "26-01", "2026-1", "9999-01", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"period|month"):
        Period.read(text)


def test_months_and_quarters_do_not_stand_in_one_report() -> None:
    with pytest.raises(ValueError, match="not by both"):
        span_of(Period.read("2026-01"), Period.read("2026-Q2"))
    with pytest.raises(ValueError, match="comes before"):
        span_of(Period.read("2026-02"), Period.read("2026-01"))


def test_a_line_has_one_number_a_period() -> None:
    from pipeline.domain.transparency import Section

    short = Section("title", "about", (Line("key", "words", (1,), 1),))
    with pytest.raises(ValueError, match="one number a period"):
        TransparencyReport(
            "agency", ("2026-01", "2026-02"), 5, "UTC", (short,), (), datetime(2026, 4, 1, tzinfo=UTC), ""
        )
