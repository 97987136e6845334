"""How things look: colours of clothing and vehicles, and vectors of things. Never of a person's body, head or skin."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.tracks import Box, ObjectClass
from pipeline.domain.video import Timestamp


class Colour(StrEnum):
    """The colours that have a name here; few, so that two people who look at one picture say the same."""

    BLACK = "black"
    WHITE = "white"
    GREY = "grey"
    """Silver too: a picture does not show the difference."""
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    BEIGE = "beige"


class Part(StrEnum):
    """Of what a colour is said."""

    UPPER = "upper"
    """Clothing from the shoulders to the hips."""
    LOWER = "lower"
    """Clothing from the hips to the ankles."""
    VEHICLE = "vehicle"
    """A vehicle's body, without its windows and wheels as far as they can be left out."""


SAID_OF_CLOTHING = frozenset(Colour) - {Colour.BROWN, Colour.BEIGE}
"""Brown and beige are not: in a picture they cannot be told from skin, and skin is never described (ADR 0029)."""


def may_be_said(part: Part, colour: Colour) -> bool:
    """Whether the colour is ever said of the part; a search for another one finds nothing, and may say so."""
    return part is Part.VEHICLE or colour in SAID_OF_CLOTHING


PART_WORDS = {Part.UPPER: "upper clothing", Part.LOWER: "lower clothing", Part.VEHICLE: "vehicle"}


def in_words(part: Part | None, colour: Colour) -> str:
    """``upper clothing: red``."""
    return f"{PART_WORDS[part]}: {colour}" if part else f"something {colour}"


class NoColour(StrEnum):
    """Why no colour is said of a part."""

    INFRARED = "infrared"
    """The camera saw without colour: a grey picture has none."""
    TOO_DARK = "too_dark"
    COLOURED_LIGHT = "coloured_light"
    """One colour lies over the whole picture, of a lamp for example."""
    TOO_SMALL = "too_small"
    HIDDEN = "hidden"
    """Too little of the part is left once what may not be counted is left out: skin-like pixels, others in front."""
    MIXED = "mixed"
    """No colour covers enough of it, or the looks disagree."""


@dataclass(frozen=True, slots=True)
class ColourMark:
    """A colour of a part of what one track followed, measured by area: a lead, not a description of anybody.

    Attributes:
        track_id: Of the clip's tracks.
        part: Of what.
        colour: None where none can be said; ``reason`` then says why.
        score: 0 to 1: the share of the part's counted area, the middle over the looks, times how well they agree.
        looks: In how many pictures it was measured.
        reason: None where a colour is said.
    """

    track_id: int
    part: Part
    colour: Colour | None
    score: float
    looks: int
    reason: NoColour | None = None

    def __post_init__(self) -> None:
        if (self.colour is None) is (self.reason is None):
            raise ValueError("either a colour is said, or why none is")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score must lie in 0..1, got {self.score}")
        if self.colour is not None and not may_be_said(self.part, self.colour):
            raise ValueError(f"{self.colour} is never said of {self.part} clothing")


REASON_WORDS = {
    NoColour.INFRARED: "the camera saw without colour",
    NoColour.TOO_DARK: "too dark",
    NoColour.COLOURED_LIGHT: "one colour of light lies over everything",
    NoColour.TOO_SMALL: "too small",
    NoColour.HIDDEN: "too little of it is left to measure",
    NoColour.MIXED: "no colour covers enough of it",
}


def sentence_of(mark: ColourMark) -> str:
    """What a mark says, and that it is a lead."""
    if mark.colour is None:
        why = REASON_WORDS[mark.reason] if mark.reason else ""
        return f"{PART_WORDS[mark.part]}: cannot tell ({why})"
    looks = "1 look" if mark.looks == 1 else f"{mark.looks} looks"
    return f"{in_words(mark.part, mark.colour)}, score {mark.score:.2f}: measured by area in {looks}, a lead"


@dataclass(frozen=True, slots=True)
class ColourWanted:
    """Asks for what shows a colour.

    Attributes:
        colour: Which.
        part: Of what; None for any part.
        least_score: 0 to 1.
    """

    colour: Colour
    part: Part | None = None
    least_score: float = 0.5


COMPARABLE = frozenset({ObjectClass.VEHICLE, ObjectClass.PACKAGE, ObjectClass.BAG, ObjectClass.OTHER})
"""Of what a vector is made. Never of a person, nor of an animal or a bicycle, which show who comes with them (P7)."""


@dataclass(frozen=True, slots=True)
class ThingVector:
    """How one thing looks, as numbers that are only comparable with those of the same ``model_id``.

    Attributes:
        object_class: Of what it is, one of ``COMPARABLE``.
        track_id: The track that followed it; None for what lay still.
        region: Where it lay, in pixels of the picture as shown; None for what was followed.
        at: The look that it was made of.
        model_id: What made the numbers: name and SHA-256, ``name:digest``.
        values: Signed bytes, one a dimension.
    """

    object_class: ObjectClass
    track_id: int | None
    region: Box | None
    at: Timestamp
    model_id: str
    values: bytes

    def __post_init__(self) -> None:
        if self.object_class not in COMPARABLE:
            raise ValueError(f"no vector is ever made of: {self.object_class}")
        if (self.track_id is None) is (self.region is None):
            raise ValueError("a vector is of a track or of a region")
