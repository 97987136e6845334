"""Tracks, scene changes, zones and the trigger to events, by small pure rules."""

from pipeline.events.rules import default_rules, infer_events
from pipeline.events.view import ClipView, Rule

__all__ = ["ClipView", "Rule", "default_rules", "infer_events"]
