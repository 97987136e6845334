"""What came to a place and later went from it is one thing: what is known of it at either end is known at both."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.scene import Change, RegionChange

_SAME_PLACE = 0.4
"""Overlap of two regions from which on they are one place."""


def known_as_one(changes: Sequence[RegionChange]) -> tuple[RegionChange, ...]:
    """The changes, each as like a package as its thing looked at the better of its two ends.

    Somebody bends over a thing when it is put down, and light falls otherwise when it is taken: one of two readings is
    often the poorer one.

    Args:
        changes: In any order.

    Returns:
        In the same order.
    """
    told = list(changes)
    for came in sorted((one for one in changes if one.change is Change.APPEARED), key=lambda one: one.after):
        went = _next_at(came, changes)
        if went is None or went.change is not Change.DISAPPEARED:
            continue
        best = max(came.package_likeness, went.package_likeness)
        for one in (came, went):
            told[changes.index(one)] = replace(told[changes.index(one)], package_likeness=best)
    return tuple(told)


def _next_at(came: RegionChange, changes: Sequence[RegionChange]) -> RegionChange | None:
    """What happened next at the place; None where nothing did."""
    later = [one for one in changes if one.before >= came.after and one.box.iou(came.box) >= _SAME_PLACE]
    return min(later, key=lambda one: (one.before, one.after), default=None)
