import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.events import EventKind
from pipeline.evaluation.matching import FoundEvent, match
from pipeline.evaluation.truth import TrueEvent
from pipeline.evaluation.words import ANSWERS

VISIT = EventKind.PERSON_VISIT
DELIVERED = EventKind.PACKAGE_DELIVERED


def found(start: float, end: float, kind: EventKind = VISIT, score: float = 0.8) -> FoundEvent:
    return FoundEvent(kind, start, end, score)


def counts(kind: EventKind, true: list[TrueEvent], ours: list[FoundEvent]) -> tuple[int, int, int, int]:
    """Found, missed, false alarms, excused."""
    result = match(kind, true, ours)
    return len(result.pairs), len(result.missed), len(result.false_alarms), len(result.excused)


@pytest.mark.parametrize(
    ("start", "end", "is_match"),
    [
        (10.0, 20.0, True),
        (18.6, 40.0, False),  # overlap 1.4 of 30
        (12.0, 13.0, True),  # overlap 1 of 10
        (12.0, 12.5, False),
        (8.0, 22.0, True),
        (30.0, 40.0, False),
    ],
)
def test_a_span_needs_a_tenth_of_overlap(start: float, end: float, is_match: bool) -> None:
    pairs, *_ = counts(VISIT, [TrueEvent("person_visit", 10, 20)], [found(start, end)])
    assert pairs == int(is_match)


def test_short_spans_whose_ends_lie_within_two_seconds_match_without_overlap() -> None:
    assert counts(VISIT, [TrueEvent("person_visit", 10, 11)], [found(12, 13)])[0] == 1
    assert counts(VISIT, [TrueEvent("person_visit", 10, 11)], [found(12, 13.1)])[0] == 0


@pytest.mark.parametrize(
    ("start", "end", "is_match"),
    [(9, 11, True), (1, 30, True), (5, 8, True), (5, 7.9, False), (12, 15, True), (12.1, 15, False)],
)
def test_a_moment_lies_inside_the_interval_or_within_two_seconds_of_an_end(
    start: float, end: float, is_match: bool
) -> None:
    true = [TrueEvent("package_delivered", 10, 10)]
    assert counts(DELIVERED, true, [found(start, end, DELIVERED)])[0] == int(is_match)


def test_one_true_event_takes_one_found_and_the_other_is_a_repeated_false_alarm() -> None:
    result = match(VISIT, [TrueEvent("person_visit", 0, 20)], [found(0, 8), found(11, 20)])
    assert [one.start for _, one in result.pairs] == [11.0]  # the better overlap
    assert ([one.start for one in result.false_alarms], result.repeats) == ([0.0], 1)


def test_as_many_pairs_as_possible_before_the_best_overlap() -> None:
    true = [TrueEvent("person_visit", 0, 10), TrueEvent("person_visit", 9, 20)]
    wide, early = found(0, 19), found(0, 10)
    result = match(VISIT, true, [wide, early])
    assert {(one.start, other.end) for one, other in result.pairs} == {(0.0, 10.0), (9.0, 19.0)}


def test_optional_is_neither_required_nor_wrong() -> None:
    optional = [TrueEvent("package_delivered", 10, 10, optional=True)]
    assert counts(DELIVERED, optional, []) == (0, 0, 0, 0)
    assert counts(DELIVERED, optional, [found(9, 11, DELIVERED)]) == (0, 0, 0, 1)
    assert counts(DELIVERED, optional, [found(20, 22, DELIVERED)]) == (0, 0, 1, 0)


def test_what_loiters_is_also_a_visit_but_a_visit_is_no_loitering() -> None:
    loitering = [TrueEvent("loitering", 0, 20)]
    assert counts(VISIT, loitering, [found(0, 20)]) == (0, 0, 0, 1)
    visit = [TrueEvent("person_visit", 0, 20)]
    assert counts(EventKind.LOITERING, visit, [found(0, 20, EventKind.LOITERING)]) == (0, 0, 1, 0)


def test_an_object_left_that_is_a_package_is_missed_as_package_and_not_wrong_as_object() -> None:
    true = [TrueEvent("package_delivered", 10, 10)]
    assert counts(DELIVERED, true, []) == (0, 1, 0, 0)
    assert counts(EventKind.OBJECT_LEFT, true, [found(9, 11, EventKind.OBJECT_LEFT)]) == (0, 0, 0, 1)
    bottle = [TrueEvent("object_left", 10, 10)]
    assert counts(DELIVERED, bottle, [found(9, 11, DELIVERED)]) == (0, 0, 1, 0)


def test_every_kind_has_an_answer() -> None:
    assert set(ANSWERS) == set(EventKind)


MOMENTS = st.tuples(st.floats(0, 60), st.floats(0, 20))


@given(st.lists(MOMENTS, max_size=6), st.lists(MOMENTS, max_size=6))
def test_everything_is_counted_exactly_once(true: list[tuple[float, float]], ours: list[tuple[float, float]]) -> None:
    truths = [TrueEvent("person_visit", start, start + length) for start, length in true]
    statements = [found(start, start + length) for start, length in ours]
    result = match(VISIT, truths, statements)
    assert len(result.pairs) + len(result.missed) == len(truths)
    assert len(result.pairs) + len(result.false_alarms) + len(result.excused) == len(statements)
    assert 0 <= result.repeats <= len(result.false_alarms)
