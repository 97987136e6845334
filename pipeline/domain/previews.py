"""What is shown in a browser in place of bytes that it must not or cannot play; always said to be no original."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.evidence import Recipe, require_digest

PARTS = ("part", "part_with_sound")
"""The ways that show a part; they go with anything of their clip that a grant lets go of."""


class PreviewWay(StrEnum):
    """How a preview was made of its source."""

    SILENT = "silent"
    """The video's own packets, untouched, without the sound, which no grant lets be heard."""
    ENCODED = "encoded"
    """Encoded anew without sound, since browsers do not play the source."""
    ENCODED_WITH_SOUND = "encoded_with_sound"
    """Encoded anew, since browsers do not play the source; its sound is granted."""
    PART = "part"
    """The part of the source that grants cover, encoded anew without sound."""
    PART_WITH_SOUND = "part_with_sound"
    """The part of the source that grants cover, encoded anew; its sound is granted."""
    STILL = "still"
    """One picture of an event."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A derivative for the desk alone; it is made when somebody looks, and goes with its acquisition.

    Attributes:
        acquisition_id: Of which acquisition.
        source: SHA-256 of what it was made of: the original, or a highlight.
        way: How.
        of: Of which event it is a picture, or the first and last stamp of a part; empty for a whole video.
        digest: SHA-256 of it in the store of derivatives.
        media_type: Of its bytes.
        recipe: How it was made, so that another can make it again.
        made_at: UTC, our clock.
    """

    acquisition_id: str
    source: str
    way: PreviewWay
    of: str
    digest: str
    media_type: str
    recipe: Recipe
    made_at: datetime

    @property
    def event_id(self) -> str:
        """Of which event it is a picture; empty for a video."""
        return self.of if self.way is PreviewWay.STILL else ""

    def __post_init__(self) -> None:
        require_digest(self.source)
        require_digest(self.digest)
