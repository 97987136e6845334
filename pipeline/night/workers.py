"""The processes that analyse and render: each loads the weights once, and none of them sees the database."""

import logging
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from pipeline.analysis import AnalysisRequest, analyse_clip, settings_digest
from pipeline.detection.detector import Detector
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.tracks import ModelIdentity
from pipeline.errors import DecoderDiedError, PipelineError, UnexpectedFaultError
from pipeline.highlights.context import RenderContext
from pipeline.highlights.plan import CutPlan
from pipeline.highlights.render import RenderedHighlight, render
from pipeline.settings import DetectionSettings, HighlightSettings, Settings

_logger = logging.getLogger(__name__)

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

    A worker that dies takes only its own clip with it: the pool is made anew for the others.
    """
    pool = _MendingPool(worker_count(settings), (settings.detection, models_directory(settings)))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def analyse_in_worker(path: Path, request: AnalysisRequest) -> ClipAnalysis:
    """Runs ``analyse_clip`` with this process's detector."""
    return analyse_clip(path, request, _loaded[0])


def render_in_worker(order: RenderOrder) -> RenderedHighlight:
    """Runs ``render``."""
    return render(order.plan, order.source, order.context, order.out_dir, order.settings, with_audio=order.with_audio)


def _start_worker(detection: DetectionSettings, models: Path) -> None:
    _loaded.append(load_detector(open_shelf(models), detection))


class _MendingPool(Executor):
    """A process pool that is made anew when one of its processes dies."""

    def __init__(self, workers: int, weights: tuple[DetectionSettings, Path]) -> None:
        self._workers = workers
        self._weights = weights
        self._lock = Lock()
        self._pool = self._new()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as Executor has it
        """As ``Executor.submit``; the future of a process that dies raises ``DecoderDiedError``."""
        with self._lock:
            try:
                future = self._pool.submit(fn, *args, **kwargs)
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
                self._pool = self._new()
                future = self._pool.submit(fn, *args, **kwargs)
        return _translated(future)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As ``Executor.shutdown``."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=self._weights,
        )


def _ours(error: BaseException) -> PipelineError:
    """What a worker raised; a fault of ours ends one clip, is written down as such, and never ends the night."""
    if isinstance(error, PipelineError):
        return error
    _logger.error("a worker failed", exc_info=error)
    return UnexpectedFaultError(type(error).__name__, str(error))


def _translated(inner: Future[Any]) -> Future[Any]:
    outer: Future[Any] = Future()

    def hand_on(done: Future[Any]) -> None:
        error = done.exception()
        if isinstance(error, BrokenProcessPool):
            outer.set_exception(DecoderDiedError("a clip", "the analysing process died"))
        elif error is not None:
            outer.set_exception(_ours(error))
        else:
            outer.set_result(done.result())

    inner.add_done_callback(hand_on)
    return outer
