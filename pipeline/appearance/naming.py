"""Which name a pixel's colour has, and whether it may be skin.

The names and the borders between their hues are set so that the named colours of CSS fall where their own names say
(W3C, CSS Color Module Level 4, section 6.1; tests/appearance/test_colours.py holds the list); neutral colours are
wide, because a camera's white balance is never exact. Skin-like is wider than skin: all ten tones of the Monk skin
tone scale (Monk, E., 2019), in daylight and in warm light, lie in it. What is skin-like is left out and never named.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.appearance.oklab import oklab, polar
from pipeline.domain.appearance import Colour

NAMES = tuple(Colour)
"""The order in which areas are counted."""

_BLACK_BELOW, _WHITE_FROM = 0.4, 0.7
"""Lightness, once the brightest part of the picture is white. Source: half of the labels of bench/appearance."""
_NEUTRAL = 0.04
_NEUTRAL_OF_DARK, _NEUTRAL_OF_DARK_BLUE = 0.05, 0.035
"""Chroma below which a colour is neutral. A dark pixel's hue is mostly noise, and that of a warm light; blue is not."""
_YELLOW_FROM = 0.62
_BROWN_BELOW = 0.62
_BROWN_CHROMA = 0.14
_BEIGE_CHROMA = 0.095
_PINK_FROM = 0.55
_SKIN_HUES = (12, 98)
_SKIN_FROM = 0.1
"""Lightness below which nothing can be told at all."""
_PALE = 0.62
_LEAST_OF_PALE, _LEAST_SATURATION = 0.012, 0.03
"""Chroma over lightness, which exposure leaves as it is: of the palest tones, and of all others."""
_MOST_OF_REDDISH, _MOST_OF_YELLOWISH, _MOST_CHROMA = 0.125, 0.1, 0.15
_REDDISH, _YELLOWISH = 32, 84
_PALE_RED_FROM = 0.68


_NUMBER = {colour: number for number, colour in enumerate(NAMES)}


def named(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Index in ``NAMES`` of each colour of a (..., 3) array in Oklab."""
    lightness, chroma, hue = polar(lab)
    is_dark, is_light = lightness < _BLACK_BELOW, lightness >= _WHITE_FROM

    def between(start: float, end: float) -> NDArray[np.bool_]:
        return np.asarray((hue >= start) & (hue < end) if start < end else (hue >= start) | (hue < end))

    of_dark = np.where(between(220, 300), _NEUTRAL_OF_DARK_BLUE, _NEUTRAL_OF_DARK)
    is_neutral = chroma < np.where(is_dark, of_dark, _NEUTRAL)
    is_warm = between(38, 108)
    rules: tuple[tuple[NDArray[np.bool_], Colour], ...] = (
        (is_neutral & is_dark, Colour.BLACK),
        (is_neutral & is_light, Colour.WHITE),
        (is_neutral, Colour.GREY),
        (is_warm & (lightness < _BROWN_BELOW) & (chroma < _BROWN_CHROMA), Colour.BROWN),
        (is_warm & (lightness >= _BROWN_BELOW) & (chroma < _BEIGE_CHROMA), Colour.BEIGE),
        (between(30, 45) & (lightness >= _PALE_RED_FROM) & (chroma >= _BROWN_CHROMA), Colour.ORANGE),
        (between(18, 45) & (lightness >= _PALE_RED_FROM), Colour.PINK),
        (between(18, 45), Colour.RED),
        (between(45, 83), Colour.ORANGE),
        (between(83, 118) & (lightness >= _YELLOW_FROM), Colour.YELLOW),
        (between(83, 188), Colour.GREEN),
        (between(188, 288), Colour.BLUE),
        (between(288, 335), Colour.PURPLE),
        (between(335, 18) & (lightness >= _PINK_FROM), Colour.PINK),
        (between(335, 350), Colour.PURPLE),
    )
    return np.asarray(
        np.select([where for where, _ in rules], [_NUMBER[one] for _, one in rules], _NUMBER[Colour.RED]),
        dtype=np.uint8,
    )


def may_be_skin(lab: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each colour of a (..., 3) array in Oklab may be skin, of any tone, in any usual light.

    Very dark and very light tones are hardly coloured: there the slightest warmth is enough.
    """
    lightness, chroma, hue = polar(lab)
    is_warm = (hue >= _SKIN_HUES[0]) & (hue < _SKIN_HUES[1])
    least = np.where(lightness >= _PALE, _LEAST_OF_PALE, _LEAST_SATURATION) * lightness
    most = np.where(hue >= _YELLOWISH, _MOST_OF_YELLOWISH, _MOST_CHROMA)
    most = np.where(hue < _REDDISH, _MOST_OF_REDDISH, most)
    return np.asarray(is_warm & (chroma >= least) & (chroma < most) & (lightness >= _SKIN_FROM))


def skin_like(bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The same of a (..., 3) array of 8-bit blue, green, red, as it comes from the camera."""
    return may_be_skin(oklab(bgr))
