"""Days and evenings where clocks are put forward and back."""

from datetime import UTC, datetime

import pytest

from pipeline.asking.understand import understand
from tests.asking.conftest import surroundings

SPRING = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 26, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "words", "since", "until"),
    [
        (SPRING, "Europe/London", "29 March", "2026-03-29T00:00Z", "2026-03-29T23:00Z"),
        (AUTUMN, "Europe/London", "25 October", "2026-10-24T23:00Z", "2026-10-26T00:00Z"),
        (SPRING, "Europe/London", "29 March 00:30-02:30", "2026-03-29T00:30Z", "2026-03-29T01:30Z"),
        (AUTUMN, "Europe/London", "25 October 00:30-01:30", "2026-10-24T23:30Z", "2026-10-25T01:30Z"),
        (AUTUMN, "America/New_York", "yesterday evening", "2026-10-25T22:00Z", "2026-10-26T02:00Z"),
        (SPRING, "Asia/Kolkata", "today", "2026-03-29T18:30Z", "2026-03-30T18:30Z"),
        (
            datetime(2026, 3, 30, 3, 0, tzinfo=UTC),
            "America/New_York",
            "today",
            "2026-03-29T04:00Z",
            "2026-03-30T04:00Z",
        ),
        (
            datetime(2026, 9, 6, 12, 0, tzinfo=UTC),
            "America/Santiago",
            "today",
            "2026-09-06T04:00Z",
            "2026-09-07T03:00Z",
        ),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(now: datetime, zone: str, words: str, since: str, until: str) -> None:
    assert understand(words, surroundings(now, zone)).pairs == (("since", since), ("until", until))


def test_a_span_holds_both_of_an_hour_that_comes_twice() -> None:
    """At 01:30 on the day that clocks go back it is 00:30 UTC, and an hour later again 01:30."""
    ((_, since), (_, until)) = understand("25 October 01:00-01:45", surroundings(AUTUMN)).pairs
    assert (since, until) == ("2026-10-25T00:00Z", "2026-10-25T01:45Z")


@pytest.mark.parametrize(
    ("now", "words", "says"),
    [
        (datetime(2026, 11, 24, 10, tzinfo=UTC), "Tuesday", "Tue 24 Nov 2026"),
        (datetime(2026, 11, 24, 10, tzinfo=UTC), "last Tuesday", "Tue 17 Nov 2026"),
        (datetime(2026, 11, 23, 10, tzinfo=UTC), "Tuesday", "Tue 17 Nov 2026"),
        (datetime(2026, 1, 3, 10, tzinfo=UTC), "31 December", "Wed 31 Dec 2025"),
        (datetime(2026, 1, 3, 10, tzinfo=UTC), "the 31st", "Wed 31 Dec 2025"),
        (datetime(2026, 1, 3, 10, tzinfo=UTC), "last month", "December 2025"),
        (datetime(2026, 1, 3, 10, tzinfo=UTC), "29 February", "Thu 29 Feb 2024"),
        (datetime(2026, 11, 28, 10, tzinfo=UTC), "last weekend", "Sat 21 Nov 2026 to Sun 22 Nov 2026"),
        (datetime(2026, 11, 26, 3, tzinfo=UTC), "tonight", "Wed 25 Nov 2026 18:00 to Thu 26 Nov 2026 06:00"),
    ],
)
def test_a_day_that_comes_again_is_the_newest_that_began(now: datetime, words: str, says: str) -> None:
    (phrase,) = understand(words, surroundings(now)).phrases
    assert phrase.reading.says == says
