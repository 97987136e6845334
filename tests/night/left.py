"""Houses after a night that was run once: each test gets a copy of what it left, and what it does stays in the copy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from pipeline.night.services import open_services
from tests.night.story import Clock, House

_numbers = count()


def beside(clip: Path) -> Path:
    """A folder for a house, not there yet: it goes when the clip goes."""
    return clip.parent / f"a night of {next(_numbers)}"


@contextmanager
def a_copy_of(left: House, folder: Path) -> Iterator[House]:
    """The house once more, at the morning of its night; Ring is away.

    Args:
        left: Whose doors are closed: nothing is read of it but where it lies.
        folder: Where the copy's store lies; what is there already stays.
    """
    settings = left.services.settings
    shutil.copytree(settings.store.directory, folder, dirs_exist_ok=True)
    store = settings.store.model_copy(update={"directory": folder})
    clock = Clock()
    with open_services(settings.model_copy(update={"store": store}), clock.now) as services:
        yield replace(left, services=services, clock=clock, accounts=dict(left.accounts))
