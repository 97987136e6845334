"""Live grants as a condition of a query: rows, counts and facets hold nothing else.

Each camera gets the spans of time, kinds and hours that its allowances cover. Limits that no event of the camera comes
near are dropped, so that most cameras have none left, and cameras with the same limits share one text. Texts are made
of whole numbers alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from pipeline.catalogue.index.clock import DAY, SECOND, WEEK, stretches
from pipeline.catalogue.index.codes import micros
from pipeline.domain.consent import EVERY_DAY, Allowance, DailyHours, Pause

_NOTHING, _ALL = "FALSE", "TRUE"
_FIRST_WEEKDAY = 3
"""1970 began on a Thursday, counted from Monday."""

_MOST_GROUPS = 12
"""Texts that are tried one after the other; more of them become a tree."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of one camera: its number, and moments before and after which it has no event."""

    code: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Permitted:
    """Which rows may be read.

    Attributes:
        cameras: Numbers of the cameras of which something may be.
        condition: SQL over rows of these cameras; empty where every one of them may be read.
        certain: Likewise, of the rows that no grant with zones is needed for: they may be counted.
        has_zones: Whether some row needs a grant with zones, and so must be looked at one by one.
    """

    cameras: frozenset[int]
    condition: str
    certain: str
    has_zones: bool


def permitted(allowances: Iterable[Allowance], known: Mapping[str, Known], kinds: Mapping[str, int]) -> Permitted:
    """What the allowances let be read.

    Args:
        allowances: Of one asker.
        known: By camera id; a camera without an event is left out.
        kinds: Numbers of the kinds of which there is an event, by name.
    """
    by_camera: dict[str, list[Allowance]] = defaultdict(list)
    for allowance in allowances:
        if allowance.camera_id in known:
            by_camera[allowance.camera_id].append(allowance)
    every: dict[int, tuple[str, str]] = {}
    certain: dict[int, tuple[str, str]] = {}
    for camera_id, ours in by_camera.items():
        camera = known[camera_id]
        every[camera.code] = _both_ends(ours, camera, kinds)
        certain[camera.code] = _both_ends([one for one in ours if not one.has_zones], camera, kinds)
    seen = frozenset(code for code, (start, _) in every.items() if start != _NOTHING)
    return Permitted(seen, _row_condition(every, seen), _row_condition(certain, seen), every != certain)


def _both_ends(allowances: Sequence[Allowance], camera: Known, kinds: Mapping[str, int]) -> tuple[str, str]:
    """The texts for where an event starts, and for where one between two clips ends."""
    return _moment(allowances, camera, kinds, "starts_at"), _moment(allowances, camera, kinds, "ends_at")


def _row_condition(texts: Mapping[int, tuple[str, str]], seen: frozenset[int]) -> str:
    """Most rows are of cameras without any limit, and pass at the first comparison."""
    limited = {code: text for code, text in texts.items() if code in seen and text != (_ALL, _ALL)}
    if not limited:
        return ""
    numbers = ", ".join(map(str, sorted(limited)))
    start = _of_camera({code: start for code, (start, _) in limited.items()})
    end = _of_camera({code: end for code, (_, end) in limited.items()})
    return f"camera NOT IN ({numbers}) OR (({start}) AND (is_between = 0 OR ({end})))"


def _of_camera(texts: Mapping[int, str]) -> str:
    """A text that is true where the text of the row's camera is; only of these cameras it means anything."""
    alike: dict[str, list[int]] = defaultdict(list)
    for code, text in sorted(texts.items()):
        alike[text].append(code)
    alike.pop(_NOTHING, None)
    if len(alike) > _MOST_GROUPS:
        return _tree(sorted(texts.items()))
    groups = (f"(camera IN ({', '.join(map(str, codes))}) AND {text})" for text, codes in alike.items())
    return " OR ".join(groups) or _NOTHING


def _tree(texts: Sequence[tuple[int, str]]) -> str:
    """As ``_of_camera``, in a few comparisons however many cameras there are."""
    alike = {text for _, text in texts}
    if len(alike) == 1:
        return alike.pop()
    middle = len(texts) // 2
    return f"CASE WHEN camera < {texts[middle][0]} THEN {_tree(texts[:middle])} ELSE {_tree(texts[middle:])} END"


def _moment(allowances: Sequence[Allowance], camera: Known, kinds: Mapping[str, int], column: str) -> str:
    found = dict.fromkeys(text for one in allowances for text in _texts(one, camera, kinds, column))
    if not found:
        return _NOTHING
    return _ALL if _ALL in found else "(" + " OR ".join(found) + ")"


def _texts(allowance: Allowance, camera: Known, kinds: Mapping[str, int], column: str) -> Iterable[str]:
    """Texts for each part of a camera's time that the grant covers."""
    named = sorted(kinds[kind] for kind in allowance.kinds if kind in kinds)
    if not named:
        return
    parts = [] if len(named) == len(kinds) else [f"kind IN ({', '.join(map(str, named))})"]
    parts += [text for pause in allowance.pauses for text in _outside(column, pause, camera)]
    for first, end in _spans(allowance):
        since, until = max(first, camera.first), min(end, camera.last + 1)
        if since < until:
            yield from _span_texts(allowance, parts, camera, column, (since, until))


def _spans(allowance: Allowance) -> Iterable[tuple[int, int]]:
    since, until = micros(allowance.since), micros(allowance.until)
    if allowance.spans is None:
        return ((since, until),)
    return ((max(since, micros(span.start)), min(until, micros(span.end))) for span in allowance.spans)


def _span_texts(
    allowance: Allowance, parts: Sequence[str], camera: Known, column: str, span: tuple[int, int]
) -> Iterable[str]:
    """One text for each stretch in which the grant's hours lie at the same UTC times."""
    since, until = span
    if any(hours.is_always for hours in allowance.hours):
        yield _all_of([*parts, *_limits(column, since, until, camera)])
        return
    for stretch in stretches(allowance.time_zone, since, until):
        limits = _limits(column, stretch.since, stretch.until, camera)
        yield _all_of([*parts, *limits, _times(column, allowance.hours, stretch.offset)])


def _limits(column: str, since: int, until: int, camera: Known) -> list[str]:
    earliest = [f"{column} >= {since}"] if since > camera.first else []
    return earliest + ([f"{column} < {until}"] if until <= camera.last else [])


def _outside(column: str, pause: Pause, camera: Known) -> list[str]:
    since = micros(pause.since)
    until = camera.last + 1 if pause.until is None else micros(pause.until)
    is_near = since < until and since <= camera.last and until > camera.first
    return [f"NOT ({column} >= {since} AND {column} < {until})"] if is_near else []


def _times(column: str, hours: Iterable[DailyHours], offset: int) -> str:
    """The hours, each as the time since it last began: less than its length, and begun on a day that it names."""
    return "(" + " OR ".join(dict.fromkeys(_span(column, one, offset) for one in hours)) + ")"


def _span(column: str, hours: DailyHours, offset: int) -> str:
    start, end = _of_day(hours.start), _of_day(hours.end)
    begun = f"({column} + {(offset - start) % WEEK})"
    is_inside = f"{begun} % {DAY} < {(end - start) % DAY or DAY}"
    if hours.days == EVERY_DAY:
        return f"({is_inside})"
    days = ", ".join(str(day.number) for day in hours.days)
    return f"({is_inside} AND ({begun} / {DAY} + {_FIRST_WEEKDAY}) % {len(EVERY_DAY)} IN ({days}))"


def _of_day(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * SECOND + at.microsecond


def _all_of(parts: Sequence[str]) -> str:
    return "(" + " AND ".join(parts) + ")" if parts else _ALL
