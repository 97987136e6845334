import os
from pathlib import Path

import numpy as np

from bench.recognition.remembered import RememberingDetector
from pipeline.detection.detector import Detector, Picture
from pipeline.domain.tracks import Box, Detection, ModelIdentity, ObjectClass

EYES = ModelIdentity("eyes", "ab" * 32)
OTHER_EYES = ModelIdentity("other eyes", "cd" * 32)


class Brightness:
    """Reports one box whose confidence is the picture's mean, in a fraction that no short decimal holds."""

    def __init__(self) -> None:
        self.identity = EYES
        self.looks = 0

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        self.looks += 1
        if picture.mean() == 0:
            return ()
        return (Detection(ObjectClass.PERSON, "person", float(picture.mean()) / 255 / 3, Box(0.1, 0, 10 / 3, 4)),)


def a_detector(memory: Path, other: Brightness, identity: ModelIdentity = EYES, least: float = 0.35) -> Detector:
    return RememberingDetector(identity, least, lambda: other, memory)


def a_picture(value: int, shape: tuple[int, int] = (4, 6)) -> Picture:
    return np.full((*shape, 3), value, np.uint8)


def test_a_picture_is_looked_at_once_and_told_exactly_the_same_ever_after(tmp_path: Path) -> None:
    other = Brightness()
    first = a_detector(tmp_path, other).detect(a_picture(100))
    again = a_detector(tmp_path, other).detect(a_picture(100))
    assert other.looks == 1
    assert again == first == Brightness().detect(a_picture(100))


def test_that_nothing_was_found_is_remembered_too(tmp_path: Path) -> None:
    other = Brightness()
    eyes = a_detector(tmp_path, other)
    assert (eyes.detect(a_picture(0)), eyes.detect(a_picture(0))) == ((), ())
    assert other.looks == 1


def test_other_pictures_weights_and_limits_have_memories_of_their_own(tmp_path: Path) -> None:
    other = Brightness()
    a_detector(tmp_path, other).detect(a_picture(100))
    a_detector(tmp_path, other).detect(a_picture(101))
    a_detector(tmp_path, other).detect(a_picture(100, shape=(6, 4)))
    a_detector(tmp_path, other, OTHER_EYES).detect(a_picture(100))
    a_detector(tmp_path, other, least=0.2).detect(a_picture(100))
    assert other.looks == 5


def test_the_other_detector_is_loaded_only_for_what_is_not_remembered(tmp_path: Path) -> None:
    a_detector(tmp_path, Brightness()).detect(a_picture(100))

    def never() -> Detector:
        raise AssertionError("it was loaded")

    eyes = RememberingDetector(EYES, 0.35, never, tmp_path)
    assert eyes.identity == EYES
    assert len(eyes.detect(a_picture(100))) == 1
    assert eyes.asked == 0


def test_a_picture_that_is_a_view_is_the_same_as_its_copy(tmp_path: Path) -> None:
    other = Brightness()
    wide = np.random.default_rng(1).integers(0, 256, (4, 12, 3)).astype(np.uint8)
    eyes = a_detector(tmp_path, other)
    eyes.detect(wide[:, ::2])
    eyes.detect(np.ascontiguousarray(wide[:, ::2]))
    assert other.looks == 1


def test_no_scratch_file_stays(tmp_path: Path) -> None:
    a_detector(tmp_path, Brightness()).detect(a_picture(100))
    left = [name for _, _, names in os.walk(tmp_path) for name in names]
    assert [Path(name).suffix for name in left] == [".json"]
