"""Views of made-up clips."""

from collections.abc import Sequence
from typing import Any

from pipeline.domain.camera_changes import CameraChange
from pipeline.domain.events import InferredEvent
from pipeline.domain.scene import Change, ObscuredSpan, RegionChange, SceneReport
from pipeline.domain.tracks import Box
from pipeline.events import ClipView, infer_events
from pipeline.settings import EventSettings
from tests.scenes import PICTURE, Mover, a_track, at, every, looked_at, span

MOMENTS = every(0.5, 20)
STEP = Box(900, 880, 1060, 990)
"""Where things lie in these stories."""


def a_scene(
    *changes: RegionChange,
    obscured: Sequence[ObscuredSpan] = (),
    luma: float = 110.0,
    moving: float = 0.3,
    camera: Sequence[CameraChange] = (),
) -> SceneReport:
    return SceneReport(tuple(changes), tuple(obscured), luma, moving, tuple(camera))


def a_change(change: Change, before: float, after: float, **values: Any) -> RegionChange:
    given: dict[str, Any] = {"score": 0.9, "held": 0.9, "package_likeness": 0.95, "box": STEP} | values
    return RegionChange(change=change, before=at(before), after=at(after), **given)


def a_view(
    *movers: Mover, scene: SceneReport | None = None, moments: Sequence[float] = MOMENTS, **values: Any
) -> ClipView:
    tracks = tuple(a_track(number, mover, moments) for number, mover in enumerate(movers, start=1))
    given: dict[str, Any] = {
        "tracks": tracks,
        "scene": a_scene() if scene is None else scene,
        "sampling": looked_at(moments),
        "width": PICTURE[0],
        "height": PICTURE[1],
        "span": span(0, moments[-1]),
    }
    return ClipView(**(given | values))


def inferred(view: ClipView, **settings: Any) -> tuple[InferredEvent, ...]:
    return infer_events(view, EventSettings(**settings))


def told(events: Sequence[InferredEvent]) -> list[tuple[str, str | None]]:
    """Kind and reason of each event."""
    return [(event.kind.value, None if event.reason is None else event.reason.value) for event in events]


def seconds(event: InferredEvent) -> tuple[float, float]:
    return (float(event.span.start.seconds), float(event.span.end.seconds))
