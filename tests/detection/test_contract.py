"""Every detector against one suite: the embedded one always, the operator's exported ones from the shared folder."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.detection.detector import Detector, Picture
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.tracks import Box, Detection, ObjectClass
from pipeline.settings import DetectionSettings
from tests.conftest import SHARED

MODELS = ("nanodet-416", "yolo11n-int8-openvino", "yolov8n-int8-openvino")
THE_COUPLE = (Box(291, 312, 371, 540), Box(174, 305, 257, 550))
"""By eye, in the first frame of the clip."""


@pytest.fixture(scope="module", params=MODELS)
def detector(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Detector:
    name: str = request.param
    operators: Path = tmp_path_factory.mktemp("models") if name == MODELS[0] else SHARED / "models"
    return load_detector(open_shelf(operators), DetectionSettings(model=name, threads=1))


def _people(detections: tuple[Detection, ...]) -> list[Box]:
    return [detection.box for detection in detections if detection.object_class is ObjectClass.PERSON]


def test_it_finds_the_couple_where_they_are(detector: Detector, street: Picture) -> None:
    people = _people(detector.detect(street))

    for truth in THE_COUPLE:
        assert max(truth.iou(box) for box in people) > 0.75


def test_it_sees_the_same_when_the_picture_is_shrunk(detector: Detector, street: Picture) -> None:
    half = np.ascontiguousarray(street[::2, ::2])

    people = [box.scaled(2, 2) for box in _people(detector.detect(half))]

    for truth in THE_COUPLE:
        assert max(truth.iou(box) for box in people) > 0.7


def test_a_tall_picture_is_not_distorted(detector: Detector, street: Picture) -> None:
    tall = np.ascontiguousarray(street[:, 100:480])

    people = [Box(box.x1 + 100, box.y1, box.x2 + 100, box.y2) for box in _people(detector.detect(tall))]

    for truth in THE_COUPLE:
        assert max(truth.iou(box) for box in people) > 0.7


def test_the_same_picture_gives_the_same_detections(detector: Detector, street: Picture) -> None:
    other = np.ascontiguousarray(street[:, ::-1])
    first = detector.detect(street)
    assert detector.detect(other) != first

    assert detector.detect(street) == first


def test_detections_come_most_confident_first_and_inside_the_picture(detector: Detector, street: Picture) -> None:
    detections = detector.detect(street)

    confidences = [detection.confidence for detection in detections]
    assert confidences == sorted(confidences, reverse=True)
    assert min(confidences) >= 0.35
    for box in (detection.box for detection in detections):
        assert box.x1 >= 0
        assert box.y1 >= 0
        assert box.x2 <= street.shape[1]
        assert box.y2 <= street.shape[0]


def test_someone_cut_by_the_edge_has_a_box_that_ends_there(detector: Detector, street: Picture) -> None:
    cut = np.ascontiguousarray(street[:, 330:])

    at_the_edge = [box for box in _people(detector.detect(cut)) if box.x1 == 0.0]

    assert at_the_edge
    assert at_the_edge[0].iou(Box(0, 312, 41, 540)) > 0.6


def test_an_empty_picture_holds_nothing(detector: Detector) -> None:
    assert detector.detect(np.full((1080, 1920, 3), 90, dtype=np.uint8)) == ()


def test_no_two_people_are_one(detector: Detector, street: Picture) -> None:
    people = _people(detector.detect(street))

    assert all(one.iou(other) < 0.61 for i, one in enumerate(people) for other in people[i + 1 :])


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((0, 10, 3), np.uint8),
        np.zeros((10, 10, 3), np.float32),
    ],
    ids=["grey", "four channels", "empty", "floating"],
)
def test_what_is_no_picture_is_refused(detector: Detector, picture: Picture) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        detector.detect(picture)


def test_it_names_its_weights(detector: Detector) -> None:
    assert detector.identity.name in MODELS
    assert len(detector.identity.digest) == 64


def test_the_models_digests_are_known_and_differ() -> None:
    shelf = open_shelf(SHARED / "models")

    digests = {name: shelf.read(shelf.entry(name)).identity.digest for name in MODELS}

    assert len(set(digests.values())) == len(MODELS)
    assert digests["yolo11n-int8-openvino"] == "bf7d392f3f0731f06c18dba79c920481b7165ddedb7dd915c8c11d52ec5c1bd4"
