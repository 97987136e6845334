"""Detections to tracks: which boxes of different frames show the same object, and where it is another."""

from pipeline.tracking.follow import track
from pipeline.tracking.handover import ClothesWatch, parted, taken_for_one

__all__ = ["ClothesWatch", "parted", "taken_for_one", "track"]
