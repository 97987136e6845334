"""What a highlight says of itself: a JSON beside it, and the same ids, with a chapter an event, inside the MP4."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from pipeline.domain.events import Event
from pipeline.domain.evidence import Recipe
from pipeline.domain.plain import to_plain
from pipeline.domain.redaction import Redaction
from pipeline.domain.video import Timestamp
from pipeline.highlights.context import CHOSEN, NOT_CONFIRMED, RenderContext, caption
from pipeline.highlights.cut import Cut
from pipeline.highlights.plan import CutPlan

TAGS_FORMAT = "doorstep-highlight-tags/1"
LEAD_IN = "Before"
_MILLISECOND = Fraction(1, 1000)


def chapters(events: Sequence[Event], zero: Timestamp, end: Fraction) -> tuple[tuple[Fraction, Fraction, str], ...]:
    """One chapter an event: from its start to the next event's, since a player knows no overlapping chapters.

    What lies before the first event is a chapter of its own, because players let the first one start at zero.

    Args:
        events: In order of time.
        zero: Stamp of the highlight's first frame.
        end: Seconds at which the highlight ends.

    Returns:
        Start, end and title, in seconds of the highlight, in order; none is shorter than a millisecond. Empty without
        events.
    """
    if not events:
        return ()
    last = end - _MILLISECOND * len(events)
    marks: list[tuple[Fraction, str]] = []
    for number, event in enumerate(events):
        wanted = min(event.inferred.span.start.seconds - zero.seconds, last + _MILLISECOND * number)
        if not marks and wanted >= _MILLISECOND:
            marks.append((Fraction(0), LEAD_IN))
        earliest = marks[-1][0] + _MILLISECOND if marks else Fraction(0)
        marks.append((max(wanted, earliest), caption(event)))
    ends = [start for start, _ in marks[1:]]
    ends.append(max(end, marks[-1][0] + _MILLISECOND))
    return tuple((start, stop, title) for (start, title), stop in zip(marks, ends, strict=True))


def tags_of(plan: CutPlan, context: RenderContext, cut: Cut, recipe: Recipe, *, with_audio: bool) -> dict[str, Any]:
    """All that is known of the highlight, as plain values; the JSON beside it holds exactly this."""
    zero, last = cut.stamps[0], cut.stamps[-1]
    seconds = end_of(cut)
    return {
        "format": TAGS_FORMAT,
        "highlight_id": plan.highlight_id,
        "status": NOT_CONFIRMED,
        "source": {
            "sha256": plan.clip,
            "camera_id": context.camera.camera_id,
            "camera_name": context.camera.name,
            "first_frame": _moment(zero, zero, context),
            "last_frame": _moment(last, zero, context),
            "frames": len(cut.stamps),
            "is_cut_short": plan.is_cut,
        },
        "clock": to_plain(context.clock) | {"time_zone": context.camera.time_zone},
        "grant": {"id": context.grant_id, "version": context.grant_version},
        "model": to_plain(context.model),
        "audio": with_audio,
        "events": [_event(event, zero, context) for event in plan.events],
        "chapters": [
            {"start_seconds": _seconds(start), "end_seconds": _seconds(end), "title": title}
            for start, end, title in chapters(plan.events, zero, seconds)
        ],
        "recipe": to_plain(recipe),
    }


def with_redaction(tags: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """The tags of a redacted copy: the same, and what was hidden in it."""
    return {**tags, "redaction": to_plain(redaction)}


def end_of(cut: Cut) -> Fraction:
    """Seconds of the highlight: to the last frame, and as long as the frame before it stood."""
    stamps = cut.stamps
    step = stamps[-1].seconds - stamps[-2].seconds if len(stamps) > 1 else Fraction(1, 25)
    return stamps[-1].seconds - stamps[0].seconds + step


def to_json(tags: Mapping[str, Any]) -> bytes:
    """The tags as they are stored: UTF-8, two spaces, keys in the order of meaning."""
    return (json.dumps(tags, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def to_ffmetadata(tags: Mapping[str, Any]) -> str:
    """The tags that travel inside the MP4, and its chapters, in ffmpeg's own text form."""
    source, events = tags["source"], tags["events"]
    pairs = {
        "title": "; ".join(dict.fromkeys(event["caption"] for event in events)) or CHOSEN,
        "comment": f"Derivative of clip {source['sha256']}; {tags['status']}",
        "doorstep_highlight_id": tags["highlight_id"],
        "doorstep_event_ids": ",".join(event["event_id"] for event in events),
        "doorstep_event_kinds": ",".join(event["kind"] for event in events),
        "doorstep_status": tags["status"],
        "doorstep_source_sha256": source["sha256"],
        "doorstep_first_pts": str(source["first_frame"]["pts"]),
        "doorstep_last_pts": str(source["last_frame"]["pts"]),
        "doorstep_time_base": source["first_frame"]["time_base"],
        "doorstep_camera_id": source["camera_id"],
        "doorstep_first_frame_utc": source["first_frame"]["utc"],
        "doorstep_clock_source": tags["clock"]["source"],
        "doorstep_clock_uncertainty_seconds": str(tags["clock"]["uncertainty"]),
        "doorstep_grant": f"{tags['grant']['id']} version {tags['grant']['version']}",
        "doorstep_model": tags["model"]["name"],
        "doorstep_model_sha256": tags["model"]["digest"],
    }
    if redaction := tags.get("redaction"):
        pairs["doorstep_redaction"] = "; ".join(
            [f"{len(redaction['masked'])} masks", *(["people unmasked"] if redaction["unmasked"] else [])]
        )
    lines = [";FFMETADATA1", *(f"{key}={_escaped(value)}" for key, value in pairs.items())]
    for chapter in tags["chapters"]:
        start, end = (round(chapter[edge] * 1000) for edge in ("start_seconds", "end_seconds"))
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={max(end, start + 1)}"]
        lines.append(f"title={_escaped(chapter['title'])}")
    return "\n".join(lines) + "\n"


def _event(event: Event, zero: Timestamp, context: RenderContext) -> dict[str, Any]:
    inferred, since = event.inferred, event.since
    earlier = {} if since is None else {"since": {"sha256": since.clip, "utc": since.moment.isoformat()}}
    return {
        "event_id": event.event_id,
        "kind": inferred.kind.value,
        "caption": caption(event),
        "verdict": inferred.verdict.value,
        "reason": to_plain(inferred.reason),
        "score": inferred.score,
        "sentence": inferred.sentence,
        "zone": inferred.zone,
        "track_ids": list(inferred.track_ids),
        "region_xyxy": None if inferred.region is None else list(inferred.region.xyxy),
        "start": _moment(inferred.span.start, zero, context),
        "end": _moment(inferred.span.end, zero, context),
        **earlier,
    }


def _moment(moment: Timestamp, zero: Timestamp, context: RenderContext) -> dict[str, Any]:
    """The moment on every clock: the original's stamps, the highlight's seconds, UTC and the camera's time zone."""
    return {
        "pts": moment.pts,
        "time_base": f"{moment.time_base.numerator}/{moment.time_base.denominator}",
        "highlight_seconds": _seconds(moment.seconds - zero.seconds),
        "utc": context.utc(moment).isoformat(timespec="milliseconds"),
        "local": context.local(moment).isoformat(timespec="milliseconds"),
    }


def _seconds(exact: Fraction) -> float:
    return round(float(exact), 6)


def _escaped(value: str) -> str:
    for special in ("\\", "=", ";", "#", "\n"):
        value = value.replace(special, "\\" + special)
    return value
