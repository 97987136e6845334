"""The night under Prefect: to its end, again, and with one bad clip; what may pass is tried again."""

import json
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.cli.grant import save_grant
from pipeline.cli.night import run_night
from pipeline.cli.screen import load_settings
from pipeline.consent.grants import sign_grant
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.nights import NightState, WorkState
from pipeline.errors import (
    CatalogueLockedError,
    ConsentMissingError,
    NightDeadlineError,
    NightUnansweredError,
    PipelineError,
)
from pipeline.night.services import open_services
from pipeline.night.tonight import open_night
from pipeline.reports import AttentionKind
from tests.cli.runner import run
from tests.flows.conftest import BETWEEN, EVENTS, FRONT_CAMERA, LAWN_CAMERA, PORCH, VISITS, Household, Night
from tests.flows.outcome import outcome_of

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def test_a_night_goes_from_grants_to_the_morning_report_with_one_bad_clip(undisturbed: Night) -> None:
    report, outcome = undisturbed.report, undisturbed.outcome
    assert report.is_complete
    assert len(outcome.items) == VISITS + 1
    assert len(outcome.highlights) == VISITS + BETWEEN
    (gone,) = [event for event, *_ in outcome.events if event.since is not None]
    assert gone.inferred.kind is EventKind.PACKAGE_PICKED_UP
    assert len(outcome.attachments) == VISITS
    assert len(outcome.coverage) == EVENTS
    front = next(camera for camera in report.cameras if camera.camera_id == FRONT_CAMERA)
    assert (front.analysed, front.unreadable) == (2, 1)
    assert front.came_to(FetchOutcome.DELETED) == 1
    assert front.came_to(FetchOutcome.NOT_READY) == 1
    failures = [part for part in report.attention if part.kind is AttentionKind.FAILURE]
    assert "cannot be read as a video" in failures[0].what
    assert len(failures) == 1


def test_the_simulators_log_proves_that_only_granted_cameras_were_asked(undisturbed: Night) -> None:
    log = undisturbed.household.simulator.log
    assert PORCH not in {device for _, device, _ in log.recordings_asked}
    assert log.writes == ()


def test_a_second_run_asks_for_and_analyses_nothing_that_is_kept(
    undisturbed: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = undisturbed.household.copy(tmp_path / "store")
    household.enter(monkeypatch)
    before = household.simulator.log.requests

    again = run_night(load_settings())

    asked = [request for request in household.simulator.log.requests[len(before) :] if request.event_id]
    assert {request.event_id for request in asked} == {7620878129758806304}, "the one that was not ready"
    settings = load_settings()
    assert outcome_of(settings) == undisturbed.outcome
    with open_services(settings) as services:
        assert services.catalogue.nights.get(again.night).state is NightState.FINISHED
        items = services.catalogue.work.of_night(again.night)
        assert sorted((item.state, item.attempts) for item in items) == [
            *[(WorkState.DONE, 1)] * VISITS,
            (WorkState.FAILED, 1),
        ]
    assert again.cameras[0].outcomes == undisturbed.report.cameras[0].outcomes
    assert again.highlights == undisturbed.report.highlights


def test_the_command_prints_the_report_as_json(undisturbed: Night, tmp_path: Path) -> None:
    household = undisturbed.household.copy(tmp_path / "store")
    night = [sys.executable, "-m", "pipeline.cli.app", "night", "--json"]
    ended = subprocess.run(night, env=household.environment, text=True, capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr
    printed = json.loads(ended.stdout)
    assert printed["is_complete"] is True
    assert len(printed["highlights"]) == VISITS + BETWEEN
    assert "Traceback" not in ended.stderr


def test_a_second_night_at_once_is_refused_with_what_to_do(household: Household) -> None:
    night = [sys.executable, "-m", "pipeline.cli.app", "night"]
    with open_services(load_settings()) as services, open_night(services):
        ended = subprocess.run(night, env=household.environment, text=True, capture_output=True, check=False)

    assert ended.returncode == 1
    assert "is being run by" in ended.stderr
    assert "what to do: wait for it" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_night_in_which_no_source_answers_says_so_and_ends_with_an_error(household: Household) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(NightUnansweredError) as caught:
            run("night", DOORSTEP_RING__CONNECT_TO=f"127.0.0.1:{deaf.getsockname()[1]}")

    with open_services(load_settings()) as services:
        assert services.catalogue.nights.get(caught.value.night).state is NightState.FINISHED
    assert "run `doorstep night` again" in caught.value.remedy


def test_a_mail_that_no_server_takes_fails_no_night_and_is_told(
    undisturbed: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed.household.copy(tmp_path / "store").enter(monkeypatch)
    with socket.socket() as deaf:  # bound and not listening: who knocks is refused
        deaf.bind(("127.0.0.1", 0))
        mail = {
            "HOST": "127.0.0.1",
            "PORT": str(deaf.getsockname()[1]),
            "SECURITY": "none",
            "SENDER": "doorstep@agency.example",
            "RECIPIENTS": '["desk@agency.example"]',
        }
        result = run("night", **{f"DOORSTEP_MAIL__{name}": value for name, value in mail.items()})

    assert result.exit_code == 0
    assert "mail of the morning: the mail could not be handed over: Connection refused" in result.output
    with open_services(load_settings()) as services:
        assert services.catalogue.nights.get(undisturbed.report.night).state is NightState.FINISHED
        assert [one.tries for one in services.catalogue.mailings.open("2000-01-01")] == [1]


def test_under_a_grant_that_expired_yesterday_nothing_is_fetched_and_the_night_says_so(household: Household) -> None:
    with open_services(load_settings()) as services:
        for signed in services.catalogue.grants.latest():
            ended = replace(signed.grant, version=2, expires_at=services.now() - timedelta(days=1))
            save_grant(services, sign_grant(ended, services.key), CustodyAction.GRANT_SIGNED)
    before = household.simulator.log.requests

    result = run("night")

    assert result.exit_code == 0
    assert household.simulator.log.requests == before
    assert "Front door was not asked: grant gr-ann does not cover this of camera ring:1001: it expired" in result.output
    assert outcome_of(load_settings()).items == ()


def test_a_night_that_meets_its_deadline_says_what_is_left_and_the_next_takes_it(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as short:
        short.setenv("DOORSTEP_NIGHT__DEADLINE_MINUTES", "1e-9")
        with pytest.raises(NightDeadlineError) as caught:
            run("night")
    with open_services(load_settings()) as services:
        coverage = services.catalogue.coverage
        to_ask = [one for camera in (FRONT_CAMERA, LAWN_CAMERA) for one in coverage.to_ask(camera, EPOCH)]

    assert caught.value.left == len(to_ask) == EVENTS
    assert "DEADLINE_MINUTES" in caught.value.remedy
    assert household.simulator.log.writes == ()


@pytest.mark.parametrize(
    ("error", "calls"), [(CatalogueLockedError("busy"), 2), (ConsentMissingError("ring:1", "fetch"), 1)]
)
@pytest.mark.usefixtures("prefect_api")
def test_a_step_is_tried_again_when_its_error_may_pass(
    error: PipelineError, calls: int, caplog: pytest.LogCaptureFixture
) -> None:
    from prefect import Task, flow

    from flows.overnight import attach, fetch, look, report  # Prefect reads its settings when it is imported

    called: list[int] = []

    def fails_once() -> str:
        called.append(1)
        if len(called) == 1:
            raise error
        return "done"

    step = Task(
        fails_once,
        retries=attach.retries,
        retry_delay_seconds=0,
        retry_condition_fn=attach.retry_condition_fn,
        persist_result=False,
    )

    @flow(persist_result=False)
    def story() -> str:
        return step()

    if error.retryable:
        assert story() == "done"
    else:
        with pytest.raises(type(error)):
            story()
    assert len(called) == calls
    assert {one.retry_condition_fn for one in (fetch, look, report)} == {attach.retry_condition_fn}
    caplog.clear()
