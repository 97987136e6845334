"""The processes that analyse and render: each loads the weights once, and none of them sees the database."""

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import ParamSpec, TypeVar

from pipeline.analysis import AnalysisRequest, Beside, analyse_clip, settings_digest
from pipeline.appearance import ThingWatch, lying_things
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.appearance import ThingVector
from pipeline.domain.doorstep import StillPicture
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.tracks import ModelIdentity
from pipeline.errors import PipelineError, UnexpectedFaultError, WorkerDiedError
from pipeline.highlights.context import RenderContext
from pipeline.highlights.plan import CutPlan
from pipeline.highlights.render import RenderedHighlight, render
from pipeline.scene.edges import EdgeStills
from pipeline.settings import DetectionSettings, HighlightSettings, Settings

_logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_loaded: list[Detector] = []
"""The detector of this process; empty until the first clip."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """What looks tonight.

    Attributes:
        model: Which weights.
        settings_digest: SHA-256 of every setting that can change a result; a camera's zones make it another.
    """

    model: ModelIdentity
    settings_digest: str


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What comes back of one clip.

    Attributes:
        analysis: All that is said of it.
        stills: The pictures at its ends, the first before the last; empty when nothing was looked at.
        vectors: Of things that were followed, then of things that lay still.
    """

    analysis: ClipAnalysis
    stills: tuple[StillPicture, ...]
    vectors: tuple[ThingVector, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderOrder:
    """What ``render`` is asked for."""

    plan: CutPlan
    source: Path
    context: RenderContext
    out_dir: Path
    settings: HighlightSettings
    with_audio: bool


def open_eyes(settings: Settings) -> Eyes:
    """Which weights and settings look.

    The weights are loaded once here, so that a night whose weights cannot be used says so before any clip is begun.

    Raises:
        ModelUnavailableError, WeightsMismatchError: The weights cannot be used.
    """
    detector = load_detector(open_shelf(models_directory(settings)), settings.detection)
    return Eyes(detector.identity, settings_digest(settings.sampling, settings.detection, settings.events))


def models_directory(settings: Settings) -> Path:
    """Where weights lie that the operator pulled."""
    return settings.models.directory or settings.store.directory / "models"


def worker_count(settings: Settings) -> int:
    """Processes that analyse: as the operator says, or one for as many cores as one inference uses."""
    cores = len(os.sched_getaffinity(0))
    return settings.night.workers or max(1, cores // settings.detection.threads)


@contextmanager
def worker_pool(settings: Settings) -> Iterator[Executor]:
    """Processes for ``analyse_in_worker`` and ``render_in_worker``.

    A worker that dies takes only its own clip with it, and another is started in its place. Workers end with the
    process that started them, even when it is killed.
    """
    pool = _MendingPool(worker_count(settings), (settings.detection, models_directory(settings)))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def analyse_in_worker(path: Path, request: AnalysisRequest) -> LookedAt:
    """Runs ``look_through`` with this process's detector."""
    return look_through(path, request, _loaded[0])


def look_through(path: Path, request: AnalysisRequest, detector: Detector) -> LookedAt:
    """Analyses a clip, and makes the still pictures at its ends and the vectors of its things of the same looks.

    Raises:
        VideoError, DetectionError: As ``analyse_clip``.
    """
    beside = Beside(EdgeStills(), ThingWatch())
    analysis = analyse_clip(path, request, detector, beside=beside)
    stills = beside.edges.stills()
    return LookedAt(analysis, stills, (*beside.things.vectors(analysis.tracks), *lying_things(stills, analysis)))


def render_in_worker(order: RenderOrder) -> RenderedHighlight:
    """Runs ``render``."""
    return render(order.plan, order.source, order.context, order.out_dir, order.settings, with_audio=order.with_audio)


def _start_worker(detection: DetectionSettings, models: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the clip in hand did not fail
    Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
    _loaded.append(load_detector(open_shelf(models), detection))


def _end_with_parent() -> None:
    """A worker holds both ends of its own queue, and would wait in it for ever after its parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


class _MendingPool(Executor):
    """Processes side by side, each with work of its own in hand: one that dies takes that work with it and no other."""

    def __init__(self, workers: int, weights: tuple[DetectionSettings, Path]) -> None:
        self._weights = weights
        self._waiting = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._free: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        for _ in range(workers):
            self._free.put(self._new())

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As ``Executor.submit``; the future of work whose process dies raises ``WorkerDiedError``."""
        return self._waiting.submit(partial(self._run, fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As ``Executor.shutdown``."""
        self._waiting.shutdown(wait=wait, cancel_futures=cancel_futures)
        with suppress(Empty):
            while True:
                self._free.get_nowait().shutdown(wait=wait)

    def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        process = self._free.get()
        future: Future[T] = Future()
        try:
            future = process.submit(work, *args, **kwargs)
            error = future.exception()
        except BrokenProcessPool as ended_before:
            error = ended_before
        if isinstance(error, BrokenProcessPool):
            process.shutdown(wait=False)
            process = self._new()
        self._free.put(process)
        if error is not None:
            raise _ours(error, work.__name__) from error
        return future.result()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=self._weights,
        )


def _ours(error: BaseException, work: str) -> PipelineError:
    """What a worker raised; a fault of ours ends one clip, is written down as such, and never ends the night."""
    if isinstance(error, PipelineError):
        return error
    if isinstance(error, BrokenProcessPool):
        return WorkerDiedError(work)
    _logger.error("a worker failed", exc_info=error)
    return UnexpectedFaultError(type(error).__name__, str(error))
