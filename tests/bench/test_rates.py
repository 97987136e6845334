import json
from pathlib import Path

from bench.recognition.rates import rewrite_rates
from bench.recognition.run import SAMPLES_SET
from tests.bench.recognition_runs import a_result, a_run
from tests.bench.test_recognition_page import PICKED_UP, a_clip, good, made_up
from tests.evaluation.test_folder import an_analysis, event


def written(path: Path) -> dict[str, str]:
    return {one["what"]: one["value"] for one in json.loads(path.read_text("utf-8"))}


def test_rates_are_those_of_the_run_and_other_pages_keep_theirs(tmp_path: Path) -> None:
    path = tmp_path / "rates.json"
    false = event(PICKED_UP, 1, 2, score=0.99)
    only_picked_up = an_analysis(events=(event(PICKED_UP, 14, 15.5), false))
    assert rewrite_rates(a_run(made_up(*[good()] * 3, only_picked_up)), path)
    rates = written(path)
    assert rates["events that are there and are missed (recall 0.88)"].startswith("1 of 8, 12% (0% to ")
    assert rates["packages delivered that are missed"].startswith("1 of 4, 25% (")
    assert rates["packages picked up that are missed"].startswith("0 of 4, 0% (0% to 49%)")
    assert rates["statements that are wrong (precision 0.88)"].startswith("1 of 8, 12% (")
    assert sum("person-seconds" in value for value in rates.values()) == 2


def test_a_run_without_exact_truth_writes_none(tmp_path: Path) -> None:
    clips = [a_clip("one")]
    run = a_run(a_result(SAMPLES_SET, clips, {"one": an_analysis()}))
    assert not rewrite_rates(run, tmp_path / "rates.json")
    assert not (tmp_path / "rates.json").exists()
