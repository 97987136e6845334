"""What pages say of what their reader has watched before: their own plays, and nothing else."""

import re

import pytest

from pipeline.casework.seen import seen_by
from pipeline.domain.agents import Role
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry, Recipe
from pipeline.domain.previews import Preview, PreviewWay
from pipeline.domain.search import EventFilter
from tests.casework.nights import run_night
from tests.casework.test_morning import TAKEN
from tests.catalogue.stories import an_entry, at, inferred
from tests.web.desk import NAMES, Browser, Desk
from tests.web.street import chips, off_links, on_the_street, visits

INA = NAMES[Role.INVESTIGATOR]
_UNIT = at(1).time_base


@pytest.fixture
def ina(desk: Desk) -> Browser:
    """An investigator on the street."""
    return on_the_street(desk)


def marks(page: str) -> int:
    return page.count("seen by you</span>")


def test_what_was_watched_is_marked_for_who_watched_it(desk: Desk, ina: Browser) -> None:
    page = ina.get("/search").text
    assert (visits(page), marks(page)) == (3, 0)
    name = desk.town.services.catalogue.search.find(EventFilter(kinds=(EventKind.LOITERING,)))[0].event.event_id
    ina.get(f"/media/events/{name}/still")
    ina.get("/search")
    assert marks(ina.get("/search").text) == 0, "a picture in a list is no play"
    ina.get(f"/media/events/{name}/clip")
    page = ina.get("/search").text
    assert (visits(page), marks(page)) == (3, 1)
    (seen,) = [card for card in page.split("data-visit>") if "seen by you</span>" in card]
    assert f'href="/events/{name}"' in seen
    assert marks(desk.client(Role.SUPERVISOR).get("/search").text) == 0, "another has not watched it"
    other_case = desk.client(case_number="26-2000")
    assert marks(other_case.get("/search").text) == 1, "who looks on another matter is the same person"


def test_of_a_visit_of_several_clips_the_mark_says_how_many(desk: Desk, ina: Browser) -> None:
    first = desk.town.keep("arriving", minutes=300, found=(inferred(EventKind.PERSON_VISIT, 1, 9),))
    desk.town.keep("leaving", minutes=301, found=(inferred(EventKind.PACKAGE_DELIVERED, 1, 9),))
    gap = desk.services.settings.search.model_copy(update={"gap_seconds": 120.0})
    ina = desk.with_settings(search=gap).client()
    ina.get(f"/media/events/{first.events[0].event_id}/clip")
    page = ina.get("/search").text
    assert marks(page) == 1
    assert "1 of 2 clips seen by you" in page


@pytest.mark.parametrize(
    ("way", "last", "watched"),
    [
        (PreviewWay.SILENT, 10, {"early", "late"}),
        (PreviewWay.PART, 3, {"early"}),
        (PreviewWay.STILL, 10, set()),
    ],
)
def test_a_part_that_was_played_says_nothing_of_the_rest(
    desk: Desk, way: PreviewWay, last: float, watched: set[str]
) -> None:
    """One record stands for an hour of plays of the same bytes, and names the event of the first alone."""
    kept = desk.town.keep(
        "two", minutes=90, found=(inferred(EventKind.PERSON_VISIT, 1, 2), inferred(EventKind.LOITERING, 6, 8))
    )
    digest, clip = "d" * 64, kept.clip.item.digest
    source = "e" * 64 if way is PreviewWay.STILL else clip
    units = f"{_UNIT.numerator}/{_UNIT.denominator}"
    recipe = Recipe(clip, at(0).pts, at(last).pts, units, "none", "copied", "doorstep")
    if source == clip:
        preview = Preview(kept.name, clip, way, "", digest, "video/mp4", recipe, desk.now)
        desk.services.catalogue.previews.save(preview, [an_entry(clip)])
    detail = {"camera": kept.clip.acquisition.camera_id, "event": "ev-other", "as": "play", "output": digest}
    entry = CustodyEntry(desk.now, INA, CustodyAction.ACCESSED, clip, "gr-1 v1", detail, "play seat bytes camera 1")
    desk.services.catalogue.custody.append([entry])
    found = desk.services.catalogue.search.find(EventFilter(acquisition_ids=(kept.name,)))
    names = dict(zip((one.event_id for one in kept.events), ("early", "late"), strict=True))
    seen = seen_by(desk.services, INA, found)
    assert {names[one] for one in seen} == watched
    assert set(seen.values()) <= {desk.now}
    assert seen_by(desk.services, "sue", found) == {}


def test_whose_name_was_erased_has_seen_nothing(desk: Desk, ina: Browser) -> None:
    (one,) = desk.services.catalogue.search.find(EventFilter(kinds=(EventKind.LOITERING,)))
    ina.get(f"/media/events/{one.event.event_id}/clip")
    assert seen_by(desk.services, INA, [one])
    erasing = CustodyEntry(desk.now, "rob", CustodyAction.OPENINGS_ERASED, "x", detail={})
    desk.services.catalogue.custody.erase_openings(erasing, words=[INA])
    assert seen_by(desk.services, INA, [one]) == {}


def test_what_was_not_watched_is_found_by_filter_by_words_and_by_programs(desk: Desk, ina: Browser) -> None:
    name = desk.services.catalogue.search.find(EventFilter(kinds=(EventKind.LOITERING,)))[0].event.event_id
    assert visits(ina.get("/search?watched=no").text) == 3
    ina.get(f"/media/events/{name}/clip")
    for address in (
        "/search?watched=no",
        "/search?q=not yet seen",
        "/search?q=unseen by me&kind=loitering&kind=person_visit",
    ):
        page = ina.get(address).text
        assert f'href="/events/{name}"' not in page, address
        assert (marks(page), "not seen by you yet" in " ".join(chips(page))) == (0, True), address
    page = ina.get("/search?watched=no").text
    assert (visits(page), chips(page)) == (2, ["not seen by you yet"])
    assert visits(ina.get(off_links(page)[0]).text) == 3
    page = ina.get("/search?q=seen by me").text
    assert (visits(page), chips(page)) == (1, ["seen by me seen by you"])
    assert f'href="/events/{name}"' in page
    found = ina.api("GET", "/api/v1/search", params={"watched": "no"}).json()
    assert (found["found"], found["query"]) == (2, "watched=no")
    assert ina.api("GET", "/api/v1/search", params={"watched": "perhaps"}).status_code == 422
    assert visits(desk.client(Role.SUPERVISOR).get("/search?watched=no").text) == 3, "another has not watched it"


def test_the_filter_is_a_link_that_leads_back_and_goes_along_with_the_form(ina: Browser) -> None:
    def link(page: str) -> tuple[str, bool]:
        (found,) = re.findall(
            r'<a href="([^"]*)"( aria-current="true")?><span class="facet-words">Not seen by you', page
        )
        return found[0].replace("&amp;", "&"), bool(found[1])

    assert link(ina.get("/search?q=loitering").text) == ("/search?q=loitering&watched=no", False)
    page = ina.get("/search?q=loitering&watched=no").text
    assert link(page) == ("/search?q=loitering", True)
    assert '<input type="hidden" name="watched" value="no">' in page
    assert link(ina.get("/search?q=loitering not yet seen").text) == ("/search?q=loitering", True)


def test_a_kept_search_for_what_was_not_watched_finds_less_when_more_was(desk: Desk, ina: Browser) -> None:
    name = desk.services.catalogue.search.find(EventFilter(kinds=(EventKind.LOITERING,)))[0].event.event_id
    saved = ina.api("POST", "/api/v1/saved", json={"name": "New to me", "query": "watched=no"}).json()["saved_id"]
    before = ina.api("GET", f"/api/v1/saved/{saved}").json()["found"]
    ina.get(f"/media/events/{name}/clip")
    assert (before, ina.api("GET", f"/api/v1/saved/{saved}").json()["found"]) == (3, 2)


def test_the_morning_marks_what_its_reader_has_watched(desk: Desk) -> None:
    kept = desk.town.keep("taken", minutes=3, found=(TAKEN,))
    run_night(desk.town, "2026-03-10", (kept,))
    ina = desk.client()
    assert marks(ina.get("/").text) == 0
    ina.get(f"/media/events/{kept.events[0].event_id}/clip")
    assert marks(ina.get("/").text) == 1
    assert marks(desk.client(Role.SUPERVISOR).get("/").text) == 0
