"""What somebody has not watched yet, as a filter: the very events on which a page would not say "seen by you"."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.casework.finding import find
from pipeline.casework.seen import seen_by
from pipeline.catalogue.index.shape import read_shape
from pipeline.catalogue.index.tables import event_index
from pipeline.catalogue.index.watched import ANY_PLAY, limit_of, plays_of
from pipeline.domain.evidence import CustodyAction, CustodyEntry, Recipe
from pipeline.domain.previews import Preview, PreviewWay
from pipeline.domain.search import EventFilter, FoundEvent, Sort, Wanted
from pipeline.night.services import Services
from tests.casework.town import MATTER, NOW, Town, a_town, answer_by_hand
from tests.catalogue.conftest import empty_database, postgres_url  # noqa: F401 - fixtures
from tests.catalogue.stories import at, digest_of
from tests.catalogue.test_custody import statements

ACTS = 160
UNIT = at(1).time_base
UNITS = (1, 7, 1001)
"""How many times shorter units a part may be written in than its events are."""


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    url = request.getfixturevalue("empty_database") if request.param == "postgresql" else None
    with a_town(tmp_path, url) as opened:
        yield opened


class Watcher:
    """Plays by chance, as the desk writes them down: of originals, whole previews, parts and highlights."""

    def __init__(self, services: Services, seed: int) -> None:
        self._services = services
        self._chance = random.Random(seed)
        self._number = 0

    def watch(self, found: FoundEvent) -> None:
        self._number += 1
        chance, event = self._chance, found.event
        about = chance.choice((("event", event.event_id), ("event", "ev-other"), ("acquisition", found.acquisition_id)))
        if found.highlight_ids and chance.random() < 0.5:
            about = ("highlight", found.highlight_ids[0])
        camera = event.camera_id if chance.random() < 0.9 else "ring:another"
        detail = {"camera": camera, about[0]: about[1], "as": "play", **self._output(found)}
        word = chance.choice(("play", "play", "play", "picture"))
        once = f"{word} seat bytes {self._number}"
        agent = chance.choice((MATTER.agent, MATTER.agent, "sue"))
        entry = CustodyEntry(NOW, agent, CustodyAction.ACCESSED, event.clip, "gr-1 v1", detail, once)
        self._services.catalogue.custody.append([entry])

    def _output(self, found: FoundEvent) -> dict[str, str]:
        way = self._chance.choice((None, PreviewWay.SILENT, PreviewWay.PART, PreviewWay.PART))
        if way is None:
            return {}
        digest, shorter = digest_of(f"preview {self._number}"), self._chance.choice(UNITS)
        if self._chance.random() < 0.1:
            return {"output": digest}  # the preview is gone
        first, last = (0, 9) if way is PreviewWay.SILENT else self._part()
        unit = UNIT / shorter
        recipe = Recipe(
            found.event.clip, at(first).pts * shorter, at(last).pts * shorter,
            f"{unit.numerator}/{unit.denominator}", "none", "copied", "doorstep",
        )  # fmt: skip
        made = Preview(
            found.acquisition_id, found.event.clip, way, f"{self._number}", digest, "video/mp4", recipe, NOW
        )  # fmt: skip
        self._services.catalogue.previews.save(made, [])
        return {"output": digest}

    def _part(self) -> tuple[int, int]:
        first = self._chance.randrange(9)
        return first, first + self._chance.randrange(3)


def ids(found: list[FoundEvent]) -> list[str]:
    return sorted(f"{one.event.event_id} {one.acquisition_id}" for one in found)


def all_found(services: Services, wanted: Wanted) -> tuple[list[FoundEvent], int]:
    """What is on all pages, and what the first says that there is."""
    page = find(services, MATTER, wanted)
    total, found = page.total.number, [one for visit in page.visits for one in visit.events]
    while page.next_cursor:
        page = find(services, MATTER, replace(wanted, cursor=page.next_cursor))
        found += [one for visit in page.visits for one in visit.events]
    return found, total


def test_what_is_not_watched_is_what_no_mark_stands_on(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    town, watcher = Town(services, 4), Watcher(services, 4)
    town.live_on(ACTS)
    for _ in range(6):
        town.attach()
    chance = random.Random(4)
    current = answer_by_hand(services, Wanted())
    for one in chance.sample(current, len(current) // 2):
        watcher.watch(one)
    marked = seen_by(services, MATTER.agent, current)
    assert 0 < len(marked) < len(current)
    for usual in (Wanted(page_size=30), Wanted(sort=Sort.SCORE), Wanted(words="person"), Wanted(least_score=0.4)):
        both = answer_by_hand(services, usual)
        for watched in (False, True):
            by_hand = [one for one in both if (one.event.event_id in marked) is watched]

            found, total = all_found(services, replace(usual, watched=watched))

            assert ids(found) == ids(by_hand), usual
            for limit in ("MOST_PLAYS", "MOST_LED"):  # as of who has watched very much
                with monkeypatch.context() as patch:
                    patch.setattr(f"pipeline.catalogue.index.watched.{limit}", 2)
                    assert ids(all_found(services, replace(usual, watched=watched))[0]) == ids(by_hand), usual
            assert total <= len(by_hand), usual  # of what only grants with zones let be seen, a least number


def test_where_nobody_watched_anything_nothing_is_asked_of_it(services: Services) -> None:
    Town(services, 1).live_on(90)
    everything, _ = all_found(services, Wanted(page_size=200))
    with statements() as heard:
        found = find(services, MATTER, Wanted(page_size=200, watched=False))
    assert len([one for visit in found.visits for one in visit.events]) == len(everything) > 0
    assert len([words for words in heard if "custody_openings" in words and "EXISTS" in words]) == 0
    assert all_found(services, Wanted(watched=True)) == ([], 0)


def test_plays_are_looked_for_by_their_index(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    town, watcher = Town(services, 1), Watcher(services, 6)
    town.live_on(40)
    for one in services.catalogue.search.find(EventFilter()):
        watcher.watch(one)
    monkeypatch.setattr("pipeline.catalogue.index.watched.MOST_PLAYS", 2)
    with services.catalogue.index._database.search() as connection:
        (not_yet,) = limit_of(connection, read_shape(connection), MATTER.agent, watched=False).conditions
        for query in (sa.select(event_index.c.number).where(not_yet), plays_of(MATTER.agent), ANY_PLAY):
            assert "ix_custody_plays" in steps(connection, query), str(query)


def test_what_was_watched_is_remembered_until_something_of_it_changes(services: Services) -> None:
    town, watcher = Town(services, 4), Watcher(services, 6)
    town.live_on(ACTS)
    current = answer_by_hand(services, Wanted())
    unseen = Wanted(page_size=200, watched=False)
    watcher.watch(current[0])
    all_found(services, unseen)

    def is_told_right() -> None:
        marked = seen_by(services, MATTER.agent, current)
        found, _ = all_found(services, unseen)
        assert ids(found) == ids([one for one in current if one.event.event_id not in marked])

    for one in current[:4]:
        watcher.watch(one)
        is_told_right()
    with statements() as heard:
        all_found(services, unseen)
    assert not [words for words in heard if "highlight_events" in words and "custody.leaf" in words]

    erasing = CustodyEntry(NOW, "tester", CustodyAction.OPENINGS_ERASED, current[0].event.clip, "law", {}, "")
    services.catalogue.custody.erase_openings(erasing, subjects=[current[0].event.clip])
    is_told_right()
    services.catalogue.custody.erase_openings(erasing, words=[MATTER.agent])
    is_told_right()
    assert seen_by(services, MATTER.agent, current) == {}


def steps(connection: sa.Connection, query: sa.Select[Any]) -> str:
    """What the database says that it does."""
    asked = query.compile(connection.engine)
    given = asked.construct_params()
    if asked.positiontup is None:
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN {asked}", given))
    in_order = tuple(given[name] for name in asked.positiontup)
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", in_order))
