"""The search page: what the address asks is what is shown, and nothing outside the grants ever is."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.consent.grants import revoke
from pipeline.domain.agents import Role
from pipeline.domain.appearance import Colour, ColourMark, Part
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.retention.revocation import save_grant
from tests.builders import EVENING
from tests.catalogue.stories import a_clip, an_analysis, an_entry, inferred
from tests.web.desk import Browser, Desk
from tests.web.street import OTHER, chips, off_links, on_the_street, visits


@pytest.fixture
def ina(desk: Desk) -> Browser:
    """An investigator on the street."""
    return on_the_street(desk)


def test_words_and_filters_find_the_same(ina: Browser) -> None:
    by_words = ina.get("/search?q=loitering").text
    by_filter = ina.get("/search?kind=loitering").text
    assert visits(by_words) == visits(by_filter) == 1
    assert "Loitering" in by_words
    assert chips(by_words) == ["loitering"]


def test_a_package_is_found_by_its_name_though_no_track_follows_one(ina: Browser) -> None:
    for address in ("/search?q=package", "/search?q=parcel", "/search?object=package"):
        page = ina.get(address).text
        assert visits(page) == 1, address
        assert "Package picked up" in page


def test_nothing_outside_the_grants_is_shown_counted_or_named(ina: Browser, desk: Desk) -> None:
    for address in ("/search", f"/search?camera={OTHER}", "/search?q=Lawn", "/search?q=person"):
        page = ina.get(address).text
        assert "Lawn</span>" not in page
        assert "hidden" not in re.sub(r'(hidden|type="hidden"|visually-hidden)', "", page)
    assert visits(ina.get(f"/search?camera={OTHER}").text) == 0
    assert "Not understood: <strong>Lawn" in ina.get("/search?q=Lawn").text
    everything = ina.api("GET", "/api/v1/search").json()
    assert everything["found"] == 3
    assert {event["camera"] for visit in everything["visits"] for event in visit["events"]} == {"ring:1001"}
    grant = desk.services.catalogue.grants.get("gr-1").grant
    signed = revoke(grant, desk.now, desk.services.key)
    save_grant(desk.services, signed, CustodyAction.GRANT_REVOKED, "tester")
    page = ina.get("/search").text
    assert visits(page) == 0
    assert "No camera may be looked at." in page


def test_where_there_is_more_than_is_counted_the_page_says_of_what_its_numbers_are(
    ina: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.web.routes.search._PAGE", 1)
    assert "The numbers are of" not in ina.get("/search").text
    monkeypatch.setattr("pipeline.catalogue.index.answer.MOST_COUNTED", 1)
    page = " ".join(ina.get("/search").text.split())
    assert "<strong>at least 1 event</strong>" in page
    assert "The numbers are of 1 of them, the newest." in page
    assert "The numbers are of 1 of them, the oldest." in ina.get("/search?sort=oldest").text


def test_fixed_dates_are_offered_where_words_move_with_the_day(ina: Browser) -> None:
    assert "This search with fixed dates" in ina.get("/search?q=last night").text
    assert "This search with fixed dates" not in ina.get("/search").text
    assert "This search with fixed dates" not in ina.get("/search?kind=loitering").text


def test_a_chip_is_taken_off_by_its_link(ina: Browser) -> None:
    page = ina.get("/search?q=cannot+tell+because+too+dark&kind=package_picked_up").text
    assert visits(page) == 1
    assert chips(page) == ["cannot tell because too dark cannot be told: too dark", "package picked up"]
    first, second = off_links(page)
    assert parse_qs(urlsplit(first).query) == {"kind": ["package_picked_up"]}
    assert parse_qs(urlsplit(second).query) == {"q": ["cannot tell because too dark"]}


def test_where_nothing_is_understood_the_words_are_looked_for_and_not_everything(ina: Browser) -> None:
    page = ina.get("/search?q=packge+pickd").text
    assert "Not understood: <strong>packge pickd</strong>" in page
    assert "Looked for in notes, reports and names." in page
    assert "<strong>0 events</strong>" in " ".join(page.split())
    assert "<strong>0 events</strong>" not in " ".join(ina.get("/search").text.split())


def test_what_is_not_understood_is_said_and_searched_for_only_when_asked(ina: Browser) -> None:
    page = ina.get("/search?q=gargoyle+loitering").text
    assert visits(page) == 1
    assert "Not understood: <strong>gargoyle</strong>" in page
    (link,) = re.findall(r'href="([^"]*)">Look for this word', page)
    assert visits(ina.get(link.replace("&amp;", "&")).text) == 0


def test_people_are_not_searched_for_by_a_trait_and_the_words_are_sealed(ina: Browser, desk: Desk) -> None:
    answer = ina.get("/search?q=muslim+person+at+Front+door")
    assert answer.status_code == 422
    assert "religion or belief" in answer.text
    assert "muslim" not in answer.text.lower().replace("/search?q=", "")
    (record,) = desk.records(CustodyAction.SEARCH_REFUSED)
    assert record.entry.agent == "ina"
    assert record.entry.detail["words"] == "q=muslim+person+at+Front+door"
    assert "muslim" not in record.leaf
    assert desk.records(CustodyAction.SEARCHED) == []
    problem = ina.api("GET", "/api/v1/search?q=muslim+person")
    assert problem.status_code == 422
    assert "muslim" not in problem.text


def test_a_refused_word_is_refused_in_every_field(ina: Browser) -> None:
    for field in ("object", "text", "street", "zone"):
        assert ina.get(f"/search?{field}=muslim").status_code == 422


def test_each_search_is_written_down_with_its_words_and_each_clip(ina: Browser, desk: Desk) -> None:
    ina.get("/search?q=loitering")
    (searched,) = desk.records(CustodyAction.SEARCHED)
    assert searched.entry.detail["words"] == "q=loitering"
    assert searched.entry.detail["purpose"] == "package theft"
    assert searched.entry.detail["case"] == "26-1042"
    assert "loitering" not in searched.leaf
    (looked,) = [one for one in desk.records(CustodyAction.ACCESSED) if one.entry.detail.get("as") == "search"]
    assert looked.entry.authority == "gr-1 v1"
    ina.get("/search/suggest?q=loit")
    assert len(desk.records(CustodyAction.SEARCHED)) == 1


def test_a_facet_narrows_and_leads_back(ina: Browser) -> None:
    page = ina.get("/search").text
    (link,) = re.findall(r'<a href="([^"]*kind=loitering)"', page)
    narrowed = ina.get(link.replace("&amp;", "&")).text
    assert visits(narrowed) == 1
    assert re.search(r'<a href="/search" aria-current="true"><span class="facet-words">Loitering', narrowed)


def test_a_colour_is_counted_narrows_further_and_leads_back(ina: Browser, desk: Desk) -> None:
    clip = a_clip("red and blue", minutes=30)
    analysis, events = an_analysis(clip, inferred(EventKind.PERSON_VISIT))
    marks = tuple(
        ColourMark(1, part, colour, 0.9, 3) for part, colour in ((Part.UPPER, Colour.RED), (Part.LOWER, Colour.BLUE))
    )
    desk.services.catalogue.clips.add(clip, [an_entry(clip.item.digest)])
    coloured = replace(analysis, colours=marks)
    desk.services.catalogue.analyses.save(clip.acquisition.acquisition_id, coloured, events, [], desk.clock.now())
    page = ina.get("/search").text
    (link,) = re.findall(r'<a href="([^"]*colour=red%3Aupper)"', page)
    assert 'Upper clothing: red</span> <span class="count">1<' in page

    narrowed = ina.get(link.replace("&amp;", "&")).text
    assert visits(narrowed) == 1
    assert re.search(r'<a href="/search" aria-current="true"><span class="facet-words">Upper clothing: red', narrowed)
    (further,) = re.findall(r'<a href="([^"]*colour=blue%3Alower[^"]*)"', narrowed)
    assert "colour=red%3Aupper" in further, "both must be shown"
    ids = re.findall(r' id="([^"]*)"', narrowed)
    assert len(ids) == len(set(ids))


def test_the_form_goes_round(ina: Browser) -> None:
    since = (EVENING + timedelta(hours=12)).strftime("%Y-%m-%dT%H:%M")
    page = ina.get(f"/search?q=&since={since}&until=&hours_from=22%3A00&hours_to=23%3A59&score=&kind=loitering").text
    assert visits(page) == 1
    assert f'value="{since}"' in page
    assert 'name="hours_from" type="time" value="22:00"' in page
    assert 'type="hidden" name="kind" value="loitering"' in page


def test_more_visits_come_with_and_without_htmx(ina: Browser, desk: Desk) -> None:
    for number in range(30):
        desk.town.keep(f"clip {number}", minutes=30 * 60 + 20 * number)
    page = ina.get("/search").text
    assert visits(page) == 24
    (more,) = re.findall(r'id="more".*?href="([^"]*)"', page)
    more = more.replace("&amp;", "&")
    part = ina.get(more, headers={"HX-Request": "true", "HX-Target": "more"}).text
    assert "<html" not in part
    whole = ina.get(more).text
    assert "<html" in whole
    assert visits(part) == visits(whole) > 0


def test_no_address_is_a_fault(ina: Browser) -> None:
    addresses = (
        "cursor=nonsense",
        "near=1,2",
        "since=yesterday",
        "kind=theft",
        "score=7",
        "hours=25:00-26:00",
        "hours_from=x",
        "q=" + "a" * 900,
        "q=%00%ff",
        "sort=sideways",
        "nothing=kind",
        "unknown=field",
        "camera=%00&object=%00&street=%00&text=%00&zone=%00&incident=%00&grant=%00",
    )
    answers = {address: ina.get(f"/search?{address}").status_code for address in addresses}
    assert {address: status for address, status in answers.items() if status != 200} == {}


def test_words_are_escaped(ina: Browser) -> None:
    page = ina.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E&text=%22%3E%3Cb%3E").text
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_suggestions_are_ways_to_go_on(ina: Browser) -> None:
    page = ina.get("/search/suggest?q=package+pi").text
    assert 'data-text="package picked up "' in page
    assert "Lawn" not in ina.get("/search/suggest?q=at+L").text


def test_who_does_not_search_finds_no_page(desk: Desk) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        assert desk.client(role, matter=False).get("/search").status_code == 404


def test_the_api_says_what_it_understood(ina: Browser) -> None:
    answer = ina.api("GET", "/api/v1/search?q=loitering+gargoyle&least=3")
    assert answer.status_code == 422
    body = ina.api("GET", "/api/v1/search?q=loitering+gargoyle").json()
    assert body["query"] == "kind=loitering"
    assert body["not_understood"] == ["gargoyle"]
    assert [chip["without"] for chip in body["chips"]] == ["q=gargoyle"]
    assert body["found"] == 1
    assert body["visits"][0]["events"][0]["kind"] == "loitering"
    assert ina.api("GET", "/api/v1/search?near=1,2").status_code == 422


def test_the_page_and_the_api_answer_alike(ina: Browser) -> None:
    for query in ("q=loitering", "kind=package_picked_up", "score=0.9", "q=since+10+March"):
        body = ina.api("GET", f"/api/v1/search?{query}").json()
        assert len(body["visits"]) == visits(ina.get(f"/search?{query}").text)


def test_what_the_form_does_not_show_goes_along(ina: Browser) -> None:
    page = ina.get("/search?street=Oak&street=Elm&colour=red:upper&near=51.5,-0.12,300&kind=loitering").text
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    assert [pair for pair in hidden if pair[0] in ("street", "kind", "colour")] == [
        ("street", "Elm"),
        ("kind", "loitering"),
    ]
    assert 'value="red:upper" selected' in page
