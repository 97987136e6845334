"""Which events share a highlight, and from where to where it is cut. Pure."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import rfc8785

from pipeline.domain.events import INSTANT_KINDS, PACKAGE_KINDS, Event, Verdict
from pipeline.domain.incidents import Highlight
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.settings import HighlightSettings

RECIPE_VERSION = 2
"""Counts up when the same plan would be rendered differently; part of a highlight's id."""


@dataclass(frozen=True, slots=True)
class CutPlan:
    """One highlight before it is rendered.

    Attributes:
        highlight_id: The same for the same clip, events and settings that shape the result.
        clip: SHA-256 of the original.
        events: In order of time; at least one.
        span: On the original's time line, padding included, inside the clip; both ends belong to it.
        key_moment: The moment to show when there is room for one picture; inside ``span``.
        is_cut: The events went on for longer than a highlight may.
    """

    highlight_id: str
    clip: str
    events: tuple[Event, ...]
    span: ClipSpan
    key_moment: Timestamp
    is_cut: bool

    @property
    def key_event(self) -> Event:
        """The event that the poster shows: a package before anything else, then the highest score."""
        return max(self.events, key=_weight)


def plan_highlights(events: Sequence[Event], clip_span: ClipSpan, settings: HighlightSettings) -> tuple[CutPlan, ...]:
    """Cuts one clip's events into highlights, those of one visit together.

    Statements are shown. Of what cannot be told only package events are: a parcel that may have come or gone is worth
    a person's look, and the highlight says that it is no statement.

    Args:
        events: Of one clip, in any order.
        clip_span: First to last frame of the clip.
        settings: Padding, joining and the longest highlight.

    Returns:
        In order of time; empty when no event is worth showing.

    Raises:
        ValueError: The events are of several clips.
    """
    shown = sorted((event for event in events if is_shown(event)), key=_order)
    if len({event.clip for event in shown}) > 1:
        raise ValueError("events of several clips cannot share a plan")
    groups: list[list[Event]] = []
    for event in shown:
        if groups and _belongs(event, groups[-1], settings):
            groups[-1].append(event)
        else:
            groups.append([event])
    return tuple(_plan(group, clip_span, settings) for group in groups)


def plan_of(highlight: Highlight, events: Sequence[Event], clip_span: ClipSpan) -> CutPlan:
    """The plan of a highlight that was cut already, whatever the settings are today.

    Args:
        highlight: As it is kept.
        events: Those that it shows, in order of time.
        clip_span: First to last frame of the clip.
    """
    wanted = max(event.inferred.span.end for event in events)
    is_cut = highlight.span.end < min(wanted, clip_span.end)
    plan = CutPlan(highlight.highlight_id, highlight.clip, tuple(events), highlight.span, highlight.span.start, is_cut)
    return _with_key_moment(plan)


def is_shown(event: Event) -> bool:
    """Whether a highlight is made of it."""
    return event.inferred.verdict is Verdict.SEEN or event.inferred.kind in PACKAGE_KINDS


def highlight_id(clip: str, event_ids: Sequence[str], settings: HighlightSettings) -> str:
    """The id of the highlight that these settings make of these events."""
    shape: dict[str, Any] = {
        "clip": clip,
        "events": list(event_ids),
        "recipe": RECIPE_VERSION,
        "settings": settings.model_dump(
            mode="json", include={"padding_seconds", "join_seconds", "longest_seconds", "width", "crf"}
        ),
    }
    return f"hl-{hashlib.sha256(rfc8785.dumps(shape)).hexdigest()[:20]}"


def _order(event: Event) -> tuple[Fraction, Fraction, str, str]:
    span = event.inferred.span
    return (span.start.seconds, span.end.seconds, event.inferred.kind.value, event.event_id)


def _weight(event: Event) -> tuple[bool, bool, float, str]:
    inferred = event.inferred
    return (inferred.verdict is Verdict.SEEN, inferred.kind in PACKAGE_KINDS, inferred.score, event.event_id)


def _belongs(event: Event, group: Sequence[Event], settings: HighlightSettings) -> bool:
    """Whether the event is near the group, and the part of it that matters still fits into the longest highlight."""
    span = event.inferred.span
    near = min(span.gap_to(other.inferred.span) for other in group) <= Fraction(settings.join_seconds)
    until = group[0].inferred.span.start.seconds + Fraction(settings.longest_seconds) - _padding(settings)
    matters = span.end if event.inferred.kind in INSTANT_KINDS else span.start
    return near and matters.seconds <= until


def _padding(settings: HighlightSettings) -> Fraction:
    return min(Fraction(settings.padding_seconds), Fraction(settings.longest_seconds) / 4)


def _plan(group: Sequence[Event], clip_span: ClipSpan, settings: HighlightSettings) -> CutPlan:
    base = clip_span.start.time_base
    first, last = clip_span.start.seconds, clip_span.end.seconds
    wanted_start = group[0].inferred.span.start.seconds - _padding(settings)
    wanted_end = max(event.inferred.span.end.seconds for event in group) + _padding(settings)
    start = min(max(wanted_start, first), last)
    end = max(min(wanted_end, last, start + Fraction(settings.longest_seconds)), start)
    span = ClipSpan(Timestamp(math.floor(start / base), base), Timestamp(math.ceil(end / base), base))
    plan = CutPlan(
        highlight_id=highlight_id(group[0].clip, [event.event_id for event in group], settings),
        clip=group[0].clip,
        events=tuple(group),
        span=span,
        key_moment=span.start,
        is_cut=end < min(wanted_end, last),
    )
    return _with_key_moment(plan)


def _with_key_moment(plan: CutPlan) -> CutPlan:
    moment = min(max(_moment_of(plan.key_event), plan.span.start), plan.span.end)
    return CutPlan(plan.highlight_id, plan.clip, plan.events, plan.span, moment, plan.is_cut)


def _moment_of(event: Event) -> Timestamp:
    """The middle one of the event's moments to look at; without any, the middle of its span."""
    inferred = event.inferred
    if inferred.evidence:
        return inferred.evidence[len(inferred.evidence) // 2]
    start = inferred.span.start
    return Timestamp(start.pts + math.floor(inferred.span.duration / 2 / start.time_base), start.time_base)
