"""The figures of redaction: what is counted, and what a rate without a miss may claim."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from bench.redaction.heads import Head, TrueFrame
from bench.redaction.measure import Named, score_frames
from bench.redaction.page import MARK, figures, write_page
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.redaction import Hidden
from pipeline.domain.tracks import Box, ModelIdentity
from pipeline.domain.video import ClipProbe, SamplingReport, Timestamp
from pipeline.highlights.masks import Mask, Masks
from tests.highlights.clips import BASE

ZERO = Timestamp(0, BASE)
ANALYSIS = ClipAnalysis(
    "a" * 64,
    ModelIdentity("m", "b" * 64),
    "c" * 64,
    ClipProbe("mov", "h264", 640, 360, 0, ZERO, Fraction(4), 40),
    SamplingReport((), 40, 0, (), Fraction(1), ZERO, "test"),
    (),
    (),
    100.0,
)
LEFT, RIGHT = Box(100, 100, 140, 130), Box(400, 100, 440, 130)


def frames(*heads: Box) -> list[TrueFrame]:
    """Four seconds in steps of half a second, with the same heads in each."""
    found = tuple(Head(who, box, Box(box.x1, box.y1, box.x2, box.y1 + 200)) for who, box in enumerate(heads))
    return [TrueFrame(step / 2, 0.5, found) for step in range(8)]


def covering(box: Box, until: float) -> Masks:
    spans = ((Fraction(0), Fraction(until)),)
    return Masks((Mask("m1", Hidden.PERSON, ((Fraction(0), box), (Fraction(4), box)), spans, 0.1),))


def test_heads_outside_the_masks_are_counted_by_the_time_they_stand() -> None:
    masks = covering(LEFT, 2.25)
    score = score_frames([(frame, masks, Named()) for frame in frames(LEFT, RIGHT)], Fraction(0), ANALYSIS)

    assert (score.person_seconds, score.missed) == (8.0, 4.0 + 1.5)
    assert (score.people, score.missed_people) == (2, 2)


def test_whom_the_event_names_is_no_miss_and_is_lost_where_he_is_covered() -> None:
    masks = covering(LEFT, 4)
    named = Named(frozenset({0}), frozenset({0, 1}))
    score = score_frames([(frame, masks, named) for frame in frames(LEFT, RIGHT)], Fraction(0), ANALYSIS)

    assert (score.shown_seconds, score.lost) == (4.0, 4.0)
    assert (score.person_seconds, score.missed, score.mixed) == (4.0, 4.0, 4.0)


def a_result(missed: float) -> dict[str, Any]:
    score = {"person_seconds": 10.0, "missed": missed, "people": 1, "missed_people": 0, "shown_seconds": 0.0}
    score |= {"lost": 0.0, "mixed": 0.0, "elsewhere": 0.05}
    return {"name": "clip", "kind": "composite", "everybody": score, "shared": None, "model": "m"}


def test_without_a_miss_the_interval_says_what_so_few_clips_can_say(tmp_path: Path) -> None:
    told = figures({str(number): a_result(0.0) for number in range(10)}, "reference")
    assert "| composites, nobody named | 10 | 100 | 0.0 s | 0.00% | 0.0% to 30.0% | 5.0% |" in told
    some = figures({str(number): a_result(float(number == 3)) for number in range(10)}, "reference")
    assert "| 1.0 s | 1.00% | 0.0% to " in some

    page = tmp_path / "page.md"
    page.write_text(f"# Words\n\n{MARK}\n\nold figures\n")
    write_page(page, {"1": a_result(0.0)}, "reference")
    assert page.read_text().startswith(f"# Words\n\n{MARK}\n\n## Measured")
    assert "old figures" not in page.read_text()
