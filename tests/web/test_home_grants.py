"""A resident's grants on the pages of home: nothing chosen, seen before signed, stopped at once, and who looked."""

import json
import re
from collections.abc import AsyncIterator
from datetime import time, timedelta

import pytest

from pipeline.acquire.source import TriggerPage
from pipeline.domain.consent import EVERY_DAY, DailyHours
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from tests.builders import CAMERA, EVENING, RESIDENT
from tests.catalogue.stories import a_camera
from tests.web.desk import Browser
from tests.web.home import BOB, Home


def a_form(home: Home, **changes: object) -> dict[str, object]:
    last = home.desk.clock.now() + timedelta(days=20)
    form: dict[str, object] = {
        "camera": [CAMERA],
        "kind": ["person_visit", "package_delivered"],
        "start": ["18:00", ""],
        "end": ["08:00", ""],
        "days_1": [day.value for day in EVERY_DAY[:5]],
        "time_zone": "America/New_York",
        "asker": "0",
        "until": f"{last:%Y-%m-%d}",
    }
    return form | changes


WHOLE_DAYS = {
    "start": ["00:00", ""],
    "end": ["00:00", ""],
    "days_1": [day.value for day in EVERY_DAY],
    "time_zone": "UTC",
}


def latest(home: Home, grant_id: str) -> int:
    return home.desk.services.catalogue.grants.get(grant_id).grant.version


@pytest.fixture
def ann(home: Home, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Ann's browser; her account's source lists nothing."""

    class Silent:
        async def triggers(self, *_: object) -> AsyncIterator[TriggerPage]:
            yield TriggerPage()

        async def close(self) -> None:
            return None

    monkeypatch.setattr(type(home.desk.services.accounts), "source", lambda *_: Silent())
    return home.client()


def test_the_editor_begins_with_nothing_chosen(ann: Browser) -> None:
    page = ann.get("/home/grants/new").text

    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert len(boxes) > 20
    assert [box for box in boxes if "checked" in box] == []
    assert a_camera().name in page


def test_from_the_form_to_the_preview_to_the_signature(ann: Browser, home: Home) -> None:
    page = ann.post("/home/grants/preview", a_form(home))
    assert page.status_code == 200
    assert "between 18:00 and 08:00 of the next day on weekdays" in page.text
    assert "0 of 1 recordings" in page.text or "1 of 1 recordings" in page.text
    assert len(home.desk.services.catalogue.grants.latest_of_resident(RESIDENT)) == 1, "only what was there before"

    signed = ann.post("/home/grants", a_form(home))

    assert signed.status_code == 303
    (made,) = [
        one for one in home.desk.services.catalogue.grants.latest_of_resident(RESIDENT) if one.grant.grant_id != "gr-1"
    ]
    assert signed.headers["location"] == f"/home/grants/{made.grant.grant_id}"
    assert made.grant.audio is False
    assert made.grant.hours[0].days == EVERY_DAY[:5]
    assert made.grant.covers_from is None
    assert "packages delivered, visits of people" in ann.get(signed.headers["location"]).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"camera": []}, "choose at least one camera"),
        ({"camera": ["ring:9"]}, "not yours to grant"),
        ({"kind": []}, "choose at least one kind"),
        ({"start": ["", ""], "end": ["", ""], "days_1": []}, "say when"),
        ({"days_1": []}, "tick the days"),
        ({"start": ["25:00", ""]}, "write both times"),
        ({"zones": "door"}, "is no zone"),
        ({"zones": "door: 0,0; 2,0; 1,1"}, "is no zone"),
        ({"until": ""}, "write a day"),
        ({"until": "2026-01-01"}, "must lie in the future"),
        ({"asker": "7"}, "for what, and for whom"),
        ({"time_zone": "Nowhere"}, "write a time zone"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(
    ann: Browser, home: Home, changes: dict[str, object], words: str
) -> None:
    for address in ("/home/grants/preview", "/home/grants"):
        page = ann.post(address, a_form(home, **changes))

        assert page.status_code == 422
        assert words in page.text
        assert "America/New_York" in page.text or changes.get("time_zone")
    assert len(home.desk.services.catalogue.grants.latest_of_resident(RESIDENT)) == 1


def test_whole_recordings_are_shared_by_a_tick_that_the_words_repeat(ann: Browser, home: Home) -> None:
    form = ann.get("/home/grants/new").text
    assert '<input type="checkbox" name="whole" value="true">' in form, "nothing is ticked"
    page = ann.post("/home/grants/preview", a_form(home)).text
    assert "only the moments of such events may be watched and handed out" in page
    page = ann.post("/home/grants/preview", a_form(home, whole="true")).text
    assert "The whole recording in which such an event lies may be watched" in page
    assert '<input type="hidden" name="whole" value="true">' in page

    ann.post("/home/grants", a_form(home, whole="true"))
    made = max(home.desk.services.catalogue.grants.latest_of_resident(RESIDENT), key=lambda one: one.grant.granted_at)
    assert (made.grant.names_events, made.grant.whole_recordings) == (True, True)


def test_pause_go_on_change_and_revoke(ann: Browser, home: Home) -> None:
    ann.post("/home/grants/gr-1/pause", {})
    assert "Paused." in ann.get("/home/grants/gr-1").text
    ann.post("/home/grants/gr-1/resume", {})
    assert latest(home, "gr-1") == 3
    changed = ann.post("/home/grants", a_form(home, grant_id="gr-1", kind=["person_visit"]))
    assert changed.headers["location"] == "/home/grants/gr-1"
    page = ann.get("/home/grants/gr-1").text
    assert "no longer: kind of event loitering" in page
    assert latest(home, "gr-1") == 4

    told = ann.get("/home/grants/gr-1/revoke").text
    assert "cannot be undone" in told
    done = ann.post("/home/grants/gr-1/revoke", {})

    assert done.headers["location"] == "/home/grants/gr-1/receipt"
    assert "Receipt for grant gr-1" in ann.get("/home/grants/gr-1/receipt").text
    assert home.desk.town.objects() == (set(), set())
    record = json.loads(ann.get("/home/grants/gr-1/receipt.json").content)
    assert record["receipt"]["state"].startswith("revoked")
    assert ann.get("/home/grants/gr-1/receipt.pdf").content.startswith(b"%PDF")
    assert ann.get("/home/grants/gr-1/edit").status_code == 303


def test_a_change_is_shown_before_it_is_signed_with_what_it_allows_more(ann: Browser, home: Home) -> None:
    page = ann.post("/home/grants/preview", a_form(home, grant_id="gr-1", audio="true")).text

    assert "It allows more than now:" in page
    assert "sound" in page
    assert latest(home, "gr-1") == 1
    assert 'name="grant_id" value="gr-1"' in ann.post("/home/grants/again", a_form(home, grant_id="gr-1")).text


def test_a_paused_grant_is_changed_and_stays_paused(ann: Browser, home: Home) -> None:
    ann.post("/home/grants/gr-1/pause", {})
    shown = ann.post("/home/grants/preview", a_form(home, grant_id="gr-1", kind=["person_visit"]))

    assert shown.status_code == 200
    assert "nothing of this is allowed until it goes on" in shown.text
    assert "it goes on since" not in shown.text
    ann.post("/home/grants", a_form(home, grant_id="gr-1", kind=["person_visit"]))
    assert home.desk.services.catalogue.grants.get("gr-1").grant.paused_since is not None


def test_the_editor_of_a_grant_says_what_it_says(ann: Browser) -> None:
    page = ann.get("/home/grants/gr-1/edit").text

    assert f'value="{CAMERA}" checked' in page
    assert 'name="kind" value="loitering" checked' in page


def test_a_still_of_the_own_camera_is_drawn_on_and_the_look_is_written_down(ann: Browser, home: Home) -> None:
    answer = ann.get(f"/home/cameras/{CAMERA}/still")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "private, no-store"
    entries = [one.entry for one in home.desk.services.catalogue.custody.records()]
    assert [one.agent for one in entries if one.detail.get("as") == "own picture"] == [RESIDENT]
    assert home.client(BOB).get(f"/home/cameras/{CAMERA}/still").status_code == 404


def test_who_looked_as_a_page_a_table_and_json(ann: Browser, home: Home) -> None:
    services = home.desk.services
    detail = {"camera": CAMERA, "as": "play", "purpose": "package theft", "case": "26-77"}
    services.catalogue.custody.append(
        (CustodyEntry(services.now(), "jane", CustodyAction.ACCESSED, "a" * 64, "gr-1 v1", detail),)
    )

    page = ann.get("/home/looked").text
    assert "played" in page
    assert "26-77" in page
    assert "jane" not in page, "by role, unless the agency decides otherwise"
    assert "played" in ann.get("/home/looked.csv").text
    assert [one["case_number"] for one in ann.get("/home/looked.json").json()] == ["26-77"]
    assert "Nobody looked" in home.client(BOB).get("/home/looked").text


def test_three_spans_of_hours_are_said_in_the_browser_and_read_there_again(ann: Browser, home: Home) -> None:
    three = {
        "start": ["06:00", "18:00", "10:00", "", "", ""],
        "end": ["08:00", "23:00", "22:00", "", "", ""],
        "days_1": ["monday"],
        "days_2": ["monday", "tuesday"],
        "days_3": ["sunday"],
    }
    seen = ann.post("/home/grants/preview", a_form(home, **three)).text
    assert seen.count('name="start"') == 2 * 6, "to sign it, and to go back"
    signed = ann.post("/home/grants", a_form(home, **three)).headers["location"]

    made = home.desk.services.catalogue.grants.get(signed.rpartition("/")[2]).grant
    assert [(f"{one.start:%H:%M}", len(one.days)) for one in made.hours] == [("06:00", 1), ("18:00", 2), ("10:00", 1)]
    editor = ann.get(f"{signed}/edit").text
    assert editor.count('value="10:00"') == 1
    assert "Further hours" in editor
    assert f"{signed}/edit" in ann.get(signed).text


def test_the_receipt_says_which_seconds_lay_within_the_grant(ann: Browser, home: Home) -> None:
    ends = (EVENING + timedelta(seconds=3)).time()
    home.desk.town.grant(grant_id="gr-2", hours=(DailyHours(time(0), ends),))
    kept = home.desk.town.keep("it reaches over the hours", grant_id="gr-2")
    for _ in range(2):
        page = ann.get("/home/grants/gr-2/receipt").text
        _, shared = page.split("What was shared in part")
        assert kept.clip.item.digest in shared
        assert "only 0.00 to 3.00 s of 10.00 s" in shared
        ann.post("/home/grants/gr-2/revoke", {})
    assert "What was shared in part" not in ann.get("/home/grants/gr-1/receipt").text


def test_a_change_says_what_it_deleted_and_leads_to_its_receipt(ann: Browser, home: Home) -> None:
    (clip,) = home.desk.services.catalogue.clips.list()
    assert home.desk.services.catalogue.highlights.of_acquisition(clip.acquisition.acquisition_id)
    changed = ann.post("/home/grants", a_form(home, grant_id="gr-1", kind=["vehicle_passing"], **WHOLE_DAYS))

    assert changed.headers["location"] == "/home/grants/gr-1?deleted=true"
    page = ann.get(changed.headers["location"]).text
    assert "Of 1 recording that stays, what no grant covers any more was deleted." in page
    assert "a part of what was made of it deleted 2026" in ann.get("/home/grants/gr-1/receipt").text
    assert home.desk.services.catalogue.clips.list() == (clip,)
