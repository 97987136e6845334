"""``doorstep report`` and ``doorstep areas``: what neighbours sent, decided on from the command line."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import ReportDecidedError
from pipeline.night.services import utc_now
from tests.builders import PURPOSE, RECIPIENT
from tests.casework.neighbours.neighbourhood import Neighbourhood, a_neighbourhood, a_photo, neighbourly, write_areas
from tests.cli.runner import run


@pytest.fixture
def report_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A report with a photo, of an installation that the commands find."""
    settings = neighbourly(tmp_path)
    with a_neighbourhood(settings) as town:
        town.clock.at = utc_now() - timedelta(hours=1)
        report = _sent(town)
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(settings.store.directory))
    monkeypatch.setenv("DOORSTEP_AGENCY__AREAS", str(settings.agency.areas))
    monkeypatch.setenv("DOORSTEP_NIGHT__PURPOSE", PURPOSE)
    monkeypatch.setenv("DOORSTEP_NIGHT__RECIPIENT", RECIPIENT)
    return report


def _sent(town: Neighbourhood) -> str:
    report = town.tell(contact="Ann, 555-0123").report
    town.send(report, "photo.jpg", a_photo())
    return report.report_id


def test_a_report_goes_from_the_list_to_the_public_pages_and_off_them(
    report_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = json.loads(run("report", "list", "--json").stdout)
    assert (line["report"]["report_id"], line["area"], line["files"]) == (report_id, "North", 1)
    assert "contact: Ann, 555-0123" in run("report", "show", report_id, "--contact").stdout
    assert "is accepted by" in run("report", "accept", report_id, "--reason", "it shows the taking").stdout
    assert run("report", "list").stdout == "no reports.\n"
    (copy,) = json.loads(run("report", "copies", report_id, "--json").stdout)
    words = ("--words", "A box was taken.", "--copy", copy["name"])
    with pytest.raises(ReportDecidedError, match="another person"):
        run("report", "publish", report_id, *words)
    monkeypatch.setenv("LOGNAME", "rita")
    published = json.loads(run("report", "publish", report_id, *words, "--json").stdout)
    assert (published["media"], published["words"]) == ([copy["name"]], "A box was taken.")
    assert json.loads(run("report", "show", report_id, "--json").stdout)["published"] == published
    assert run("report", "unpublish", report_id).stdout == "taken off the public pages\n"
    assert run("report", "unpublish", report_id).stdout == "it was not published\n"
    assert run("report", "erase-contact", report_id).stdout == "erased\n"
    assert json.loads(run("retention", "sweep", "--json").stdout)["failed"] == []


def test_a_report_is_put_into_an_incident_later_which_then_lists_its_files(report_id: str) -> None:
    run("report", "accept", report_id, "--reason", "it shows the taking")
    window = ("--since", "2026-03-09T00:00Z", "--until", "2026-03-12T00:00Z", "--kind", "package_picked_up")
    place = ("--latitude", "51.5", "--longitude", "-0.12")
    opened = json.loads(run("incident", "new", "A parcel", *place, *window, "--json").stdout)
    incident = opened["incident"]["incident_id"]
    assert json.loads(run("incident", "show", incident, "--json").stdout)["received"] == []

    assert f"in incident {incident}" in run("report", "put-into", report_id, incident).stdout
    with pytest.raises(ReportDecidedError, match="it is in incident"):
        run("report", "put-into", report_id, incident)
    (told,) = json.loads(run("incident", "show", incident, "--json").stdout)["received"]
    assert (told["report_id"], told["kind"], told["is_public"]) == (report_id, "photo", False)
    assert "what neighbours sent" in run("incident", "show", incident).stdout


def test_a_report_is_declined_once(report_id: str) -> None:
    assert "is declined by" in run("report", "decline", report_id, "--reason", "reported before").stdout
    with pytest.raises(ReportDecidedError, match="it was declined"):
        run("report", "decline", report_id, "--reason", "reported before")


def test_the_areas_are_checked_and_asked(tmp_path: Path) -> None:
    path = str(write_areas(tmp_path))
    assert json.loads(run("areas", "check", path, "--json").stdout)["elsewhere"] == ["County police"]
    assert "Market" in run("areas", "check", path).stdout
    for place, said in (("51.5001,-0.1201", "North (north), beat Market"), ("51.2,-0.12", "elsewhere: County police")):
        assert run("areas", "check", path, "--at", place).stdout.startswith(said)
    assert "in no area" in run("areas", "check", path, "--at", "0,0").stdout
    for words in ("51.5", "north,west", "51.5,-0.1,3", "91,0", "0,181", "nan,0"):
        refused = run("areas", "check", path, "--at", words)
        assert (refused.exit_code, refused.stdout) == (2, ""), words
