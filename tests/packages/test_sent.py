"""What neighbours sent leaves with the incident that it was accepted into, with where it comes from."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.casework.approval import approval_state, ask_approval, decide_approval
from pipeline.casework.exports import ReportOrder, make_report
from pipeline.casework.incidents import merge_incidents, open_incident
from pipeline.casework.neighbours.accepting import accept
from pipeline.casework.neighbours.ending import withdraw
from pipeline.casework.neighbours.publishing import Publication, make_copies, publish
from pipeline.casework.neighbours.triage import incident_words
from pipeline.domain.approvals import ApprovalState
from pipeline.domain.custody_actions import CustodyAction
from pipeline.domain.neighbour_reports import NeighbourReport
from pipeline.errors import PackageError
from pipeline.packages.export import Exported, export_incident
from tests.casework.neighbours.neighbourhood import (
    JANE,
    RITA,
    Neighbourhood,
    a_neighbourhood,
    a_photo,
    a_video,
    neighbourly,
    suffix_of,
)
from tests.footage import RedFigureDetector

WHY = "it shows the taking"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neighbourhood]:
    monkeypatch.setattr("pipeline.casework.neighbours.publishing.faint_detector", lambda _: RedFigureDetector())
    with a_neighbourhood(neighbourly(tmp_path)) as made:
        yield made


def accepted(town: Neighbourhood, *files: bytes) -> tuple[NeighbourReport, str]:
    """A report that was accepted into a new incident, and the incident's id."""
    report = town.tell().report
    for number, content in enumerate(files):
        town.send(report, f"Jane Doe {number}.{suffix_of(content)}", content)
    incident = open_incident(town.services, JANE, incident_words(report)).incident_id
    return accept(town.services, JANE, report.report_id, WHY, incident), incident


def exported(town: Neighbourhood, incident: str, folder: Path) -> Exported:
    return export_incident(town.services, incident, folder, "kim", moment=town.clock.now() + timedelta(hours=1))


def said(exported: Exported) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((exported.path / "data/package.json").read_bytes())
    return found


def test_photos_and_videos_leave_with_their_provenance_and_the_published_copy(
    town: Neighbourhood, tmp_path: Path
) -> None:
    photo, video = a_photo(), a_video(tmp_path)
    report, incident = accepted(town, photo, video)
    copies = make_copies(town.services, RITA, report.report_id, lambda *_: None)
    publish(town.services, RITA, report.report_id, Publication("a box was taken", (copies[0].name,)))
    package = exported(town, incident, tmp_path / "out")
    told = said(package)
    rows = {row["sha256"]: row for row in told["received_from_neighbours"]}
    assert set(rows) == {hashlib.sha256(one).hexdigest() for one in (photo, video)}
    for content, ending in ((photo, "jpg"), (video, "mp4")):
        row = rows[hashlib.sha256(content).hexdigest()]
        assert row["path"].endswith(f".{ending}")
        assert (package.path / row["path"]).read_bytes() == content
        assert (row["report"], row["consent"]) == (report.report_id, f"{report.grant_id} v1")
    shared = rows[hashlib.sha256(photo).hexdigest()]["masked_copy_that_is_published"]
    assert hashlib.sha256((package.path / shared["path"]).read_bytes()).hexdigest() == shared["sha256"]
    assert rows[hashlib.sha256(video).hexdigest()]["masked_copy_that_is_published"] is None
    assert "Jane Doe" not in (package.path / "data/package.json").read_text()
    verified = subprocess.run(
        [sys.executable, "-I", "-S", package.path / "data/verify.py"], capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout
    assert set(package.disclosure.originals) == set(rows)
    assert town.actions()[-3:] == [CustodyAction.DISSEMINATED] * 3


def test_a_sender_reads_that_a_copy_left_when_they_take_it_back(town: Neighbourhood, tmp_path: Path) -> None:
    report, incident = accepted(town, a_photo())
    exported(town, incident, tmp_path / "out")
    withdraw(town.services, report)
    (stone,) = town.services.catalogue.disposals.of_grant(report.grant_id)
    assert any("EV-" in words for words in stone.disclosed)
    with pytest.raises(PackageError, match="nothing is attached"):
        exported(town, incident, tmp_path / "again")


def test_a_report_that_tells_of_a_file_is_written_down_under_its_senders_consent(
    town: Neighbourhood, tmp_path: Path
) -> None:
    photo = a_photo()
    report, incident = accepted(town, photo)
    made, files = make_report(town.services, JANE, incident, ReportOrder(tmp_path / "report"))
    assert [one.digest for one in made.received] == [hashlib.sha256(photo).hexdigest()]
    assert report.report_id in files.html.read_text("utf-8")
    *_, last = town.services.catalogue.custody.records()
    assert (last.entry.action, last.entry.subject) == (CustodyAction.DISSEMINATED, made.received[0].digest)
    assert (last.entry.authority, last.entry.detail["as"]) == (f"{report.grant_id} v1", "incident report")
    withdraw(town.services, report)
    (stone,) = town.services.catalogue.disposals.of_grant(report.grant_id)
    assert any("incident report" in words for words in stone.disclosed)
    assert make_report(town.services, JANE, incident, ReportOrder(tmp_path / "again"))[0].received == ()


def test_what_comes_after_an_approval_voids_it(town: Neighbourhood) -> None:
    _, incident = accepted(town, a_photo())
    ask_approval(town.services, JANE, incident)
    decide_approval(town.services, RITA, incident, is_given=True)
    assert approval_state(town.services, incident)[0] is ApprovalState.GIVEN
    later = town.tell().report
    town.send(later, "later.jpg", a_photo() + b"")
    assert approval_state(town.services, incident)[0] is ApprovalState.GIVEN
    accept(town.services, JANE, later.report_id, WHY, incident)
    assert approval_state(town.services, incident)[0] is ApprovalState.VOID


def test_a_report_goes_on_in_the_incident_into_which_its_own_was_merged(town: Neighbourhood) -> None:
    report, incident = accepted(town, a_photo())
    other = open_incident(town.services, JANE, incident_words(report)).incident_id
    merge_incidents(town.services, JANE, incident, other)
    ((moved, _),) = town.services.catalogue.neighbour_files.of_incident(other)
    assert (moved.report_id, moved.incident_id) == (report.report_id, other)
    assert town.services.catalogue.neighbour_files.of_incident(incident) == ()
