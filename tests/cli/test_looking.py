"""The commands that look at clips, with the embedded weights."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.analyze import app as analyze
from pipeline.cli.evaluate import app as evaluate
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.plain import from_plain
from tests.footage import wall, write_clip

runner = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_clip(tmp_path / "empty.mp4", lambda _: wall(), 3.0)
    (tmp_path / "letter.mp4").write_text("Dear neighbour")
    truth = {"clips": {name: {"file": f"{name}.mp4", "duration_s": 3.0} for name in ("empty", "letter")}}
    truth["clips"]["letter"]["events"] = [{"type": "person_visit", "start_s": 0, "end_s": 2}]
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    return tmp_path


def test_analyze_tells_and_writes_what_can_be_read_and_names_what_cannot(folder: Path, tmp_path: Path) -> None:
    clips = [str(folder / "empty.mp4"), str(folder / "letter.mp4")]
    result = runner.invoke(analyze, [*clips, "--json", "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    empty, letter = json.loads(result.stdout)["clips"]
    assert (empty["outcome"], empty["events"], letter["outcome"]) == ("analysed", [], "failed")
    assert "letter.mp4" in result.stderr
    assert "what to do" in result.stderr
    (written,) = (tmp_path / "out").iterdir()
    whole = json.loads(written.read_text())
    assert whole.pop("file") == "empty.mp4"
    assert from_plain(ClipAnalysis, whole).clip == empty["clip"]


def test_analyze_prints_a_table_for_people(folder: Path) -> None:
    result = runner.invoke(analyze, [str(folder / "empty.mp4")])
    assert result.exit_code == 0
    assert "nothing" in result.stdout
    assert "did not decode" in " ".join(result.stdout.split())


def test_evaluate_scores_what_can_be_read_and_lists_the_rest(folder: Path) -> None:
    result = runner.invoke(evaluate, [str(folder), "--json"])
    assert result.exit_code == 0
    scores = json.loads(result.stdout)
    assert scores["overall"]["missed"] == 1
    assert [bool(clip["failure"]) for clip in scores["clips"]] == [False, True]
    assert scores["models"][0]["digest"]


def test_evaluate_prints_tables_for_people_and_progress_beside_them(folder: Path) -> None:
    result = runner.invoke(evaluate, [str(folder)])
    assert result.exit_code == 0
    assert "not read" in result.stdout
    assert "1 of 2: empty" in result.stderr


def test_evaluate_fails_when_nothing_can_be_read(folder: Path) -> None:
    (folder / "empty.mp4").write_bytes(b"")
    result = runner.invoke(evaluate, [str(folder)])
    assert result.exit_code == 1
    assert "no clip of this folder could be read" in result.stderr
