"""When two statements of one kind speak of the same thing, and which of them are pairs. Pure.

Asked where ours are held against the truth, and where a new result is held against the one before it.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.domain.events import INSTANT_KINDS, EventKind

TOLERANCE_SECONDS = 2.0
"""How far a moment may lie outside an interval. Source: docs/evaluation.md."""
LEAST_IOU = 0.1
"""Share of two spans that both cover. Source: likewise."""

Interval = tuple[float, float]
"""Start and end in seconds of the same clip."""


def fit(kind: EventKind, true: Interval, found: Interval) -> float | None:
    """How well the two fit, more is better, at most 1; None when they are not the same by docs/evaluation.md.

    Args:
        kind: Of both.
        true: What holds; of an instant kind its middle is the moment.
        found: What is held against it.
    """
    if kind in INSTANT_KINDS:
        moment = sum(true) / 2
        if not found[0] - TOLERANCE_SECONDS <= moment <= found[1] + TOLERANCE_SECONDS:
            return None
        return 1 / (1 + abs(moment - sum(found) / 2))
    shared = min(true[1], found[1]) - max(true[0], found[0])
    whole = max(true[1], found[1]) - min(true[0], found[0])
    iou = max(shared, 0.0) / whole if whole > 0 else 1.0
    ends_meet = all(abs(one - other) <= TOLERANCE_SECONDS for one, other in zip(true, found, strict=True))
    return max(iou, 1e-3) if iou >= LEAST_IOU or ends_meet else None


def best_pairs(fits: Sequence[Sequence[float | None]]) -> list[tuple[int, int]]:
    """The pairs of the best assignment, one to one: as many as possible, then the best fit in all.

    Args:
        fits: One row an item of the first side, one column an item of the second; None where the two are no pair.

    Returns:
        Row and column of each pair, in order of rows; empty when nothing fits.
    """
    if not fits or not fits[0]:
        return []
    # One more pair outweighs every gain in fit, which is at most 1 a pair.
    worth = np.array([[0.0 if one is None else len(fits) + 1 + one for one in row] for row in fits])
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True) if worth[row, column] > 0]
