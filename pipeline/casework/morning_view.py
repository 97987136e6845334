"""A morning in words and rows: plain values for the page, the mail, the terminal and the flow's artifact alike."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from statistics import median
from typing import Any

from pipeline.casework.morning import CameraMorning, Morning
from pipeline.casework.noted import Noted
from pipeline.casework.trends import NOTHING_TO_HAVE, NightFigures
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.events import EventKind
from pipeline.domain.nights import NightState
from pipeline.domain.tags import as_said
from pipeline.reports import words
from pipeline.reports.said_words import event_words, tag_words

_FEWEST = 3
"""Of fewer earlier nights nobody can say what is usual."""

_EMPTY = (FetchOutcome.NONE_RECORDED, FetchOutcome.DELETED)

_STATES = {
    NightState.OPEN: "It has not come to its end.",
    NightState.FINISHED: "",
    NightState.MERGED: "It never came to its end; a later night took its work.",
}


def morning_view(morning: Morning, time_zone: str) -> dict[str, Any]:
    """Strings, numbers, lists and objects.

    Args:
        morning: The record.
        time_zone: IANA name in which the night is read.
    """
    return {
        "night": morning.night,
        "title": f"Night of {words.date_words(morning.night)}",
        "state": _STATES[morning.state],
        "ran": _ran(morning, time_zone),
        "merged": list(morning.merged),
        "missed": list(morning.missed),
        "earlier": morning.earlier,
        "later": morning.later,
        "figures": _figures(morning),
        "kinds": _kinds(morning),
        "unsure": _unsure(morning),
        "unseen": unseen(morning),
        "cameras": [_camera(camera) for camera in morning.cameras],
        "not_told": morning.not_told,
        "waiting": [
            {
                "kind": one.kind.value,
                "count": one.count,
                "what": one.what,
                "action": one.action,
                "where": one.where,
                "detail": list(one.detail),
            }
            for one in morning.waiting
        ],
        "worth": [_noted(one) for one in morning.worth],
        "nights": [one.night for one in morning.trend],
        "series": _series(morning),
    }


def unseen(morning: Morning) -> list[dict[str, Any]]:
    """What could not be seen, and why: one entry a reason, with how many; empty when nothing is missing."""
    counts: Counter[FetchOutcome] = Counter()
    whys: dict[FetchOutcome, dict[str, None]] = defaultdict(dict)
    for camera in morning.cameras:
        for outcome, count in camera.outcomes.items():
            counts[outcome] += count
            whys[outcome].update(dict.fromkeys(camera.why.get(outcome, ())))
    found = [
        _unseen(
            counts[outcome],
            f"{words.count_words(counts[outcome], 'recording')}: {words.outcome_words(outcome)}",
            is_failure=outcome not in NOTHING_TO_HAVE,
            why=whys[outcome],
        )
        for outcome in FetchOutcome
        if counts[outcome] and outcome is not FetchOutcome.READY
    ]
    others = (
        (sum(camera.unreadable for camera in morning.cameras), "clip", "could not be looked at"),
        (sum(camera.left for camera in morning.cameras), "clip", "left for the next night"),
        (morning.not_told, "camera", "no live grant for this purpose, so nothing of it is told"),
        (len(morning.missed), "night", "none was run; the recordings were asked for in a later one"),
    )
    found += [_unseen(count, f"{words.count_words(count, noun)}: {what}") for count, noun, what in others if count]
    return found


def _unseen(count: int, what: str, *, is_failure: bool = True, why: Iterable[str] = ()) -> dict[str, Any]:
    return {"count": count, "what": what, "is_failure": is_failure, "why": list(why)}


def _ran(morning: Morning, time_zone: str) -> str:
    began = words.local_words(morning.opened_at, time_zone)
    if morning.finished_at is None:
        return f"began {began}"
    took = (morning.finished_at - morning.opened_at).total_seconds()
    return f"ran {words.local_span(morning.opened_at, morning.finished_at, time_zone)} ({words.length_words(took)})"


def _figures(morning: Morning) -> list[dict[str, Any]]:
    ours = morning.figures
    return [
        {"count": ours.listed, "label": "recordings listed"},
        {"count": ours.fetched, "label": "fetched"},
        {"count": sum(camera.looked_at for camera in morning.cameras), "label": "clips looked at"},
        {"count": ours.events, "label": "events"},
        {"count": ours.cannot_tell, "label": "cannot be told"},
        {"count": ours.failed + ours.unreadable, "label": "failed"},
        *([{"count": ours.rejected, "label": "rejected by people"}] if ours.rejected else []),
    ]


def _before(morning: Morning) -> list[NightFigures]:
    return [one for one in morning.trend[:-1] if one.state is NightState.FINISHED]


def _kinds(morning: Morning) -> list[dict[str, Any]]:
    """Kinds with their count, and what is usual: the middle of the nights before it, where there are enough."""
    before = _before(morning)

    def usual(kind: EventKind) -> str:
        if len(before) < _FEWEST:
            return ""
        return f"{median(one.kinds.get(kind, 0) for one in before):g}"

    counts = sorted(morning.figures.kinds.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"kind": kind.value, "name": words.kind_words(kind), "count": count, "usual": usual(kind)}
        for kind, count in counts
    ]


def _unsure(morning: Morning) -> list[dict[str, Any]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for camera in morning.cameras:
        for part in camera.cannot_tell:
            counts[words.kind_words(part.kind), part.reason.words, part.reason.value] += part.count
    return [
        {"kind": kind, "why": why, "reason": reason, "count": count}
        for (kind, why, reason), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _camera(camera: CameraMorning) -> dict[str, Any]:
    kinds = sorted(camera.kinds.items(), key=lambda item: (-item[1], item[0]))
    return {
        "id": camera.camera_id,
        "name": camera.name,
        "listed": camera.listed,
        "fetched": camera.outcomes.get(FetchOutcome.READY, 0),
        "nothing": sum(camera.outcomes.get(outcome, 0) for outcome in _EMPTY),
        "failed": camera.failed,
        "looked_at": camera.looked_at,
        "silent": camera.silent,
        "rejected": camera.rejected,
        "unreadable": camera.unreadable,
        "left": camera.left,
        "why": [
            {
                "what": words.times_words(count, words.outcome_words(outcome)),
                "details": list(camera.why.get(outcome, ())),
            }
            for outcome, count in camera.outcomes.items()
            if outcome is not FetchOutcome.READY
        ],
        "kinds": [{"kind": kind.value, "name": words.kind_words(kind), "count": count} for kind, count in kinds],
        "cannot_tell": [
            words.times_words(part.count, f"{words.kind_words(part.kind).lower()}: {part.reason.words}")
            for part in camera.cannot_tell
        ],
    }


def _noted(one: Noted) -> dict[str, Any]:
    left = as_said(one.inferred, one.tag)
    return {
        "event": one.event_id,
        "name": event_words(one.inferred, one.tag),
        "sentence": one.inferred.sentence,
        "camera": one.camera_name,
        "local": words.local_span(one.starts_at, one.ends_at, one.time_zone),
        "iso": one.starts_at.isoformat(),
        "score": one.inferred.score,
        "is_doubtful": left.reason is not None,
        "said": tag_words(one.tag) if one.tag else "",
        "is_between": one.is_between,
        "is_seen": one.seen_at is not None,
    }


def _series(morning: Morning) -> list[dict[str, Any]]:
    """One row of figures a chart, a value a night; None where no night was run, or nothing was listed."""
    nights = morning.trend
    kinds = [kind for kind in EventKind if any(one.kinds.get(kind) for one in nights)]
    rows = [
        _row("share", "Fetched of those listed", [_percent(one) for one in nights], unit="%"),
        _row("failed", "Failed", _counts(nights, lambda one: one.failed + one.unreadable)),
    ]
    rows += [_row(kind.value, words.kind_words(kind), _counts(nights, partial(_of_kind, kind))) for kind in kinds]
    if any(one.cannot_tell for one in nights):
        rows.append(_row("cannot_tell", "Cannot be told", _counts(nights, lambda one: one.cannot_tell)))
    return rows


def _row(key: str, name: str, values: list[int | None], unit: str = "") -> dict[str, Any]:
    return {"key": key, "name": name, "values": values, "unit": unit}


def _of_kind(kind: EventKind, one: NightFigures) -> int:
    return one.kinds.get(kind, 0)


def _percent(one: NightFigures) -> int | None:
    return None if one.share is None else round(100 * one.share)


def _counts(nights: Iterable[NightFigures], count: Callable[[NightFigures], int]) -> list[int | None]:
    return [None if one.state is None else count(one) for one in nights]
