"""What one does with what was found: keep the search, put it into an incident, find what looks like it."""

import re
from dataclasses import replace

import pytest

from pipeline.casework.incidents import Words, open_incident
from pipeline.casework.saved_searches import run_after_night
from pipeline.domain.agents import Matter, Role
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from tests.builders import PURPOSE, RECIPIENT
from tests.casework.nights import run_night
from tests.catalogue.stories import an_incident, inferred
from tests.web.desk import Browser, Desk
from tests.web.street import OTHER, on_the_street


@pytest.fixture
def ina(desk: Desk) -> Browser:
    """An investigator on the street."""
    return on_the_street(desk)


def test_a_search_is_saved_run_and_deleted_by_its_agent_alone(ina: Browser, desk: Desk) -> None:
    ina.get("/search?q=loitering")
    assert ina.post("/saved", {"name": "Loiterers", "query": "q=loitering", "notifies": "true"}).status_code == 303
    page = ina.get("/saved").text
    assert "Loiterers" in page
    (saved_id,) = set(re.findall(r'href="/saved/(ss-[0-9a-f]+)"', page))
    assert ina.get(f"/saved/{saved_id}").headers["location"] == f"/search?q=loitering&saved={saved_id}"
    sue = desk.client(Role.SUPERVISOR)
    assert "Loiterers" not in sue.get("/saved").text
    assert sue.get(f"/saved/{saved_id}").status_code == 404
    assert sue.post(f"/saved/{saved_id}", {"change": "drop"}).status_code == 404
    again = ina.post("/saved", {"name": "loiterers", "query": "q=person"})
    assert again.status_code == 422
    assert "already" in again.text
    assert ina.post("/saved", {"name": "Bad", "query": "q=muslim+person"}).status_code == 422
    assert ina.post(f"/saved/{saved_id}", {"change": "hush"}).status_code == 303
    assert ina.post(f"/saved/{saved_id}", {"change": "drop"}).status_code == 303
    assert "Nothing is saved yet." in ina.get("/saved").text
    actions = [record.entry.action for record in desk.records(CustodyAction.SEARCH_SAVED, CustodyAction.SEARCH_DROPPED)]
    assert actions == [CustodyAction.SEARCH_SAVED, CustodyAction.SEARCH_SAVED, CustodyAction.SEARCH_DROPPED]


def test_saved_searches_by_the_api(ina: Browser) -> None:
    made = ina.api("POST", "/api/v1/saved", json={"name": "Loiterers", "query": "q=loitering"})
    assert made.status_code == 201
    saved_id = made.json()["saved_id"]
    assert [one["name"] for one in ina.api("GET", "/api/v1/saved").json()] == ["Loiterers"]
    assert ina.api("GET", f"/api/v1/saved/{saved_id}").json()["found"] == 1
    assert ina.api("POST", f"/api/v1/saved/{saved_id}/seen").status_code == 204
    assert ina.api("DELETE", f"/api/v1/saved/{saved_id}").status_code == 204
    assert ina.api("GET", f"/api/v1/saved/{saved_id}").status_code == 404


def test_what_is_chosen_goes_into_an_incident_that_the_agent_reaches(ina: Browser, desk: Desk) -> None:
    matter = Matter("ina", PURPOSE, RECIPIENT, "26-1042")
    told = an_incident(kinds=(EventKind.LOITERING,))
    words = Words(told.title, told.place, told.radius, told.starts_at, told.ends_at, told.kinds)
    own = open_incident(desk.services, matter, words).incident_id
    other = open_incident(desk.services, replace(matter, agent="sue"), words).incident_id
    page = ina.get("/search?kind=loitering").text
    (event,) = re.findall(r'name="event" value="(ev-[0-9a-f]+)"', page)
    assert f'value="{own}"' in page
    assert f'value="{other}"' not in page
    form = {"incident": own, "event": [event]}
    assert ina.post("/search/attach", form).headers["location"] == f"/incidents/{own}"
    (attached,) = desk.services.catalogue.incidents.attachments(own)
    assert attached.attached_by == "ina"
    assert ina.post("/search/attach", form).status_code == 303
    assert len(desk.services.catalogue.incidents.attachments(own)) == 1
    assert ina.post("/search/attach", {**form, "incident": other}).status_code == 404
    assert ina.post("/search/attach", {"incident": own}).status_code == 422
    hidden = desk.town.keep("more hidden", camera_id=OTHER, minutes=8)
    assert ina.post("/search/attach", {**form, "event": [hidden.events[0].event_id]}).status_code == 404
    assert len(desk.services.catalogue.incidents.attachments(own)) == 1


def test_what_cannot_be_compared_is_said_and_nothing_hidden_is_compared(ina: Browser, desk: Desk) -> None:
    page = ina.get("/search/similar")
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    body = ina.api("GET", "/api/v1/search?kind=loitering").json()
    event = body["visits"][0]["events"][0]["event_id"]
    assert "no colour could be told" in ina.get(f"/search/similar?event={event}").text
    hidden = desk.town.keep("more hidden", camera_id=OTHER, minutes=8).events[0].event_id
    for name in (hidden, "ev-00000000000000000000"):
        assert ina.get(f"/search/similar?event={name}").status_code == 404
    assert "choose a picture" in ina.post("/search/similar", {}).text.lower()
    for part in ("1,2,3", "x", "0.5,0,0.2,1", "nan,0,1,1"):
        answer = ina.post("/search/similar", {"part": part}, files={"picture": ("a.png", b"no picture", "image/png")})
        assert "a part is left,top,right,bottom" in answer.text.lower()
    answer = ina.post("/search/similar", {}, files={"picture": ("a.png", b"no picture", "image/png")})
    assert answer.status_code == 422
    assert "cannot be opened" in answer.text


def test_the_morning_says_what_a_saved_search_found_until_it_is_opened(ina: Browser, desk: Desk) -> None:
    run_night(desk.town, "2026-03-10")
    ina.post("/saved", {"name": "Loiterers", "query": "q=loitering", "notifies": "true"})
    desk.town.keep("new", minutes=26 * 60, found=(inferred(EventKind.LOITERING),))
    run_after_night(desk.services, "2026-03-10")
    morning = ina.get("/").text
    (saved_id,) = re.findall(r'href="/saved/(ss-[0-9a-f]+)">Loiterers <span class="count">1 new', morning)
    assert "Loiterers" not in desk.client(Role.SUPERVISOR).get("/").text
    shown = ina.get(ina.get(f"/saved/{saved_id}").headers["location"])
    assert f'hx-post="/saved/{saved_id}/seen"' in shown.text
    assert "1 new" in ina.get("/").text, "an address that was only asked for shows nobody anything"
    assert ina.api("GET", f"/api/v1/saved/{saved_id}").json()["found"] == 2
    assert "1 new" in ina.get("/").text, "a program that asks has not looked"
    assert ina.post(f"/saved/{saved_id}/seen").status_code == 204
    assert "Loiterers" not in ina.get("/").text
