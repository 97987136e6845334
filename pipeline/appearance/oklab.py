"""From a picture's bytes to Oklab, in which equal steps look equal.

Source: Björn Ottosson, "A perceptual color space for image processing" (2020), the matrices as published there; the
curve of sRGB is IEC 61966-2-1.
"""

import numpy as np
from numpy.typing import NDArray

_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


_STRAIGHT_TO, _STRAIGHT_TO_LIGHT = 0.04045, 0.0031308
"""Where the curve of sRGB begins to bend: the value, and its amount of light."""


def linear(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Amounts of light, 0 to 1, of 8-bit sRGB values."""
    scaled = np.asarray(values, dtype=np.float64) / 255
    return np.asarray(np.where(scaled <= _STRAIGHT_TO, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4))


_LIGHT = linear(np.arange(256))


def encoded(light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """8-bit sRGB values of amounts of light; what is brighter than white becomes white."""
    held = np.clip(light, 0, 1)
    curve = np.where(held <= _STRAIGHT_TO_LIGHT, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(curve * 255), dtype=np.uint8)


def oklab(bgr: NDArray[np.generic]) -> NDArray[np.float64]:
    """(..., 3) 8-bit blue, green, red as (..., 3) lightness 0 to 1, green to red, blue to yellow."""
    light = _LIGHT[bgr] if bgr.dtype == np.uint8 else linear(bgr)
    return np.asarray(np.cbrt(light[..., ::-1] @ _LMS.T) @ _LAB.T)


def polar(lab: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Lightness, chroma, and hue in degrees from 0 to 360."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    return lab[..., 0], chroma, hue
