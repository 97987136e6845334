"""Whether a picture shows colours at all, and what its light does to them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.appearance.oklab import encoded, linear, oklab, polar
from pipeline.domain.appearance import NoColour

Picture = NDArray[np.uint8]
"""Height x width x 3, blue, green, red."""

_STEP, _SMALL = 4, (48, 28)
"""Every which pixel is taken, and width and height of the picture that is averaged of them to measure the light."""
_DARK = 0.02
"""Mean light, 0 to 1, below which a picture shows no colours."""
_GREY_SPREAD = 0.011
"""How far the colours of a picture lie apart in Oklab, at most, when the camera sees by infrared; a tint that lies
over all of it is none of its own."""
_CAST, _FOLIAGE = 0.06, (100, 160)
"""Chroma over lightness that all of a picture but a twentieth has when a lamp, and not the things in it, gives the
colour; and the hues, in degrees, of which no lamp is, but lawns and hedges are."""
_NEAR_GREY, _LIT, _GLARING, _ENOUGH_GREY = 0.05, 0.3, 0.97, 0.1
"""Chroma of what is nearly grey, lightness between which it tells the light, and the share of the picture it needs."""
_MOST_SHIFT = 0.035
"""How far grey may lie from grey and still be corrected; what lies farther is the colour of the things there."""
_WHITE_AT, _BRIGHT_PART = 0.65, 0.97
"""Amount of light that the brightest parts of a picture are brought to: white is what is white in its own light."""
_MOST_GAIN = 4.0


@dataclass(frozen=True, slots=True)
class Light:
    """What one picture's light allows.

    Attributes:
        reason: Why it shows no colours; None when it does.
        curves: (256, 1, 3) values to put in place of the picture's, so that its grey is grey and it is not dim.
    """

    reason: NoColour | None
    curves: NDArray[np.uint8]

    def corrected(self, picture: Picture) -> Picture:
        """The picture, or a part of it, with its light taken out as far as it can be."""
        return np.asarray(cv2.LUT(picture, self.curves), dtype=np.uint8)


def light_of(picture: Picture) -> Light:
    """Measures the light of a whole picture."""
    fewer = np.ascontiguousarray(picture[::_STEP, ::_STEP])  # averaging all of the picture would take ten times as long
    small = np.asarray(cv2.resize(fewer, _SMALL, interpolation=cv2.INTER_AREA), dtype=np.uint8).reshape(-1, 3)
    lab = oklab(small)
    mean = float(linear(small).mean())
    return Light(_reason(lab, mean), _curves(small, lab))


def _reason(lab: NDArray[np.float64], mean: float) -> NoColour | None:
    tints = lab[:, 1:] / np.maximum(lab[:, :1], _LIT)
    tint = np.median(tints, axis=0)
    away = lab[:, 1:] - tint * lab[:, :1]
    if float(np.quantile(np.hypot(away[:, 0], away[:, 1]), 0.98)) < _GREY_SPREAD:
        return NoColour.INFRARED
    if mean < _DARK:
        return NoColour.TOO_DARK
    hue = float(np.degrees(np.arctan2(tint[1], tint[0])) % 360)
    is_foliage = _FOLIAGE[0] <= hue < _FOLIAGE[1]
    if not is_foliage and float(np.quantile(np.hypot(tints[:, 0], tints[:, 1]), 0.05)) > _CAST:
        return NoColour.COLOURED_LIGHT
    return None


def _curves(small: NDArray[np.uint8], lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Grey is what is nearly grey and neither dark nor glaring; when little is, the colours stay as they came."""
    lightness, chroma, _ = polar(lab)
    is_grey = (chroma < _NEAR_GREY) & (lightness > _LIT) & (lightness < _GLARING)
    gains = np.ones(3)
    if is_grey.mean() > _ENOUGH_GREY:
        shift = np.median(lab[is_grey][:, 1:], axis=0)
        light = linear(np.median(small[is_grey], axis=0))
        if float(np.hypot(*shift)) < _MOST_SHIFT and light.min() > 0:
            gains = light.mean() / light
    bright = float(np.quantile(linear(small).mean(axis=1), _BRIGHT_PART))
    gains = gains * np.clip(_WHITE_AT / max(bright, 1e-6), 1.0, _MOST_GAIN)
    return encoded(linear(np.arange(256))[:, None] * gains[None, :]).reshape(256, 1, 3)
