"""What cameras record in a sequence: each take has a mark that stands in every byte that is ever made of it."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.sequences.law import LEFT, RIGHT, Asked

SECONDS = 10
"""How long a take lasts."""
LETTERS = "abcdefghijklmnop"
MARK = re.compile(r"zq[a-p]{12}")
EVENT_MARK = re.compile(r"zq[a-p]{12}e[a-c](?![a-z])")
PAIR_MARK = re.compile(r"(zq[a-p]{12})x(zq[a-p]{12})x")
RAW = re.compile(r"(zq[a-p]{12})raw")
KINDS = ("person_visit", "loitering", "package_delivered", "vehicle_stopped", "package_waiting")
GONE = "package_picked_up"
"""The kind of what happens between two takes."""
EVERY_KIND = (*KINDS, GONE)


@dataclass(frozen=True)
class Happening:
    """What a detector will find in a take, so many seconds after its first frame, in one half of the picture."""

    mark: str
    kind: str
    second: int
    half: str
    is_unsure: bool = False


@dataclass(frozen=True)
class Take:
    """One recording of one camera."""

    mark: str
    number: int
    camera: str
    at: datetime
    happenings: tuple[Happening, ...]
    has_sound: bool
    half: str
    """Where something will have gone by the next take."""

    @property
    def trigger(self) -> str:
        return str(7_620_000_000_000_000_000 + self.number)

    @property
    def content(self) -> bytes:
        return b"\0\0\0\x18ftypmp42" + f"{self.mark}raw".encode()

    @property
    def ends(self) -> datetime:
        return self.at + timedelta(seconds=SECONDS)

    def asked(self, happening: Happening, *, sound: bool = False) -> Asked:
        moment = self.at + timedelta(seconds=happening.second)
        return Asked(self.camera, moment, happening.kind, happening.half, sound)

    def whole(self, shows: Iterable[Asked], *, sound: bool = False) -> list[Asked]:
        """The take from its first frame to its last, whatever it shows; what is known of it is said."""
        return [replace(self.stretch(0, SECONDS, sound=sound), shows=tuple(shows))]

    def stretch(self, first: float, last: float, *, sound: bool = False) -> Asked:
        """Every moment from so many seconds after its first frame to so many."""
        since, until = (self.at + timedelta(seconds=seconds) for seconds in (first, last))
        return Asked(self.camera, since, sound=sound, until=until)


def between(earlier: Take, later: Take) -> list[Asked]:
    """What went between two takes was there at the end of one, and is not at the start of the other."""
    return [Asked(later.camera, moment, GONE, earlier.half) for moment in (earlier.ends, later.at)]


def pair_mark(earlier: str, later: str) -> str:
    return f"{earlier}x{later}x"


def a_take(chance: random.Random, number: int, camera: str, at: datetime) -> Take:
    mark = "zq" + "".join(chance.choices(LETTERS, k=12))
    happenings = tuple(
        Happening(
            mark=f"{mark}e{'abc'[place]}",
            kind=chance.choice(KINDS),
            second=2 + 2 * place,
            half=chance.choice((LEFT, RIGHT)),
            is_unsure=chance.random() < 0.15,
        )
        for place in range(chance.choice((0, 1, 1, 2, 3)))
    )
    return Take(mark, number, camera, at, happenings, chance.random() < 0.3, chance.choice((LEFT, RIGHT)))
