"""What belongs to an incident, what its report shows, and whether the morning's numbers are the catalogue's."""

import getpass
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.events import EventKind, Verdict, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import AttachmentStatus, Incident
from pipeline.domain.nights import NightState
from pipeline.domain.plain import to_plain
from pipeline.domain.search import EventFilter
from pipeline.domain.second_opinion import Standing
from pipeline.night.attach import attach_highlights
from pipeline.night.gather import gather_account
from pipeline.night.incident_reports import report_on, write_report
from pipeline.night.morning import report_folder, write_morning
from pipeline.night.tonight import Tonight, open_night
from pipeline.reports import AttentionKind
from pipeline.ring_simulator.server import running_simulator
from pipeline.ring_simulator.world import Fault
from tests.cli.runner import run
from tests.night.story import (
    ANN,
    BOB,
    FRONT_CAMERA,
    LAWN_CAMERA,
    NIGHT,
    PORCH_CAMERA,
    House,
    InThisProcess,
    a_house,
    a_world,
    an_event,
    an_incident,
    anns_grant,
)
from tests.night.test_look import LEFT_THIRD, looked_at


@contextmanager
def a_whole_night(
    folder: Path, *names: Path, grant: ConsentGrant | None = None, incident: Incident | None = None, **fault: Any
) -> Iterator[tuple[House, Tonight]]:
    events = [an_event(number, clip) for number, clip in enumerate(names)]
    if fault:
        events.append(an_event(50, names[0], **fault))
    with running_simulator(a_world(*events)) as simulator, a_house(folder, simulator) as house:
        house.grant(grant)
        house.services.catalogue.incidents.save(incident or an_incident())
        with open_night(house.services) as tonight:
            for user in (ANN, BOB):
                gather_account(tonight, house.accounts[user])
            looked_at(tonight, InThisProcess())
            yield house, tonight


def test_what_belongs_is_attached_once_with_the_reason_as_the_machines(tmp_path: Path, clips: Path) -> None:
    with a_whole_night(tmp_path, clips / "visit.mp4") as (house, _):
        made = attach_highlights(house.services)
        again = attach_highlights(house.services)

        (attachment,) = made
        assert again == ()
        assert attachment.status is AttachmentStatus.MACHINE
        assert "person visit at 2026-03-10 22:30" in attachment.reason
        records = [record.entry for record in house.services.catalogue.custody.records()]
        (attached,) = [entry for entry in records if entry.action is CustodyAction.ATTACHED]
        assert (attached.subject, attached.authority) == (attachment.highlight_id, "gr-1 v1")


def test_what_does_not_belong_or_is_not_granted_for_it_is_not_attached(tmp_path: Path, clips: Path) -> None:
    strange: dict[str, dict[str, Any]] = {
        "in-00000000000a": {"purpose": "curiosity"},
        "in-00000000000b": {"recipient": "a newspaper"},
        "in-00000000000c": {"kinds": (EventKind.LOITERING,)},
        "in-00000000000d": {"place": (51.6, -0.12)},
    }
    with a_whole_night(tmp_path, clips / "visit.mp4") as (house, _):
        for name, changes in strange.items():
            house.services.catalogue.incidents.save(an_incident(incident_id=name, **changes))
        made = attach_highlights(house.services)

        assert [one.incident_id for one in made] == ["in-000000000001"]
        house.services.catalogue.incidents.save(an_incident(incident_id="in-00000000000e"))
        house.revoke()
        assert attach_highlights(house.services) == (), "after the grant was revoked nothing more is attached"


@pytest.mark.parametrize("zones", [(), (LEFT_THIRD,)], ids=["whole picture", "zone"])
def test_the_report_shows_what_is_attached_until_its_grant_is_revoked(
    tmp_path: Path, clips: Path, zones: tuple[Zone, ...]
) -> None:
    with a_whole_night(tmp_path, clips / "left.mp4", clips / "empty.mp4", grant=anns_grant(zones=zones)) as (house, _):
        (attachment,) = attach_highlights(house.services)
        out = tmp_path / "report"
        report, files = write_report(house.services, "in-000000000001", out, "ann", CustodyAction.DISSEMINATED)

        assert [part.highlight.highlight_id for part in report.highlights] == [attachment.highlight_id]
        assert len(report.silent_clips) == 1
        granted = {part.camera_id: part.granted for part in report.coverage}
        assert granted == {FRONT_CAMERA: True, LAWN_CAMERA: False, PORCH_CAMERA: False}
        assert files.pdf.read_bytes().startswith(b"%PDF")
        entries = [record.entry for record in house.services.catalogue.custody.records()]
        assert entries[-1].action is CustodyAction.DISSEMINATED
        assert entries[-1].authority == "gr-1 v1"

        house.revoke()
        after = report_on(house.services, "in-000000000001")
        assert (after.highlights, after.silent_clips, after.other_clips) == ((), (), ())
        assert {part.triggers for part in after.coverage} == {0}
        asked = {part.camera_id: part.was_asked for part in after.coverage}
        assert asked == {FRONT_CAMERA: True, LAWN_CAMERA: False, PORCH_CAMERA: False}
        assert house.services.catalogue.incidents.attachments("in-000000000001") == (attachment,)


def test_every_clip_in_scope_is_told_of(tmp_path: Path, clips: Path) -> None:
    """What shows something else, and what could not be looked at, is named: neither side guesses what was left out."""
    names = [clips / name for name in ("visit.mp4", "left.mp4", "empty.mp4", "broken.mp4")]
    with a_whole_night(tmp_path, *names) as (house, _):
        report = report_on(house.services, "in-000000000001")
        fetched = {clip.item.digest for clip in house.services.catalogue.clips.list()}

        assert report.highlights == (), "nothing was attached yet"
        assert {part.clip for part in report.silent_clips} | {part.clip for part in report.other_clips} == fetched
        assert len(report.silent_clips) == 1
        assert [part.looked_at for part in report.other_clips].count(False) == 1
        attach_highlights(house.services)
        later = report_on(house.services, "in-000000000001")
        shown: set[str] = {part.highlight.clip for part in later.highlights}
        assert shown
        assert shown.isdisjoint(part.clip for part in later.other_clips)
        assert shown | {part.clip for part in later.silent_clips} | {part.clip for part in later.other_clips} == fetched


def test_the_mornings_numbers_are_the_catalogues(tmp_path: Path, clips: Path) -> None:
    names = [clips / name for name in ("visit.mp4", "left.mp4", "empty.mp4", "broken.mp4")]
    with a_whole_night(tmp_path, *names, fault=Fault.TRUNCATED) as (house, tonight):
        attach_highlights(house.services)
        report, files = write_morning(tonight, {})
        tonight.finish(files.json.read_text())

        catalogue = house.services.catalogue
        front, porch, lawn = (part for part in sorted(report.cameras, key=lambda one: one.camera_id != FRONT_CAMERA))
        found = catalogue.search.find(EventFilter())
        assert (front.camera_id, front.granted) == (FRONT_CAMERA, True)
        assert (porch.granted, lawn.granted) == (False, False)
        rows = [row for row in house.rows() if row.trigger_id]
        assert front.triggers == len(rows) == 5
        assert {part.outcome: part.count for part in front.outcomes} == Counter(row.outcome for row in rows)
        assert front.came_to(FetchOutcome.READY) == len(catalogue.clips.list()) == 4
        assert (front.analysed, front.silent, front.unreadable) == (3, 1, 1)
        seen = [part.event.inferred for part in found if part.event.inferred.verdict is Verdict.SEEN]
        assert {part.kind: part.count for part in front.events} == Counter(one.kind for one in seen)
        assert front.highlights == len(report.highlights) == len(catalogue.highlights.list())
        (incident,) = report.incidents
        attached = catalogue.incidents.attachments(incident.incident_id)
        assert set(incident.highlight_ids) == {one.highlight_id for one in attached}
        kinds = Counter(part.kind for part in report.attention)
        assert kinds == {AttentionKind.FAILURE: 1, AttentionKind.CONFIRM: len(attached)}
        assert report.is_complete
        assert report.left_over == 0

        record = catalogue.nights.get(NIGHT)
        assert record.state is NightState.FINISHED
        assert json.loads(record.summary)["night"] == NIGHT
        folder = report_folder(house.services, NIGHT)
        assert {path.name for path in folder.iterdir()} >= {"morning.html", "morning.json", "morning.md"}
        assert to_plain(report)["cameras"][0]["camera_id"] == FRONT_CAMERA


def test_the_morning_after_a_revocation_shows_nothing_of_it(tmp_path: Path, clips: Path) -> None:
    with a_whole_night(tmp_path, clips / "visit.mp4") as (house, tonight):
        attach_highlights(house.services)
        before, files = write_morning(tonight, {})
        shown = list((files.html.parent / "media").glob("*.mp4"))

        house.revoke()
        after, _ = write_morning(tonight, {})

        assert len(before.highlights) == len(shown) == 1
        assert after.highlights == ()
        assert not after.events
        assert [part.kind for part in before.attention] == [AttentionKind.CONFIRM]
        assert after.attention == ()
        assert not list((files.html.parent / "media").glob("*.mp4"))


def test_a_person_confirms_or_rejects_on_the_command_line(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = anns_grant(expires_at=datetime(2126, 1, 1, tzinfo=UTC))
    with a_whole_night(tmp_path, clips / "visit.mp4", grant=grant) as (house, _):
        (attachment,) = attach_highlights(house.services)
        monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path))
        words = ("incident", "judge", attachment.incident_id, attachment.highlight_id)

        run(*words, "--confirm")
        (confirmed,) = house.services.catalogue.incidents.attachments(attachment.incident_id)
        run(*words, "--reject", "--note", "another carton")
        (rejected,) = house.services.catalogue.incidents.attachments(attachment.incident_id)

        assert confirmed.status is AttachmentStatus.CONFIRMED
        assert rejected.status is AttachmentStatus.REJECTED
        assert report_on(house.services, attachment.incident_id).highlights == ()
        entries = [record.entry for record in house.services.catalogue.custody.records()]
        assert [entry.detail["as"] for entry in entries if entry.action is CustodyAction.JUDGED] == [
            AttachmentStatus.CONFIRMED,
            AttachmentStatus.REJECTED,
        ]


def test_a_closed_incident_gets_nothing_more_until_it_is_open_again(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_whole_night(tmp_path, clips / "visit.mp4") as (house, _):
        monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path))

        run("incident", "close", "in-000000000001")
        assert attach_highlights(house.services) == ()
        run("incident", "reopen", "in-000000000001")
        assert len(attach_highlights(house.services)) == 1


def test_the_list_of_incidents_shows_what_is_attached_until_its_grant_is_revoked(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = anns_grant(expires_at=datetime(2126, 1, 1, tzinfo=UTC))
    with a_whole_night(tmp_path, clips / "visit.mp4", grant=grant) as (house, _):
        (attachment,) = attach_highlights(house.services)
        monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path))

        before = run("incident", "list", "--json").stdout
        house.revoke()
        after = run("incident", "list", "--json").stdout

        assert attachment.reason in before
        assert attachment.reason not in after
        assert attachment.highlight_id not in after


def test_what_people_set_up_and_decide_stands_in_the_custody_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accounts, zones and incidents decide what is fetched, inferred and shown: a court asks who made them so."""
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path / "store"))
    (tmp_path / "clips").mkdir()
    run("folder", "add", str(tmp_path / "clips"), "--resident", "ann", "--name", "front")
    run("ring", "zones", "folder:front", "--zone", "door:0.1,0.5;0.9,0.5;0.9,1")
    run("grant", "add", "--resident", "ann", "--camera", "folder:front", "--expires", "2126-01-01")
    window = ("--since", "2026-03-10T18:00Z", "--until", "2026-03-11T06:00Z", "--kind", "person_visit")
    opened = run("incident", "new", "A name", "--latitude", "1", "--longitude", "2", *window, "--case", "C-7", "--json")
    incident_id = json.loads(opened.stdout)["incident"]["incident_id"]
    for word in ("close", "close", "reopen"):
        run("incident", word, incident_id)

    lines = run("custody", "log", "--json").stdout.splitlines()

    entries = [json.loads(line)["entry"] for line in lines]
    signed = entries.pop(2)
    assert (signed["action"], signed["agent"]) == (CustodyAction.GRANT_SIGNED, "ann")
    assert signed["detail"]["entered_by"] == getpass.getuser()
    assert [(entry["action"], entry["subject"]) for entry in entries] == [
        (CustodyAction.ACCOUNT_LINKED, "folder-front"),
        (CustodyAction.ZONES_DRAWN, "folder:front"),
        (CustodyAction.INCIDENT_OPENED, incident_id),
        (CustodyAction.INCIDENT_CLOSED, incident_id),
        (CustodyAction.INCIDENT_REOPENED, incident_id),
    ]
    assert {entry["agent"] for entry in entries} == {getpass.getuser()}
    assert entries[2]["detail"]["case"] == "C-7"
    assert "A name" not in "".join(lines)


def test_a_search_is_written_down_under_the_grant_that_let_it_be_shown(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = anns_grant(expires_at=datetime(2126, 1, 1, tzinfo=UTC))
    with a_whole_night(tmp_path, clips / "visit.mp4", grant=grant) as (house, _):
        monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path))
        words = ("search", "--purpose", grant.purpose, "--case", "C-7", "--json")
        monkeypatch.setenv("DOORSTEP_NIGHT__RECIPIENT", grant.recipient)

        shown = json.loads(run(*words).stdout)["events"]
        house.revoke()
        hidden = json.loads(run(*words).stdout)["events"]

        assert ([event["kind"] for event in shown], hidden) == ([EventKind.PERSON_VISIT], [])
        entries = [record.entry for record in house.services.catalogue.custody.records()]
        (accessed,) = [entry for entry in entries if entry.action is CustodyAction.ACCESSED]
        assert (accessed.subject, accessed.authority) == (shown[0]["clip"], "gr-1 v1")
        assert (accessed.detail["case"], accessed.agent) == ("C-7", getpass.getuser())


def test_the_morning_counts_where_the_source_and_we_disagree(tmp_path: Path, clips: Path) -> None:
    with a_whole_night(tmp_path, clips / "visit.mp4", detection_type="vehicle") as (_, tonight):
        report, files = write_morning(tonight, {})
        (front,) = [camera for camera in report.cameras if camera.camera_id == FRONT_CAMERA]
        assert [(part.standing, part.count) for part in front.opinions] == [
            (Standing.NOT_GIVEN, 1),
            (Standing.CONTRADICT, 1),
        ]
        (todo,) = [part for part in report.attention if part.kind is AttentionKind.REVIEW]
        assert todo.what == "in 1 clip the source's labels and ours disagree"
        assert "the source and we contradict each other" in files.html.read_text(encoding="utf-8")
