"""The contestants: each gets ready, then does its work once."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.orders import Order

Work = Callable[[], dict[str, Any]]
Maker = Callable[[Order], Work]
_BLANK = (360, 640, 3)


def contestants() -> dict[str, Maker]:
    """Who runs, by name."""
    return {
        "ours": ours,
        "ultralytics": ultralytics,
        "dvr_scan": dvr_scan,
        "pyav": pyav_full,
        "ffmpeg": ffmpeg_full,
        "key_frames": key_frames,
    }


def ours(order: Order) -> Work:
    """Analysis of one clip, as a worker of the night does it."""
    import numpy as np

    from bench.looking import eyes_of, request_of, summary
    from pipeline.analysis import analyse_clip, embedded_likeness

    detector = eyes_of(order)
    detector.detect(np.zeros(_BLANK, np.uint8))
    embedded_likeness()
    warm_tracker()
    return lambda: summary(analyse_clip(Path(order.clip), request_of(), detector))


def warm_tracker() -> None:
    """Tracks one look at nothing much: a worker imports the tracker once in its life."""
    from fractions import Fraction

    from pipeline.domain.tracks import Box, Detection, FrameDetections, ObjectClass
    from pipeline.domain.video import Timestamp
    from pipeline.tracking import track

    seen = Detection(ObjectClass.PERSON, "person", 0.9, Box(0, 0, 10, 10))
    track([FrameDetections(Timestamp(0, Fraction(1)), (seen,))])


def ultralytics(order: Order) -> Work:
    """What a user would write; weights as an OpenVINO folder, every thread that ultralytics takes by itself."""
    import numpy as np

    from bench.looking import silence_openvino

    silence_openvino()
    from ultralytics import YOLO  # type: ignore[attr-defined]

    model = YOLO(order.option("weights"), task="detect")
    model.predict(np.zeros(_BLANK, np.uint8), verbose=False)
    stride = int(order.option("stride"))

    def track() -> dict[str, Any]:
        results = model.track(source=order.clip, stream=True, vid_stride=stride, verbose=False)
        boxes = [0 if result.boxes is None else len(result.boxes) for result in results]
        return {"frames": len(boxes), "boxes": sum(boxes)}

    return track


def dvr_scan(order: Order) -> Work:
    """The command in its own environment; the work holds its start too."""
    argv = [order.option("program"), "--scan-only", "--quiet", "--ignore-user-config", "--input", order.clip]
    return partial(_run, argv)


def ffmpeg_full(order: Order) -> Work:
    """Every frame, on one thread, to nowhere."""
    from pipeline.ffmpeg.program import find_ffmpeg

    argv = [str(find_ffmpeg()), "-v", "error", "-nostdin", "-threads", "1", "-i", order.clip]
    return partial(_run, [*argv, "-map", "0:v:0", "-f", "null", "-"])


def _run(argv: list[str]) -> dict[str, Any]:
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return {"said": done.stdout.strip()[-200:]}


def pyav_full(order: Order) -> Work:
    """Every frame, on one thread, in this process."""
    import av

    def decode() -> dict[str, Any]:
        with av.open(order.clip) as container:
            container.streams.video[0].codec_context.thread_count = 1
            return {"frames": sum(1 for _ in container.decode(video=0))}

    return decode


def key_frames(order: Order) -> Work:
    """Key frames alone; the decoder skips the others."""
    import av

    def decode() -> dict[str, Any]:
        with av.open(order.clip) as container:
            context = container.streams.video[0].codec_context
            context.thread_count = 1
            context.skip_frame = "NONKEY"
            return {"frames": sum(1 for _ in container.decode(video=0))}

    return decode
