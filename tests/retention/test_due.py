"""Thousands of days with a clock of our own: what is due goes within a day, what is held never does."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.domain.incidents import IncidentStatus
from pipeline.domain.retention import Category, ClipFacts, Hold, HoldScope, IncidentTie, Instrument
from pipeline.retention.due import due_of
from pipeline.retention.judging import Judge
from pipeline.settings import RetentionSettings
from tests.builders import EVENING
from tests.catalogue.stories import a_clip, an_incident
from tests.retention.story import Town

SETTINGS = RetentionSettings()
DAY = timedelta(days=1)


def facts(**changes: Any) -> ClipFacts:
    return replace(ClipFacts(a_clip(), is_looked_at=True), **changes)


FETCHED = a_clip().acquisition.ended_at


def a_tie(
    status: IncidentStatus = IncidentStatus.OPEN, *, attached: datetime | None = None, **changes: Any
) -> IncidentTie:
    return IncidentTie(an_incident(status=status, opened_at=EVENING, **changes), attached)


@pytest.mark.parametrize(
    ("changes", "category", "since", "days"),
    [
        ({"is_looked_at": False}, Category.NOT_LOOKED_AT, FETCHED, 30),
        ({}, Category.WITHOUT_EVENTS, FETCHED, 14),
        ({"has_events": True}, Category.WITH_EVENTS, FETCHED, 30),
        ({"ties": (a_tie(),)}, Category.OPEN_INCIDENT, FETCHED, 365),
        ({"ties": (a_tie(attached=EVENING + 9 * DAY),)}, Category.OPEN_INCIDENT, EVENING + 9 * DAY, 365),
        (
            {"ties": (a_tie(IncidentStatus.CLOSED, closed_at=EVENING + 50 * DAY),)},
            Category.CLOSED_INCIDENT,
            EVENING + 50 * DAY,
            90,
        ),
        ({"ties": (replace(a_tie(), is_rejected=True),)}, Category.WITHOUT_EVENTS, FETCHED, 14),
    ],
)
def test_each_category_counts_from_its_own_moment(
    changes: dict[str, object], category: Category, since: datetime, days: int
) -> None:
    due = due_of(facts(**changes), SETTINGS)
    assert due is not None
    assert (due.category, due.counts_from, due.due_at) == (category, since, since + days * DAY)


def test_an_incident_closed_at_an_unknown_moment_makes_it_unknown() -> None:
    assert due_of(facts(ties=(a_tie(IncidentStatus.CLOSED),)), SETTINGS) is None


@dataclass
class Simulated:
    """A clip in a simulated town, and what the simulation itself says of it: never by the code under test."""

    facts: ClipFacts
    keep_until: datetime
    held_until: datetime
    closes_at: datetime | None = None

    def on(self, now: datetime) -> ClipFacts:
        """What the catalogue would say on this day: its incident open or closed, its hold in force or lifted."""
        found = self.facts if now < self.held_until else replace(self.facts, holds=())
        if self.closes_at is None or now < self.closes_at:
            return found
        closed = replace(found.ties[0].incident, status=IncidentStatus.CLOSED, closed_at=self.closes_at)
        return replace(found, ties=(replace(found.ties[0], incident=closed),))


class OfTime(Judge):
    """The judge where a grant covers everything: what is left are holds and time."""

    def _by_grants(self, facts: ClipFacts) -> tuple[None, str]:
        return None, ""


@pytest.mark.parametrize(
    "days", [800, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])], ids=["some", "many"]
)
def test_day_after_day_what_is_due_goes_within_a_day_and_what_is_held_never(village: Town, days: int) -> None:
    """Each day a clip comes and everything that is there is judged; a tenth is held for up to five years."""
    dice = random.Random(20260310 + days)
    town: list[Simulated] = []
    gone = held = 0
    for day in range(days):
        now = EVENING + day * DAY
        town.append(_arrival(dice, now - timedelta(hours=dice.uniform(0, 20))))
        judge, staying = OfTime(village.services, now), []
        for one in town:
            if judge.verdict(one.on(now)).goes is None:
                staying.append(one)
                held += now >= one.keep_until
                assert now < max(one.keep_until, one.held_until) + DAY, "it was due for a day"
            else:
                gone += 1
                assert now >= one.held_until, "it was held"
                assert now >= one.keep_until, "it went before its time"
        town = staying
    assert gone > days / 2
    assert held > days


def _arrival(dice: random.Random, at: datetime) -> Simulated:
    clip = a_clip(str(dice.random()))
    kind = dice.choice(("silent", "events", "unseen", "open", "closed", "folder"))
    method = "folder" if kind == "folder" else "ring_share_link"
    clip = replace(clip, acquisition=replace(clip.acquisition, started_at=at, ended_at=at, method=method))
    one = ClipFacts(clip, is_looked_at=kind != "unseen", has_events=kind == "events")
    keep_until = at + {"silent": 14, "events": 30, "unseen": 30, "folder": 30}.get(kind, 0) * DAY
    closes_at = None
    if kind == "open":
        attached = at + timedelta(hours=dice.uniform(0, 4))
        one = replace(one, ties=(IncidentTie(an_incident(opened_at=at), attached),))
        keep_until = attached + 365 * DAY
    if kind == "closed":
        closes_at = at + timedelta(days=dice.uniform(1, 60))
        one = replace(one, ties=(IncidentTie(an_incident(opened_at=at), at),))
        keep_until = closes_at + 90 * DAY
    held_until = at
    if dice.random() < 0.1:
        held_until = at + timedelta(days=dice.uniform(1, 1800))
        hold = Hold("ho-1", Instrument.COURT_ORDER, "26-1", HoldScope(digest=clip.item.digest), False, at, "tester")
        one = replace(one, holds=(hold,))
    return Simulated(one, keep_until, held_until, closes_at)
