"""How a night tells whoever watches where it is. Watching never changes what a night does."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

_logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Hears of each step; called from several threads, and must be quick."""

    def begin(self, stage: str, total: int) -> None:
        """A stage begins with ``total`` steps ahead of it; again to say that there are more."""
        ...

    def step(self, stage: str, what: str) -> None:
        """One step of the stage is done; ``what`` says which, in words."""
        ...


class LoggedProgress:
    """Plain lines in the operator's log."""

    def begin(self, stage: str, total: int) -> None:
        """See ``Progress``."""
        _logger.info("%s: %d to do", stage, total)

    def step(self, stage: str, what: str) -> None:
        """See ``Progress``."""
        _logger.info("%s: %s", stage, what)


_watcher: ContextVar[Progress | None] = ContextVar("_watcher", default=None)


@contextmanager
def watched_by(progress: Progress) -> Iterator[None]:
    """Nights that begin inside the block are watched by ``progress``."""
    token = _watcher.set(progress)
    try:
        yield
    finally:
        _watcher.reset(token)


def current_progress() -> Progress:
    """Who watches; the operator's log when nobody does."""
    return _watcher.get() or LoggedProgress()
