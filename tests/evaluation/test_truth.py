import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.cameras import TriggerKind
from pipeline.errors import EvaluationError
from pipeline.evaluation.truth import read_truth


def written(folder: Path, clips: Any) -> Path:
    (folder / "truth.json").write_text(json.dumps({"clips": clips}))
    return folder


def test_all_fields_are_read(tmp_path: Path) -> None:
    entry = {
        "file": "a.mp4",
        "duration_s": 12.5,
        "trigger": "ding",
        "zones": [{"name": "door", "polygon": [[0, 0], [1, 0], [1, 1]]}],
        "objects": [{"class": "car", "intervals": [[0, 2], [3, 4.5]], "optional": True, "note": "far"}],
        "events": [{"type": "package_delivered", "start_s": 4, "end_s": 4.2}],
        "licence": "CC-BY-4.0",
        "conditions": ["small", "rain"],
        "vendor_labels": ["human"],
    }
    (clip,) = read_truth(written(tmp_path, {"a": entry}))
    assert (clip.name, clip.path, clip.seconds, clip.trigger) == ("a", tmp_path / "a.mp4", 12.5, TriggerKind.DING)
    assert clip.objects[0].intervals == ((0.0, 2.0), (3.0, 4.5))
    assert clip.objects[0].optional
    assert (clip.events[0].start, clip.events[0].end, clip.events[0].optional) == (4.0, 4.2, False)
    assert clip.zones[0].name == "door"
    assert (clip.conditions, clip.vendor_labels) == (("rain", "small"), ("human",))


def test_only_the_file_is_needed(tmp_path: Path) -> None:
    (clip,) = read_truth(written(tmp_path, {"a": {"file": "a.mp4"}}))
    assert (clip.seconds, clip.events, clip.objects, clip.trigger, clip.zones) == (0.0, (), (), None, ())


@pytest.mark.parametrize(
    ("stated", "read"), [("night", ("night",)), ({"light": 3}, ()), (None, ()), ([1, "dusk"], ("dusk",))]
)
def test_conditions_of_another_form_are_no_reason_to_refuse_a_folder(tmp_path: Path, stated: Any, read: Any) -> None:
    (clip,) = read_truth(written(tmp_path, {"a": {"file": "a", "conditions": stated}}))
    assert clip.conditions == read


def test_a_maker_who_says_nothing_is_not_a_maker_who_was_not_asked(tmp_path: Path) -> None:
    asked, unasked = read_truth(written(tmp_path, {"a": {"file": "a", "vendor_labels": []}, "b": {"file": "b"}}))
    assert (asked.vendor_labels, unasked.vendor_labels) == ((), None)


def test_an_event_without_an_end_is_a_moment(tmp_path: Path) -> None:
    (clip,) = read_truth(written(tmp_path, {"a": {"file": "a", "events": [{"type": "object_left", "start_s": 3}]}}))
    assert (clip.events[0].start, clip.events[0].end) == (3.0, 3.0)


@pytest.mark.parametrize(
    "clips",
    [
        {"a": {}},
        {"a": {"file": "a", "events": [{"type": "none"}]}},
        {"a": {"file": "a", "events": [{"type": "none", "start_s": 5, "end_s": 2}]}},
        {"a": {"file": "a", "objects": [{"class": "car", "intervals": [3, 4]}]}},
        {"a": {"file": "a", "trigger": "sneeze"}},
        ["a"],
        None,
    ],
)
def test_another_form_is_refused_and_named(tmp_path: Path, clips: Any) -> None:
    with pytest.raises(EvaluationError) as caught:
        read_truth(written(tmp_path, clips))
    assert str(tmp_path / "truth.json") in str(caught.value)


def test_a_missing_or_broken_truth_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no such file"):
        read_truth(tmp_path)
    (tmp_path / "truth.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_truth(tmp_path)
