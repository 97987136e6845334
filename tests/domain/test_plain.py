from fractions import Fraction

import pytest

from pipeline.domain.consent import ConsentGrant
from pipeline.domain.events import EventKind, InferredEvent, Zone
from pipeline.domain.plain import from_plain, to_plain
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, Timestamp
from tests.builders import a_grant


def _at(pts: int) -> Timestamp:
    return Timestamp(pts, Fraction(1, 90_000))


@pytest.mark.parametrize(
    "noun",
    [
        a_grant(zones=(Zone("door", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.9))),)),
        Track(
            1, ObjectClass.PERSON, (Sighting(_at(7), Detection(ObjectClass.PERSON, "person", 0.5, Box(1, 2, 3, 4))),)
        ),
        InferredEvent(EventKind.LOITERING, ClipSpan(_at(1), _at(9)), 0.5, "seen", (1,), Box(0, 0, 1, 1), (_at(1),)),
    ],
)
def test_a_noun_comes_back_equal(noun: ConsentGrant | Track | InferredEvent) -> None:
    assert from_plain(type(noun), to_plain(noun)) == noun


def test_fractions_stay_exact() -> None:
    assert to_plain(_at(7))["time_base"] == "1/90000"


def test_what_has_no_exact_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        to_plain(object())
