"""Bad input: a message that says what to do, an exit code, and nothing half done."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.demo import settings_for_flow
from pipeline.cli.screen import load_settings
from pipeline.errors import (
    AccountRefusedError,
    CameraUnknownError,
    CatalogueLockedError,
    ConsentOutOfScopeError,
    NameTakenError,
    RecordNotFoundError,
    SettingsError,
    StorageError,
    TwoFactorNeededError,
)
from pipeline.night.services import open_services
from pipeline.ring_simulator.server import RingSimulator, running_simulator
from pipeline.settings import Settings, StoreSettings
from tests.cli.runner import run, run_apart
from tests.night.story import ANN, FRONT_CAMERA, PORCH_CAMERA, a_world, an_event


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Any:
    with running_simulator(a_world(an_event())) as simulator:
        monkeypatch.setenv("DOORSTEP_RING__CONNECT_TO", simulator.connect_to)
        monkeypatch.setenv("DOORSTEP_RING__CERTIFICATE_AUTHORITY", str(simulator.certificate_authority))
        yield simulator


LINK = ("ring", "link", "--resident", "ann", "--user", ANN)
GRANT = ("grant", "add", "--resident", "ann", "--camera", FRONT_CAMERA, "--expires", "2099-01-01")


@pytest.fixture
def linked(simulator: RingSimulator) -> RingSimulator:
    assert run(*LINK, "--password", "secret", "--code", "246810").exit_code == 0
    return simulator


def test_a_wrong_password_is_refused_with_what_to_do(simulator: RingSimulator) -> None:
    ended = run_apart(*LINK, "--password", "wrong")

    assert ended.returncode == 1
    assert "error: the source refuses account" in ended.stderr
    assert "what to do: link the account again" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "wrong" not in ended.stderr.replace("wrong user name or password", "")
    assert simulator.log.writes == ()
    with open_services(load_settings()) as services:
        assert services.catalogue.accounts.list() == ()


@pytest.mark.usefixtures("simulator")
def test_a_code_is_asked_for_and_a_wrong_one_refused() -> None:
    with pytest.raises(TwoFactorNeededError) as caught:
        run(*LINK, "--password", "secret")
    assert "--code" in caught.value.remedy
    with pytest.raises(AccountRefusedError):
        run(*LINK, "--password", "secret", "--code", "000000")


@pytest.mark.usefixtures("linked")
def test_a_grant_goes_from_add_to_revoke_in_json() -> None:
    added = json.loads(run(*GRANT, "--hours", "18:00-08:00", "--zone", "door:0,0;1,0;1,1", "--json").output)
    name = added["grant"]["grant_id"]
    listed = json.loads(run("grant", "list", "--json").output)
    revoked = json.loads(run("grant", "revoke", name, "--json").output)
    again = json.loads(run("grant", "revoke", name, "--json").output)

    assert [one["grant"]["grant_id"] for one in listed] == [name]
    assert (added["grant"]["version"], revoked["grant"]["version"], again["grant"]["version"]) == (1, 2, 2)
    assert revoked["grant"]["revoked_at"] == again["grant"]["revoked_at"]
    shown = run("grant", "show", name).output
    assert "version 1" in shown
    assert "Revoked on" in shown


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--expires", "2020-01-01"), "expire after"),
        (("--expires", "next week"), "no ISO 8601"),
        (("--expires", "2099-01-01T10:00"), "no time zone"),
        (("--hours", "evenings"), "18:00-08:00"),
        (("--zone", "door:0,0;1"), "not of the form"),
        (("--zone", "door:0,0;1,0;1,7"), "not of the form"),
        (("--time-zone", "Atlantis/City"), "time zone"),
        (("--time-zone", "../../etc/passwd"), "etc/passwd"),
        (("--kind", "flying_saucer"), "flying_saucer"),
        (("--purpose", " "), "purpose"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_in_words(options: tuple[str, str], words: str) -> None:
    result = run(*GRANT, *options)

    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", " ").split())
    assert json.loads(run("grant", "list", "--json").output) == []


@pytest.mark.usefixtures("linked")
def test_a_camera_that_is_unknown_or_only_shared_cannot_be_granted() -> None:
    with pytest.raises(CameraUnknownError) as caught:
        run("grant", "add", "--resident", "ann", "--camera", "ring:77", "--expires", "2099-01-01")
    assert caught.value.remedy
    with pytest.raises(ConsentOutOfScopeError, match="does not own"):
        run("grant", "add", "--resident", "ann", "--camera", PORCH_CAMERA, "--expires", "2099-01-01")
    assert json.loads(run("grant", "list", "--json").output) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DOORSTEP_NIGHT__DEDLINE_MINUTES", "5", "DOORSTEP_NIGHT__DEDLINE_MINUTES"),
        ("DOORSTEP_NIGHT__DEADLINE_MINUTES", "-5", "DOORSTEP_NIGHT__DEADLINE_MINUTES"),
        ("DOORSTEP_NIHGT__DEADLINE_MINUTES", "5", "DOORSTEP_NIHGT__DEADLINE_MINUTES"),
        ("DOORSTEP_RING__NOT_READY_PAUSES_SECONDS", "soon", "DOORSTEP_RING__NOT_READY_PAUSES_SECONDS"),
        ("DOORSTEP_STORE", "not json", "DOORSTEP_STORE"),
    ],
)
def test_a_setting_that_is_misspelt_or_out_of_bounds_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    for command in (("grant", "list"), ("night",), ("custody", "log"), ("doctor",), ("analyze", __file__)):
        with pytest.raises(SettingsError, match=words):
            run(*command)


def test_a_misspelt_setting_ends_with_exit_code_1_and_its_name() -> None:
    ended = run_apart("night", DOORSTEP_NIGHT__DEDLINE_MINUTES="5")

    assert ended.returncode == 1
    assert "DOORSTEP_NIGHT__DEDLINE_MINUTES" in ended.stderr
    assert "what to do:" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("date", ["yesterday", "2026-02-30", "2026-3-1x"])
def test_a_night_that_is_no_date_is_refused(date: str) -> None:
    result = run("night", "--date", date)

    assert result.exit_code == 2
    assert "is no date" in result.output


def test_a_locked_database_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOORSTEP_STORE__DATABASE_WAIT_SECONDS", "0.2")
    run("grant", "list")
    with sqlite3.connect(tmp_path / "doorstep" / "catalogue.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CatalogueLockedError) as caught:
            run("folder", "add", str(tmp_path), "--resident", "ann", "--name", "front")
        other.execute("ROLLBACK")
    other.close()
    assert caught.value.retryable
    assert "try again" in caught.value.remedy
    assert run("folder", "add", str(tmp_path), "--resident", "ann", "--name", "front", "--json").exit_code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--time-zone", "Atlantis/City"), "time zone"),
        (("--latitude", "51"), "both"),
        (("--latitude", "91", "--longitude", "0"), "less than or equal to 90"),
    ],
)
def test_a_folder_that_makes_no_sense_is_refused(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    result = run("folder", "add", str(tmp_path), "--resident", "ann", "--name", "front", *options)

    assert result.exit_code == 2
    assert words in result.output
    assert json.loads(run("ring", "accounts", "--json").output) == []


def test_an_incident_is_opened_listed_and_refused_when_its_window_is_none(tmp_path: Path) -> None:
    where = ("incident", "new", "Package taken", "--latitude", "51.5", "--longitude", "-0.12")
    kind = ("--kind", "package_picked_up")
    bad = run(*where, *kind, "--since", "2026-03-10T18:00Z", "--until", "2026-03-10T17:00Z")
    opened = run(*where, *kind, "--since", "2026-03-10T18:00Z", "--until", "2026-03-11T06:00Z", "--json")
    listed = json.loads(run("incident", "list", "--json").output)

    assert bad.exit_code == 2
    assert "window" in bad.output
    assert [one["incident_id"] for one in listed] == [json.loads(opened.output)["incident"]["incident_id"]]
    with pytest.raises(RecordNotFoundError):
        run("incident", "report", "in-none", "--out", str(tmp_path / "report"))
    assert json.loads(run("search", "--json").output)["events"] == []


def test_the_demo_never_writes_into_the_operators_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOORSTEP_STORE__DATABASE_URL", "postgresql://operator@127.0.0.1/real")
    monkeypatch.setenv("doorstep_store__objects_url", "s3://real")
    monkeypatch.setenv("DOORSTEP_RING__USER_AGENT", "operator")
    demo = load_settings().model_copy(update={"store": StoreSettings(directory=tmp_path / "demo")})

    settings_for_flow(demo)

    read = Settings()
    assert read.store == demo.store
    assert (read.store.database_url, read.store.objects_url) == (None, None)


def test_a_folder_stays_with_the_resident_who_linked_it(tmp_path: Path) -> None:
    folder = ("folder", "add", str(tmp_path), "--name", "front")
    assert run(*folder, "--resident", "ann").exit_code == 0
    with pytest.raises(NameTakenError) as caught:
        run(*folder, "--resident", "bob")

    assert "another --name" in caught.value.remedy
    assert [one["resident_id"] for one in json.loads(run("ring", "accounts", "--json").output)] == ["ann"]
    assert run(*folder, "--resident", "ann").exit_code == 0


@pytest.mark.parametrize(
    ("command", "remedy"),
    [(("grant", "show", "gr-none"), "grant list"), (("incident", "close", "in-none"), "incident list")],
)
def test_an_id_that_is_unknown_says_where_ids_are_listed(command: tuple[str, ...], remedy: str) -> None:
    with pytest.raises(RecordNotFoundError) as caught:
        run(*command)
    assert remedy in caught.value.remedy


def test_a_night_on_a_store_that_cannot_be_written_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("no folder")
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(taken))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with pytest.raises(StorageError, match="taken"):
        run("night")


def test_a_database_url_that_is_none_is_refused_by_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_STORE__DATABASE_URL", "nonsense")
    with pytest.raises(SettingsError, match=r"DOORSTEP_STORE__DATABASE_URL.*postgresql://"):
        run("grant", "list")


NOTHING_SAID = (
    (("morning", "--mail", "--role", "auditor"), "--role"),
    (("morning", "--mail", "--case", "26-1"), "--case"),
    (("evaluate", ".", "--since", "2026-03-01"), "--from-reviews"),
    (("review", "tags", "ev-0123456789abcdef0123", "--since", "2026-03-01"), "--since"),
    (("user", "token", "ann", "--label", "export", "--end", "to-0123456789ab"), "--end"),
    (("user", "token", "ann", "--days", "3"), "--label"),
)


def test_options_that_would_say_nothing_beside_others_are_refused_before_anything_is_opened() -> None:
    for words, named in NOTHING_SAID:
        refused = run(*words)
        assert (refused.exit_code, named in refused.output) == (2, True), words
    assert not load_settings().store.directory.exists()
