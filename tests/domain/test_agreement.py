"""Which of two sides' events are the same."""

import pytest

from pipeline.domain.agreement import best_pairs, fit
from pipeline.domain.events import EventKind

VISIT, TAKEN = EventKind.PERSON_VISIT, EventKind.PACKAGE_PICKED_UP


@pytest.mark.parametrize(
    ("kind", "true", "found", "is_same"),
    [
        (TAKEN, (10.0, 10.0), (8.0, 9.0), True),
        (TAKEN, (10.0, 10.0), (5.0, 7.9), False),
        (TAKEN, (8.0, 12.0), (9.0, 11.0), True),
        (VISIT, (0.0, 10.0), (9.0, 18.0), False),
        (VISIT, (0.0, 10.0), (8.0, 18.0), True),
        (VISIT, (0.0, 1.0), (1.5, 2.5), True),
        (VISIT, (4.0, 4.0), (4.0, 4.0), True),
    ],
)
def test_a_moment_lies_in_an_interval_and_spans_share_a_part(
    kind: EventKind, true: tuple[float, float], found: tuple[float, float], is_same: bool
) -> None:
    assert (fit(kind, true, found) is not None) is is_same


def test_as_many_pairs_as_can_be_and_then_the_best() -> None:
    assert best_pairs([[0.9, 0.5], [0.8, None]]) == [(0, 1), (1, 0)]
    assert best_pairs([[0.2, 0.9]]) == [(0, 1)]
    assert best_pairs([[None]]) == []
    assert best_pairs([]) == []
    assert best_pairs([[], []]) == []
