"""YOLO models of version 8 and later, exported to OpenVINO; run without ultralytics and its gigabyte."""

import numpy as np
from numpy.typing import NDArray

from pipeline.detection.detector import Picture, check_picture
from pipeline.detection.findings import ClassMap, findings
from pipeline.detection.letterbox import Letterbox
from pipeline.detection.openvino_runtime import Network
from pipeline.domain.tracks import Detection, ModelIdentity

_GREY = 114


class OpenVinoYolo:
    """A static square export with one output: four values of the box and the class scores, a column a candidate."""

    def __init__(self, identity: ModelIdentity, network: Network, class_map: ClassMap, side: int, least: float) -> None:
        """Takes a network that is ready to run.

        Args:
            identity: Of the weights in ``network``.
            network: As ``yolo export format=openvino`` writes it.
            class_map: Of the weights.
            side: Pixels of the square canvas, as exported.
            least: Confidence below which nothing is reported.
        """
        self._identity = identity
        self._network = network
        self._class_map = class_map
        self._canvas = side, side
        self._least = least

    @property
    def identity(self) -> ModelIdentity:
        """Which weights look."""
        return self._identity

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """See Detector."""
        check_picture(picture)
        letterbox = Letterbox((picture.shape[0], picture.shape[1]), self._canvas, _GREY)
        rgb = letterbox.lay(picture)[..., ::-1].transpose(0, 3, 1, 2)
        (output,) = self._network.run(np.ascontiguousarray(rgb, dtype=np.float32) / np.float32(255))
        candidates = output[0].T
        return findings(candidates[:, 4:], _corners(candidates[:, :4]), letterbox, self._class_map, self._least)


def _corners(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Middle, width and height become xyxy."""
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)
