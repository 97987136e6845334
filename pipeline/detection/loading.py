"""From a shelf of weights to a detector: the named one, or the best that is here and can run."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec

from pipeline.detection.detector import Detector
from pipeline.detection.findings import ClassMap
from pipeline.detection.manifest import ModelEntry, Runtime
from pipeline.detection.weights import Shelf, Weights
from pipeline.domain.tracks import ObjectClass
from pipeline.errors import ModelUnavailableError
from pipeline.settings import DetectionSettings


def load_detector(shelf: Shelf, settings: DetectionSettings, more: Mapping[str, ObjectClass] | None = None) -> Detector:
    """Reads, checks and loads the weights; takes 0.2 to 1 s for an exported model, several for .pt weights.

    Args:
        shelf: Where weights lie.
        settings: Which, and how.
        more: Labels that are reported besides those of the manifest, where the model has them.

    Raises:
        ModelUnavailableError: The named model is not here, or none is.
        WeightsMismatchError: The chosen model's files are not the manifest's. No other model is taken in its place: a
            night that looks with weaker eyes than the operator set up must not pass for one that does not.
    """
    weights = shelf.read(choose(shelf, settings.model))
    if weights.entry.runtime is Runtime.ULTRALYTICS:
        return _ultralytics(shelf, weights, settings, more or {})
    return _openvino(shelf, weights, settings, more or {})


def choose(shelf: Shelf, name: str | None) -> ModelEntry:
    """The model of that name; for None the first of the manifest whose files and runtime are here.

    Raises:
        ModelUnavailableError: There is none.
    """
    if name is not None:
        return shelf.entry(name)
    for entry in shelf.manifest.models:
        if shelf.has(entry) and can_run(entry):
            return entry
    raise ModelUnavailableError("of any kind", "no model of the manifest is on this machine")


def can_run(entry: ModelEntry) -> bool:
    """Whether what runs the model is installed; loads nothing."""
    return entry.runtime is not Runtime.ULTRALYTICS or find_spec("ultralytics") is not None


def _openvino(shelf: Shelf, weights: Weights, settings: DetectionSettings, more: Mapping[str, ObjectClass]) -> Detector:
    from pipeline.detection.nanodet import NanoDet  # OpenVINO takes half a second to import
    from pipeline.detection.openvino_runtime import Network
    from pipeline.detection.openvino_yolo import OpenVinoYolo

    entry = weights.entry
    kind = NanoDet if entry.runtime is Runtime.NANODET else OpenVinoYolo
    network = Network(_ending(weights, ".xml"), _ending(weights, ".bin"), settings.threads)
    words = shelf.manifest.class_maps[entry.class_map]
    labels = exported_labels(_ending(weights, ".yaml")) if words.is_named_by_weights else ()
    class_map = _with(_class_map(shelf, entry, labels), more)
    return kind(weights.identity, network, class_map, entry.input_side, settings.confidence)


def _ultralytics(
    shelf: Shelf, weights: Weights, settings: DetectionSettings, more: Mapping[str, ObjectClass]
) -> Detector:
    from pipeline.detection.ultralytics_yolo import UltralyticsYolo, load_model

    entry = weights.entry
    path = weights.folder / next(name for name in weights.files if name.endswith(".pt"))
    model = load_model(entry.name, path, settings.threads, shelf.operators / "ultralytics")
    class_map = _with(_class_map(shelf, entry, tuple(model.names[number] for number in sorted(model.names))), more)
    return UltralyticsYolo(weights.identity, model, class_map, entry.input_side, settings.confidence)


def _class_map(shelf: Shelf, entry: ModelEntry, labels: tuple[str, ...]) -> ClassMap:
    try:
        class_map = shelf.manifest.class_maps[entry.class_map].as_map(labels)
    except ValueError as error:
        raise ModelUnavailableError(entry.name, str(error)) from error
    return replace(class_map, floors=entry.floors)


def _with(class_map: ClassMap, more: Mapping[str, ObjectClass]) -> ClassMap:
    known = {label: one for label, one in more.items() if label in class_map.labels}
    return replace(class_map, classes={**known, **class_map.classes})


def exported_labels(metadata: bytes) -> tuple[str, ...]:
    """The labels that an exporter wrote beside a network, by class number; empty where it wrote none."""
    import yaml

    try:
        names = dict(yaml.safe_load(metadata)["names"])
        return tuple(str(names[number]) for number in range(len(names)))
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        return ()


def _ending(weights: Weights, ending: str) -> bytes:
    for name, content in weights.files.items():
        if name.endswith(ending):
            return content
    raise ModelUnavailableError(weights.entry.name, f"the manifest names no {ending} file")
