"""Writes what was seen, and what was measured of the files, in the common form of truth files."""

import hashlib
from pathlib import Path
from typing import Any

import av

from maker.compose import parcel_box
from maker.recipes import RECIPES
from maker.seen import SEEN, Happening, Seen, Thing

ABOUT = (
    "Ground truth by eye from contact sheets with exact frame times, +-0.3 s. Times in seconds on the ffmpeg timeline "
    "(container start subtracted). optional=true: a detection there is neither required nor an error. "
    "synthetic_parts says what is not as it was filmed; package_boxes give the drawn parcel "
    "as x1, y1, x2, y2 in shares of width and height, and while it lies there."
)
LICENCE = "Apache-2.0 AND BSD-3-Clause (Debian copyright of the package)"
FILES = {"tree_in_wind_variable_rate": "tree.avi", "box_turned_in_hand": "box.mp4"}


def truth_file(folder: Path) -> dict[str, Any]:
    """The truth of all clips, with digests and measures of the files in `folder`."""
    return {"about": ABOUT, "clips": {name: _entry(folder, name, seen) for name, seen in SEEN.items()}}


def _entry(folder: Path, name: str, seen: Seen) -> dict[str, Any]:
    path = folder / f"{name}.mp4"
    measured = _measured(path)
    happenings = seen.happenings or (Happening("none", (0.0, measured["duration_s"])),)
    source = FILES.get(name, "vtest.avi")
    return {
        "file": path.name,
        "split": "sample",
        "shippable": True,
        "description": seen.description,
        "objects": [_thing(thing, measured["duration_s"]) for thing in seen.things],
        "events": [_happening(happening, measured["duration_s"]) for happening in happenings],
        "notes": seen.notes,
        "synthetic": bool(seen.synthetic),
        "synthetic_parts": seen.synthetic.rstrip("; "),
        "package_boxes": _boxes(name, seen, measured["duration_s"]),
        "provenance": "PETS 2009 S2" if source == "vtest.avi" else "",
        "source": f"debian:opencv-doc 4.6.0+dfsg-12 : {source}; made by sample_clips/make.py",
        "licence": LICENCE,
        **measured,
    }


def _thing(thing: Thing, duration: float) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "class": thing.kind,
        "intervals": [[start, min(end, duration)] for start, end in thing.spans],
    }
    return entry | _remarks(thing.optional, thing.note)


def _happening(happening: Happening, duration: float) -> dict[str, Any]:
    start, end = happening.span
    entry: dict[str, Any] = {"type": happening.kind, "start_s": start, "end_s": min(end, duration)}
    return entry | _remarks(happening.optional, happening.note)


def _remarks(optional: bool, note: str) -> dict[str, Any]:
    return ({"note": note} if note else {}) | ({"optional": True} if optional else {})


def _boxes(name: str, seen: Seen, duration: float) -> list[dict[str, Any]]:
    if seen.parcel is None:
        return []
    box = [round(share, 4) for share in parcel_box(RECIPES[name].shot)]
    until = {happening.kind: happening.span[0] for happening in seen.happenings}.get("package_picked_up", duration)
    return [{"box": box, "interval": [seen.parcel[0], until]}]


def _measured(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        sound = [other.codec_context.name for other in container.streams.audio]
        duration = round((container.duration or 0) / 1_000_000, 3)
        start = (container.start_time or 0) / 1_000_000
        width, height, codec = stream.width, stream.height, stream.codec_context.name
        rate = float(stream.average_rate or 0)
        frames = sum(1 for _ in container.decode(stream))
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "duration_s": duration,
        "fps": round(rate, 3),
        "width": width,
        "height": height,
        "codec": codec,
        "frames_decoded": frames,
        "audio": sound,
        "format_start_time_s": start,
    }
