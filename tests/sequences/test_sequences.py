"""Whatever residents, nights and people do, in whatever order: nothing outside a live grant, nothing after its end."""

import os
from collections.abc import Callable

import pytest

from tests.sequences.play import play_many

SHORT, LONG = 8, 18
"""Acts of a sequence, beside its beginning and its end."""
WHOLE = 10_000


def test_a_few_sequences_keep_every_promise() -> None:
    counts, broken = play_many(range(20), SHORT, workers=1)
    assert not broken, broken
    assert counts["sequences"] == 20
    assert counts["recording"] > 0
    assert counts["takes gone"] > 0


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
def test_ten_thousand_sequences_keep_every_promise(
    share: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    number = share(WHOLE)
    counts, broken = play_many(range(1_000_000, 1_000_000 + number), LONG, len(os.sched_getaffinity(0)))
    assert not broken, broken[:3]
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
