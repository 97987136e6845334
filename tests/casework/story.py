"""A house whose clips were looked at: what somebody at the desk finds in the morning."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.domain.agents import Matter
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.night.attach import attach_highlights
from pipeline.night.gather import gather_account
from pipeline.night.look import claim_batch, look_at_batch, plan_work
from pipeline.night.services import Services
from pipeline.night.tonight import Tonight, open_night
from pipeline.ring_simulator.server import running_simulator
from pipeline.ring_simulator.world import SimulatedEvent
from tests.builders import PURPOSE, RECIPIENT
from tests.footage import Picture, wall, with_figure
from tests.night.left import a_copy_of, beside
from tests.night.story import ANN, House, InThisProcess, a_house, a_world, an_event, an_incident, eyes_of

JANE = Matter("jane", PURPOSE, RECIPIENT, "26-0310")
SIZE = (640, 360)


def visitor(seconds: float) -> Picture:
    """Somebody walks in after a second and stays."""
    return wall(SIZE) if seconds < 1 else with_figure(wall(SIZE), 180 + 60 * seconds, 330)


@contextmanager
def a_morning(
    folder: Path, *clips: Path | SimulatedEvent, grant: ConsentGrant | None = None, **changes: Any
) -> Iterator[House]:
    """Ann's front door after a night in which these clips came, with an incident to which visits belong.

    The night is run once for the same clips and grant, and copied; with ``changes``, which are of the settings, it is
    run for them. The nights themselves are told of in ``tests.night``.
    """
    if changes:
        with _a_night(folder, clips, grant, **changes) as house:
            yield house
    else:
        with a_copy_of(_after_a_night(clips, grant), folder) as house:
            yield house


@cache
def _after_a_night(clips: tuple[Path | SimulatedEvent, ...], grant: ConsentGrant | None) -> House:
    first = clips[0].clip if isinstance(clips[0], SimulatedEvent) else clips[0]
    assert first is not None
    with _a_night(beside(first), clips, grant) as house:
        return house


@contextmanager
def _a_night(
    folder: Path, clips: tuple[Path | SimulatedEvent, ...], grant: ConsentGrant | None, **changes: Any
) -> Iterator[House]:
    events = [an_event(number, clip) if isinstance(clip, Path) else clip for number, clip in enumerate(clips)]
    with running_simulator(a_world(*events)) as simulator, a_house(folder, simulator, **changes) as house:
        house.grant(grant)
        house.services.catalogue.incidents.save(an_incident())
        with open_night(house.services) as tonight:
            gather_account(tonight, house.accounts[ANN])
            look(tonight, InThisProcess())
            attach_highlights(house.services)
        yield house


def look(tonight: Tonight, pool: InThisProcess) -> None:
    eyes = eyes_of(tonight, pool)
    plan_work(tonight, eyes)
    while batch := claim_batch(tonight):
        look_at_batch(tonight, batch, eyes, pool)


def events_of(services: Services) -> tuple[FoundEvent, ...]:
    return services.catalogue.search.find(EventFilter())


def entries(services: Services, action: CustodyAction, word: str = "") -> list[CustodyEntry]:
    """Custody of one action, in order; of one ``as`` if it is named."""
    found = (record.entry for record in services.catalogue.custody.records())
    return [one for one in found if one.action is action and (not word or one.detail.get("as") == word)]


def write_sounding_clip(
    path: Path,
    picture_at: Callable[[float], Picture] = visitor,
    seconds: float = 3.5,
    codec: str = "libx264",
    pixels: str = "yuv420p",
) -> Path:
    """A clip with a tone, in the codec that is wanted."""
    rate, samples = 10, 1024
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream(codec, rate=rate)
        video.width, video.height, video.pix_fmt = *SIZE, pixels
        if codec == "libx265":
            video.codec_context.options = {"x265-params": "log-level=none"}
        audio = container.add_stream("aac", rate=16_000, layout="mono")
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame.from_ndarray(picture_at(number / rate), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for start in range(0, round(seconds * 16_000), samples):
            tone = np.sin(np.arange(start, start + samples) / 6).astype(np.float32)[None]
            sound = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            sound.pts, sound.sample_rate, sound.time_base = start, 16_000, Fraction(1, 16_000)
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    return path
