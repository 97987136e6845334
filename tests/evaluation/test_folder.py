import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.events import CannotTell, ClipAnalysis, EventKind, InferredEvent
from pipeline.domain.tracks import ModelIdentity, ObjectClass
from pipeline.domain.video import ClipProbe
from pipeline.errors import UnreadableClipError
from pipeline.evaluation.folder import evaluate_folder
from pipeline.evaluation.truth import TrueClip
from tests.scenes import Mover, a_track, at, every, looked_at, span

MODEL = ModelIdentity("test", "0" * 64)


def an_analysis(*movers: Mover, events: tuple[InferredEvent, ...] = (), starts_at: float = 0.0) -> ClipAnalysis:
    moments = every(0.5, 20)
    shifted = [replace(mover, start=mover.start + starts_at, end=mover.end + starts_at) for mover in movers]
    looks = [moment + starts_at for moment in moments]
    return ClipAnalysis(
        clip="c" * 64,
        model=MODEL,
        settings_digest="0" * 64,
        probe=ClipProbe("mp4", "h264", 1920, 1080, 0, at(starts_at), looked_at(looks).shortest_missable, 0),
        sampling=looked_at(looks),
        tracks=tuple(a_track(number, mover, looks) for number, mover in enumerate(shifted, start=1)),
        events=events,
        mean_luma=100.0,
    )


def event(kind: EventKind, start: float, end: float, **values: Any) -> InferredEvent:
    return InferredEvent(kind, span(start, end), values.pop("score", 0.8), "A sentence.", **values)


def a_folder(folder: Path, **clips: dict[str, Any]) -> Path:
    for name in clips:
        (folder / f"{name}.mp4").write_bytes(b"-")
    named = {name: {"file": f"{name}.mp4", "duration_s": 20, **entry} for name, entry in clips.items()}
    (folder / "truth.json").write_text(json.dumps({"clips": named}))
    return folder


VISIT = {"type": "person_visit", "start_s": 2, "end_s": 9}


def test_a_clip_that_starts_late_is_scored_on_its_own_time_line(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, late={"events": [VISIT]})
    found = an_analysis(events=(event(EventKind.PERSON_VISIT, 102, 109),), starts_at=100.0)
    result = evaluate_folder(folder, lambda _: found)
    assert (result.overall.found, result.overall.missed, result.overall.false_alarms) == (1, 0, 0)
    assert result.clip_seconds == pytest.approx(20)
    assert result.models == (MODEL,)


def test_a_clip_that_cannot_be_read_is_listed_and_its_events_are_missed(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, good={"events": [VISIT]}, bad={"events": [VISIT]}, away={"events": [VISIT]})
    (folder / "away.mp4").unlink()

    def analyse(clip: TrueClip) -> ClipAnalysis:
        if clip.name == "bad":
            raise UnreadableClipError("bad", "no video")
        return an_analysis(events=(event(EventKind.PERSON_VISIT, 2, 9),))

    result = evaluate_folder(folder, analyse)
    assert [(report.name, bool(report.failure)) for report in result.clips] == [
        ("good", False),
        ("bad", True),
        ("away", True),
    ]
    assert (result.overall.found, result.overall.missed) == (1, 2)
    assert result.overall.false_alarms_an_hour == 0.0


def test_an_optional_object_excuses_and_a_parked_one_does_not(tmp_path: Path) -> None:
    objects = [
        {"class": "person", "intervals": [[3, 8]], "optional": True},
        {"class": "car", "intervals": [[0, 20]], "optional": True},
        {"class": "car", "intervals": [[10, 12]], "optional": True},
    ]
    folder = a_folder(tmp_path, clip={"events": [{"type": "none", "start_s": 0, "end_s": 20}], "objects": objects})
    found = an_analysis(
        events=(
            event(EventKind.PERSON_VISIT, 3, 8),
            event(EventKind.VEHICLE_PASSING, 2, 6),
            event(EventKind.VEHICLE_PASSING, 10, 12),
        )
    )
    result = evaluate_folder(folder, lambda _: found)
    assert result.overall.false_alarms == 1
    assert result.by_kind[EventKind.VEHICLE_PASSING].false_alarms == 1


def test_true_visits_that_overlap_are_one_presence(tmp_path: Path) -> None:
    other = {"type": "person_visit", "start_s": 7, "end_s": 14}
    later = {"type": "person_visit", "start_s": 16, "end_s": 19}
    folder = a_folder(tmp_path, clip={"events": [other, VISIT, later]})
    found = an_analysis(events=(event(EventKind.PERSON_VISIT, 2, 14),))
    result = evaluate_folder(folder, lambda _: found)
    assert (result.overall.found, result.overall.missed) == (1, 1)


def test_a_pressed_bell_is_asked_for_only_where_the_trigger_is_known(tmp_path: Path) -> None:
    bell = {"events": [{"type": "doorbell_press", "start_s": 0, "end_s": 0}]}
    folder = a_folder(tmp_path, with_trigger=bell | {"trigger": "ding"}, without=bell)
    assert evaluate_folder(folder, lambda _: an_analysis()).overall.missed == 1


def test_kinds_without_a_word_are_scored_only_where_the_truth_uses_it(tmp_path: Path) -> None:
    black = an_analysis(events=(event(EventKind.CAMERA_OBSCURED, 0, 20),))
    silent = a_folder(tmp_path, black={"events": [{"type": "none", "start_s": 0, "end_s": 20}]})
    assert evaluate_folder(silent, lambda _: black).overall.false_alarms == 0
    spoken = {"events": [{"type": "camera_obscured", "start_s": 0, "end_s": 20}]}
    result = evaluate_folder(a_folder(tmp_path, black=spoken, clear={}), lambda _: black)
    assert (result.overall.found, result.overall.false_alarms) == (1, 1)


def test_an_abstention_is_no_statement(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, clip={"events": [{"type": "package_delivered", "start_s": 5}]})
    doubt = event(EventKind.PACKAGE_DELIVERED, 4, 6, reason=CannotTell.UNCLEAR_OBJECT)
    result = evaluate_folder(folder, lambda _: an_analysis(events=(doubt,)))
    assert (result.overall.found, result.overall.missed, result.overall.false_alarms) == (0, 1, 0)
    assert (result.abstentions.number, result.abstentions.covered) == (1, 1)


def test_presence_is_counted_by_second_and_class(tmp_path: Path) -> None:
    objects = [
        {"class": "person", "intervals": [[2.0, 8.0]]},
        {"class": "dog", "intervals": [[0, 4]]},
        {"class": "truck", "intervals": [[0, 20]], "optional": True},
        {"class": "bottle", "intervals": [[0, 20]]},
    ]
    folder = a_folder(tmp_path, clip={"objects": objects})
    walker = Mover(4.0, 9.8, ((100, 900), (1800, 900)))
    truck = Mover(0.0, 20.0, ((900, 600), (900, 600)), 500, 260, ObjectClass.VEHICLE)
    result = evaluate_folder(folder, lambda _: an_analysis(walker, truck)).presence
    person = result[ObjectClass.PERSON]
    assert (person.right, person.missed, person.wrong) == (4, 2, 2)
    assert (result[ObjectClass.ANIMAL].missed, result[ObjectClass.ANIMAL].recall) == (4, 0.0)
    assert (result[ObjectClass.VEHICLE].wrong, result[ObjectClass.VEHICLE].precision) == (0, None)


def test_a_package_is_present_from_its_delivery_to_its_picking_up(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, clip={"objects": [{"class": "package", "intervals": [[5, 15]]}]})
    events = (event(EventKind.PACKAGE_DELIVERED, 4, 6), event(EventKind.PACKAGE_PICKED_UP, 14, 16))
    package = evaluate_folder(folder, lambda _: an_analysis(events=events)).presence[ObjectClass.PACKAGE]
    assert (package.right, package.missed, package.wrong) == (8, 2, 0)


def test_progress_is_told_before_each_clip(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    folder = a_folder(tmp_path, one={}, two={})
    evaluate_folder(folder, lambda _: an_analysis(), lambda *state: told.append(state))
    assert told == [(0, 2, "one"), (1, 2, "two")]


@pytest.mark.parametrize(
    ("said", "lying"),
    [
        ([(EventKind.PACKAGE_WAITING, 3, 8)], range(3, 8)),
        ([(EventKind.PACKAGE_MOVED, 10, 11)], range(20)),
        ([(EventKind.PACKAGE_MOVED, 10, 11), (EventKind.PACKAGE_PICKED_UP, 15, 16)], range(15)),
        ([(EventKind.PACKAGE_DELIVERED, 4, 5), (EventKind.PACKAGE_MOVED, 10, 11)], range(5, 20)),
        (
            [
                (EventKind.PACKAGE_DELIVERED, 2, 3),
                (EventKind.PACKAGE_DELIVERED, 6, 7),
                (EventKind.PACKAGE_PICKED_UP, 10, 11),
                (EventKind.PACKAGE_PICKED_UP, 14, 15),
            ],
            range(3, 14),
        ),
        ([(EventKind.PACKAGE_PICKED_UP, 5, 6), (EventKind.PACKAGE_DELIVERED, 9, 10)], [*range(5), *range(10, 20)]),
        ([(EventKind.PACKAGE_PICKED_UP, 5, 6), (EventKind.PACKAGE_WAITING, 2, 8)], range(8)),
        ([(EventKind.PACKAGE_PICKED_UP, 5, 6), (EventKind.PACKAGE_PICKED_UP, 9, 10)], range(9)),
    ],
)
def test_where_packages_lay_follows_from_all_that_was_said_of_them(
    tmp_path: Path, said: list[tuple[EventKind, float, float]], lying: Sequence[int]
) -> None:
    intervals = [[second, second + 1] for second in lying]
    folder = a_folder(tmp_path, clip={"objects": [{"class": "package", "intervals": intervals}]})
    events = tuple(event(kind, start, end) for kind, start, end in said)
    package = evaluate_folder(folder, lambda _: an_analysis(events=events)).presence[ObjectClass.PACKAGE]
    assert (package.right, package.missed, package.wrong) == (len(lying), 0, 0)


def test_scores_by_condition_count_a_clip_under_each_of_its_conditions(tmp_path: Path) -> None:
    folder = a_folder(
        tmp_path,
        wet={"events": [VISIT], "conditions": ["rain", "small"]},
        small={"events": [VISIT], "conditions": ["small"]},
        plain={"events": [VISIT]},
    )
    seen = an_analysis(events=(event(EventKind.PERSON_VISIT, 2, 9),))
    result = evaluate_folder(folder, lambda clip: an_analysis() if clip.name == "wet" else seen)
    assert {name: (one.found, one.missed) for name, one in result.by_condition.items()} == {
        "rain": (0, 1),
        "small": (1, 1),
    }
    assert (result.overall.found, result.overall.missed) == (2, 1)


def test_a_package_in_view_is_no_false_waiting(tmp_path: Path) -> None:
    word = {"type": "package_waiting", "start_s": 0, "end_s": 6}
    brought = {"objects": [{"class": "package", "intervals": [[8, 20]]}]}
    folder = a_folder(tmp_path, brought=brought, waits={"events": [word]}, empty={})
    lies = an_analysis(events=(event(EventKind.PACKAGE_WAITING, 9, 19),))
    result = evaluate_folder(folder, lambda _: lies)
    assert [len(one.outcome.matchings[EventKind.PACKAGE_WAITING].false_alarms) for one in result.clips] == [0, 1, 1]


def test_a_fault_of_ours_costs_the_clip_that_brings_it_out_and_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = a_folder(tmp_path, bad={"events": [VISIT]}, good={"events": [VISIT]})

    def analyse(clip: TrueClip) -> ClipAnalysis:
        if clip.name == "bad":
            raise ValueError("span ends before it starts")
        return an_analysis(events=(event(EventKind.PERSON_VISIT, 2, 9),))

    result = evaluate_folder(folder, analyse)
    assert (result.overall.found, result.overall.missed) == (1, 1)
    assert "ValueError" in result.clips[0].failure
    assert "looking at bad failed" in caplog.text
    caplog.clear()
