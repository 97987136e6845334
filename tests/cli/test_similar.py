"""``doorstep similar`` and the colours of ``doorstep explain``, over a night with a red figure."""

import json
from pathlib import Path

import pytest

from pipeline.domain.evidence import CustodyAction
from pipeline.errors import RecordNotFoundError, UnreadablePictureError
from pipeline.night.services import Services
from tests.cli.runner import run
from tests.cli.test_evidence_seen import night, records, services, the_event

__all__ = ["night", "services"]


def test_an_event_is_explained_with_the_colours_of_what_it_rests_on(services: Services) -> None:
    name = the_event(services)
    colours = json.loads(run("explain", name, "--json").output)["colours"]
    assert {one["part"] for one in colours} == {"upper", "lower"}
    assert all(one["sentence"] in run("explain", name).output for one in colours)


def test_a_person_is_compared_by_named_colours_and_the_question_is_recorded(services: Services) -> None:
    """The one event of the night finds nothing but itself, and that is never handed out."""
    name = the_event(services)
    found = json.loads(run("similar", name, "--case", "26-7", "--json").output)
    assert (found["hits"], found["model"], found["is_whole"]) == ([], "", True)
    assert {one["part"] for one in found["colours"]} <= {"upper", "lower"}
    assert found["colours"]
    (asked,) = records(services, CustodyAction.SEARCHED)
    assert (asked.detail["words"], asked.detail["case"], asked.detail["events"]) == (name, "26-7", "0")
    assert "nothing that looks alike" in run("similar", name).output


def test_what_cannot_be_compared_is_refused_in_words(services: Services, tmp_path: Path) -> None:
    notes = tmp_path / "notes.jpg"
    notes.write_text("no picture")
    with pytest.raises(UnreadablePictureError, match="neither JPEG nor PNG"):
        run("similar", str(notes))
    with pytest.raises(RecordNotFoundError, match="no event ev-none"):
        run("similar", "ev-none")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.jpg",), "no file that can be read"),
        (("ev-1", "--object", "person"), "never compared by look"),
    ],
)
def test_a_wrong_question_is_told_before_anything_is_opened(
    services: Services, arguments: tuple[str, ...], words: str
) -> None:
    answer = run("similar", *arguments)
    assert answer.exit_code == 2
    assert words in " ".join(answer.output.split())
    assert records(services, CustodyAction.SEARCHED) == []


@pytest.mark.parametrize("part", ["0,0,1", "0.5,0,0.2,1", "0,0,2,1", "a,b,c,d"])
def test_a_part_has_four_edges_within_the_picture(services: Services, tmp_path: Path, part: str) -> None:
    (tmp_path / "van.jpg").write_bytes(b"\xff\xd8\xff")
    answer = run("similar", str(tmp_path / "van.jpg"), "--part", part)
    assert answer.exit_code == 2
    assert "left,top,right,bottom" in answer.output
