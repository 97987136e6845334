"""Whatever residents, nights and people do, in whatever order: nothing outside a live grant, nothing after its end."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.sequences.finished import Finished, Played, Portion
from tests.sequences.play import play, play_many

SHORT, LONG = 8, 18
"""Acts of a sequence at most, beside its beginning and its end."""
WHOLE = 10_000


def test_a_few_sequences_keep_every_promise() -> None:
    portion = play_many(range(20), SHORT, workers=1)
    counts = portion.counts
    assert not portion.broken, portion.broken
    assert counts["sequences"] == 20
    assert counts["recording"] > 0
    assert counts["takes gone"] > 0


@pytest.mark.slow
@pytest.mark.timeout(0)  # as long as it takes; whoever asks for it waits, and an interrupted run goes on
def test_ten_thousand_sequences_keep_every_promise(
    share: Callable[[int], int],
    finished: Path | None,
    progress: Callable[[str], None],
    record_property: Callable[[str, object], None],
) -> None:
    number = share(WHOLE)
    kept = None if finished is None else Finished(finished / "sequences")
    seeds, workers = range(1_000_000, 1_000_000 + number), len(os.sched_getaffinity(0))
    portion = play_many(seeds, LONG, workers, kept, progress)
    assert not portion.broken, portion.broken[:3]
    counts = portion.counts
    for name in ("sequences", "acts", "revocations", "nights", "refused", "packages"):
        record_property(name, counts[name])
    record_property("gone", counts["takes gone"])
    assert counts["sequences"] == number
    if number >= 1000:  # so many sequences come by everything
        lacking = [name for name in _EVERYTHING if not counts[name]]
        assert not lacking


_EVERYTHING = (
    "recording", "look", "found", "done", "refused", "similar", "news", "packages", "reports", "jobs", "blinks",
    "takes gone",
)  # fmt: skip


def test_a_run_that_was_interrupted_goes_on_behind_what_it_finished(tmp_path: Path) -> None:
    finished, seeds = Finished(tmp_path), range(8)
    told: list[str] = []
    with patch("tests.sequences.play._PORTION", 5):
        first = play_many(seeds[:5], 1, 1, finished)
        with patch("tests.sequences.play.play", side_effect=play) as played:
            whole = play_many(seeds, 1, 1, finished, told.append)
    assert played.call_count == 3
    assert whole.counts["sequences"] == 8
    assert whole.counts["nights"] > first.counts["nights"]
    assert told == ["5 of 8 sequences, 0 broke a promise", "8 of 8 sequences, 0 broke a promise"]


def test_what_another_source_finished_does_not_count(tmp_path: Path) -> None:
    broken = Played((("night", 3),), Counter({"nights": 1}), "a promise")
    Finished(tmp_path).keep(range(3), 1, Portion(Counter({"sequences": 3}), (broken,)))
    assert Finished(tmp_path).get(range(3), 1) == Portion(Counter({"sequences": 3}), (broken,))
    assert Finished(tmp_path).get(range(3), 2) is None
    with patch("tests.sequences.finished.source_digest", lambda: "0" * 64):
        assert Finished(tmp_path).get(range(3), 1) is None
