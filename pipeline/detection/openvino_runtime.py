"""The only importer of openvino: weights in memory become a network that computes on the processor."""

import sys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

# OpenVINO looks up an analytics host when it is imported, unless this module cannot be found. We phone nobody.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None makes the import fail, as intended

import openvino as ov  # noqa: E402

Outputs = tuple[NDArray[np.float32], ...]


class Network:
    """A network with one input, compiled once for each shape of it that is asked for."""

    def __init__(self, graph: bytes, weights: bytes, threads: int) -> None:
        """Reads the weights.

        Args:
            graph: Of the .xml file.
            weights: Of the .bin file.
            threads: Of one inference.
        """
        self._graph = graph
        self._weights = weights
        self._core = ov.Core()
        self._compiled: dict[tuple[int, ...], ov.CompiledModel] = {}
        self._configuration: Mapping[str, object] = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": threads,
            "ENABLE_CPU_PINNING": False,  # several workers would be pinned to the same cores
            "INFERENCE_PRECISION_HINT": "f32",  # else a processor with bfloat16 finds other things than one without
        }

    def run(self, values: NDArray[np.generic]) -> Outputs:
        """One inference; every output, in the order of the graph.

        Args:
            values: The input; its shape must be one that the graph allows.
        """
        if values.shape not in self._compiled:
            self._compiled[values.shape] = self._compile(values.shape)
        compiled = self._compiled[values.shape]
        results = compiled([values], share_inputs=True)
        return tuple(np.asarray(results[output], dtype=np.float32) for output in compiled.outputs)

    def _compile(self, shape: tuple[int, ...]) -> ov.CompiledModel:
        model = self._core.read_model(self._graph, self._weights)
        if tuple(model.inputs[0].shape) != shape:
            model.reshape(list(shape))
        return self._core.compile_model(model, "CPU", self._configuration)
