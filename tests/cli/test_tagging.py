"""Tags by command: each act once, with what the machine said, and counted by ``doorstep evaluate --from-reviews``."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.events import Zone
from pipeline.errors import ConsentError, RecordNotFoundError, TagRefusedError
from tests.builders import PURPOSE, RECIPIENT
from tests.casework.story import SIZE, a_morning, events_of, visitor
from tests.cli.runner import run
from tests.footage import wall, write_clip
from tests.night.story import anns_grant

LASTING = anns_grant(expires_at=datetime(2126, 3, 10, tzinfo=UTC))
"""Commands read the machine's own clock."""


LEFT = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


@pytest.fixture
def event_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An event of an installation that the commands find."""
    folder = tmp_path / "house"
    with a_morning(folder, write_clip(tmp_path / "visit.mp4", visitor, 3.5), grant=LASTING) as house:
        (found,) = events_of(house.services)
    _installed(folder, monkeypatch)
    return found.event.event_id


@pytest.fixture
def left_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A clip in which nothing was found, of a camera of which the left half of the picture is shared."""
    folder = tmp_path / "house"
    grant = anns_grant(zones=(LEFT,), expires_at=LASTING.expires_at)
    with a_morning(folder, write_clip(tmp_path / "wall.mp4", lambda _: wall(SIZE), 3), grant=grant) as house:
        (clip,) = house.services.catalogue.clips.list()
    _installed(folder, monkeypatch)
    return clip.acquisition.acquisition_id


def _installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(folder))
    monkeypatch.setenv("DOORSTEP_NIGHT__PURPOSE", PURPOSE)
    monkeypatch.setenv("DOORSTEP_NIGHT__RECIPIENT", RECIPIENT)


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


def test_where_a_part_of_the_picture_is_shared_what_was_missed_says_at_which_place(left_half: str) -> None:
    seen = ("review", "missed", left_half, "--kind", "loitering", "--start", "0.5", "--end", "2", "--json")
    with pytest.raises(TagRefusedError, match="where in the picture"):
        run(*seen)
    with pytest.raises(ConsentError):
        run(*seen, "--at", "0.9,0.5")
    miss = json.loads(run(*seen, "--at", "0.2,0.5").stdout)
    assert (miss["kind"], miss["place"]) == ("loitering", [0.2, 0.5])
    reviews = json.loads(run("evaluate", "--from-reviews", "--json").stdout)
    assert [(kind["kind"], kind["missed"]) for kind in reviews["kinds"]] == [("loitering", 1)]


@pytest.mark.parametrize("words", ["0.4", "left,top", "0.1,0.2,0.3", "", "7,0.5", "-0.1,0.5", "nan,0.5"])
def test_what_is_no_place_of_a_picture_is_refused_before_anything_is_written(words: str) -> None:
    result = run("review", "missed", "aq-00000000000000000000", "--kind", "loitering", "--start", "0", "--end", "1",
                 "--at", words)  # fmt: skip
    assert result.exit_code == 2
    assert "--at is written X,Y" in result.output


def test_evaluate_wants_a_folder_or_reviews_and_not_both(tmp_path: Path) -> None:
    for words in (("evaluate",), ("evaluate", str(tmp_path), "--from-reviews")):
        assert run(*words).exit_code == 2
