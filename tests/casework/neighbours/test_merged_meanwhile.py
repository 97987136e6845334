"""A report is accepted into an incident while that is merged: whoever comes first, its files are where people work."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.casework.incidents import close_incident, merge_incidents, open_incident
from pipeline.casework.neighbours.accepting import accept, put_into
from pipeline.casework.neighbours.triage import incident_words
from pipeline.domain.custody_actions import CustodyAction
from pipeline.domain.incidents import Incident
from pipeline.domain.neighbour_reports import NeighbourReport, ReportState
from pipeline.errors import IncidentError
from pipeline.settings import StoreSettings
from tests.casework.neighbours.neighbourhood import JANE, Neighbourhood, a_neighbourhood, neighbourly
from tests.catalogue.conftest import empty_database, postgres_url  # noqa: F401 - fixtures

WHY = "it shows the taking"
PATIENCE_SECONDS = 60
Act = Callable[[Neighbourhood, NeighbourReport, str], NeighbourReport]


def accepted(town: Neighbourhood, report: NeighbourReport, incident_id: str) -> NeighbourReport:
    return accept(town.services, JANE, report.report_id, WHY, incident_id)


def put(town: Neighbourhood, report: NeighbourReport, incident_id: str) -> NeighbourReport:
    return put_into(town.services, JANE, report.report_id, incident_id)


ACTS = pytest.mark.parametrize("act", [accepted, put])


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Neighbourhood]:
    store = StoreSettings(directory=tmp_path / "doorstep")
    if request.param == "postgresql":
        store = store.model_copy(update={"database_url": SecretStr(request.getfixturevalue("empty_database"))})
    with a_neighbourhood(neighbourly(tmp_path, store=store)) as made:
        yield made


def a_report(town: Neighbourhood, act: Act, photo: bytes) -> NeighbourReport:
    """What can still be accepted, or was and waits for its incident."""
    report = town.tell().report
    town.send(report, "photo.jpg", photo)
    return accept(town.services, JANE, report.report_id, WHY) if act is put else report


def two_incidents(town: Neighbourhood, report: NeighbourReport) -> tuple[Incident, Incident]:
    gone, kept = (open_incident(town.services, JANE, incident_words(report)) for _ in range(2))
    return gone, kept


def require_it_lies_in(town: Neighbourhood, report_id: str, kept: Incident, gone: Incident) -> None:
    """By its row, by the files of the incident, and by the last word of custody about it."""
    catalogue = town.services.catalogue
    assert catalogue.neighbour_reports.get(report_id).incident_id == kept.incident_id
    files = catalogue.neighbour_files
    assert [one.report_id for one, _ in files.of_incident(kept.incident_id)] == [report_id]
    assert files.of_incident(gone.incident_id) == ()
    said = [record.entry for record in catalogue.custody.records(subject=report_id)]
    within = [entry.detail["incident"] for entry in said if entry.detail.get("incident")]
    assert within[-1] == kept.incident_id
    assert [entry.detail["from"] for entry in said if "from" in entry.detail] == [gone.incident_id]


@ACTS
def test_a_merge_that_comes_between_look_and_decision(
    town: Neighbourhood, photo: bytes, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report was found to belong to a live incident, and before that is written down it is merged."""
    report = a_report(town, act, photo)
    gone, kept = two_incidents(town, report)
    has_looked, is_merged = threading.Event(), threading.Event()
    of_report = town.services.catalogue.neighbour_files.of_report

    def looking(report_id: str) -> Any:
        if threading.current_thread() is not threading.main_thread() and not is_merged.is_set():
            has_looked.set()
            assert is_merged.wait(PATIENCE_SECONDS)
        return of_report(report_id)

    monkeypatch.setattr(town.services.catalogue.neighbour_files, "of_report", looking)
    with ThreadPoolExecutor(1) as thread:
        deciding = thread.submit(act, town, report, gone.incident_id)
        assert has_looked.wait(PATIENCE_SECONDS)
        merge_incidents(town.services, JANE, gone.incident_id, kept.incident_id)
        is_merged.set()
        assert deciding.result().incident_id == kept.incident_id
    require_it_lies_in(town, report.report_id, kept, gone)


@ACTS
def test_a_decision_that_comes_between_look_and_merge(
    town: Neighbourhood, photo: bytes, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = a_report(town, act, photo)
    gone, kept = two_incidents(town, report)
    has_looked, is_decided = threading.Event(), threading.Event()
    merge = town.services.catalogue.incidents.merge

    def merging(*given: Any) -> Incident:
        has_looked.set()
        assert is_decided.wait(PATIENCE_SECONDS)
        return merge(*given)

    monkeypatch.setattr(town.services.catalogue.incidents, "merge", merging)
    with ThreadPoolExecutor(1) as thread:
        joining = thread.submit(merge_incidents, town.services, JANE, gone.incident_id, kept.incident_id)
        assert has_looked.wait(PATIENCE_SECONDS)
        assert act(town, report, gone.incident_id).incident_id == gone.incident_id
        is_decided.set()
        joining.result()
    require_it_lies_in(town, report.report_id, kept, gone)


@ACTS
def test_both_at_the_writers_door_at_once(
    town: Neighbourhood, photo: bytes, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked, and neither has written: the database says who is first."""
    for number in range(4):
        report = a_report(town, act, photo + str(number).encode())
        gone, kept = two_incidents(town, report)
        both = threading.Barrier(2, timeout=PATIENCE_SECONDS)
        with monkeypatch.context() as patched:
            for owner, name in (
                (town.services.catalogue.incidents, "merge"),
                (town.services.catalogue.neighbour_reports, "change_within"),
            ):
                patched.setattr(owner, name, _after(both, getattr(owner, name)))
            with ThreadPoolExecutor(2) as threads:
                joining = threads.submit(merge_incidents, town.services, JANE, gone.incident_id, kept.incident_id)
                deciding = threads.submit(act, town, report, gone.incident_id)
                joining.result()
                deciding.result()
        require_it_lies_in(town, report.report_id, kept, gone)


def test_what_is_chosen_long_after_a_merge_goes_where_the_old_id_leads(town: Neighbourhood, photo: bytes) -> None:
    report = a_report(town, accepted, photo)
    gone, kept = two_incidents(town, report)
    merge_incidents(town.services, JANE, gone.incident_id, kept.incident_id)
    accepted(town, report, gone.incident_id)
    require_it_lies_in(town, report.report_id, kept, gone)


@ACTS
def test_an_incident_that_is_closed_meanwhile_takes_nothing(
    town: Neighbourhood, photo: bytes, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = a_report(town, act, photo)
    incident, _ = two_incidents(town, report)
    of_report = town.services.catalogue.neighbour_files.of_report

    def closing(report_id: str) -> Any:
        close_incident(town.services, JANE, incident.incident_id)
        return of_report(report_id)

    monkeypatch.setattr(town.services.catalogue.neighbour_files, "of_report", closing)
    before = town.services.catalogue.neighbour_reports.get(report.report_id)
    with pytest.raises(IncidentError, match="closed"):
        act(town, report, incident.incident_id)
    assert town.services.catalogue.neighbour_reports.get(report.report_id) == before
    assert before.state is (ReportState.ACCEPTED if act is put else ReportState.RECEIVED)
    assert CustodyAction.REPORT_ACCEPTED not in town.actions() or act is put


def _after(both: threading.Barrier, whole: Callable[..., Any]) -> Callable[..., Any]:
    def waiting(*given: Any) -> Any:
        both.wait()
        return whole(*given)

    return waiting
