"""Requests for footage over http: from the first word at the desk to what an answer shows, and what nobody can tell."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pipeline.casework.agents.matters import offered_purposes
from pipeline.casework.requests.answering import hide_request
from pipeline.domain.agents import Role
from pipeline.domain.footage_requests import OPEN_FOR
from pipeline.settings import Settings
from pipeline.web.app import build_app
from tests.builders import CAMERA
from tests.casework.asking import publish
from tests.catalogue.stories import a_camera
from tests.retention.story import Clock, a_town
from tests.web.desk import Browser, Desk, a_desk
from tests.web.home import ANN, Home, a_home
from tests.web.test_matrix import _VALUES, ROUTES, method_of

FORM = {
    "case_number": "24-117",
    "title": "Parcel taken from a porch",
    "words": "Somebody in a red jacket took a parcel from a porch and left by bicycle.",
    "near": "51.5,-0.12,300",
    "since": "2026-03-10T22:00+00:00",
    "until": "2026-03-10T23:00+00:00",
    "kinds": "package_picked_up",
    "purpose": "package theft",
}
_ID = re.compile(r"/requests/(rq-[0-9a-f]{12})")


def written(client: Browser, **changes: str) -> str:
    client.get("/requests/new")
    answer = client.post("/requests", {**FORM, **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/requests/")


def test_from_the_first_word_to_what_an_answer_shows(desk: Desk, home: Home) -> None:
    kept = desk.town.keep("the thief", minutes=3)
    writer, supervisor, resident = desk.client(), desk.client(Role.SUPERVISOR), home.client()
    request_id = written(writer)
    assert "Parcel taken" not in resident.get("/home/requests").text

    supervisor.get(f"/requests/{request_id}")
    assert supervisor.post(f"/requests/{request_id}/decide", {"decision": "publish"}).status_code == 303
    assert "Parcel taken" in resident.get("/home/requests").text
    page = resident.get(f"/home/requests/{request_id}").text
    assert f"/home/requests/{request_id}/clips/{kept.name}" in page
    name = f"{CAMERA} {kept.clip.trigger.trigger_id}"
    answer = resident.post(f"/home/requests/{request_id}/clips", {"clips": name, "days": "30"})
    assert answer.status_code == 303
    answered = resident.get(f"/home/requests/{request_id}").text
    assert "What you share for it" in answered
    assert answered.count("you share it") == 1, "the clip that was picked, and it alone"
    assert "in the next night, which is due" in answered

    assert ("package theft, case 24-117", "Oak Street police") in offered_purposes(desk.services)
    assert "counted when the request is closed" in writer.get(f"/requests/{request_id}").text
    desk.clock.jump(days=OPEN_FOR.days)
    assert "fewer than 5 residents" in desk.client(matter=False).get(f"/requests/{request_id}").text


def test_the_rules_answer_while_somebody_types_and_again_when_it_is_sent(desk: Desk) -> None:
    client = desk.client()
    client.get("/requests/new")

    typed = client.post("/requests/check", {**FORM, "words": "A white person took it."})
    assert "Protected trait" in typed.text
    assert "Describe what was worn" in typed.text
    assert "Give a day and a time" in client.post("/requests/check", {**FORM, "since": ""}).text
    assert "No rule refuses it" in client.post("/requests/check", FORM).text
    assert desk.services.catalogue.footage_requests.entries() == ()

    sent = client.post("/requests", {**FORM, "words": "A white person took it."})
    assert (sent.status_code, "A white person" in sent.text) == (422, True), "nothing that was typed is lost"
    (entry,) = desk.services.catalogue.footage_requests.entries()
    assert f"stands in the public log as {entry.request_id}" in sent.text
    assert "white" not in desk.browser().get("/requests/log").text


def test_whoever_wrote_it_does_not_decide_it(desk: Desk) -> None:
    supervisor = desk.client(Role.SUPERVISOR)
    request_id = written(supervisor)

    assert "decision" not in supervisor.get(f"/requests/{request_id}").text
    assert supervisor.post(f"/requests/{request_id}/decide", {"decision": "publish"}).status_code == 409
    assert desk.services.catalogue.footage_requests.entries() == ()


def test_everybody_reads_the_log_as_page_json_and_feed(desk: Desk) -> None:
    client, nobody = desk.client(), desk.browser()
    client.get("/requests/new")
    client.post("/requests", {**FORM, "case_number": "pending"})
    public = publish(desk.services)

    page = nobody.get("/requests/log")
    assert public.asked.title in page.text
    assert "By the rules: case number" in page.text
    assert "555-0100" in page.text, "the notice stands on it"
    entries = nobody.get("/requests/log.json").json()["entries"]
    assert [(one["what"], one["decided_by"]) for one in entries] == [
        ("published", "supervisor"), ("refused", "the rules"),
    ]  # fmt: skip
    assert entries[1]["asked"] is None
    assert entries[0]["asked"]["area"]["circle"]["metres"] == 300
    feed = ElementTree.fromstring(nobody.get("/requests/log.atom").content)  # noqa: S314 - our own
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 2
    assert not nobody.http.cookies, "nobody who reads it is given a cookie"


def test_a_resident_is_written_to_where_they_asked_for_it(home: Home) -> None:
    client = home.client()
    client.get("/home/requests")

    assert client.post("/home/requests/mail", {"address": "no address"}).status_code == 422
    assert client.post("/home/requests/mail", {"address": "ann@example.org"}).status_code == 303
    assert "Write no more" in client.get("/home/requests").text
    client.post("/home/requests/mail", {"address": ""})
    assert "Write no more" not in client.get("/home/requests").text


RESIDENTS = 6
_BY_CHANCE = re.compile(r"[0-9a-f]{12,}")
"""Digests of records whose salts are chosen by chance, also those of the reading itself."""


@contextmanager
def copied(settings: Settings, folder: Path, clock: Clock) -> Iterator[tuple[Desk, Home]]:
    """A copy of the installation, with the same browsers signed in."""
    store = settings.store.model_copy(update={"directory": folder, "checkpoint_directory": folder / "second"})
    shutil.copytree(settings.store.directory, folder)
    with a_town(settings.model_copy(update={"store": store}), Clock(clock.at)) as town:
        desk = Desk(build_app(town.services), town)
        yield desk, Home(desk)


def with_cookies(desk: Desk, cookies: Any) -> Browser:
    made = desk.browser()
    made.http.cookies.update(cookies)
    return made


def everything(desk: Desk, client: Browser, request_id: str) -> dict[str, tuple[int, str]]:
    """What an agent can fetch."""
    paths = [
        route.path for name, route in ROUTES.items() if method_of(name) == "GET" and not _VALUES.search(route.path)
    ]
    paths += [f"/requests/{request_id}", "/search?q=person", "/audit?agent=resident"]
    answers = {path: client.get(path) for path in paths if not path.startswith("/home")}
    return {path: (one.status_code, _BY_CHANCE.sub("", one.text)) for path, one in answers.items()}


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_nobody_at_the_desk_can_tell_who_declined_from_who_did_not_look(
    settings: Settings, tmp_path: Path, role: Role
) -> None:
    """P6: two copies of one installation; in one all residents read the request, look at clips and put it aside."""
    clock = Clock()
    with a_town(settings, clock) as town, a_desk(town) as desk:
        town.grant()
        kept = town.keep()
        home = a_home(desk)
        request_id = publish(town.services).request_id
        agent = desk.client(role).http.cookies
        for number in range(RESIDENTS):
            owner = f"re-{number:012x}"
            town.services.catalogue.cameras.save([a_camera(camera_id=f"ring:{number}", owner_id=owner)])
        ann = home.client(ANN).http.cookies
    with copied(settings, tmp_path / "ignored", clock) as (ignored, _):
        seen = everything(ignored, with_cookies(ignored, agent), request_id)
    with copied(settings, tmp_path / "declined", clock) as (declined, _):
        resident = with_cookies(declined, ann)
        assert resident.get(f"/home/requests/{request_id}").status_code == 200
        assert resident.get(f"/home/requests/{request_id}/clips/{kept.name}").status_code == 200
        assert resident.post(f"/home/requests/{request_id}/hide").status_code == 303
        for number in range(RESIDENTS):
            hide_request(declined.services, f"re-{number:012x}", request_id)
        assert "Put aside (1)" in resident.get("/home/requests").text
        assert everything(declined, with_cookies(declined, agent), request_id) == seen
    assert seen[f"/requests/{request_id}"][0] in (200, 404)
    assert json.dumps(seen).count("Parcel taken") > 0


def test_a_request_begins_with_the_place_and_the_window_of_an_incident(desk: Desk) -> None:
    client = desk.client(Role.SUPERVISOR)
    incident = desk.town.open_incident("in-0000000000aa", place=(51.5, -0.12), radius=200.0)
    assert f"/requests/new?incident={incident.incident_id}" in client.get(f"/incidents/{incident.incident_id}").text

    page = client.get(f"/requests/new?incident={incident.incident_id}").text

    assert 'value="51.50000,-0.12000,200"' in page
    assert f"{incident.starts_at:%Y-%m-%dT%H:%M}" in page
    assert client.get("/requests/new?incident=in-000000000000").status_code == 404


def test_an_area_that_crosses_itself_is_refused_in_the_form(desk: Desk) -> None:
    client = desk.client()
    client.get("/requests/new")
    form = {**FORM, "near": "", "area": "51.5,-0.12;51.506,-0.112;51.5,-0.112;51.506,-0.12"}

    assert "Area shape" in client.post("/requests/check", form).text
    for wrong in ("51.5,-0.12", "here", "91,0;0,0;0,1"):
        assert "Give three corners" in client.post("/requests/check", {**form, "area": wrong}).text
    assert "not both" in client.post("/requests/check", {**form, "near": FORM["near"]}).text
