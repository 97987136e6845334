"""Our own analysis, set up as the night sets it up; runs in a measured child."""

import sys
from pathlib import Path
from typing import Any

from bench.orders import Order
from pipeline.analysis import AnalysisRequest
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.events import ClipAnalysis
from pipeline.settings import DetectionSettings, EventSettings, SamplingSettings

EMBEDDED = "nanodet-416"
_NAMELESS = "0" * 64


def eyes_of(order: Order) -> Detector:
    """The order's weights, with the threads of the settings unless the order says otherwise."""
    options = order.options or {}
    settings = DetectionSettings(model=order.model or EMBEDDED)
    if "threads" in options:
        settings = settings.model_copy(update={"threads": int(options["threads"])})
    return load_detector(open_shelf(Path(order.models or "/nonexistent")), settings)


def request_of() -> AnalysisRequest:
    """With the settings that the product has by itself."""
    return AnalysisRequest(
        clip=_NAMELESS, sampling=SamplingSettings(), detection=DetectionSettings(), events=EventSettings()
    )


def summary(analysis: ClipAnalysis) -> dict[str, Any]:
    """What the tables show of an analysis; seconds count from the clip's first frame."""
    first = analysis.probe.first.seconds
    return {
        "model": analysis.model.name,
        "looks": len(analysis.sampling.sampled),
        "frames_decoded": analysis.sampling.frames_decoded,
        "stages": dict(analysis.stage_seconds),
        "events": [
            {
                "kind": event.kind.value,
                "start": round(float(event.span.start.seconds - first), 2),
                "end": round(float(event.span.end.seconds - first), 2),
                "score": round(event.score, 2),
                "cannot_tell": event.reason is not None,
            }
            for event in analysis.events
        ],
    }


def silence_openvino() -> None:
    """OpenVINO looks up an analytics host when it is imported, unless this module cannot be found."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # as intended
