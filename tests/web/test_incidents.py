"""Incidents at the desk: the whole way over real clips, and nothing of it for whoever does not reach it."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.casework.attaching import attach
from pipeline.casework.works import cut_order
from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import AttachmentStatus, IncidentStatus
from pipeline.domain.jobs import JobState
from pipeline.domain.search import EventFilter
from pipeline.settings import AgencySettings, WebSettings
from tests.casework.desk import KIM
from tests.casework.desk import Desk as Night
from tests.casework.desk import a_desk as a_night
from tests.night.conftest import clips
from tests.retention.story import Town
from tests.web.desk import ADDRESS, NAMES, Browser, Desk, a_desk

__all__ = ["clips"]
INA = replace(KIM, agent=NAMES[Role.INVESTIGATOR])
_FORM = {
    "title": "Package taken",
    "narrative": "A carton is missing.",
    "latitude": "51.5",
    "longitude": "-0.12",
    "radius": "100",
    "since": "2026-03-10T21:30",
    "until": "2026-03-11T04:30",
    "kinds": ["person_visit"],
}


@pytest.fixture
def night(tmp_path: Path, clips: Path) -> Iterator[Night]:
    with a_night(tmp_path / "store", clips / "visit.mp4", clips / "left.mp4", clips / "empty.mp4") as made:
        yield made


@pytest.fixture
def desk(night: Night) -> Iterator[Desk]:
    """The night's house with a desk over it."""
    more = {
        "web": WebSettings(public_url=ADDRESS, second_factor=False),
        "agency": AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
    }
    settings = night.services.settings.model_copy(update=more)
    services = replace(night.services, settings=settings)
    with a_desk(Town(services, night.house.clock, settings)) as made:  # type: ignore[arg-type]
        yield made


def opened(browser: Browser, **changes: object) -> str:
    browser.get("/incidents/new")
    answer = browser.post("/incidents", {**_FORM, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def finished(desk: Desk, job_path: str) -> str:
    """The path of a job, once it is over."""
    desk.app.state.desk.jobs.finish()
    return job_path


def test_what_belongs_is_suggested_taken_turned_down_and_never_attached_by_itself(desk: Desk) -> None:
    ina = desk.client()
    name = opened(ina)
    catalogue = desk.services.catalogue
    first, second = (one.highlight_id for one in catalogue.highlights.list())

    text = page(ina, f"/incidents/{name}")
    assert "Nothing is attached." in text
    assert text.count("0 m from the place, inside the window") == 2
    assert catalogue.incidents.attachments(name) == ()
    assert ina.post(f"/incidents/{name}/suggested/{first}", {"act": "accept"}).status_code == 303
    assert ina.post(f"/incidents/{name}/suggested/{second}", {"act": "dismiss"}).status_code == 303

    text = page(ina, f"/incidents/{name}")
    assert "Nothing more belongs to it" in text
    assert [one.highlight_id for one in catalogue.incidents.attachments(name)] == [first]
    looks = desk.records(CustodyAction.ACCESSED)
    assert {(one.entry.agent, one.entry.detail["incident"]) for one in looks} == {("ina", name)}
    assert all(one.entry.detail["case"] == "26-1042" for one in looks)


def test_a_form_is_shown_again_with_what_is_wrong(desk: Desk) -> None:
    ina = desk.client()
    for field, value in (
        ("title", " "),
        ("kinds", []),
        ("latitude", "north"),
        ("radius", "0"),
        ("since", "soon"),
        ("since", "0001-01-01T00:00"),
        ("until", "2026-03-10T20:00"),
    ):
        ina.get("/incidents/new")
        answer = ina.post("/incidents", {**_FORM, field: value})
        assert answer.status_code == 422, field
        assert 'class="wrong"' in answer.text, field
        assert "A carton is missing." in answer.text, "what was typed stays"
    assert desk.records(CustodyAction.INCIDENT_OPENED) == []


def test_an_incident_begins_with_chosen_events_and_takes_more(desk: Desk) -> None:
    ina = desk.client()
    one, two = (found.event.event_id for found in desk.services.catalogue.search.find(EventFilter()))
    text = page(ina, f"/incidents/new?events={one}")
    assert 'value="51.500000"' in text
    assert re.search(r'value="person_visit" checked', text)
    name = opened(ina, events=[one])
    assert len(desk.services.catalogue.incidents.attachments(name)) == 1

    assert f"/incidents/{name}/attach" in page(ina, f"/incidents/choose?events={two},ev-none")
    assert ina.post(f"/incidents/{name}/attach", {"events": f"{two},ev-none"}).status_code == 303
    assert len(desk.services.catalogue.incidents.attachments(name)) == 2
    assert ina.post(f"/incidents/{name}/attach", {"events": "ev-none"}).status_code == 422


def test_cards_are_ordered_captioned_judged_and_taken_out(desk: Desk) -> None:
    ina = desk.client()
    name = opened(ina)
    first, second = (one.highlight_id for one in desk.services.catalogue.highlights.list())
    for one in (first, second):
        ina.post(f"/incidents/{name}/attach", {"highlight_id": one})
    catalogue = desk.services.catalogue.incidents
    ina.post(f"/incidents/{name}/attached/{first}", {"act": "up"})
    ina.post(f"/incidents/{name}/attached/{first}", {"act": "down"})
    assert [one.highlight_id for one in catalogue.attachments(name)][-1] == first
    ina.post(f"/incidents/{name}/attached/{first}", {"act": "caption", "words": "The <carton> is lifted"})
    ina.post(f"/incidents/{name}/attached/{first}", {"act": "confirm"})
    ina.post(f"/incidents/{name}/attached/{second}", {"act": "reject", "words": "another matter"})
    text = page(ina, f"/incidents/{name}")
    assert "The &lt;carton&gt; is lifted" in text
    assert "confirmed; nobody said anything of" in text, "as the report says it"
    assert re.search(r"\d\d:\d\d:\d\d [A-Z+]+[^<]*</time></span></p>", text), "with the zone"
    assert {one.highlight_id: one.status for one in catalogue.attachments(name)} == {
        first: AttachmentStatus.CONFIRMED,
        second: AttachmentStatus.REJECTED,
    }
    ina.post(f"/incidents/{name}/attached/{second}", {"act": "detach"})
    assert [one.highlight_id for one in catalogue.attachments(name)] == [first]


def test_a_clip_is_cut_and_cut_anew_beside_with_every_recipe_on_the_page(desk: Desk) -> None:
    ina = desk.client()
    name = opened(ina)
    text = page(ina, f"/incidents/{name}/cut")
    assert text.count("nothing found") == 1, "the clip that shows nothing is there too"
    empty = desk.services.catalogue.clips.list()[-1].acquisition.acquisition_id
    made = ina.post(f"/incidents/{name}/cut", {"acquisition": empty, "start": "0.2", "end": "0.8", "boxes": "true"})
    done = page(ina, finished(desk, made.headers["location"]))
    assert "Cut is ready." in done
    (cut,) = desk.services.catalogue.incidents.attachments(name)
    assert "Span chosen by a person" in page(ina, f"/incidents/{name}")
    assert ina.get(f"/media/highlights/{cut.highlight_id}/poster").status_code == 200

    assert ina.post(f"/incidents/{name}/recut/{cut.highlight_id}", {"start": "soon"}).status_code == 422
    again = ina.post(f"/incidents/{name}/recut/{cut.highlight_id}", {"start": "0.4", "end": "0.6"})
    finished(desk, again.headers["location"])
    (cut,) = desk.services.catalogue.incidents.attachments(name)
    assert cut.version
    text = page(ina, f"/incidents/{name}/recut/{cut.highlight_id}")
    for version in (cut.highlight_id, cut.version):
        assert desk.services.catalogue.highlights.get(version).recipe.filters.partition(";")[0][:40] in text
    far = ina.post(f"/incidents/{name}/recut/{cut.highlight_id}", {"start": "0", "end": "99"})
    failed = page(ina, finished(desk, far.headers["location"]))
    assert "inside the clip" in failed
    assert "What to do" in failed


@pytest.mark.parametrize("start", ["1e999999999", "1/0", "-1", "nan", "1_0", "\u0661"])
def test_a_moment_that_is_no_number_of_seconds_begins_no_work(start: str) -> None:
    with pytest.raises(ValueError, match="seconds"):
        cut_order(start, "", has_boxes=True, is_masked=False)


def test_a_second_person_approves_and_the_package_is_made_beside_and_fetched_in_parts(desk: Desk) -> None:
    ina, sue = desk.client(), desk.client(Role.SUPERVISOR)
    name = opened(ina)
    shown = desk.services.catalogue.highlights.list()[0].highlight_id
    ina.post(f"/incidents/{name}/attach", {"highlight_id": shown})
    assert "A second person approves it first." in page(ina, f"/incidents/{name}")
    assert ina.post(f"/incidents/{name}/jobs", {"kind": "export"}).status_code == 409
    ina.get("/account")
    assert ina.post(f"/incidents/{name}/approval").status_code == 303

    content = re.search(r'name="content" value="([0-9a-f]{64})"', page(sue, f"/incidents/{name}"))
    assert content
    assert (
        sue.post(f"/incidents/{name}/approval/decide", {"decision": "refuse", "content": content[1]}).status_code == 422
    )
    sue.get("/account")
    decision = {"decision": "approve", "content": content[1]}
    assert sue.post(f"/incidents/{name}/approval/decide", decision).status_code == 303
    assert desk.services.catalogue.incidents.get(name).status is IncidentStatus.APPROVED

    page(ina, f"/incidents/{name}")
    path = str(ina.post(f"/incidents/{name}/jobs", {"kind": "export"}).headers["location"])
    assert path in page(ina, f"/incidents/{name}"), "the page may be left and found again"
    finished(desk, path)
    assert "Download the package" in page(ina, path)
    assert "hx-trigger" not in page(ina, f"{path}/progress"), "what is over asks no more"
    whole = ina.get(f"{path}/package")
    part = ina.get(f"{path}/package", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PK\x03\x04")
    assert whole.headers["content-disposition"].startswith("attachment")
    names = zipfile.ZipFile(io.BytesIO(whole.content)).namelist()
    assert any(one.endswith(f"data/highlights/{shown}.mp4") for one in names)
    assert len(desk.services.catalogue.disclosures.of_incident(name)) == 1

    fetched = [one.entry for one in desk.records(CustodyAction.ACCESSED) if one.entry.detail["as"] == "fetched package"]
    original = desk.services.catalogue.highlights.get(shown).clip
    assert {shown, original} <= {one.subject for one in fetched}
    assert len(fetched) == 3, "package, original and highlight, once, however many parts"
    assert {(one.agent, one.detail["case"]) for one in fetched} == {(INA.agent, "26-1042")}

    ina.post(f"/incidents/{name}/attached/{shown}", {"act": "caption", "words": "after the approval"})
    assert "void" in page(ina, f"/incidents/{name}")
    assert ina.post(f"/incidents/{name}/jobs", {"kind": "export"}).status_code == 409


def test_a_report_is_made_to_print(desk: Desk) -> None:
    ina = desk.client()
    name = opened(ina)
    empty = desk.services.catalogue.clips.list()[-1].acquisition.acquisition_id
    cut = ina.post(f"/incidents/{name}/cut", {"acquisition": empty})
    finished(desk, cut.headers["location"])
    page(ina, f"/incidents/{name}")
    path = ina.post(f"/incidents/{name}/jobs", {"kind": "report"}).headers["location"]
    finished(desk, path)
    paper = ina.get(f"{path}/report.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    fetched = [one.entry for one in desk.records(CustodyAction.ACCESSED) if one.entry.detail["as"] == "fetched report"]
    assert [one.subject for one in fetched] == [
        one.highlight_id for one in desk.services.catalogue.incidents.attachments(name)
    ]

    desk.clock.at = desk.services.catalogue.grants.latest()[0].grant.expires_at
    assert desk.client().get(f"{path}/report.pdf").status_code == 404, (
        "the grant has ended, and the file still lies there"
    )


def test_people_are_on_the_page_of_those_who_work_on_it_alone(desk: Desk) -> None:
    ina, sue = desk.client(), desk.client(Role.SUPERVISOR)
    name = opened(ina)
    page(ina, f"/incidents/{name}")
    assert ina.post(f"/incidents/{name}/people", {"words": "Lives at number nine"}).status_code == 303
    assert "Lives at number nine" in page(ina, f"/incidents/{name}")
    assert "Lives at number nine" in page(sue, f"/incidents/{name}")
    assert ina.post(f"/incidents/{name}/people", {"words": "  "}).status_code == 422
    (note,) = desk.services.catalogue.people.of_incident(name)
    page(ina, f"/incidents/{name}")
    assert ina.post(f"/incidents/{name}/people/{note.note_id}").status_code == 303
    assert "Lives at number nine" not in page(sue, f"/incidents/{name}")


def test_nobody_elses_incident_is_there_and_an_assignment_opens_it(desk: Desk, night: Night) -> None:
    sue, ina = desk.client(Role.SUPERVISOR), desk.client()
    name = opened(sue)
    attach(desk.services, replace(KIM, agent="sue"), name, night.highlight(), "by hand")

    assert ina.get(f"/incidents/{name}").status_code == 404
    assert name not in page(ina, "/incidents")
    auditor = desk.agents[Role.AUDITOR].name
    assert f'value="{auditor}"' not in page(sue, f"/incidents/{name}"), "who could not open it is not offered"
    for stranger in ("nobody", auditor):
        refused = sue.post(f"/incidents/{name}/assign", {"agents": ["ina", stranger]})
        assert refused.status_code == 422, "who could not open it is not quietly left out"
        assert stranger in refused.text
    assert sue.post(f"/incidents/{name}/assign", {"agents": ["ina"]}).status_code == 303
    assert desk.services.catalogue.incidents.get(name).assigned == ("ina",)
    assert page(ina, f"/incidents/{name}")
    assert name in page(ina, "/incidents?whose=mine")
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        assert desk.client(role).get(f"/incidents/{name}").status_code == 404


def test_an_edit_and_a_merge_keep_what_was_said_and_lead_on(desk: Desk) -> None:
    ina = desk.client()
    gone, kept = opened(ina, title="Bicycle"), opened(ina, title="Cartons")
    page(ina, f"/incidents/{gone}/edit")
    assert ina.post(f"/incidents/{gone}/edit", {**_FORM, "title": "A red bicycle"}).status_code == 303
    (version,) = desk.services.catalogue.incidents.versions(gone)
    assert (version.said.title, version.changed_by) == ("Bicycle", "ina")
    page(ina, f"/incidents/{gone}")
    assert ina.post(f"/incidents/{gone}/merge", {"into": kept}).headers["location"] == f"/incidents/{kept}"
    assert ina.get(f"/incidents/{gone}").headers["location"] == f"/incidents/{kept}"
    assert ina.get(f"/incidents/{gone}/edit").headers["location"] == f"/incidents/{kept}"
    assert "A red bicycle" in page(ina, f"/incidents/{kept}")
    assert ina.post(f"/incidents/{kept}/merge", {"into": "in-0000000000ff"}).status_code == 404
    page(ina, f"/incidents/{kept}")
    assert ina.post(f"/incidents/{kept}/status", {"to": "closed"}).status_code == 303
    assert ina.get(f"/incidents/{kept}").status_code == 200
    assert ina.post(f"/incidents/{kept}/attach", {"highlight_id": "hl-1"}).status_code == 409


def test_a_brought_clip_needs_a_folder_under_a_grant(desk: Desk, clips: Path) -> None:
    ina = desk.client()
    name = opened(ina)
    assert "No live grant covers one" in page(ina, f"/incidents/{name}")
    brought = {"brought": ("20260310_223000.mp4", (clips / "visit.mp4").read_bytes(), "video/mp4")}
    answer = ina.post(f"/incidents/{name}/upload", {"camera": "folder:nobody"}, files=brought)
    assert answer.status_code == 409
    assert "no live grant of a shared folder lets it be taken" in answer.text
    assert not (desk.services.settings.store.directory / "brought").exists()
    assert desk.services.catalogue.jobs.of_incident(name) == ()
    assert JobState.WAITING.value not in page(ina, f"/incidents/{name}")
