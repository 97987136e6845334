"""Truth files: what a person saw in a folder of clips. The format is described in docs/evaluation.md."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import Zone
from pipeline.errors import EvaluationError

TRUTH_FILE = "truth.json"
NOTHING = "none"
"""The word of a span in which nothing happened: every event there is a false alarm, as it would be without the word."""


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """What happened, in the words of the truth file.

    Attributes:
        word: For example ``package_delivered``.
        start: Seconds from the clip's first frame.
        end: Likewise; equal to ``start`` for what happens in a moment.
        optional: Finding it is neither required nor wrong.
    """

    word: str
    start: float
    end: float
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TrueObject:
    """What was in view.

    Attributes:
        word: For example ``car``.
        intervals: Seconds from the clip's first frame, (start, end).
        optional: Finding it is neither required nor wrong.
    """

    word: str
    intervals: tuple[tuple[float, float], ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TrueClip:
    """One clip and what a person saw in it.

    Attributes:
        name: The truth file's.
        path: Where the clip should lie.
        seconds: Length by the truth file; zero when it does not say.
        trigger: Why the camera recorded; None when the file does not say.
        zones: The camera's; empty when the file names none.
        conditions: Under which it was taken, for example ``rain``; empty when the file does not say.
        vendor_labels: What the camera's maker said of it, for example ``human``; None when the file does not say,
            and empty when the maker said nothing.
    """

    name: str
    path: Path
    seconds: float
    events: tuple[TrueEvent, ...]
    objects: tuple[TrueObject, ...]
    trigger: TriggerKind | None = None
    zones: tuple[Zone, ...] = ()
    conditions: tuple[str, ...] = ()
    vendor_labels: tuple[str, ...] | None = None


def read_truth(folder: Path) -> tuple[TrueClip, ...]:
    """Every clip that the folder's truth file names, in its order.

    Raises:
        EvaluationError: There is no truth file, it is no JSON, or an entry lacks its file or its numbers.
    """
    path = folder / TRUTH_FILE
    try:
        clips = json.loads(path.read_text(encoding="utf-8"))["clips"]
        return tuple(_clip(folder, name, entry) for name, entry in clips.items())
    except FileNotFoundError as error:
        raise EvaluationError(str(path), "there is no such file") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise EvaluationError(str(path), f"cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvaluationError(str(path), f"is not of the form that we know: {error!r}") from error


def _clip(folder: Path, name: str, entry: Mapping[str, Any]) -> TrueClip:
    trigger, labels = entry.get("trigger"), entry.get("vendor_labels")
    return TrueClip(
        name=name,
        path=folder / entry["file"],
        seconds=float(entry.get("duration_s") or 0.0),
        events=tuple(_event(one) for one in entry.get("events") or ()),
        objects=tuple(_object(one) for one in entry.get("objects") or ()),
        trigger=None if trigger is None else TriggerKind(trigger),
        zones=tuple(_zone(one) for one in entry.get("zones") or ()),
        conditions=_words(entry.get("conditions")),
        vendor_labels=None if labels is None else _words(labels),
    )


def _words(entry: object) -> tuple[str, ...]:
    """The words of a list, or the one word; none of anything else: another file may mean something else by the name."""
    if isinstance(entry, str):
        return (entry,)
    return tuple(sorted({one for one in entry if isinstance(one, str)})) if isinstance(entry, list) else ()


def _event(entry: Mapping[str, Any]) -> TrueEvent:
    start = float(entry["start_s"])
    end = float(entry.get("end_s", start))
    if end < start:
        raise ValueError(f"event {entry['type']} ends at {end} s, before it starts at {start} s")
    return TrueEvent(str(entry["type"]), start, end, bool(entry.get("optional", False)))


def _object(entry: Mapping[str, Any]) -> TrueObject:
    intervals = tuple((float(start), float(end)) for start, end in entry.get("intervals") or ())
    return TrueObject(str(entry["class"]), intervals, bool(entry.get("optional", False)))


def _zone(entry: Mapping[str, Any]) -> Zone:
    return Zone(str(entry["name"]), tuple((float(x), float(y)) for x, y in entry["polygon"]))
