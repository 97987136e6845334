"""The morning's pages: what they say to whom, and what they leave out."""

import pytest

from pipeline.domain.agents import Role
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.evidence import CustodyAction
from pipeline.web.charts import HEIGHT, bars
from tests.casework.nights import run_night
from tests.casework.test_morning import TAKEN, UNSURE
from tests.retention.story import Kept
from tests.web.desk import Desk

NIGHT = "2026-03-10"


def with_nights(desk: Desk) -> Kept:
    kept = desk.town.keep("taken", minutes=3, found=(TAKEN, UNSURE))
    run_night(desk.town, "2026-03-08")
    run_night(desk.town, NIGHT, (kept,), outcomes=[(FetchOutcome.NOT_READY, "late")])
    return kept


def test_the_desk_opens_on_the_newest_night(desk: Desk) -> None:
    kept = with_nights(desk)

    page = desk.client().get("/").text

    assert "Night of Tue 10 Mar 2026" in page
    assert f'href="/events/{kept.events[0].event_id}"' in page
    assert "1 recording: not ready yet; asked again the next night" in page
    assert "No night was run for 2026-03-09." in page
    assert 'href="/search?kind=package_picked_up&amp;verdict=seen"' in page, "the link finds what is counted"
    assert page.count("<svg") == 4  # fetched, not seen, picked up, cannot be told
    assert "The same as a table" in page


def test_before_the_first_night_the_desk_says_what_to_do(desk: Desk) -> None:
    for path in ("/", "/nights"):
        answer = desk.client().get(path)
        assert answer.status_code == 200
        assert "No night has been run yet" in answer.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.RECORDS_OFFICER])
def test_who_sees_no_footage_needs_no_matter_and_reads_of_no_event(desk: Desk, role: Role) -> None:
    kept = with_nights(desk)
    client = desk.client(role, matter=False)

    page = client.get("/").text

    assert "Night of Tue 10 Mar 2026" in page
    assert "recordings listed" in page
    assert "a search away" not in page
    assert "Package" not in page
    assert kept.events[0].event_id not in page
    assert "events" not in client.get("/nights").text.lower().split("<main")[1]


def test_who_is_told_of_events_says_first_on_what_matter(desk: Desk) -> None:
    with_nights(desk)
    answer = desk.client(matter=False).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/matter")


@pytest.mark.parametrize("path", ["/nights/2026-03-09", "/nights/tomorrow", "/nights?to=2019-01-01", "/nights?to=x"])
def test_a_night_that_there_is_none_of_is_not_there(desk: Desk, path: str) -> None:
    with_nights(desk)
    assert desk.client().get(path).status_code == 404


def test_the_nights_are_listed_with_those_that_were_missed(desk: Desk) -> None:
    with_nights(desk)
    page = desk.client().get("/nights").text
    assert (
        page.index('href="/nights/2026-03-10"')
        < page.index("no night was run")
        < page.index('href="/nights/2026-03-08"')
    )


def test_each_reading_is_written_down_with_agent_purpose_and_case(desk: Desk) -> None:
    with_nights(desk)
    client = desk.client(case_number="26-7")
    client.get(f"/nights/{NIGHT}")
    client.get("/nights")

    entries = [record.entry for record in desk.records(CustodyAction.ACCESSED)]
    read = [entry for entry in entries if entry.subject.startswith("night")]
    assert [entry.subject for entry in read] == [f"night-{NIGHT}", f"nights-{NIGHT}"]
    assert {(entry.agent, entry.detail["case"], entry.detail["purpose"]) for entry in read} == {
        ("ina", "26-7", "package theft")
    }


def test_a_bar_is_as_high_as_its_value_and_what_is_unknown_has_none() -> None:
    chart = bars((None, 0, 1, 4), ("a", "b", "c", "d"))

    assert [bar["is_known"] for bar in chart["bars"]] == [False, True, True, True]
    assert [float(bar["height"]) for bar in chart["bars"]] == [0, 0, HEIGHT / 4, HEIGHT]
    assert chart["alt"] == "3 nights, from 0 to 4; 4 on d"
    assert [bar["title"] for bar in chart["bars"]] == ["a: no night", "b: 0", "c: 1", "d: 4"]


def test_a_share_is_drawn_of_a_hundred_and_a_small_value_can_be_seen() -> None:
    half, little = bars((50,), ("a",), 100, "%"), bars((1, 10_000), ("a", "b"))
    assert float(half["bars"][0]["height"]) == HEIGHT / 2
    assert half["last"] == "50%"
    assert float(little["bars"][0]["height"]) == 1.5
