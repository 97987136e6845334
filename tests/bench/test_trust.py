"""The page of trust says what was found, at which scale, and what was not; a long run goes on where it stood."""

import json
from pathlib import Path

import pytest

from bench.trust.figure import Extent, Figure, Finding
from bench.trust.figures import FIGURES
from bench.trust.page import page
from bench.trust.remembered import RESULTS, Memory, Result
from bench.trust.run import Orders, run_all
from bench.trust.suites import by_tests
from tests.conftest import ROOT


def finding(extent: Extent, whole: int = 100) -> Finding:
    return Finding(f"{extent.of(whole)} tried", True, {"tried": extent.of(whole)}, ("python -m it",))


def broken(_: Extent) -> Finding:
    return Finding("3 lost", False, {}, ())


def failing(_: Extent) -> Finding:
    raise OSError("no disk")


def figure(number: int, **changes: object) -> Figure:
    return Figure(number, f"Thing {number}", "none lost", "By counting.", **changes)  # type: ignore[arg-type]


def run(figures: list[Figure], memory: Memory, scale: float = 1, again: bool = False) -> tuple[list[int], list[str]]:
    said: list[str] = []
    return run_all(figures, memory, Orders(scale, again, said.append)), said


def results(figures: list[Figure], memory: Memory) -> list[Result]:
    return [found for one in figures if (found := memory.get(one.number)) is not None]


def test_the_figures_are_counted_through_each_with_a_probe_or_a_reason() -> None:
    assert [one.number for one in FIGURES] == list(range(1, 27))
    assert [one.number for one in FIGURES if one.probe is None and not one.lacking] == []


def test_what_is_remembered_is_not_tried_again_unless_more_is_wanted(tmp_path: Path) -> None:
    memory, figures = Memory(tmp_path), [figure(1, probe=finding)]
    run(figures, memory, scale=0.1)
    first = memory.get(1)
    assert first is not None
    assert first.finding.value == "10 tried"
    _, said = run(figures, memory, scale=0.05)
    assert "remembered" in said[0]
    assert memory.get(1) == first
    run(figures, memory)
    whole = memory.get(1)
    assert whole is not None
    assert (whole.finding.value, whole.scale) == ("100 tried", 1)


def test_a_probe_that_fails_leaves_the_others_and_what_was_known(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    run([figure(1, probe=finding)], memory)
    failed, said = run([figure(1, probe=failing), figure(2, probe=finding)], memory, again=True)
    assert failed == [1]
    assert any("no disk" in line for line in said)
    assert [one.finding.holds for one in results([figure(1), figure(2)], memory)] == [True, True]


def test_the_page_says_what_breaks_what_is_small_and_what_is_missing(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    small, bad, gone = figure(1, probe=finding), figure(2, probe=broken), figure(3, lacking="there is no desk")
    run([small], memory, scale=0.25)
    run([bad, gone], memory)
    text = page([small, bad, gone], results([small, bad, gone], memory))
    assert "2 of 3 figures were obtained. **These do not keep their bound: 2.**" in text
    assert "not yet the full claim: 1." in text
    assert "| 1 | Thing 1 | 25 tried | none lost | yes | 25% |" in text
    assert "| 2 | Thing 2 | 3 lost | none lost | **no** | 100% |" in text
    assert "- **3, Thing 3**: there is no desk." in text


def test_figures_of_tests_are_counted_by_the_tests(tmp_path: Path) -> None:
    probe = by_tests("tests/domain/test_plain.py", words="{passed} passed")
    found = probe(Extent(1, tmp_path, lambda _: None))
    assert found.holds
    assert found.value == f"{found.counts['passed']} passed"
    with pytest.raises(FileNotFoundError):
        by_tests("tests/none.py")(Extent(1, tmp_path, lambda _: None))


def test_the_page_in_the_documents_is_of_these_figures() -> None:
    text = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    assert [one.title for one in FIGURES if one.title not in text] == []


def test_a_result_is_plain_json(tmp_path: Path) -> None:
    run([figure(7, probe=finding)], Memory(tmp_path))
    told = json.loads((tmp_path / "07.json").read_text(encoding="utf-8"))
    assert told["finding"]["counts"] == {"tried": 100}


def test_the_page_of_trust_is_what_the_probes_wrote_down() -> None:
    """Nobody types a figure; whoever changes a figure's words writes the page anew with ``--page-only``."""
    wanted = page(FIGURES, results(list(FIGURES), Memory(RESULTS)))
    assert (ROOT / "docs" / "trust.md").read_text("utf-8") == wanted, "python -m bench.trust --page-only"
