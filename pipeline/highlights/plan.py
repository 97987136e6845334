"""Which events share a highlight, and from where to where it is cut. Pure."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import rfc8785

from pipeline.domain.events import INSTANT_KINDS, PACKAGE_KINDS, Event, Verdict
from pipeline.domain.incidents import Highlight
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.settings import HighlightSettings

RECIPE_VERSION = 3
"""Counts up when the same plan would be rendered differently; part of a highlight's id."""


@dataclass(frozen=True, slots=True)
class CutPlan:
    """One highlight before it is rendered.

    Attributes:
        highlight_id: The same for the same clip, events and settings that shape the result.
        clip: SHA-256 of the original.
        events: In order of time; at least one, unless a person chose the span.
        span: On the original's time line, padding included, inside the clip; both ends belong to it.
        key_moment: The moment to show when there is room for one picture; inside ``span``.
        is_cut: The events went on for longer than a highlight may.
        has_boxes: Whether boxes of tracks and regions are drawn.
    """

    highlight_id: str
    clip: str
    events: tuple[Event, ...]
    span: ClipSpan
    key_moment: Timestamp
    is_cut: bool
    has_boxes: bool = True

    @property
    def key_event(self) -> Event | None:
        """The event that the poster shows: a package before anything else, then the highest score; None without any."""
        return max(self.events, key=_weight, default=None)


@dataclass(frozen=True, slots=True)
class HandChoice:
    """What a person chose for a cut, besides its span; of which highlight it is a version, if of any."""

    has_boxes: bool
    is_masked: bool
    settings: HighlightSettings
    version_of: str = ""


def plan_highlights(
    events: Sequence[Event], clip_span: ClipSpan, settings: HighlightSettings, within: ClipSpan | None = None
) -> tuple[CutPlan, ...]:
    """Cuts one clip's events into highlights, those of one visit together.

    Statements are shown. Of what cannot be told only package events are: a parcel that may have come or gone is worth
    a person's look, and the highlight says that it is no statement.

    Args:
        events: Of one clip, in any order.
        clip_span: First to last frame of the clip.
        settings: Padding, joining and the longest highlight.
        within: What may be shown of the clip, when that is not all of it; each event begins inside.

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
    return tuple(_plan(group, clip_span, settings, within or clip_span) for group in groups)


def plan_of(highlight: Highlight, events: Sequence[Event], clip_span: ClipSpan) -> CutPlan:
    """The plan of a highlight that was cut already, whatever the settings are today.

    Args:
        highlight: As it is kept.
        events: Those that it shows, in order of time.
        clip_span: First to last frame of the clip.
    """
    if highlight.cut is not None:
        name, clip, boxes = highlight.highlight_id, highlight.clip, highlight.cut.has_boxes
        return _with_key_moment(
            CutPlan(name, clip, tuple(events), highlight.span, highlight.span.start, is_cut=False, has_boxes=boxes)
        )
    wanted = max(event.inferred.span.end for event in events)
    is_cut = highlight.span.end < min(wanted, clip_span.end)
    plan = CutPlan(highlight.highlight_id, highlight.clip, tuple(events), highlight.span, highlight.span.start, is_cut)
    return _with_key_moment(plan)


def plan_by_hand(clip: str, events: Sequence[Event], span: ClipSpan, choice: HandChoice) -> CutPlan:
    """The plan of a span that a person chose; the same choice has the same id.

    Args:
        clip: SHA-256 of the original.
        events: Those that share a moment with the span, in any order; may be empty.
        span: Inside the clip; both ends belong to it.
        choice: What is drawn and hidden, and with which settings.
    """
    shown = tuple(sorted(events, key=_order))
    shape: dict[str, Any] = {
        "clip": clip,
        "events": [event.event_id for event in shown],
        "recipe": RECIPE_VERSION,
        "span": [span.start.pts, span.end.pts, str(span.start.time_base)],
        "boxes": choice.has_boxes,
        "masked": choice.is_masked,
        "version_of": choice.version_of,
        "settings": [choice.settings.width, choice.settings.crf],
    }
    name = f"hl-{hashlib.sha256(rfc8785.dumps(shape)).hexdigest()[:20]}"
    return _with_key_moment(CutPlan(name, clip, shown, span, span.start, is_cut=False, has_boxes=choice.has_boxes))


def is_shown(event: Event) -> bool:
    """Whether a highlight is made of it."""
    return event.inferred.verdict is Verdict.SEEN or event.inferred.kind in PACKAGE_KINDS


def highlight_id(
    clip: str, event_ids: Sequence[str], settings: HighlightSettings, trimmed: ClipSpan | None = None
) -> str:
    """The id of the highlight that these settings make of these events; of one that a grant shortens another."""
    shape: dict[str, Any] = {
        "clip": clip,
        "events": list(event_ids),
        "recipe": RECIPE_VERSION,
        "settings": settings.model_dump(
            mode="json", include={"padding_seconds", "join_seconds", "longest_seconds", "width", "crf"}
        ),
    }
    if trimmed is not None:
        shape["trimmed"] = [trimmed.start.pts, trimmed.end.pts, str(trimmed.start.time_base)]
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


def _plan(group: Sequence[Event], clip_span: ClipSpan, settings: HighlightSettings, within: ClipSpan) -> CutPlan:
    whole, is_cut = _span(group, clip_span, settings)
    span, _ = _span(group, within, settings)
    trimmed = None if span == whole else span
    events_end = max(event.inferred.span.end for event in group)
    plan = CutPlan(
        highlight_id=highlight_id(group[0].clip, [event.event_id for event in group], settings, trimmed),
        clip=group[0].clip,
        events=tuple(group),
        span=span,
        key_moment=span.start,
        is_cut=is_cut if trimmed is None else span.end < min(events_end, clip_span.end),
    )
    return _with_key_moment(plan)


def _span(group: Sequence[Event], within: ClipSpan, settings: HighlightSettings) -> tuple[ClipSpan, bool]:
    """From where to where, inside a part of the clip; and whether the events go on for longer."""
    base = within.start.time_base
    first, last = within.start.seconds, within.end.seconds
    wanted_start = group[0].inferred.span.start.seconds - _padding(settings)
    wanted_end = max(event.inferred.span.end.seconds for event in group) + _padding(settings)
    start = min(max(wanted_start, first), last)
    end = max(min(wanted_end, last, start + Fraction(settings.longest_seconds)), start)
    span = ClipSpan(Timestamp(math.floor(start / base), base), Timestamp(math.ceil(end / base), base))
    return span, end < min(wanted_end, last)


def _with_key_moment(plan: CutPlan) -> CutPlan:
    key = plan.key_event
    wanted = _middle(plan.span) if key is None else _moment_of(key)
    return replace(plan, key_moment=min(max(wanted, plan.span.start), plan.span.end))


def _moment_of(event: Event) -> Timestamp:
    """The middle one of the event's moments to look at; without any, the middle of its span."""
    inferred = event.inferred
    if inferred.evidence:
        return inferred.evidence[len(inferred.evidence) // 2]
    return _middle(inferred.span)


def _middle(span: ClipSpan) -> Timestamp:
    start = span.start
    return Timestamp(start.pts + math.floor(span.duration / 2 / start.time_base), start.time_base)
