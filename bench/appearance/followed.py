"""Colours of tracks of real clips against labels: what an analysis says once it has joined its looks.

A label names a track by a moment and a point that its box covers then; a track that changes from one person to another
was not labelled.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from bench.appearance.colours import Score, count
from pipeline.analysis import AnalysisRequest, analyse_clip
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.appearance import ColourMark, Part
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.tracks import ObjectClass
from pipeline.settings import DetectionSettings, EventSettings, SamplingSettings

TRACKS = Path(__file__).with_name("tracks.csv")


def score_tracks(clips: Path) -> dict[str, Score]:
    """By ``clothing`` and ``vehicles``; a track that is not found again counts as silent."""
    scores: dict[str, Score] = defaultdict(Score)
    for name, rows in _labels().items():
        analysis = _analysed(clips / name)
        for row in rows:
            part = Part(row["part"])
            mark = _said(analysis, row, part)
            kind = "vehicles" if part is Part.VEHICLE else "clothing"
            count(scores[f"{kind}, tracks of real clips"], frozenset(row["colours"].split("|")), mark, 0.0)
    return dict(scores)


def _labels() -> dict[str, list[dict[str, str]]]:
    by_clip: dict[str, list[dict[str, str]]] = defaultdict(list)
    with TRACKS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_clip[row["clip"]].append(row)
    return by_clip


def _analysed(clip: Path) -> ClipAnalysis:
    settings = DetectionSettings()
    request = AnalysisRequest("0" * 64, SamplingSettings(), settings, EventSettings())
    return analyse_clip(clip, request, load_detector(open_shelf(Path("/nowhere")), settings))


def _said(analysis: ClipAnalysis, row: dict[str, str], part: Part) -> ColourMark | None:
    numbers = set(_tracks_at(analysis, row, part))
    return next((mark for mark in analysis.colours if mark.track_id in numbers and mark.part is part), None)


def _tracks_at(analysis: ClipAnalysis, row: dict[str, str], part: Part) -> Iterator[int]:
    wanted = ObjectClass.VEHICLE if part is Part.VEHICLE else ObjectClass.PERSON
    x, y = float(row["x"]) * analysis.probe.width, float(row["y"]) * analysis.probe.height
    near = []
    for track in analysis.tracks:
        for sighting in track.sightings:
            box = sighting.detection.box
            covers = box.x1 <= x <= box.x2 and box.y1 <= y <= box.y2
            if track.object_class is wanted and covers and sighting.at.seconds == Fraction(row["seconds"]):
                near.append((abs(box.centre[0] - x) + abs(box.centre[1] - y), track.track_id))
    yield from (number for _, number in sorted(near)[:1])
