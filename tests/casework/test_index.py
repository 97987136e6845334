"""The kept index is what a new one would be, on both databases; what is taken away leaves no row and no word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.casework.finding import find
from pipeline.catalogue.index.tables import event_index, index_state, index_values, index_words
from pipeline.catalogue.index.writing import every_row
from pipeline.domain.search import DayTime, EventFilter, Wanted
from pipeline.night.services import Services
from tests.casework.town import MATTER, NOW, ZONE, Town, a_town
from tests.catalogue.conftest import empty_database, postgres_url  # noqa: F401 - fixtures


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    url = request.getfixturevalue("empty_database") if request.param == "postgresql" else None
    with a_town(tmp_path, url) as opened:
        yield opened


def kept(services: Services) -> tuple[Any, ...]:
    """Rows, names that are in use, words, and how long the longest event is at most."""
    with services.catalogue.index._database.read() as connection:
        rows = sorted(every_row(connection), key=str)
        names = connection.execute(sa.select(index_values.c.family, index_values.c.name, index_values.c.events))
        used = sorted(tuple(row) for row in names if row.events)
        words = sorted(tuple(row) for row in connection.execute(sa.select(index_words)))
        longest = connection.execute(sa.select(index_state.c.longest)).scalar_one()
    return rows, used, words, longest


@pytest.mark.parametrize("seed", [11, 12])
def test_after_any_acts_the_index_is_what_a_new_one_is(services: Services, seed: int) -> None:
    town = Town(services, seed)
    for _ in range(4):
        town.live_on(25)
        before = kept(services)

        services.catalogue.index.rebuild(ZONE)

        after = kept(services)
        assert before[:3] == after[:3]
        assert before[0], "something is kept"
        assert before[3] >= after[3], "no event is longer than is known"


def test_what_is_disposed_of_leaves_no_row_no_name_and_no_word(services: Services) -> None:
    town = Town(services, 13)
    town.live_on(60)
    while town.clips:
        town.dispose()

    with services.catalogue.index._database.read() as connection:
        assert connection.execute(sa.select(event_index)).all() == []
        assert connection.execute(sa.select(index_words).where(index_words.c.about == "note")).all() == []
        families = set(connection.execute(sa.select(index_values.c.family)).scalars())
    assert families == {"kind", "outcome", "tag"}, "words of ours alone"
    assert services.catalogue.search.find(EventFilter()) == ()


def test_another_time_zone_is_read_without_a_new_index(services: Services) -> None:
    town = Town(services, 14)
    town.live_on(60)
    services.catalogue.index.rebuild("Asia/Kathmandu")
    fresh = kept(services)
    services.catalogue.index.rebuild(ZONE)

    services.catalogue.index.keep_time_zone("Asia/Kathmandu")

    assert kept(services) == fresh


def test_an_index_that_was_never_made_is_made_at_the_first_opening(services: Services) -> None:
    Town(services, 15).live_on(40)
    whole = kept(services)
    with services.catalogue.index._database.write() as connection:  # as the migration leaves an older catalogue
        for table in (event_index, index_values, index_words):
            connection.execute(sa.delete(table))
        connection.execute(sa.update(index_state).values(is_built=0, longest=0))

    services.catalogue.index.keep_time_zone(ZONE)

    assert kept(services)[:3] == whole[:3]


def test_a_search_is_written_down_with_each_clip_that_it_shows(services: Services) -> None:
    town = Town(services, 1)
    town.live_on(90)
    before = services.catalogue.custody.count()

    page = find(services, MATTER, Wanted(times=(DayTime(0, 1440),), page_size=5))

    entries = [record.entry for record in services.catalogue.custody.records()][before:]
    clips = {(one.event.clip, one.event.camera_id) for visit in page.visits for one in visit.events}
    assert clips
    assert [entry.action.value for entry in entries] == ["searched", *["accessed"] * len(clips)]
    assert {(entry.subject, entry.detail["camera"]) for entry in entries[1:]} == clips
    searched = entries[0]
    assert (searched.agent, searched.at) == ("jane", NOW)
    assert searched.detail["words"] == "times 0 1440"
    assert (searched.detail["purpose"], searched.detail["case"]) == (MATTER.purpose, MATTER.case_number)
    assert all(entry.authority.startswith("gr-") for entry in entries[1:])
