"""What is allowed, written down a second time and plainly: numbers, sets and comparisons, nothing of ours imported.

It knows grants as a resident speaks of them, and answers one question: may this be done now. It is deliberately not
clever. Where it and the installation disagree, one of them is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DAY = 24 * 60
LEFT, RIGHT = "left", "right"


@dataclass
class Words:
    """What the newest version of a grant says.

    ``hours`` are pairs of minutes after local midnight, the end not included, over midnight where the end is not after
    the start; they begin on ``days`` (0 is Monday). ``local`` is how far local time is ahead of UTC, in minutes.
    ``half`` is the only half of the picture that is granted, or None for all of it. ``pauses`` end with None while one
    goes on. ``is_every_kind`` is whether ``kinds`` are all that there are, and ``whole`` whether the whole recording of
    an event may be used where kinds or a half are named.
    """

    resident: str
    cameras: frozenset[str]
    kinds: frozenset[str]
    hours: tuple[tuple[int, int], ...]
    purpose: str
    recipient: str
    since: datetime
    footage_since: datetime
    until: datetime
    sound: bool = False
    half: str | None = None
    local: int = 0
    revoked: bool = False
    days: frozenset[int] = frozenset(range(7))
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    is_every_kind: bool = True
    whole: bool = False

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None


@dataclass
class Asked:
    """What somebody wants of footage; None where that is not known or not asked.

    ``until`` is the last moment of a stretch that begins at ``at``, every moment of which is wanted. ``shows`` is what
    is known to happen in it, where it is wanted whatever it shows, and None where it is not.
    """

    camera: str
    at: datetime | None
    kind: str | None = None
    half: str | None = None
    sound: bool = False
    until: datetime | None = None
    shows: tuple["Asked", ...] | None = None


@dataclass
class Law:
    """All grants, their first versions' cameras included, and who owns which camera."""

    owners: dict[str, str | None]
    newest: dict[str, Words] = field(default_factory=dict)

    def say(self, grant: str, words: Words) -> None:
        """A resident says something new; what was said before counts no more."""
        self.newest[grant] = words

    def revoke(self, grant: str) -> None:
        self.newest[grant].revoked = True

    def allows(self, asker: tuple[str, str], asked: Asked, now: datetime) -> bool:
        """Whether one grant, by itself, allows all of it."""
        return any(self._lets(words, asker, asked, now) for words in self.newest.values())

    def allows_all(self, asker: tuple[str, str], asked: Iterable[Asked], now: datetime) -> bool:
        return all(self.allows(asker, one, now) for one in asked)

    def _lets(self, words: Words, asker: tuple[str, str], asked: Asked, now: datetime) -> bool:
        owner = self.owners.get(asked.camera)
        return all(
            (
                not words.revoked,
                not words.is_paused,
                asked.camera in words.cameras,
                owner is not None and owner == words.resident,
                words.since <= now < words.until,
                (words.purpose.lower(), words.recipient.lower()) == (asker[0].lower(), asker[1].lower()),
                bool(words.hours) if asked.at is None else _is_throughout(words, asked.at, asked.until or asked.at),
                asked.kind is None or asked.kind in words.kinds,
                asked.kind is None or words.half is None or words.half == asked.half,
                words.sound or not asked.sound,
                asked.shows is None
                or (words.is_every_kind and words.half is None)
                or (words.whole and any(self._lets(words, asker, one, now) for one in asked.shows)),
            )
        )

    def keeps(self, camera: str, at: datetime, now: datetime) -> bool:
        """Whether any grant in force lets footage stay, whoever asks."""
        return any(
            not words.revoked and camera in words.cameras and now < words.until and _is_in_time(words, at)
            for words in self.newest.values()
        )

    def lets_be_known(self, camera: str, at: datetime) -> bool:
        """Whether it may be known that a camera recorded: a grant that is not revoked covers the moment."""
        return any(
            not words.revoked and camera in words.cameras and _is_in_time(words, at) for words in self.newest.values()
        )

    def has_let_go(self, grant: str, camera: str, at: datetime) -> bool:
        """Whether the resident's word ended it for this footage: revoked, or said anew without it."""
        words = self.newest[grant]
        return words.revoked or camera not in words.cameras or not _is_in_time(words, at)

    def grants(self) -> list[str]:
        return sorted(self.newest)

    def open(self, now: datetime) -> list[str]:
        return [name for name in self.grants() if not self.newest[name].revoked and now < self.newest[name].until]


def _is_throughout(words: Words, first: datetime, last: datetime) -> bool:
    """No pause touches the stretch, and each second of it is in time: hours begin and end at whole minutes."""
    for since, until in words.pauses:
        if since <= last and (until is None or max(since, first) < until):
            return False
    seconds = range(int((last - first).total_seconds()) + 1)
    return all(_is_in_time(words, moment) for moment in [*(first + timedelta(seconds=one) for one in seconds), last])


def _is_in_time(words: Words, at: datetime) -> bool:
    if not words.footage_since <= at < words.until:
        return False
    if any(since <= at and (until is None or at < until) for since, until in words.pauses):
        return False
    local = at + timedelta(minutes=words.local)
    minute = local.hour * 60 + local.minute + local.second / 60
    today, yesterday = local.weekday() in words.days, (local.weekday() - 1) % 7 in words.days
    for start, end in words.hours:
        if start < end and start <= minute < end and today:
            return True
        if start >= end and ((minute >= start and today) or (minute < end and yesterday)):
            return True
    return False
