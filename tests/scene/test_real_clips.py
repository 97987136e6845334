"""The still scene of real clips, looked at twice a second without any detector: hands and cars go unannounced."""

import json
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.scene import Change, Obscured, SceneReport
from pipeline.domain.video import Timestamp
from pipeline.scene.still import StillScene
from tests.conftest import SHARED

CLIPS = SHARED / "clips"
KINDS = {"object_left": Change.APPEARED, "object_removed": Change.DISAPPEARED}


def looks(path: Path) -> Iterator[tuple[Timestamp, NDArray[np.uint8]]]:
    """Every frame that lies half a second after the last taken one, longer side 640."""
    taken = None
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            if frame.pts is None or frame.time_base is None:
                continue
            moment = Timestamp(frame.pts, frame.time_base)
            if taken is not None and moment.seconds - taken.seconds < 0.49:
                continue
            taken = moment
            image = frame.to_ndarray(format="bgr24")
            scale = 640 / max(image.shape[:2])
            size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
            yield moment, np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def watched(name: str) -> SceneReport:
    path = CLIPS / name
    assert path.exists(), f"{path} is missing: set DOORSTEP_SHARED to the folder that holds clips/"
    scene = None
    for moment, image in looks(path):
        scene = scene or StillScene((image.shape[1], image.shape[0]))
        scene.look(moment, image, ())
    assert scene is not None
    return scene.report()


def test_every_bottle_taken_and_put_is_found_and_nothing_else() -> None:
    truth = json.loads((CLIPS / "truth.json").read_text())["clips"]["bottles_taken_and_put"]["events"]
    wanted = {(KINDS[event["type"]], event["start_s"]) for event in truth}
    assert len(wanted) == 7
    found = set()
    for change in [change for change in watched("bottles_taken_and_put.mp4").changes if change.score >= 0.4]:
        held = {
            (kind, moment)
            for kind, moment in wanted
            if kind is change.change and change.before.seconds <= moment <= change.after.seconds
        }
        assert len(held) == 1, f"{change} holds {held}"
        assert change.held >= 0.8
        found |= held
    assert found == wanted


@pytest.mark.parametrize(
    "name",
    [
        "lane_brightness_negative.avi",
        "street_top_cars.mp4",
        "road_by_gate_cars.mp4",
        "motorway_curve.avi",
        "woman_and_dog_on_path.mp4",
        "couple_crossing_street.mp4",
        "tree_in_wind_then_hand.avi",
    ],
)
def test_light_leaves_and_traffic_change_nothing(name: str) -> None:
    hand_from = 23.3 if name.startswith("tree") else float("inf")
    assert [c for c in watched(name).changes if c.score >= 0.5 and c.after.seconds < hand_from] == []


def test_a_black_camera_is_black_all_along() -> None:
    report = watched("black_camera.mp4")
    (span,) = report.obscured
    assert span.why is Obscured.BLACK
    assert span.span.duration > 22
    assert report.changes == ()
    assert report.mean_luma < 2
