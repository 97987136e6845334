"""Kinds of question that the desk is asked, each with values by chance."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.search.town import BEGIN, DAYS, KINDS, STREETS, ZONES
from pipeline.domain.appearance import Colour, ColourWanted, Part
from pipeline.domain.events import CannotTell, EventKind
from pipeline.domain.places import Circle
from pipeline.domain.search import DayTime, Sort, TagState, Wanted

FILTERS_MILLISECONDS, WORDS_MILLISECONDS = 50.0, 150.0
"""What 95 of 100 answers stay under."""

EVENING = DayTime(18 * 60, 22 * 60)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question.

    Attributes:
        name: In words.
        make: One of them.
        has_words: Whether words are looked for.
        is_further: Whether the fifth page is asked for.
    """

    name: str
    make: Callable[[random.Random], Wanted]
    has_words: bool = False
    is_further: bool = False

    @property
    def target(self) -> float:
        """Milliseconds."""
        return WORDS_MILLISECONDS if self.has_words else FILTERS_MILLISECONDS


def _kind(chance: random.Random) -> tuple[EventKind, ...]:
    return (chance.choice(tuple(KINDS)),)


def _month(chance: random.Random) -> dict[str, Any]:
    since = BEGIN + timedelta(days=chance.randrange(DAYS - 30))
    return {"since": since, "until": since + timedelta(days=30)}


def _camera(chance: random.Random) -> tuple[str, ...]:
    return (f"ring:{chance.randrange(1, 601)}",)


def _near(chance: random.Random) -> tuple[Circle, ...]:
    return (Circle(42.36 + chance.randrange(8) * 0.004, -71.06 + chance.randrange(75) * 0.0004, 150),)


def _evening(chance: random.Random) -> dict[str, Any]:
    return {"weekdays": (chance.randrange(7),), "times": (EVENING,)}


def _words(chance: random.Random) -> str:
    return chance.choice(
        ("person", "garden gate", "parked car", "mailbox", "package steps", "vehicle road", "hedge animal")
    )


def _street(chance: random.Random) -> str:
    return chance.choice(STREETS)


QUESTIONS = (
    Kind("everything, the newest first", lambda _: Wanted()),
    Kind("one kind of event", lambda chance: Wanted(kinds=_kind(chance))),
    Kind("one camera", lambda chance: Wanted(camera_ids=_camera(chance))),
    Kind("within 150 m of a point, packages", lambda chance: Wanted(
        circles=_near(chance), kinds=(EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_DELIVERED))),
    Kind("an evening of the week, in one month", lambda chance: Wanted(**_evening(chance), **_month(chance))),
    Kind("an evening of the week, one kind, score over 0.8", lambda chance: Wanted(
        **_evening(chance), kinds=_kind(chance), least_score=0.8)),
    Kind("cannot tell, for one reason, from 22:30 to 5:15", lambda chance: Wanted(
        reasons=(chance.choice(tuple(CannotTell)),), times=(DayTime(1350, 315),))),
    Kind("one zone, dogs", lambda chance: Wanted(zones=(chance.choice(ZONES[1:]),), objects=("dog",))),
    Kind("confirmed by a person, longer than 20 s", lambda _: Wanted(tags=(TagState.CONFIRMED,), least_seconds=20)),
    Kind("a white vehicle in one month", lambda chance: Wanted(
        colours=(ColourWanted(Colour.WHITE, Part.VEHICLE),), **_month(chance))),
    Kind("one kind, the best score first", lambda chance: Wanted(kinds=_kind(chance), sort=Sort.SCORE)),
    Kind("the fifth page of one kind", lambda chance: Wanted(kinds=_kind(chance)), is_further=True),
    Kind("words of sentences", lambda chance: Wanted(words=_words(chance)), has_words=True),
    Kind("words of an address", lambda chance: Wanted(words=_street(chance)), has_words=True),
    Kind("words of both, an evening of the week", lambda chance: Wanted(
        words=f"{_words(chance)} {_street(chance)}", **_evening(chance)), has_words=True),
    Kind("words of both, by relevance", lambda chance: Wanted(
        words=f"{_words(chance)} {_street(chance)}", sort=Sort.RELEVANCE), has_words=True),
)  # fmt: skip
"""In the order of the page. Each is asked with counts and facets, except that a further page needs none."""
