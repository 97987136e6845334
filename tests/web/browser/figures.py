"""A desk over made-up clips in which a red figure walks: where it stands says what time it is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from pipeline.casework.agents.accounts import add_agent
from pipeline.demo.desk import AGENTS
from pipeline.settings import Settings
from tests.casework.story import a_morning, events_of
from tests.footage import Picture, wall, with_figure
from tests.night.story import anns_grant
from tests.web.browser.served import PASSWORD, ServedDesk, serving

SIZE = (640, 360)
BASE = Fraction(1, 90_000)
FIRST = 45_000
"""The clips begin half a second into their own time line."""
GAPS = (3_000, 9_000, 4_500, 6_750, 12_000)
"""Units between two frames, over and over: 30 to 133 ms."""
LASTING = anns_grant(expires_at=datetime(2126, 3, 10, tzinfo=UTC))
"""The desk's process reads the machine's own clock."""


def stamps(seconds: float = 4.0) -> list[Fraction]:
    """Of the frames, in seconds from the first, exact."""
    units = [0]
    while units[-1] * BASE < seconds:
        units.append(units[-1] + GAPS[len(units) % len(GAPS)])
    return [unit * BASE for unit in units]


def centre_at(second: float) -> float:
    """Where the figure's middle stands, in pixels from the left."""
    return 120 + 90 * second


def picture_at(second: float) -> Picture:
    return wall(SIZE) if second < 0.5 else with_figure(wall(SIZE), centre_at(second), 330)


def write_uneven_clip(path: Path, codec: str = "libx264", pixels: str = "yuv420p", **options: str) -> Path:
    """A clip of variable rate whose first stamp is not zero."""
    with av.open(str(path), "w") as movie:
        video: Any = movie.add_stream(codec, rate=30, options=options)
        video.width, video.height, video.pix_fmt = *SIZE, pixels
        video.codec_context.time_base = video.time_base = BASE
        for second in stamps():
            frame = av.VideoFrame.from_ndarray(picture_at(float(second)), format="bgr24")
            frame.pts, frame.time_base = FIRST + int(second / BASE), BASE
            movie.mux(video.encode(frame))
        movie.mux(video.encode(None))
    return path


def a_populated_morning(folder: Path) -> tuple[Settings, dict[str, str]]:
    """A house whose clips were looked at, with its agents, and the event of each clip by the clip's name."""
    clips = {
        "plain": write_uneven_clip(folder / "plain.mp4", bf="2", g="30"),
        "hevc": write_uneven_clip(folder / "hevc.mp4", "libx265", **{"x265-params": "log-level=none"}),
        "odd": write_uneven_clip(folder / "odd.webm", "libvpx-vp9", "yuv440p"),
    }
    with a_morning(folder / "house", *clips.values(), grant=LASTING) as house:
        for role, name in AGENTS.items():
            add_agent(house.services, "tests", name, role, PASSWORD)
        found = {one.starts_at: one.event.event_id for one in events_of(house.services)}
        return house.services.settings, dict(zip(clips, (found[moment] for moment in sorted(found)), strict=True))


@contextmanager
def a_served_morning(folder: Path) -> Iterator[tuple[ServedDesk, dict[str, str]]]:
    """A served desk over it. The night has an event loop of its own, and Playwright has the main thread's."""
    with ThreadPoolExecutor(1) as apart:
        settings, events = apart.submit(a_populated_morning, folder).result()
    with serving(settings, DOORSTEP_WEB__SECOND_FACTOR="false") as desk:
        yield desk, events
    assert not [line for line in desk.said if "Traceback" in line], "".join(desk.said)
