"""The rows of a town, as the catalogue's own writers make them: the bodies are made of real nouns."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from bench.search.town import EVENTS_OF_A_CLIP, KINDS, SENTENCES, TIME_ZONE, ZONES, Numbers, Portion, names, portions
from pipeline.catalogue.index.clock import stretches
from pipeline.catalogue.index.codes import moment_at
from pipeline.catalogue.rows import body_of
from pipeline.domain.cameras import CameraTrigger, TriggerKind
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import CannotTell, ClipAnalysis, Event, EventKind, Ground, InferredEvent
from pipeline.domain.evidence import Acquisition, EvidenceItem
from pipeline.domain.tracks import Box, Detection, ModelIdentity, ObjectClass, Sighting, Track
from pipeline.domain.video import CameraClock, ClipProbe, ClipSpan, ClockSource, SamplingReport, Timestamp
from pipeline.domain.words import searchable

Named = tuple[str, Sequence[str], Iterable[Sequence[Any]]]

_BASE = Fraction(1, 90_000)
_MODEL = ModelIdentity("nanodet-416", "f" * 64)
_SETTINGS = "e" * 64
_CLIP, _EVENT, _CAMERA = "c" * 64, "ev-" + "d" * 20, "ring:camera"
_SAID = "A SENTENCE"
_AT = datetime.fromisoformat("2026-01-01T00:00:00.123456+00:00")
_KINDS, _REASONS = tuple(KINDS), tuple(CannotTell)
_MONDAY = 3 * 24
_FIXED = ("kind", "outcome", "zone", "tag")
_EVENT_COLUMNS = (
    "analysis", "event_id", "position", "clip", "camera_id", "kind", "verdict", "reason", "score", "start_pts",
    "start_time_base", "end_pts", "end_time_base", "starts_at", "ends_at", "zone", "sentence", "body",
)  # fmt: skip
_INDEX_COLUMNS = (
    "number", "acquisition", "analysis", "event_id", "camera", "starts_at", "ends_at", "slack", "kind", "outcome",
    "slot", "minute", "score", "zone", "objects", "words", "colours", "tag", "is_between",
)  # fmt: skip


class Rows:
    """All rows of a town, table by table within each portion; what is counted on the way is written last."""

    def __init__(self, clips: int, cameras: int, *, whole: bool) -> None:
        self._whole = whole
        self._clips = clips
        self._cameras = cameras
        self._counts: Counter[tuple[str, int]] = Counter()
        self._longest = 0

    def all(self) -> Iterator[Named]:
        """Tables, columns and rows."""
        for portion in portions(self._clips, self._cameras):
            yield from self._of(portion)
        yield "index_values", ("family", "code", "name", "events"), self._values()

    def _of(self, portion: Portion) -> Iterator[Named]:
        if self._whole:
            yield from self._behind(portion)
        yield "event_index", _INDEX_COLUMNS, self._index(portion)

    def _behind(self, portion: Portion) -> Iterator[Named]:
        """What the index is made of."""
        clips = range(portion.first_clip, portion.first_clip + len(portion.clip_starts))
        at = [moment_at(start) for start in portion.clip_starts.tolist()]
        owners = [f"ring:{camera}" for camera in portion.clip_cameras.tolist()]
        yield "items", ("digest", "size"), ((_digest(clip), 2_000_000) for clip in clips)
        yield (
            "triggers",
            ("camera_id", "trigger_id", "at", "body"),
            ((owner, str(clip), _stored(moment), "{}") for clip, owner, moment in zip(clips, owners, at, strict=True)),
        )
        columns = ("number", "acquisition_id", "digest", "camera_id", "trigger_id", "starts_at", "body")
        yield (
            "acquisitions",
            columns,
            (
                (
                    clip + 1,
                    _acquisition(clip),
                    _digest(clip),
                    owner,
                    str(clip),
                    _stored(moment),
                    _clip_body(clip, owner, moment),
                )
                for clip, owner, moment in zip(clips, owners, at, strict=True)
            ),
        )
        result = ("number", "acquisition_id", "model_digest", "model_name", "settings_digest", "is_done",
                   "is_retryable", "tries", "saved_at", "body")  # fmt: skip
        yield "analyses", result, (
            (clip + 1, _acquisition(clip), _MODEL.digest, _MODEL.name, _SETTINGS, True, False, 1, _stored(moment),
             _ANALYSIS.replace(_CLIP, _digest(clip)))
            for clip, moment in zip(clips, at, strict=True)
        )  # fmt: skip
        yield "events", _EVENT_COLUMNS, self._events(portion)

    def _events(self, portion: Portion) -> Iterator[Sequence[Any]]:
        columns = portion.columns
        numbers = zip(
            columns["camera"].tolist(), columns["starts_at"].tolist(), columns["ends_at"].tolist(),
            columns["kind"].tolist(), columns["outcome"].tolist(), columns["zone"].tolist(),
            columns["words"].tolist(), portion.scores.tolist(), strict=True,
        )  # fmt: skip
        for place, (camera, starts, ends, kind, outcome, zone, words, score) in enumerate(numbers):
            clip = portion.first_clip + place // EVENTS_OF_A_CLIP
            name, digest = _kind(kind), _digest(clip)
            reason = _REASONS[outcome - 1].value if outcome else None
            event_id = _event(clip, place)
            body = _BODY % (
                f"ring:{camera}",
                digest,
                event_id,
                name,
                _quoted(reason),
                score,
                SENTENCES[words - 1],
                _quoted(ZONES[zone]),
            )
            yield (
                clip + 1, event_id, place % EVENTS_OF_A_CLIP, digest, f"ring:{camera}", name,
                "cannot_tell" if outcome else "seen", reason, score, 0, "1/90000", 90_000, "1/90000",
                _stored(moment_at(starts)), _stored(moment_at(ends)), ZONES[zone] or None, SENTENCES[words - 1], body,
            )  # fmt: skip

    def _index(self, portion: Portion) -> Iterator[Sequence[Any]]:
        columns = portion.columns
        local = columns["starts_at"] + _offsets(columns["starts_at"])
        slots, minutes = (local // 3_600_000_000 + _MONDAY) % 168, (local // 60_000_000) % 1440
        self._longest = max(self._longest, int((columns["ends_at"] - columns["starts_at"]).max()))
        for family in ("camera", "kind", "outcome", "zone", "objects", "words", "colours", "tag"):
            codes, counts = np.unique(columns[family], return_counts=True)
            self._counts.update(
                {(family, code): count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)}
            )
        read = [columns[name].tolist() for name in ("camera", "starts_at", "ends_at", "kind", "outcome")]
        rest = [columns[name].tolist() for name in ("zone", "objects", "words", "colours", "tag")]
        lines = zip(*read, slots.tolist(), minutes.tolist(), portion.scores.tolist(), *rest, strict=True)
        for place, (camera, starts, ends, kind, outcome, slot, minute, score, *others) in enumerate(lines):
            clip = portion.first_clip + place // EVENTS_OF_A_CLIP
            number = portion.first_clip * EVENTS_OF_A_CLIP + place + 1
            yield (
                number, clip + 1, clip + 1, _event(clip, place), camera, starts, ends, 1_000_000, kind, outcome, slot,
                minute, score, *others, 0,
            )  # fmt: skip

    def _values(self) -> Iterator[Sequence[Any]]:
        spoken = {**names(), "camera": tuple(f"ring:{number + 1}" for number in range(self._cameras))}
        zeros = {"outcome": "seen", "zone": "", "colours": "", "tag": "none"}
        for family, ours in spoken.items():
            for code, name in enumerate(ours, start=1):
                count = self._counts[family, code]
                if count or family in _FIXED:
                    yield family, code, _words(name) if family == "words" else name, count
        for family, name in zeros.items():
            yield family, 0, name, self._counts[family, 0]

    @property
    def longest(self) -> int:
        """Microseconds, of the longest event that was written."""
        return self._longest


def _kind(code: int) -> str:
    return _KINDS[code - 1].value


def _words(sentence: str) -> str:
    return " ".join(sorted(searchable(sentence)))


def _offsets(moments: Numbers) -> Numbers:
    """How much later local time is, of each moment."""
    found = np.zeros(len(moments), np.int64)
    for stretch in stretches(TIME_ZONE, int(moments.min()), int(moments.max()) + 1):
        found[(moments >= stretch.since) & (moments < stretch.until)] = stretch.offset
    return found


def _stored(moment: datetime) -> str:
    """As both databases read it: SQLite keeps the bare UTC time."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _digest(clip: int) -> str:
    return f"{clip:064x}"


def _acquisition(clip: int) -> str:
    return f"aq-{clip:020x}"


def _event(clip: int, place: int) -> str:
    return f"ev-{clip * EVENTS_OF_A_CLIP + place % EVENTS_OF_A_CLIP:020x}"


def _quoted(word: str | None) -> str:
    return f'"{word}"' if word else "null"


def _clip_body(clip: int, owner: str, moment: datetime) -> str:
    body = _ACQUIRED.replace(_CLIP, _digest(clip)).replace(_CAMERA, owner).replace("aq-it", _acquisition(clip))
    return body.replace(_AT.isoformat(), moment.isoformat())


def _stamp(seconds: int) -> Timestamp:
    return Timestamp(seconds * 90_000, _BASE)


def _acquired() -> AcquiredClip:
    acquisition = Acquisition("aq-it", _CLIP, _CAMERA, "trigger", "ring_share_link", "gr-1", 1, "doorstep", _AT, _AT)
    trigger = CameraTrigger("trigger", _CAMERA, TriggerKind.MOTION, _AT, vendor_labels=("human",))
    clock = CameraClock(_AT, ClockSource.VENDOR, timedelta(seconds=1))
    return AcquiredClip(EvidenceItem(_CLIP, 2_000_000), acquisition, trigger, clock)


def _analysed() -> ClipAnalysis:
    sightings = tuple(
        Sighting(_stamp(second), Detection(ObjectClass.PERSON, "person", 0.7, Box(100, 100, 200, 400)))
        for second in range(6)
    )
    return ClipAnalysis(
        clip=_CLIP,
        model=_MODEL,
        settings_digest=_SETTINGS,
        probe=ClipProbe("mov", "h264", 1920, 1080, 0, _stamp(0), Fraction(60), 900),
        sampling=SamplingReport((_stamp(0), _stamp(1)), 2, 0, (), Fraction(1, 2), _stamp(60), "av"),
        tracks=(Track(1, ObjectClass.PERSON, sightings),),
        events=(),
        mean_luma=88.0,
    )


def _event_template() -> str:
    """The body of an event with places for what differs, in the order in which its JSON has them."""
    grounds = tuple(
        Ground(f"step {number}", 1.5, 1.0, holds=True, sentence="It lay still for long enough.") for number in range(2)
    )
    span = ClipSpan(_stamp(0), _stamp(1))
    inferred = InferredEvent(
        EventKind.PERSON_VISIT, span, 0.123456, _SAID, (1,), None, (_stamp(0), _stamp(1), _stamp(2)),
        CannotTell.TOO_DARK, "THE ZONE", grounds,
    )  # fmt: skip
    body = body_of(Event(_EVENT, _CLIP, _CAMERA, inferred)).replace("%", "%%")
    places = (
        (_CAMERA, "%s"), (_CLIP, "%s"), (_EVENT, "%s"), ("person_visit", "%s"), ('"too_dark"', "%s"),
        ("0.123456", "%s"), (_SAID, "%s"), ('"THE ZONE"', "%s"),
    )  # fmt: skip
    order = [body.index(words) for words, _ in places]
    if order != sorted(order):
        raise ValueError("the JSON of an event has its parts in another order now")
    for words, mark in places:
        body = body.replace(words, mark)
    return body


_ACQUIRED, _ANALYSIS, _BODY = body_of(_acquired()), body_of(_analysed()), _event_template()
