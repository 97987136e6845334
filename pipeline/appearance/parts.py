"""Where in a box clothing and a vehicle's body are, by the proportions of people and vehicles.

Head, hands and feet lie outside of what is looked at: nothing of them is read at all.
"""

from dataclasses import dataclass

from pipeline.domain.appearance import Part
from pipeline.domain.tracks import Box, Detection, ObjectClass

_UPPER, _LOWER = (0.20, 0.46), (0.55, 0.84)
"""Shares of a standing person's height from the top: shoulders to hips, and hips to ankles. The head ends at 0.13.
Source: the canon of eight heads; boxes of detectors begin at the hair."""
_UPPER_WIDE, _LOWER_WIDE = 0.5, 0.44
"""Shares of a person's width, about the middle: arms and hands hang outside."""
_TALL = 2.6
"""Height over width of a standing person's box, as a detector draws it."""
_LEAST_UPRIGHT = 1.5
"""Height over width below which a box shows nobody who stands."""
_BODY, _BODY_WIDE = (0.38, 0.72), 0.84
"""Shares of a vehicle's box: under the windows and above the lower half of the wheels."""
_AT_EDGE = 3.0
"""Pixels from the picture's lower edge at which a box is taken to be cut."""


@dataclass(frozen=True, slots=True)
class Patch:
    """The part of a picture in which one part of one thing is looked for."""

    part: Part
    box: Box


def patches_of(detection: Detection, height: int) -> tuple[Patch, ...]:
    """What is looked at of a detection in a picture so many pixels high; empty for what has no colour here."""
    box = detection.box
    if detection.object_class is ObjectClass.VEHICLE:
        return (Patch(Part.VEHICLE, _band(box, _BODY, _BODY_WIDE, box.height)),)
    if detection.object_class is not ObjectClass.PERSON:
        return ()
    is_cut = box.y2 >= height - _AT_EDGE
    if box.height < _LEAST_UPRIGHT * box.width and not is_cut:
        return ()
    whole = max(box.height, _TALL * box.width) if is_cut else box.height
    bands = ((Part.UPPER, _UPPER, _UPPER_WIDE), (Part.LOWER, _LOWER, _LOWER_WIDE))
    return tuple(
        Patch(part, _band(box, band, wide, whole)) for part, band, wide in bands if band[1] * whole <= box.height
    )


def _band(box: Box, band: tuple[float, float], wide: float, whole: float) -> Box:
    inset = (1 - wide) / 2 * box.width
    return Box(box.x1 + inset, box.y1 + band[0] * whole, box.x2 - inset, box.y1 + band[1] * whole)
