"""Which events are one thing to watch."""

import random

import pytest

from pipeline.domain.visits import SECOND, Grouping, Sighted, VisitRule, group

MINUTE = 60 * SECOND
NEAR = {(1, 2), (2, 1)}
RULE = VisitRule(gap=30 * SECOND, longest=15 * MINUTE, are_near=lambda one, other: (one, other) in NEAR)


def seen(number: int, start: float, length: float = 5, camera: int = 1, slack: float = 1, **more: bool) -> Sighted:
    return Sighted(
        number, camera, round(start * SECOND), round((start + length) * SECOND), round(slack * SECOND), **more
    )


def visits(*events: Sighted, newest_first: bool = True) -> set[frozenset[int]]:
    ordered = sorted(events, key=lambda event: (event.starts_at, event.number), reverse=newest_first)
    return {
        frozenset(event.number for event in visit.events) for visit in group(ordered, RULE, newest_first=newest_first)
    }


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((seen(1, 0), seen(2, 34)), {(1, 2)}),
        ((seen(1, 0), seen(2, 36)), {(1,), (2,)}),
        ((seen(1, 0), seen(2, 20), seen(3, 50)), {(1, 2, 3)}),
        ((seen(1, 0), seen(2, 4, camera=2)), {(1, 2)}),
        ((seen(1, 0), seen(2, 6.5, camera=2)), {(1, 2)}),
        ((seen(1, 0), seen(2, 7.5, camera=2)), {(1,), (2,)}),
        ((seen(1, 0), seen(2, 4, camera=3)), {(1,), (2,)}),
        ((seen(1, 0), seen(2, 4, camera=2, slack=31)), {(1,), (2,)}),
        ((seen(1, 0, length=3600), seen(2, 3000)), {(1,), (2,)}),
        ((seen(1, 0, is_between=True), seen(2, 1)), {(1,), (2,)}),
        ((seen(1, 0, is_between=True), seen(2, 0, is_between=True)), {(1, 2)}),
        ((seen(1, 0, is_between=True), seen(2, 1, is_between=True)), {(1,), (2,)}),
        (tuple(seen(number, 20 * number) for number in range(30)), {tuple(range(30))}),
    ],
    ids=[
        "a gap of half a minute", "a longer gap", "a chain", "near cameras at once", "near, as far as clocks tell",
        "near, and not at once", "far cameras", "a clock that tells nothing", "ten minutes of a long one count",
        "nobody was seen between clips", "the same interval between clips", "other intervals", "ten minutes of chain",
    ],
)  # fmt: skip
def test_events_belong_together(
    events: tuple[Sighted, ...], expected: set[tuple[int, ...]], newest_first: bool
) -> None:
    assert visits(*events, newest_first=newest_first) == {frozenset(one) for one in expected}


def test_a_busy_street_is_not_one_visit() -> None:
    whole = [seen(number, 20 * number) for number in range(200)]

    found = group(sorted(whole, key=lambda event: -event.starts_at), RULE)

    assert sum(len(visit.events) for visit in found) == len(whole)
    assert all(visit.last - visit.first <= RULE.longest for visit in found)
    assert len(found) == 5


def test_a_visit_that_is_closed_never_grows() -> None:
    chance = random.Random(4)
    events = [
        seen(number, chance.randrange(7200), chance.randrange(900), chance.choice((1, 2, 3))) for number in range(300)
    ]
    for newest_first in (True, False):
        grouping = Grouping(RULE, newest_first=newest_first)
        closed: dict[int, int] = {}
        for event in sorted(events, key=lambda one: (one.starts_at, one.number), reverse=newest_first):
            grouping.add(event)
            for visit in grouping.visits:
                if grouping.is_closed(visit, event.starts_at):
                    closed.setdefault(visit.head.number, len(visit.events))
        final = {visit.head.number: len(visit.events) for visit in grouping.visits}
        assert len(closed) > 20
        assert {head: final[head] for head in closed} == closed


def test_without_a_rule_each_event_is_a_visit() -> None:
    assert len(group([seen(1, 0), seen(2, 0)], None)) == 2
