"""Figures from what people said: of what they looked at, and of nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipeline.domain.agents import Matter
from pipeline.domain.events import CannotTell, Event, EventKind
from pipeline.domain.search import FoundEvent
from pipeline.domain.tags import Correction, MachineStatement, Tag, TagStatus
from pipeline.domain.video import CameraClock, ClipSpan, ClockSource
from pipeline.evaluation.reviews import from_reviews, wilson
from tests.builders import CAMERA, EVENING, PURPOSE, RECIPIENT
from tests.catalogue.stories import MODEL, SETTINGS, at, digest_of, inferred

VISIT, LOITERING = EventKind.PERSON_VISIT, EventKind.LOITERING


def a_tag(number: int, status: TagStatus, correction: Correction | None = None, **changes: Any) -> Tag:
    said = MachineStatement(inferred(VISIT, **changes), EVENING, EVENING, MODEL, SETTINGS)
    matter = Matter("jane" if number % 2 else "joe", PURPOSE, RECIPIENT)
    name = f"ev-{number:020x}"
    return Tag(f"tg-{number:020x}", name, "aq-1", digest_of("clip"), CAMERA, status, matter, EVENING, said, correction)


def a_statement(number: int, score: float) -> FoundEvent:
    event = Event(f"ev-{number:020x}", digest_of("clip"), CAMERA, inferred(VISIT, score=score))
    clock = CameraClock(EVENING, ClockSource.VENDOR, EVENING - EVENING)
    return FoundEvent(event, "aq-1", "Front door", EVENING, EVENING, clock, MODEL, SETTINGS)


def test_precision_is_of_what_was_looked_at() -> None:
    tags = [
        a_tag(1, TagStatus.CONFIRMED),
        a_tag(2, TagStatus.CONFIRMED),
        a_tag(3, TagStatus.REJECTED, score=0.5),
        a_tag(4, TagStatus.CORRECTED, Correction(VISIT, ClipSpan(at(2), at(3)))),
        a_tag(5, TagStatus.CORRECTED, Correction(LOITERING, ClipSpan(at(1), at(4)))),
    ]
    reviews = from_reviews(tags, [a_statement(number, 0.9) for number in range(10)])
    (kind,) = reviews.kinds
    assert (kind.confirmed, kind.retimed, kind.other_kind, kind.rejected) == (2, 1, 1, 1)
    assert (kind.looked_at, kind.statements, reviews.agents) == (5, 10, 2)
    assert kind.precision == pytest.approx(3 / 5)
    assert kind.interval == pytest.approx(wilson(3, 5))
    assert kind.score_looked_at == pytest.approx((4 * 0.8 + 0.5) / 5)
    assert kind.score_of_all == pytest.approx(0.9)


def test_what_the_machine_cannot_tell_is_no_statement() -> None:
    tags = [
        a_tag(1, TagStatus.CONFIRMED, reason=CannotTell.TOO_DARK),
        a_tag(2, TagStatus.REJECTED, reason=CannotTell.TOO_DARK),
    ]
    (kind,) = from_reviews(tags, []).kinds
    assert (kind.looked_at, kind.precision, kind.interval) == (0, None, None)
    assert (kind.doubted, kind.doubted_and_true, kind.score_of_all) == (2, 1, None)


def test_a_kind_that_nobody_looked_at_has_no_precision() -> None:
    (kind,) = from_reviews([], [a_statement(1, 0.7)]).kinds
    assert (kind.statements, kind.looked_at, kind.precision) == (1, 0, None)
    assert from_reviews([], []).kinds == ()


@given(number=st.integers(1, 400), share=st.floats(0, 1))
def test_the_interval_is_wilsons(number: int, share: float) -> None:
    right = round(number * share)
    theirs = binomtest(right, number).proportion_ci(method="wilson")
    assert wilson(right, number) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
