"""Detections to tracks: which boxes of different frames show the same object."""

from pipeline.tracking.follow import track

__all__ = ["track"]
