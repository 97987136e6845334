"""The pages of review over HTTP, with and without htmx."""

import re
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

import pytest

from pipeline.domain.agents import Role
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.tags import TagStatus
from pipeline.domain.tracks import Box
from pipeline.web.app import build_app
from pipeline.web.routes.clips import NINTHS, MissForm
from pipeline.web.views.stretch import Zoom, stretch_of
from tests.catalogue.stories import inferred
from tests.web.desk import Browser, Desk
from tests.web.incident_things import incident_of


@pytest.fixture
def client(desk: Desk) -> Browser:
    return desk.client()


@pytest.fixture
def event_id(desk: Desk) -> str:
    return desk.town.keep().events[0].event_id


def tags(desk: Desk, event_id: str) -> list[TagStatus]:
    return [tag.status for tag in desk.services.catalogue.tags.history(event_id)]


def test_the_page_of_an_event_says_who_stands_behind_it(desk: Desk, client: Browser, event_id: str) -> None:
    page = client.get(f"/events/{event_id}")
    assert page.status_code == HTTPStatus.OK
    for words in ("machine, not yet confirmed", "person_visit was seen", "gr-1 v1", "Custody of this clip", "nanodet"):
        assert words in page.text
    looks = [one.entry for one in desk.records(CustodyAction.ACCESSED) if one.entry.detail["as"] == "review"]
    assert [(look.agent, look.detail["case"]) for look in looks] == [("ina", "26-1042")]


def test_the_incidents_that_show_an_event_are_named_by_their_titles_to_whom_they_are_open(
    desk: Desk, client: Browser, event_id: str
) -> None:
    ours, theirs = incident_of(desk, "ina"), incident_of(desk, "kim")
    desk.services.catalogue.incidents.save(replace(ours, title="Parcel <gone>", case_number="C-7"))
    desk.services.catalogue.incidents.save(replace(theirs, title="The neighbour's hedge"))
    page = client.get(f"/events/{event_id}").text
    assert f'<a href="/incidents/{ours.incident_id}">Parcel &lt;gone&gt;</a> <span class="quiet small">case C-7' in page
    assert "hedge" not in page
    assert theirs.incident_id not in page, "for whoever does not reach it, it is not there"
    of_all = desk.client(Role.SUPERVISOR).get(f"/events/{event_id}").text
    assert "Parcel &lt;gone&gt;" in of_all
    assert "The neighbour&#39;s hedge" in of_all


def test_looking_again_and_again_is_one_line_of_the_custody_on_the_page(
    desk: Desk, client: Browser, event_id: str
) -> None:
    once = " ".join(client.get(f"/events/{event_id}").text.split())
    assert "accessed review</strong>" in once
    client.get(f"/events/{event_id}")
    thrice = " ".join(client.get(f"/events/{event_id}").text.split())
    assert "accessed review 3 times</strong>" in thrice
    assert thrice.count("accessed review") == 1


def test_a_form_without_scripts_leads_back_to_the_page(desk: Desk, client: Browser, event_id: str) -> None:
    client.get(f"/events/{event_id}")
    answer = client.post(f"/events/{event_id}/tag", {"status": "rejected", "note": "a <b>shadow</b>"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/events/{event_id}#said-of-it")
    assert tags(desk, event_id) == [TagStatus.REJECTED]
    page = client.get(f"/events/{event_id}")
    assert "a &lt;b&gt;shadow&lt;/b&gt;" in page.text


def test_htmx_gets_the_panel_alone(desk: Desk, client: Browser, event_id: str) -> None:
    client.get(f"/events/{event_id}")
    htmx = {"HX-Request": "true", "X-CSRF-Token": client.csrf}
    answer = client.post(f"/events/{event_id}/tag", {"status": "confirmed"}, headers=htmx)
    assert answer.status_code == HTTPStatus.OK
    assert answer.text.lstrip().startswith("<section")
    assert "confirmed" in answer.text
    wrong = client.post(f"/events/{event_id}/tag", {"status": "corrected", "kind": "person_visit"}, headers=htmx)
    assert "confirm the event" in wrong.text.lower()
    assert tags(desk, event_id) == [TagStatus.CONFIRMED]


def test_a_correction_that_only_repeats_what_was_rounded_is_none(desk: Desk, client: Browser, event_id: str) -> None:
    client.get(f"/events/{event_id}")
    form = {"status": "corrected", "kind": "person_visit", "start": "1.000", "end": "4,000"}
    assert client.post(f"/events/{event_id}/tag", form).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = client.post(f"/events/{event_id}/tag", {**form, "kind": "loitering"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    (tag,) = desk.services.catalogue.tags.history(event_id)
    assert (tag.kind, tag.span) == ("loitering", tag.span_said)


@pytest.mark.parametrize("start", ["1e99999999", "-1", "1/3", "nan", "soon", "0" * 41])
def test_a_time_that_is_none_is_refused_at_once(desk: Desk, client: Browser, event_id: str, start: str) -> None:
    client.get(f"/events/{event_id}")
    form = {"status": "corrected", "kind": "loitering", "start": start}
    assert client.post(f"/events/{event_id}/tag", form).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert tags(desk, event_id) == []


def test_only_who_judges_is_offered_the_form(desk: Desk, event_id: str) -> None:
    assert 'name="status"' in desk.client(Role.SUPERVISOR).get(f"/events/{event_id}").text
    assert 'name="status"' not in desk.client(Role.RECORDS_OFFICER).get(f"/events/{event_id}").text


def test_in_the_queue_a_decision_leads_to_what_waits_next(desk: Desk, client: Browser, event_id: str) -> None:
    client.get(f"/events/{event_id}?queue=true")
    answer = client.post(f"/events/{event_id}/tag", {"status": "confirmed", "queue": "true"})
    assert answer.headers["location"] == f"/needs-review/next?after={event_id}"
    assert client.get(answer.headers["location"]).headers["location"] == "/needs-review"
    assert client.get("/needs-review").status_code == HTTPStatus.OK


def test_the_queue_shows_what_contradicts_and_begins_with_it(desk: Desk, client: Browser, event_id: str) -> None:
    page = client.get("/needs-review")
    assert "the source and we contradict each other" in page.text.lower() or "says more" in page.text
    assert f"/events/{event_id}?queue=true" in page.text
    assert client.get("/needs-review/next").headers["location"] == f"/events/{event_id}?queue=true"


def test_the_timeline_begins_where_something_was_seen_last(desk: Desk, client: Browser, event_id: str) -> None:
    page = client.get("/timeline")
    assert "Tue 10 Mar 2026" in page.text
    assert page.text.count(f"/events/{event_id}") >= 2, "on the row and in the list"
    for at in ("2026-03-10T22&zoom=hour", "2026-03-10&zoom=week"):
        assert f"/events/{event_id}" in client.get(f"/timeline?at={at}").text
    assert re.search(r"zoom=hour&amp;at=2026-03-10T(?!00)", page.text), "an hour in which something was seen"
    nothing = client.get("/timeline?at=2026-03-12").text
    assert f"/events/{event_id}" not in nothing
    assert "No recording of this stretch is known" in nothing
    assert "Every recording" not in nothing


@pytest.mark.parametrize("at", ["yesterday", "9999-99-99", "2026-03-10T99", "0001-01-01", "9999-12-31"])
def test_a_date_that_is_none_is_refused_in_words(client: Browser, at: str) -> None:
    assert client.get(f"/timeline?at={at}").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_camera_stands_on_its_street(desk: Desk, client: Browser, event_id: str) -> None:
    page = client.get("/cameras")
    assert 'data-latitude="51.5"' in page.text
    assert "gr-1 v1" in page.text


def test_tags_become_figures_for_programs(desk: Desk, client: Browser, event_id: str) -> None:
    client.get(f"/events/{event_id}")
    client.post(f"/events/{event_id}/tag", {"status": "confirmed"})
    assert "1 of 1" in client.get("/reviewed").text
    told = client.api("GET", "/api/v1/reviewed").json()
    assert [(kind["kind"], kind["confirmed"]) for kind in told["kinds"]] == [("person_visit", 1)]
    assert "did not look at a sample" in told["bias"]


def test_a_map_asks_nobody_for_tiles_unless_the_operator_named_a_server(desk: Desk, client: Browser) -> None:
    plain = client.get("/cameras")
    assert "img-src 'self' data:;" in plain.headers["content-security-policy"]
    web = desk.services.settings.web.model_copy(
        update={"map_tiles_url": "https://tiles.invented.example/{z}/{x}/{y}.png"}
    )
    settings = desk.services.settings.model_copy(update={"web": web})
    app = build_app(replace(desk.services, settings=settings))
    browser = Browser(app)
    browser.sign_in("ina")
    browser.begin_matter(desk.services)
    page = browser.get("/cameras")
    assert "img-src 'self' data: https://tiles.invented.example;" in page.headers["content-security-policy"]
    assert 'data-tiles="https://tiles.invented.example/{z}/{x}/{y}.png"' in page.text
    assert "tiles.invented" not in browser.get("/timeline").headers["content-security-policy"]


def test_where_something_was_is_said_without_pointing_by_a_ninth_of_the_picture(desk: Desk) -> None:
    """No script is needed: a list of nine parts, or two numbers, which count more."""
    value = {words: value for value, words in NINTHS}["bottom right"]
    said = MissForm(kind="loitering", start="1", end="2", ninth=value)
    assert said.seen().place == pytest.approx((0.833, 0.833))
    assert said.model_copy(update={"left": "20", "top": "30"}).seen().place == pytest.approx((0.2, 0.3))
    assert said.model_copy(update={"ninth": "everywhere"}).seen().place is None

    left = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
    kept = desk.town.keep("seen", found=(inferred(EventKind.PERSON_VISIT, region=Box(20, 20, 60, 60)),))
    desk.town.grant(version=2, zones=(left,), whole_recordings=True)
    page = desk.client().get(f"/clips/{kept.name}").text
    assert '<option value="50,50">in the middle</option>' in page
    assert 'data-point aria-pressed="false" hidden' in page, "the button needs a script, which shows it"


def test_a_clip_has_a_page_and_what_was_missed_is_written_there(desk: Desk) -> None:
    kept = desk.town.keep("quiet", with_events=False)
    browser = desk.client()
    page = browser.get(f"/clips/{kept.name}")
    assert "What I saw here" in page.text

    wrong = browser.post(f"/clips/{kept.name}/missed", {"kind": "loitering", "start": "1", "end": "x"})
    assert wrong.status_code == 422
    answer = browser.post(f"/clips/{kept.name}/missed", {"kind": "loitering", "start": "1", "end": "2"})
    assert answer.headers["location"] == f"/clips/{kept.name}#missed"
    assert "Loitering, 1.0 to 2.0 s" in browser.get(f"/clips/{kept.name}").text
    assert "Take it back" not in desk.client(Role.SUPERVISOR).get(f"/clips/{kept.name}").text
    assert f"/clips/{kept.name}" in browser.get("/timeline").text


def test_columns_of_the_timeline_lie_where_their_hours_do_when_the_clock_changes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    long, short = (
        stretch_of(Zoom.DAY, datetime(2026, month, day, 12, tzinfo=zone)) for month, day in ((10, 25), (3, 29))
    )
    assert [tick.words for tick in long.ticks[:5]] == ["00", "01", "02", "02", "03"]
    assert (len(long.ticks), len(short.ticks)) == (25, 23)
    week = stretch_of(Zoom.WEEK, datetime(2026, 10, 25, 12, tzinfo=zone))
    assert [tick.span for tick in week.ticks] == [24, 24, 24, 24, 24, 24, 25]
    assert "at=2026-10-26" in long.address(1)
