"""A morning report's record in words and rows, for the page and the terminal alike."""

from collections import Counter
from typing import Any

from pipeline.domain.cameras import FetchOutcome
from pipeline.reports import words
from pipeline.reports.incident_report import ReportedEvent
from pipeline.reports.morning_report import CameraNight, MorningReport, NightHighlight

_EMPTY = (FetchOutcome.NONE_RECORDED, FetchOutcome.DELETED)
_NOT_FAILED = (FetchOutcome.READY, FetchOutcome.NOT_GRANTED, *_EMPTY)


def morning_view(report: MorningReport) -> dict[str, Any]:
    """Plain values: strings, numbers, lists and objects."""
    took = (report.ended_at - report.started_at).total_seconds()
    return {
        "night": report.night,
        "title": f"The night to {words.day_words(report.window[1], report.time_zone)}",
        "merged": list(report.merged),
        "window": words.local_span(*report.window, report.time_zone),
        "window_utc": words.utc_span(*report.window),
        "is_complete": report.is_complete,
        "notice": list(words.notice_words(report.agency)),
        "agency": report.agency.name,
        "made": words.utc_words(report.ended_at),
        "made_by": report.made_by,
        "took": words.length_words(took),
        "stages": [{"name": name, "seconds": words.length_words(value)} for name, value in report.stage_seconds],
        "models": [{"name": model.name, "digest": model.digest} for model in report.models],
        "figures": _figures(report),
        "kinds": [{"kind": words.kind_words(kind), "count": count} for kind, count in report.events.most_common()],
        "attention": [
            {"kind": part.kind.value, "what": part.what, "action": part.action, "highlight": part.highlight_id}
            for part in report.attention
        ],
        "highlights": [_highlight(shown) for shown in report.highlights],
        "incidents": [
            {"id": part.incident_id, "title": part.title, "attached": list(part.highlight_ids), "report": part.report}
            for part in report.incidents
        ],
        "cameras": [_camera(camera) for camera in report.cameras],
    }


def _figures(report: MorningReport) -> list[dict[str, Any]]:
    counts = report.outcomes
    return [
        {"count": report.triggers, "label": "recordings listed"},
        {"count": counts[FetchOutcome.READY], "label": "fetched"},
        {"count": sum(report.events.values()), "label": "events"},
        {"count": len(report.highlights), "label": "highlights"},
        {"count": sum(len(part.highlight_ids) for part in report.incidents), "label": "attached to incidents"},
        {"count": len(report.attention), "label": "waiting for a person"},
    ]


def _highlight(shown: NightHighlight) -> dict[str, Any]:
    start = min(part.starts_at for part in shown.events)
    end = max(part.ends_at for part in shown.events)
    heading = words.heading_words(part.event.inferred for part in shown.events)
    when = words.local_span(start, end, shown.time_zone)
    return {
        "id": shown.highlight.highlight_id,
        "heading": heading,
        "camera": shown.camera_name,
        "local": when,
        "utc": words.utc_span(start, end),
        "score": f"{max(part.event.inferred.score for part in shown.events):.2f}",
        "sentences": list(dict.fromkeys(_sentence(part) for part in shown.events)),
        "attached": [{"incident": incident, "reason": reason} for incident, reason in shown.attached],
        "poster": shown.highlight.poster,
        "video": shown.highlight.digest,
        "poster_alt": f"{heading}, camera {shown.camera_name}, {when}; boxes mark what the machine found",
    }


def _sentence(part: ReportedEvent) -> str:
    remarks = words.remarks(part.event, is_superseded=part.is_superseded)
    return " ".join((part.event.inferred.sentence, *remarks))


def _camera(camera: CameraNight) -> dict[str, Any]:
    reasons: Counter[str] = Counter()
    for part in camera.cannot_tell:
        reasons[f"{words.kind_words(part.kind).lower()}: {part.reason.words}"] += part.count
    failed = [part for part in camera.outcomes if part.outcome not in _NOT_FAILED]
    empty = [part for part in camera.outcomes if part.outcome in _EMPTY]
    return {
        "name": camera.name,
        "id": camera.camera_id,
        "granted": camera.granted,
        "grant": camera.grant,
        "triggers": camera.triggers,
        "fetched": camera.came_to(FetchOutcome.READY),
        "empty": camera.came_to(*_EMPTY),
        "failed": sum(part.count for part in failed),
        "not_granted": camera.came_to(FetchOutcome.NOT_GRANTED),
        "why": [*words.outcomes_words(empty), *words.outcomes_words(failed)],
        "analysed": camera.analysed,
        "silent": camera.silent,
        "unreadable": camera.unreadable,
        "events": [
            words.times_words(part.count, words.kind_words(part.kind).lower()) for part in camera.events if part.count
        ],
        "cannot_tell": [words.times_words(count, reason) for reason, count in reasons.items()],
        "opinions": [words.times_words(part.count, words.standing_words(part.standing)) for part in camera.opinions],
        "highlights": camera.highlights,
    }
