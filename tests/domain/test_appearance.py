"""What is said of colours: a lead with its score, or why nothing is."""

import pytest

from pipeline.domain.appearance import Colour, ColourMark, NoColour, Part, may_be_said, sentence_of
from pipeline.reports.words import colour_words

RED = ColourMark(1, Part.UPPER, Colour.RED, 0.8, 4)


def test_a_colour_is_said_as_a_lead() -> None:
    assert sentence_of(RED) == "upper clothing: red, score 0.80: measured by area in 4 looks, a lead"
    once = ColourMark(1, Part.VEHICLE, Colour.GREY, 1.0, 1)
    assert sentence_of(once) == "vehicle: grey, score 1.00: measured by area in 1 look, a lead"


@pytest.mark.parametrize("reason", list(NoColour))
def test_why_no_colour_is_said_has_words(reason: NoColour) -> None:
    said = sentence_of(ColourMark(1, Part.LOWER, None, 0.0, 2, reason))
    assert said.startswith("lower clothing: cannot tell (")
    assert len(said) > len("lower clothing: cannot tell ()")


def test_a_report_says_the_colours_and_leaves_out_what_cannot_be_told() -> None:
    unsaid = ColourMark(1, Part.LOWER, None, 0.0, 2, NoColour.INFRARED)
    assert colour_words((RED, unsaid)) == (
        "Track 1, upper clothing: red, score 0.80: measured by area in 4 looks, a lead.",
    )


@pytest.mark.parametrize(("colour", "reason"), [(None, None), (Colour.RED, NoColour.MIXED)])
def test_a_mark_says_a_colour_or_why_none(colour: Colour | None, reason: NoColour | None) -> None:
    with pytest.raises(ValueError, match="either a colour"):
        ColourMark(1, Part.VEHICLE, colour, 0.5, 1, reason)


def test_every_colour_may_be_said_of_a_vehicle() -> None:
    assert all(may_be_said(Part.VEHICLE, colour) for colour in Colour)
