"""A town by chance, as numbers: few cameras are busy, days have hours, weeks have days, kinds are skewed.

What is drawn is stated on the page. No footage is made: rows as the catalogue keeps them, without what nobody searches
(tracks, grounds).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.appearance import Colour, Part
from pipeline.domain.cameras import Camera
from pipeline.domain.events import CannotTell, EventKind

Numbers = NDArray[np.int64]

CLIPS, EVENTS_OF_A_CLIP, CAMERAS, DAYS = 1_000_000, 10, 600, 400
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BEGIN = NOW - timedelta(days=DAYS)
TIME_ZONE = "America/New_York"

_HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 8, 6, 5, 6, 7, 6, 6, 7, 9, 11, 11, 9, 6, 4, 3, 2)
"""Clips by local hour."""
_WEEKDAYS = (10, 10, 10, 10, 11, 12, 9)

KINDS: Mapping[EventKind, float] = {
    EventKind.VEHICLE_PASSING: 45, EventKind.PERSON_VISIT: 22, EventKind.PERSON_AT_DOOR: 9,
    EventKind.ANIMAL_PRESENT: 6, EventKind.VEHICLE_STOPPED: 5, EventKind.LOITERING: 4,
    EventKind.PACKAGE_DELIVERED: 2.5, EventKind.PACKAGE_WAITING: 2, EventKind.PACKAGE_PICKED_UP: 1.5,
    EventKind.DOORBELL_PRESSED: 1.5, EventKind.OBJECT_LEFT: 0.5, EventKind.OBJECT_REMOVED: 0.4,
    EventKind.PACKAGE_MOVED: 0.3, EventKind.CAMERA_OBSCURED: 0.1, EventKind.CAMERA_BLINDED: 0.1,
    EventKind.FOOTAGE_CUT: 0.1,
}  # fmt: skip
_UNSURE = 0.12
"""Of all events; most of them since it is dark."""
_REASONS = (0.4, 0.14, 0.12, 0.12, 0.1, 0.02, 0.02, 0.08)
_OBJECTS = (
    "", "person", "car|vehicle", "truck|vehicle", "animal|dog", "animal|cat", "package|suitcase|person", "bus|vehicle",
    "dog|animal|person", "bicycle|person",
)  # fmt: skip
_OBJECT_SHARES = (0.05, 0.34, 0.38, 0.09, 0.04, 0.02, 0.04, 0.02, 0.01, 0.01)
ZONES = ("", *(f"zone {number}" for number in range(1, 41)))
_MANNERS = (
    "in view", "near the door", "at the edge of the picture", "by the garden gate", "on the steps", "in the road",
    "before the garage", "beside a parked car", "under the porch", "on the lawn", "at the mailbox", "behind the hedge",
)  # fmt: skip
SENTENCES = tuple(f"{kind.value.replace('_', ' ')} {manner}" for kind in KINDS for manner in _MANNERS)
STREETS = (
    "Oak Street",
    "Elm Road",
    "Maple Avenue",
    "Mill Lane",
    "Station Road",
    "Church Hill",
    "Harbour Way",
    "Park Row",
)
_PLACE = (42.36, -71.06)
_TAGGED, _WITHOUT_ZONE, _COLOURED = 0.01, 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Portion:
    """The events of some clips, column by column; numbers of names are places in the tuples of this module."""

    first_clip: int
    columns: Mapping[str, Numbers]
    scores: NDArray[np.float64]
    clip_starts: Numbers
    clip_cameras: Numbers


def cameras(count: int) -> tuple[Camera, ...]:
    """Cameras along a few streets, some ten metres apart."""
    chance = np.random.default_rng(7)
    found = []
    for number in range(count):
        street = number % len(STREETS)
        house = number // len(STREETS)
        latitude = _PLACE[0] + street * 0.004 + chance.normal(0, 0.00005)
        longitude = _PLACE[1] + house * 0.0004
        found.append(
            Camera(
                camera_id=f"ring:{number + 1}",
                account_id=f"ring-{number + 1}",
                name=("Front door", "Driveway", "Back yard", "Porch")[number % 4],
                owner_id=f"resident-{number + 1}",
                has_plan=True,
                time_zone=TIME_ZONE,
                position=(latitude, longitude),
                address=f"{house + 1} {STREETS[street]}",
            )
        )
    return tuple(found)


def portions(clips: int, count: int, size: int = 20_000) -> Iterator[Portion]:
    """All events, in order of time, so many clips at once."""
    starts = _starts(clips)
    weights = 1 / np.arange(1, count + 1) ** 0.9
    for first in range(0, clips, size):
        chance = np.random.default_rng((11, first))
        some = starts[first : first + size]
        yield _portion(chance, first, some, chance.choice(count, len(some), p=weights / weights.sum()) + 1)


def _starts(clips: int) -> Numbers:
    """Microseconds of the clips' starts, sorted."""
    chance = np.random.default_rng(5)
    days = np.array([_WEEKDAYS[(BEGIN + timedelta(days=day)).weekday()] for day in range(DAYS)], np.float64)
    day = chance.choice(DAYS, clips, p=days / days.sum())
    hours = np.array(_HOURS, np.float64)
    hour = chance.choice(24, clips, p=hours / hours.sum())
    begin = int(BEGIN.replace(hour=5, minute=0).timestamp()) * 1_000_000  # about local midnight
    seconds = (day * 24 + hour) * 3600 + chance.integers(0, 3600, clips)
    return np.sort(begin + seconds * 1_000_000 + chance.integers(0, 1_000_000, clips))


def _portion(chance: np.random.Generator, first: int, starts: Numbers, at: Numbers) -> Portion:
    count = len(starts) * EVENTS_OF_A_CLIP
    shares = np.array(tuple(KINDS.values()))
    begins = np.repeat(starts, EVENTS_OF_A_CLIP) + chance.integers(0, 40_000_000, count)
    length = np.minimum(chance.exponential(9, count), 59) * 1_000_000
    kind = chance.choice(len(KINDS), count, p=shares / shares.sum())
    unsure = chance.random(count) < _UNSURE
    columns = {
        "camera": np.repeat(at, EVENTS_OF_A_CLIP),
        "starts_at": begins,
        "ends_at": begins + length.astype(np.int64),
        "kind": kind + 1,
        "outcome": np.where(unsure, chance.choice(len(CannotTell), count, p=_REASONS) + 1, 0),
        "zone": np.where(chance.random(count) < _WITHOUT_ZONE, 0, chance.integers(1, len(ZONES), count)),
        "objects": chance.choice(len(_OBJECTS), count, p=_OBJECT_SHARES) + 1,
        "words": kind * len(_MANNERS) + chance.integers(0, len(_MANNERS), count) + 1,
        "colours": np.where(chance.random(count) < _COLOURED, chance.integers(1, 37, count), 0),
        "tag": np.where(chance.random(count) < _TAGGED, chance.integers(1, 4, count), 0),
    }
    return Portion(first, columns, np.round(chance.beta(5, 2, count), 4), starts, at)


def names() -> Mapping[str, tuple[str, ...]]:
    """By family, the names of the numbers, from 1 on."""
    return {
        "kind": tuple(kind.value for kind in KINDS),
        "outcome": tuple(reason.value for reason in CannotTell),
        "zone": ZONES[1:],
        "objects": _OBJECTS,
        "words": SENTENCES,
        "colours": tuple(f"{colour}:{part}" for part in Part for colour in Colour),
        "tag": ("confirmed", "rejected", "corrected"),
    }
