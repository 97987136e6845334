"""Tags by command: each act once, with what the machine said, and counted by ``doorstep evaluate --from-reviews``."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ConsentError, RecordNotFoundError, TagRefusedError
from tests.builders import PURPOSE, RECIPIENT
from tests.casework.story import a_morning, events_of, visitor
from tests.cli.runner import run
from tests.footage import write_clip
from tests.night.story import anns_grant

LASTING = anns_grant(expires_at=datetime(2126, 3, 10, tzinfo=UTC))
"""Commands read the machine's own clock."""


@pytest.fixture
def event_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An event of an installation that the commands find."""
    folder = tmp_path / "house"
    with a_morning(folder, write_clip(tmp_path / "visit.mp4", visitor, 3.5), grant=LASTING) as house:
        (found,) = events_of(house.services)
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(folder))
    monkeypatch.setenv("DOORSTEP_NIGHT__PURPOSE", PURPOSE)
    monkeypatch.setenv("DOORSTEP_NIGHT__RECIPIENT", RECIPIENT)
    return found.event.event_id


def test_a_person_confirms_thinks_better_of_it_and_both_stay(event_id: str) -> None:
    first = json.loads(run("review", "confirm", event_id, "--case", "26-0310", "--json").stdout)
    assert (first["status"], first["case"], first["machine"]["kind"]) == ("confirmed", "26-0310", "person_visit")
    said = run("review", "correct", event_id, "--kind", "person_at_door", "--start", "1.5", "--note", "at the door")
    assert said.stdout.startswith(f"{event_id} is corrected to person_at_door by ")
    listed = json.loads(run("review", "tags", "--json").stdout)["tags"]
    assert [(tag["status"], tag["kind"], tag["note"]) for tag in listed] == [
        ("corrected", "person_at_door", "at the door")
    ]
    both = json.loads(run("review", "tags", event_id, "--json").stdout)["tags"]
    assert [tag["status"] for tag in both] == ["confirmed", "corrected"]
    assert both == json.loads(run("review", "tags", "--with-earlier", "--json").stdout)["tags"]
    assert "corrected: person_at_door" in run("review", "tags").stdout
    assert json.loads(run("review", "tags", "--until", "2026-01-01", "--json").stdout) == {"tags": []}


def test_tags_become_figures(event_id: str) -> None:
    run("review", "reject", event_id, "--note", "a red wall")
    reviews = json.loads(run("evaluate", "--from-reviews", "--json").stdout)
    (kind,) = reviews["kinds"]
    assert (kind["kind"], kind["rejected"], kind["statements"], kind["precision"]) == ("person_visit", 1, 1, 0.0)
    assert kind["interval"][0] == 0.0
    assert "did not look at a sample" in reviews["bias"]
    assert "0 of 1" in run("evaluate", "--from-reviews").stdout


def test_what_is_no_decision_is_refused(event_id: str) -> None:
    with pytest.raises(TagRefusedError, match="confirm the event"):
        run("review", "correct", event_id)
    with pytest.raises(RecordNotFoundError):
        run("review", "confirm", "ev-00000000000000000000")
    with pytest.raises(ConsentError):
        run("review", "confirm", event_id, "--purpose", "traffic")
    assert json.loads(run("review", "tags", "--json").stdout) == {"tags": []}


def test_evaluate_wants_a_folder_or_reviews_and_not_both(tmp_path: Path) -> None:
    for words in (("evaluate",), ("evaluate", str(tmp_path), "--from-reviews")):
        assert run(*words).exit_code == 2
