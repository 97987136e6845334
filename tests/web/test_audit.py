"""The audit page: what each role sees of the log, that reading it is written down once, and what leaves as a file."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest

from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.evidence.leaves import digest_of
from tests.web.desk import Browser, Desk

READERS = (Role.AUDITOR, Role.SUPERVISOR, Role.RECORDS_OFFICER)


def look(desk: Desk, agent: str, subject: str = "a" * 64, **detail: str) -> None:
    detail = {"case": "26-1042", "purpose": "package theft", **detail}
    desk.services.catalogue.custody.append(
        [CustodyEntry(desk.now, agent, CustodyAction.ACCESSED, subject, "gr-1 v1", detail)]
    )


def numbers(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<td class="number"><span title="[0-9a-f]{64}">(\d+)</span>', page)]


@pytest.mark.parametrize("role", READERS)
def test_who_checks_sees_everybodys_acts(desk: Desk, role: Role) -> None:
    look(desk, "ina")
    page = desk.client(role).get("/audit", params={"agent": "ina", "action": "accessed"})

    assert len(numbers(page.text)) == 1
    assert "gr-1 v1" in page.text
    assert "26-1042" in page.text
    assert '<a href="/audit" aria-current="page">' in page.text


def test_a_long_fact_is_folded_and_whole(desk: Desk) -> None:
    look(desk, "ina", recipe_filters="[0:v]scale=640:360;" * 20, about="a clip")
    page = desk.client(Role.AUDITOR).get("/audit", params={"agent": "ina", "action": "accessed"}).text

    folded = page.split('<details class="more"><summary>recipe filters</summary>')[1].split("</details>")[0]
    assert "[0:v]scale=640:360;" * 20 in folded
    assert "a clip" not in folded


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.ADMINISTRATOR])
def test_others_see_their_own_acts_and_nobody_elses(desk: Desk, role: Role) -> None:
    look(desk, "sue")
    look(desk, desk.agents[role].name)
    client = desk.client(role)
    for query in ({}, {"agent": "sue"}, {"action": "accessed"}, {"subject": "a" * 64}):
        page = client.get("/audit", params=query).text
        agents = set(re.findall(r"<time [^>]+>[^<]+</time></td>\s*<td>([^<]+)</td>", page))
        assert agents == {desk.agents[role].name}
    assert client.get("/audit/export", params={"form": "csv"}).status_code == 404


def test_reading_is_written_down_once_a_filter_and_not_once_a_page(desk: Desk) -> None:
    for _ in range(120):
        look(desk, "ina")
    client = desk.client(Role.AUDITOR)
    seen: list[int] = []
    page = client.get("/audit", params={"agent": "ina"})
    while True:
        seen += numbers(page.text)
        link = re.search(r'href="(/audit\?[^"]*older=[^"]+)" rel="next"', page.text)
        if link is None:
            break
        page = client.get(link.group(1).replace("&amp;", "&"))

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
    (read,) = desk.records(CustodyAction.LOG_READ)
    assert (read.entry.agent, read.entry.detail) == ("aud", {"wanted_agent": "ina"})
    client.get("/audit", params={"agent": "sue"})
    assert len(desk.records(CustodyAction.LOG_READ)) == 2


@pytest.mark.parametrize("older", ["40.", "40." + "0" * 64, "x", "-1." + "0" * 64, "9" * 99])
def test_a_place_in_the_log_that_was_not_handed_out_begins_a_reading(desk: Desk, older: str) -> None:
    client = desk.client(Role.AUDITOR)
    page = client.get("/audit", params={"older": older})

    assert page.status_code == 200
    assert max(numbers(page.text)) == desk.records(CustodyAction.LOG_READ)[-1].index


def test_the_place_of_another_filter_begins_a_reading(desk: Desk) -> None:
    for _ in range(60):
        look(desk, "ina")
    client = desk.client(Role.AUDITOR)
    link = re.search(r'older=([^"&]+)" rel="next"', client.get("/audit", params={"agent": "ina"}).text)
    assert link is not None
    client.get("/audit", params={"agent": "sue", "older": link.group(1)})

    assert [record.entry.detail.get("wanted_agent") for record in desk.records(CustodyAction.LOG_READ)] == [
        "ina",
        "sue",
    ]


def test_what_is_looked_for_stands_in_no_leaf(desk: Desk) -> None:
    desk.client(Role.AUDITOR).get("/audit", params={"case": "26-secret"})
    (read,) = desk.records(CustodyAction.LOG_READ)
    assert "26-secret" not in read.leaf


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"until": "2026-13-01"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"action": "guessed"},
    ],
)
def test_what_is_no_day_and_no_act_is_said(desk: Desk, query: dict[str, str]) -> None:
    answer = desk.client(Role.AUDITOR).get("/audit", params=query)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text


def test_a_day_is_a_day_of_the_installation(desk: Desk) -> None:
    desk.client(Role.AUDITOR)
    look(desk, "ina")
    client = desk.client(Role.AUDITOR)
    day = f"{desk.now:%Y-%m-%d}"
    found = [
        len(numbers(client.get("/audit", params={"action": "accessed", **query}).text))
        for query in ({"since": day, "until": day}, {"until": "2026-03-10"}, {"since": "2026-03-12"})
    ]
    assert found == [1, 0, 0]


def test_the_signed_head_stands_at_the_top(desk: Desk) -> None:
    page = desk.client(Role.AUDITOR).get("/audit").text
    head = desk.services.catalogue.custody.head()
    assert f"{head.size} records" in page
    assert head.root.hex() in page


def test_a_log_that_does_not_go_on_from_a_kept_head_is_said_at_the_top(desk: Desk) -> None:
    from pipeline.domain.evidence import Checkpoint
    from pipeline.evidence.checkpoint import sign_checkpoint
    from pipeline.evidence.custody import write_checkpoint

    head = desk.services.catalogue.custody.head()
    folder = desk.services.settings.store.checkpoint_directory
    assert folder is not None
    write_checkpoint(folder, sign_checkpoint(Checkpoint(head.origin, 3, b"\1" * 32), desk.services.key))
    page = desk.client(Role.AUDITOR).get("/audit").text

    assert "does not hold together" in page
    assert numbers(page), "the log is shown all the same"


def test_the_csv_opens_in_a_spreadsheet_and_nothing_in_it_calculates(desk: Desk) -> None:
    look(desk, "ina", case="=HYPERLINK(0)", note='comma, "quote"\nline; =1+1;\t@SUM(0)')
    answer = desk.client(Role.AUDITOR).get("/audit/export", params={"form": "csv", "action": "accessed"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-disposition"].startswith('attachment; filename="custody-')
    assert answer.headers["cache-control"] == "no-store"
    (row,) = rows
    assert (row["agent"], row["purpose"], row["case"]) == ("ina", "package theft", "'=HYPERLINK(0)")
    assert 'note=comma, "quote"\nline;' in row["facts"]
    for cell in answer.text.replace(";", ",").replace('"', ",").split(","):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t"))


def test_the_json_can_be_checked_and_the_export_is_in_it(desk: Desk) -> None:
    for _ in range(3):
        look(desk, "ina")
    answer = desk.client(Role.AUDITOR).get("/audit/export", params={"form": "json"})
    whole = json.loads(answer.text)
    records = whole["records"]

    assert [record["index"] for record in records] == list(range(len(records)))
    assert all(digest_of(record["leaf"]) == record["digest"] for record in records)
    assert records[-1]["entry"]["action"] == "log_exported"
    assert whole["checkpoint"].startswith("doorstep/custody/")
    assert int(whole["checkpoint"].splitlines()[1]) == len(records)


def test_exports_of_what_does_not_fit_are_empty_and_whole(desk: Desk) -> None:
    client = desk.client(Role.AUDITOR)
    assert json.loads(client.get("/audit/export", params={"form": "json", "agent": "nobody"}).text)["records"] == []
    assert client.get("/audit/export", params={"form": "csv", "agent": "nobody"}).text.count("\n") == 1
    assert client.get("/audit/export", params={"form": "xlsx"}).status_code == 422
    assert len(desk.records(CustodyAction.LOG_EXPORTED)) == 2


def search(desk: Desk, agent: str, clips: int) -> None:
    """A search and what it showed, as they are written: in one act, at one moment."""
    why = {"case": "26-1042", "purpose": "package theft", "as": "search"}
    head = CustodyEntry(desk.now, agent, CustodyAction.SEARCHED, "search", detail={**why, "words": "loitering"})
    shown = [
        CustodyEntry(desk.now, agent, CustodyAction.ACCESSED, f"{number:064x}", "gr-1 v1", {"camera": "ring:1", **why})
        for number in range(clips)
    ]
    desk.services.catalogue.custody.append([head, *shown])


def link(page: str, words: str) -> str:
    (found,) = re.findall(rf'href="([^"]+)"[^>]*>{words}</a>', page)
    return str(found).replace("&amp;", "&")


def every_page(client: Browser, query: dict[str, str]) -> Iterator[str]:
    page = client.get("/audit", params=query).text
    yield page
    while 'rel="next"' in page:
        page = client.get(link(page, "Older")).text
        yield page


@pytest.mark.parametrize("per_page", [1, 2, 3, 50])
def test_a_search_is_one_row_that_opens_to_its_clips(
    desk: Desk, per_page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.casework.audit.PAGE", per_page)
    for clips in (28, 0, 3):  # all of one moment: the clock of the tests stands still
        search(desk, "ina", clips)
        look(desk, "ina", **{"as": "play"})
        search(desk, "sue", 2)
    log = [record for record in desk.records(*CustodyAction) if record.entry.agent == "ina"]
    client = desk.client(Role.AUDITOR)
    rows, opened = [], []
    for page in every_page(client, {"agent": "ina"}):
        rows += numbers(page)
        for shown in re.findall(r'href="([^"]*opened=\d+[^"]*)"', page):
            inner = client.get(shown.replace("&amp;", "&").partition("#")[0]).text
            assert set(numbers(page)) <= set(numbers(inner)), "it opens where it stood"
            opened += [one for one in numbers(inner) if one not in numbers(page)]
            (back,) = re.findall(r'href="([^"#]+)#[^"]*" aria-expanded="true"', inner)
            assert numbers(client.get(back.replace("&amp;", "&")).text) == numbers(page)
    looks = [one for one in log if one.entry.action is CustodyAction.ACCESSED]
    is_clip = {one.index for one in looks if one.entry.detail["as"] == "search"}
    assert rows == [one.index for one in reversed(log) if one.index not in is_clip]
    assert sorted(opened) == sorted(is_clip), "each clip is behind one row, and behind one only"
    assert len(desk.records(CustodyAction.LOG_READ)) == 1, "to open a row is no reading of its own"


def test_each_record_is_a_row_where_that_is_asked_and_where_the_search_does_not_fit(desk: Desk) -> None:
    search(desk, "ina", 4)
    client = desk.client(Role.AUDITOR)
    gathered = client.get("/audit", params={"agent": "ina"}).text
    assert (len(numbers(gathered)), "4 clips shown" in gathered) == (1, True)
    each = client.get(link(gathered, "Show each record")).text
    assert (len(numbers(each)), "clips shown" in each) == (5, False)
    assert numbers(client.get(link(each, "Show one row a search")).text) == numbers(gathered)
    for query in ({"action": "accessed"}, {"subject": f"{2:064x}"}):
        found = numbers(client.get("/audit", params={"agent": "ina", **query}).text)
        assert len(found) == (4 if "action" in query else 1), "nothing is left to a row that is not there"
    exported = client.get("/audit/export", params={"form": "json", "agent": "ina"}).text
    assert len(json.loads(exported)["records"]) == 5


def test_what_was_shown_without_a_search_before_it_is_a_row(desk: Desk) -> None:
    look(desk, "ina", **{"as": "search"})
    assert len(numbers(desk.client(Role.AUDITOR).get("/audit", params={"agent": "ina"}).text)) == 1
