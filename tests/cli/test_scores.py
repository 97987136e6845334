import json

from pipeline.analysis import embedded_scores
from pipeline.domain.events import EventKind
from pipeline.events.calibration import SCORES_DIGEST
from tests.cli.runner import run


def test_every_kind_of_event_is_told_with_its_operating_point() -> None:
    lines = run("models", "scores").stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [kind.value for kind in EventKind]
    assert lines[-1] == f"table {SCORES_DIGEST}"
    for kind, line in zip(EventKind, lines, strict=False):
        scores = embedded_scores().kinds.get(kind)
        told = "not fitted" if scores is None else f"stated from {scores.operating_point:.2f} on"
        assert told in line


def test_machines_get_the_table() -> None:
    told = json.loads(run("models", "scores", "--json").stdout)
    assert told["digest"] == SCORES_DIGEST
    assert set(told["kinds"]) == {kind.value for kind in embedded_scores().kinds}


def test_the_list_of_models_names_the_table() -> None:
    assert SCORES_DIGEST[:12] in run("models", "list").stdout
