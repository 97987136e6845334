import json
from pathlib import Path

import pytest

from bench.recognition.__main__ import plain
from bench.recognition.page import page
from bench.recognition.twin import OtherClipsError, read_twin
from pipeline.domain.events import EventKind
from tests.bench.recognition_runs import a_run
from tests.bench.test_recognition_page import good, made_up
from tests.evaluation.test_folder import an_analysis


def written(path: Path, *seen: object) -> Path:
    path.write_text(json.dumps(plain(a_run(made_up(*seen)))), encoding="utf-8")  # type: ignore[arg-type]
    return path


def test_the_twins_scores_stand_beside_those_of_the_run(tmp_path: Path) -> None:
    run = a_run(made_up(*[good()] * 4))
    twin = read_twin(written(tmp_path / "twin.json", *[good()] * 3, an_analysis()), run)
    assert (twin.by_kind[EventKind.PACKAGE_PICKED_UP].found, twin.overall.missed) == (3, 2)
    text = page(run, twin)
    before, _, after = text.partition("## Composites, with a parcel classifier that never saw their parcels")
    assert "## Targets" in before
    assert "| package_picked_up | 4 | 3 | 1 |" in after.partition("## Composites\n")[0]
    assert "never saw" not in page(run)


def test_a_twin_that_looked_at_other_clips_is_refused(tmp_path: Path) -> None:
    other = written(tmp_path / "twin.json", *[good()] * 3)
    with pytest.raises(OtherClipsError, match="other composites"):
        read_twin(other, a_run(made_up(*[good()] * 4)))
    with pytest.raises(OtherClipsError, match="no composites"):
        read_twin(other, a_run())
