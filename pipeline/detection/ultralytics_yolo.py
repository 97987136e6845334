"""The only importer of ultralytics: .pt weights, for machines on which its several gigabytes are installed."""

import os
from pathlib import Path
from typing import Any

from pipeline.detection.detector import Picture, check_picture
from pipeline.detection.findings import OVERLAP, ClassMap
from pipeline.domain.tracks import Box, Detection, ModelIdentity
from pipeline.errors import ModelUnavailableError


class UltralyticsYolo:
    """Any detection model that ultralytics loads. Pictures are letterboxed by ultralytics itself."""

    def __init__(self, identity: ModelIdentity, model: Any, class_map: ClassMap, side: int, least: float) -> None:  # noqa: ANN401
        """Takes a loaded model; see ``load_model``.

        Args:
            identity: Of the weights in ``model``.
            model: An ``ultralytics.YOLO``.
            class_map: Of the weights.
            side: Pixels of the canvas's longer side.
            least: Confidence below which nothing is reported.
        """
        self._identity = identity
        self._model = model
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
        (result,) = self._model.predict(
            source=picture,
            imgsz=self._side,
            conf=self._least,
            iou=OVERLAP,
            classes=list(self._class_map.reported),
            device="cpu",
            verbose=False,
        )
        rows = zip(result.boxes.xyxy.tolist(), result.boxes.conf.tolist(), result.boxes.cls.tolist(), strict=True)
        found = [
            self._detection(box, confidence, int(number))
            for box, confidence, number in rows
            if _has_area(box) and confidence >= self._needed(int(number))
        ]
        return tuple(sorted(found, key=lambda one: -one.confidence))

    def _needed(self, number: int) -> float:
        return self._class_map.needed(self._class_map.labels[number], self._least)

    def _detection(self, box: list[float], confidence: float, number: int) -> Detection:
        label = self._class_map.labels[number]
        return Detection(self._class_map.classes[label], label, confidence, Box(*box))


def _has_area(box: list[float]) -> bool:
    return box[0] < box[2] and box[1] < box[3]


def load_model(name: str, weights: Path, threads: int, private: Path) -> Any:  # noqa: ANN401
    """Loads .pt weights; the file is a pickle and runs what it holds, so its digest must have been checked.

    Args:
        name: Of the model, for messages.
        weights: The .pt file.
        threads: Of one inference; torch has one setting a process.
        private: Folder for ultralytics' own settings, made when missing.

    Raises:
        ModelUnavailableError: ultralytics is not installed.
    """
    private.mkdir(parents=True, exist_ok=True)
    os.environ["YOLO_CONFIG_DIR"] = str(private)
    os.environ["YOLO_OFFLINE"] = "1"
    os.environ["YOLO_AUTOINSTALL"] = "0"
    try:
        import torch  # takes seconds, and is installed only for those who want it
        from ultralytics import YOLO  # type: ignore[attr-defined]
    except ImportError as error:
        raise ModelUnavailableError(name, "it needs ultralytics: `pip install 'doorstep[yolo]'`") from error
    torch.set_num_threads(threads)
    return YOLO(weights, task="detect")
