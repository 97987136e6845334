"""Networks to OpenVINO: to compute fast while training, and to the files that the product reads."""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # as in pipeline.detection: phone nobody

import numpy as np  # noqa: E402
import openvino as ov  # noqa: E402
import torch  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from torch import nn  # noqa: E402

from models.package_likeness_training.network import Net  # noqa: E402
from pipeline.detection.openvino_runtime import Network  # noqa: E402
from pipeline.scene.package_likeness import SIDE  # noqa: E402

CONFIGURATION = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}


class Probability(nn.Module):
    """The network with its temperature: crops to probabilities."""

    def __init__(self, net: Net, temperature: float) -> None:
        super().__init__()
        self.net = net
        self.temperature = temperature

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        """Shape (n, SIDE, SIDE, 4) to (n,)."""
        return torch.sigmoid(self.net(planes) / self.temperature)


def compiled(module: nn.Module, batch: int) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """A function of crops (batch, SIDE, SIDE, 4)."""
    model = ov.Core().compile_model(_converted(module, batch), "CPU", CONFIGURATION)
    return lambda planes: np.array(model([planes])[0], dtype=np.float32)


def save(net: Net, temperature: float, into: Path) -> None:
    """Writes model.xml and model.bin, weights as 16-bit floats."""
    ov.save_model(_converted(Probability(net, temperature).eval(), 1), into / "model.xml", compress_to_fp16=True)


def _converted(module: nn.Module, batch: int) -> ov.Model:
    example = torch.zeros((batch, SIDE, SIDE, 4), dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates the tracing that OpenVINO asks it for
        return ov.convert_model(module, example_input=example, input=[ov.PartialShape([batch, SIDE, SIDE, 4])])


def read(folder: Path) -> Callable[[NDArray[np.uint8]], float]:
    """The written network as the product runs it: one crop to one probability, not rounded."""
    network = Network((folder / "model.xml").read_bytes(), (folder / "model.bin").read_bytes(), threads=1)
    return lambda planes: float(network.run(planes[None])[0].reshape(()))
