"""A child that revokes or sweeps and is killed at a chosen step: around a commit, a delete, or a written file."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

import pipeline.retention.second_place
from pipeline.catalogue.database import Database
from pipeline.evidence.local import LocalObjectStore
from pipeline.evidence.s3 import S3ObjectStore
from pipeline.night.services import Services
from pipeline.retention import restore as restoring
from pipeline.retention.fixity import check_store
from pipeline.retention.restore import restore_backup
from pipeline.retention.revocation import revoke_grant
from pipeline.retention.sweep import sweep
from pipeline.settings import Settings
from tests.retention.story import Clock, a_town

_PATIENCE_SECONDS = 120


class _Steps:
    """Counts steps, and ends this process at one of them, as a kill from outside does."""

    def __init__(self, last: int) -> None:
        self._left = last

    def step(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def around(self, owner: Any, name: str) -> None:
        whole: Callable[..., Any] = getattr(owner, name)

        def stepping(*args: Any, **kwargs: Any) -> Any:
            self.step()
            result = whole(*args, **kwargs)
            self.step()
            return result

        setattr(owner, name, stepping)

    def around_writes(self) -> None:
        whole = Database.write

        @contextmanager
        def stepping(database: Database) -> Iterator[Connection]:
            with whole(database) as connection:
                yield connection
                self.step()  # everything is written, and nothing committed
            self.step()

        Database.write = stepping  # type: ignore[method-assign,assignment]


def restore(settings: Settings, source: Path, environment: dict[str, str]) -> None:
    """Restores a backup, and dies when the revocations of the second place are done again and nothing is finished."""
    os.environ.update(environment)
    setattr(restoring, "check_store", lambda _: os.kill(os.getpid(), signal.SIGKILL))  # noqa: B010 - it is not exported
    restore_backup(settings, source, "operator")


def restore_slowly(settings: Settings, source: Path, environment: dict[str, str], gate: "Gate") -> None:
    """Restores a backup, and stands still before anything of it is checked until it is let go on."""
    os.environ.update(environment)

    def standing(services: Services) -> Any:
        gate.is_reached.set()
        assert gate.may_go_on.wait(_PATIENCE_SECONDS)
        return check_store(services)

    setattr(restoring, "check_store", standing)  # noqa: B010 - it is not exported
    restore_backup(settings, source, "operator")


@dataclass(frozen=True)
class Gate:
    """Events of two processes: one stands at a place, the other lets it go on."""

    is_reached: Event
    may_go_on: Event


def work(settings: Settings, now: datetime, grant_id: str, last: int) -> None:
    """Revokes the grant, or sweeps when none is named, and dies at step ``last``; ends well when there are fewer."""
    with a_town(settings, Clock(now)) as town:
        steps = _Steps(last)
        steps.around_writes()
        steps.around(LocalObjectStore, "delete")
        steps.around(S3ObjectStore, "delete")
        steps.around(pipeline.retention.second_place, "make_once")
        if grant_id:
            revoke_grant(town.services, grant_id, "tester")
        else:
            sweep(town.services)
