"""Searching at the desk: what comes out is what the grants, asked one by one, let come out; and it is written down."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.casework.finding import find
from pipeline.catalogue import AnalysisKey
from pipeline.consent.grants import revoke
from pipeline.domain.agents import Role
from pipeline.domain.search import FoundEvent, Sort, Wanted
from pipeline.domain.search_page import Count, FacetName, SearchPage
from pipeline.domain.words import searchable
from pipeline.errors import CursorError
from pipeline.night.services import Services
from tests.casework.town import MATTER, NOW, WORDS, Town, a_question, a_town, answer_by_hand
from tests.catalogue.conftest import empty_database, postgres_url  # noqa: F401 - fixtures
from tests.catalogue.test_custody import statements

ACTS, QUESTIONS = 90, 12
MOST_MORE = 2
"""Questions that a page of many clips may cost more than one of few: for what only grants with zones let be seen."""


def every_page(services: Services, wanted: Wanted) -> Iterator[SearchPage]:
    page = find(services, MATTER, wanted)
    yield page
    while page.next_cursor:
        page = find(services, MATTER, replace(wanted, cursor=page.next_cursor))
        yield page


def ids(found: list[FoundEvent]) -> list[str]:
    return sorted(f"{one.event.event_id} {one.acquisition_id}" for one in found)


@pytest.mark.parametrize(("database", "seed"), [("sqlite", 0), ("sqlite", 1), ("sqlite", 2), ("postgresql", 3)])
def test_every_answer_is_that_of_the_grants_asked_one_by_one(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, seed: int
) -> None:
    url = request.getfixturevalue("empty_database") if database == "postgresql" else None
    with a_town(tmp_path, url) as services:
        town = Town(services, seed, spans=0.2)
        town.live_on(ACTS)
        for number in range(QUESTIONS):
            wanted = a_question(random.Random(f"{seed} {number}"), town)
            expected = answer_by_hand(services, wanted)

            pages = list(every_page(services, wanted))

            shown = [found for page in pages for visit in page.visits for found in visit.events]
            assert ids(shown) == ids(expected), wanted
            total = pages[0].total
            assert total.number == len(expected) if total.is_exact else total.number <= len(expected), wanted
            kinds = dict(next((facet.counts for facet in pages[0].facets if facet.name is FacetName.KIND), ()))
            by_hand = Counter(found.event.inferred.kind.value for found in expected)
            assert kinds == by_hand if total.is_exact else not Counter(kinds) - by_hand, wanted
            colours = dict(next((facet.counts for facet in pages[0].facets if facet.name is FacetName.COLOUR), ()))
            by_hand = colours_by_hand(services, expected)
            assert colours == by_hand if total.is_exact else not Counter(colours) - by_hand, wanted


def colours_by_hand(services: Services, expected: Sequence[FoundEvent]) -> Counter[str]:
    """Each colour that is said with a score of a half or more, once for each event that shows it."""
    counted: Counter[str] = Counter()
    for found in expected:
        if found.event.since is None:
            key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
            marks = services.catalogue.analyses.get(key).colours_of(found.event.inferred)
            counted.update({f"{one.colour}:{one.part}" for one in marks if one.colour and one.score >= 0.5})
    return counted


def test_what_answers_the_words_best_comes_first(tmp_path: Path) -> None:
    with a_town(tmp_path) as services:
        town = Town(services, 1)
        town.live_on(ACTS)
        orders = set()
        for words in WORDS:
            wanted = Wanted(words=words, sort=Sort.RELEVANCE, grouped=False, page_size=7)

            pages = list(every_page(services, wanted))

            visits = [visit for page in pages for visit in page.visits]
            by_hand = [worth_by_hand(services, visit.best, words) for visit in visits]
            assert [visit.order for visit in visits] == by_hand == sorted(by_hand, reverse=True), words
            moments = [(-visit.order, -visit.starts_at.timestamp()) for visit in visits]
            assert moments == sorted(moments), "the newest first among equals"
            assert len(visits) == pages[0].total.number
            orders |= set(by_hand)
        assert len(orders) > 3, "words are found in several places"


def worth_by_hand(services: Services, found: FoundEvent, words: str) -> int:
    """For each word: 4 where somebody noted it, 3 where an incident tells it, 2 of a camera, 1 of the sentence."""
    tag = services.catalogue.tags.latest([found.event.event_id]).get(found.event.event_id)
    attached = [one for name in found.highlight_ids for one in services.catalogue.incidents.attachments_of(name)]
    incidents = [services.catalogue.incidents.get(one.incident_id) for one in attached]
    camera = services.catalogue.cameras.get(found.event.camera_id)
    texts = (
        (4, tag.note if tag else ""),
        (3, " ".join(f"{one.title} {one.narrative}" for one in incidents)),
        (2, f"{camera.name} {camera.address}"),
        (1, found.event.inferred.sentence),
    )
    return sum(max(worth for worth, text in texts if word in searchable(text)) for word in searchable(words))


@pytest.mark.parametrize(
    "cursor", ["x", "!!", "W10", "bnVsbA", "WyJhIiwxLDIsMyw0LFtdXQ", "eyJhIjoxfQ", "W05hTiwxLDIsMyw0LFtdXQ"]
)
def test_what_is_no_cursor_is_refused(tmp_path: Path, cursor: str) -> None:
    with a_town(tmp_path) as services, pytest.raises(CursorError, match="not one of this search"):
        find(services, MATTER, Wanted(cursor=cursor))


def test_a_cursor_of_another_question_is_refused(tmp_path: Path) -> None:
    with a_town(tmp_path) as services:
        Town(services, 1).live_on(ACTS)
        cursor = find(services, MATTER, Wanted(page_size=1)).next_cursor
        assert cursor

        find(services, MATTER, Wanted(cursor=cursor, page_size=7))  # pages may be of another size
        with pytest.raises(CursorError):
            find(services, MATTER, Wanted(cursor=cursor, least_score=0.5))


def test_words_of_an_incident_find_nothing_for_those_to_whom_it_is_not_open(tmp_path: Path) -> None:
    with a_town(tmp_path) as services:
        town = Town(services, 1)
        town.live_on(ACTS)
        for _ in range(12):
            town.attach()
        told = Wanted(words="missing parcel", with_facets=False)  # of in-1, which jane opened
        theirs = replace(told, words="dog ran loose", tags=None)  # of in-2, which john opened

        def found(wanted: Wanted, role: Role) -> int:
            return sum(len(visit.events) for page in _pages(services, wanted, role) for visit in page.visits)

        assert found(told, Role.INVESTIGATOR) == found(told, Role.SUPERVISOR) > 0
        assert found(theirs, Role.INVESTIGATOR) == 0 < found(theirs, Role.SUPERVISOR)
        attached = Wanted(incident_ids=("in-2",))
        assert found(attached, Role.INVESTIGATOR) == 0 < found(attached, Role.SUPERVISOR)
        assert found(attached, Role.AUDITOR) == 0


def _pages(services: Services, wanted: Wanted, role: Role) -> Iterator[SearchPage]:
    page = find(services, MATTER, wanted, role)
    yield page
    while page.next_cursor:
        page = find(services, MATTER, replace(wanted, cursor=page.next_cursor), role)
        yield page


def test_a_revocation_counts_for_the_very_next_search(tmp_path: Path) -> None:
    with a_town(tmp_path) as services:
        Town(services, 1).live_on(ACTS)
        assert find(services, MATTER, Wanted()).total.number > 0

        for signed in services.catalogue.grants.latest():
            services.catalogue.grants.add(revoke(signed.grant, NOW, services.key), [])

        assert find(services, MATTER, Wanted()) == SearchPage((), Count(0))


def test_a_page_of_many_clips_costs_hardly_more_questions_than_one_of_few(tmp_path: Path) -> None:
    def asked(size: int) -> tuple[int, int]:
        with statements() as heard:
            page = find(services, MATTER, Wanted(page_size=size))
        return len(heard), len({found.event.clip for visit in page.visits for found in visit.events})

    with a_town(tmp_path, None) as services:
        Town(services, 5).live_on(ACTS)
        asked(1)  # names and cameras are read once
        (few, of_few), (many, of_many) = asked(1), asked(30)
        assert of_many > 5 * of_few
        assert many <= few + MOST_MORE


def test_a_search_under_grants_with_zones_holds_one_connection_at_a_time(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Fifteen that each held one and waited for a second would wait for one another."""
    with a_town(tmp_path, request.getfixturevalue("empty_database")) as services:
        town = Town(services, 3, spans=0.2)
        town.live_on(ACTS)
        pool = services.catalogue._database._engine.pool
        held: list[int] = []
        sa.event.listen(pool, "checkout", lambda *_: held.append(pool.checkedout()))  # type: ignore[attr-defined]

        found = [find(services, MATTER, a_question(random.Random(f"3 {number}"), town)) for number in range(QUESTIONS)]

        assert any(page.visits for page in found)
        assert max(held) == 1
