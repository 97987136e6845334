"""The fixity schedule: everything is hashed within its days, also with missed nights, and what is wrong is said."""

import json
import random
from pathlib import Path

import pytest

from pipeline.catalogue.upkeep import FixityRun
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import FixitySurveyError
from pipeline.retention.fixity import check_store, slice_of, slices_due
from tests.builders import EVENING
from tests.catalogue.stories import digest_of
from tests.cli.runner import run
from tests.retention.story import Town


def a_run(day: int, slices: int = 30) -> FixityRun:
    return FixityRun(EVENING, day, slices, 0, False, 0, ())


def test_every_object_is_hashed_within_the_days_also_with_missed_nights() -> None:
    dice = random.Random(20260310)
    names = [digest_of(str(number)) for number in range(300)]
    hashed = dict.fromkeys(names, 0)
    last, day = None, 0
    while day < 3000:
        due = slices_due(day, 30, last)
        for name in names:
            if slice_of(name, 30) in due:
                assert day - hashed[name] <= 30 or last is None or day - last.day > 1
                hashed[name] = day
        if last is not None and day > 60:
            assert max(day - one for one in hashed.values()) < 30
        last = a_run(day)
        day += dice.choice((1, 1, 1, 1, 2, 5, 40))


def test_another_number_of_slices_makes_all_due_once() -> None:
    assert slices_due(100, 7, a_run(99)) == frozenset(range(7))
    assert slices_due(101, 7, a_run(100, 7)) == {101 % 7}
    assert slices_due(101, 7, a_run(101, 7)) == {101 % 7}


def test_a_missing_object_is_found_by_presence_and_a_changed_one_by_its_slice(town: Town) -> None:
    town.grant()
    kept, lost = town.keep(), town.keep("lost", minutes=5, with_events=False)
    assert check_store(town.services).wrong == ()
    town.services.originals.delete(lost.clip.item.digest)
    assert kept.highlight is not None
    town.clock.jump(days=1)

    found = check_store(town.services)

    assert len(found.wrong) == 1
    assert lost.clip.item.digest in found.wrong[0]
    entries = [one.entry for one in town.services.catalogue.custody.records(subject=lost.clip.item.digest)]
    assert (entries[-1].action, entries[-1].detail["result"]) == (CustodyAction.FIXITY_CHECKED, "failed")


def test_a_flipped_bit_is_found_within_the_days(village: Town) -> None:
    village.grant()
    kept = village.keep()
    digest = kept.clip.item.digest
    path = village.settings.store.directory / "originals" / digest[:2] / digest
    path.chmod(0o600)
    path.write_bytes(b"clap")
    runs = []
    for _ in range(31):
        runs.append(check_store(village.services))
        village.clock.jump(days=1)
    wrong = [number for number, one in enumerate(runs) if one.wrong]
    assert len(wrong) in (1, 2)
    assert wrong[0] < 30
    assert [one.has_sizes for one in runs[:15]] == [number % 7 == 0 for number in range(15)]
    assert len(list((village.settings.store.directory / "fixity").glob("run-*.json"))) == 31


def test_the_command_says_it_loudly(village: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    village.grant()
    kept = village.keep()
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(village.settings.store.directory))
    assert json.loads(run("fixity", "--json").output)["wrong"] == []
    village.services.originals.delete(kept.clip.item.digest)
    with pytest.raises(FixitySurveyError) as caught:
        run("fixity")
    assert kept.clip.item.digest in caught.value.wrong[0]
