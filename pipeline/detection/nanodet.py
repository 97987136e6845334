"""NanoDet, as models/convert_nanodet.py writes it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.detection.detector import Picture, check_picture
from pipeline.detection.findings import ClassMap, findings
from pipeline.detection.letterbox import Letterbox, canvas_for
from pipeline.detection.openvino_runtime import Network
from pipeline.domain.tracks import Detection, ModelIdentity

STRIDES = (8, 16, 32)
_BLACK = 0


class NanoDet:
    """Boxes as distances from the middle of each cell of three grids.

    The network normalises the picture itself and takes any canvas whose sides are multiples of 32, so the canvas
    follows the picture's shape.
    """

    def __init__(self, identity: ModelIdentity, network: Network, class_map: ClassMap, side: int, least: float) -> None:
        """Takes a network that is ready to run.

        Args:
            identity: Of the weights in ``network``.
            network: With outputs ``scores`` and ``distances``.
            class_map: Of the weights.
            side: Pixels of the canvas's longer side, a multiple of 32.
            least: Confidence below which nothing is reported.
        """
        self._identity = identity
        self._network = network
        self._class_map = class_map
        self._side = side
        self._least = least

    @property
    def identity(self) -> ModelIdentity:
        """Which weights look."""
        return self._identity

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """See Detector."""
        check_picture(picture)
        shape = picture.shape[0], picture.shape[1]
        letterbox = Letterbox(shape, canvas_for(shape, self._side), _BLACK)
        scores, distances = self._network.run(letterbox.lay(picture))
        boxes = _boxes(distances[0], letterbox.canvas)
        return findings(scores[0], boxes, letterbox, self._class_map, self._least)


def _boxes(distances: NDArray[np.float32], canvas: tuple[int, int]) -> NDArray[np.float32]:
    centres = np.concatenate([_centres(canvas, stride) for stride in STRIDES])
    return np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], axis=1)


def _centres(canvas: tuple[int, int], stride: int) -> NDArray[np.float32]:
    """(cells, 2) x and y of the middles, row by row."""
    rows, columns = canvas[0] // stride, canvas[1] // stride
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    return np.stack([x.ravel(), y.ravel()], axis=1) * stride + np.float32(stride / 2)
