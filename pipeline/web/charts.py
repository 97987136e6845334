"""Charts as pages draw them: bars in a fixed box, one a value; the numbers stand beside them in a table."""

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 300, 44
"""Of the box, in its own units; the page stretches it."""

_GAP = 0.25
"""Of a bar's place, left free."""

_LEAST = 1.5
"""Height of the smallest bar that is not nought, so that it can be seen."""


def bars(values: Sequence[int | None], labels: Sequence[str], top: int = 0, unit: str = "") -> dict[str, Any]:
    """Where each bar stands.

    Args:
        values: One a place, in order; None where there is nothing to tell.
        labels: What each place is called.
        top: The value that fills the box; 0 for the largest.
        unit: What stands behind each number.
    """
    step = WIDTH / max(len(values), 1)
    most = top or max((value for value in values if value), default=0)
    known = [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "most": most,
        "bars": [
            _bar(place, step, value, most, f"{label}: {'no night' if value is None else f'{value}{unit}'}")
            for place, (value, label) in enumerate(zip(values, labels, strict=True))
        ],
        "known": len(known),
        "alt": _alt(known, unit),
        "last": "" if not values or values[-1] is None else f"{values[-1]}{unit}",
    }


def _bar(place: int, step: float, value: int | None, most: int, title: str) -> dict[str, Any]:
    height = 0.0 if not value or not most else max(_LEAST, value / most * HEIGHT)
    return {
        "x": f"{(place + _GAP / 2) * step:.2f}",
        "width": f"{step * (1 - _GAP):.2f}",
        "y": f"{HEIGHT - height:.2f}",
        "height": f"{height:.2f}",
        "is_known": value is not None,
        "title": title,
    }


def _alt(known: Sequence[tuple[int, str]], unit: str) -> str:
    """The chart in a sentence."""
    if not known:
        return "nothing is known"
    values = [value for value, _ in known]
    least, most = min(values), max(values)
    return f"{len(known)} nights, from {least}{unit} to {most}{unit}; {values[-1]}{unit} on {known[-1][1]}"
