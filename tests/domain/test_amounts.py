"""What people read of counts, lengths and sizes."""

from datetime import timedelta

import pytest

from pipeline.domain.amounts import counted, size_words, span_words


@pytest.mark.parametrize(
    ("count", "many", "words"),
    [
        (1, "recordings", "1 recording"),
        (0, "recordings", "0 recordings"),
        (1, "analyses", "1 analysis"),
        (2, "published copies", "2 published copies"),
        (1, "published copies", "1 published copy"),
    ],
)
def test_counts_agree_with_what_is_counted(count: int, many: str, words: str) -> None:
    assert counted(count, many) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(hours=39), "1 day 15 hours"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=2, minutes=5), "2 days"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute"),
        (timedelta(minutes=15), "15 minutes"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=-5), "less than a minute"),
    ],
)
def test_lengths_are_told_in_their_two_largest_units(span: timedelta, words: str) -> None:
    assert span_words(span) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (812, "812 B"),
        (4_200, "4.2 kB"),
        (38_400_000, "38 MB"),
        (999_600, "1.0 MB"),
        (9_960_000, "10 MB"),
        (1_500_000_000, "1.5 GB"),
    ],
)
def test_nothing_that_is_there_is_told_as_nought_of_a_unit(size: int, words: str) -> None:
    assert size_words(size) == words
