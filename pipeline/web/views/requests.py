"""A request for footage in words, the same at the desk, in public and at home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.footage_requests import SQUARE_METRES_PER_SQUARE_MILE, FootageRequest, Refusal
from pipeline.domain.places import Circle
from pipeline.reports.words import kind_words


@dataclass(frozen=True, slots=True)
class AskedView:
    """What is asked, as a page shows it.

    Attributes:
        case_number: The agency's.
        title: In a line.
        words: What happened.
        recipient: Who asks.
        purpose: What for.
        place: In words.
        kinds: In words.
        starts_at: UTC.
        ends_at: UTC.
    """

    case_number: str
    title: str
    words: str
    recipient: str
    purpose: str
    place: str
    kinds: str
    starts_at: datetime
    ends_at: datetime


def asked_view(asked: FootageRequest) -> AskedView:
    """What a page says of a request."""
    return AskedView(
        case_number=asked.case_number,
        title=asked.title,
        words=asked.words,
        recipient=asked.recipient,
        purpose=asked.purpose,
        place=place_words(asked),
        kinds=", ".join(kind_words(kind).lower() for kind in asked.kinds) or "whole clips, whatever they show",
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
    )


def place_words(asked: FootageRequest) -> str:
    """Where, with its size."""
    place = asked.place
    size = f"{place.square_metres / SQUARE_METRES_PER_SQUARE_MILE:.3f} square miles"
    if isinstance(place, Circle):
        return f"{place.metres:g} m around {place.latitude:.4f}, {place.longitude:.4f} ({size})"
    return f"an area of {len(place.corners)} corners ({size})"


def refusals_view(refusals: Iterable[Refusal]) -> tuple[tuple[str, str, str], ...]:
    """Of each refusal the rule in words, what was found and how to mend it."""
    return tuple((one.rule.value.replace("_", " "), one.found, one.remedy) for one in refusals)
