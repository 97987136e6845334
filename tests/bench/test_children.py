"""Children are measured with what they start."""

from pathlib import Path

import pytest

from bench.measuring import ROOT, run_child
from bench.orders import Order

CLIP = Path(ROOT / "sample_clips" / "tree_in_wind_variable_rate.mp4")


def test_a_decoder_in_the_child_and_one_below_it_both_cost_something() -> None:
    inside, below = run_child(Order("pyav", str(CLIP))), run_child(Order("ffmpeg", str(CLIP)))
    assert inside.facts["frames"] > 50
    for outcome in (inside, below):
        assert outcome.work.cpu > 0.005
        assert outcome.work.wall > 0
        assert outcome.peak_megabytes >= outcome.own_megabytes > 5


def test_our_analysis_says_what_it_saw_and_what_each_stage_took_of_the_processor() -> None:
    outcome = run_child(Order("stages", str(CLIP)))
    assert outcome.work.cpu >= sum(outcome.facts["stages"].values()) + outcome.facts["decoding_child"] > 0
    assert outcome.facts["model"] == "nanodet-416"
    assert outcome.facts["looks"] > 0
    assert outcome.work.cpu >= outcome.facts["stages"]["events"] >= 0
    assert outcome.start.cpu > 0


@pytest.mark.slow
def test_without_the_gate_every_step_is_looked_at() -> None:
    gated = run_child(Order("ours", str(CLIP)))
    every = run_child(Order("every_frame", str(CLIP), options={"rate": 30.0}))
    assert every.facts["looks"] == every.facts["frames_decoded"] > gated.facts["looks"]
