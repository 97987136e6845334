"""What every test gets: no error may be logged, and the real operator's settings stay out."""

import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher

from pipeline.casework.proofs import passwords
from tests.compiled_once import CompiledOnce
from tests.fresh_tables import FreshTables
from tests.quick_disk import not_waited_for

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_CLIPS = ROOT / "sample_clips"
SHARED = Path(os.environ.get("DOORSTEP_SHARED", ROOT.parent / "shared"))

_REAL_HASHER = passwords._hasher


def pytest_configure() -> None:
    """What a script starts in the background ignores Ctrl-C, and so would all programs that tests start and stop."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", type=float, default=1.0, help="share of what the long suites try, above 0 up to 1")
    parser.addoption("--screens", type=Path, help="where pictures of the desk's pages are kept, to be looked at")
    parser.addoption("--finished", type=Path, help="where long suites keep what is finished, so that a run can go on")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers share the tests folder by folder: what the tests of a folder have in common is made once.

    What takes longest begins first (``--no-loadscope-reorder``; xdist itself takes the folders with most tests first,
    and would end with one worker on a night while the others have nothing left). The pages of the desk, each in two
    sizes and schemes, take as long as the rest of their folder and run beside it.
    """
    groups = {item: _group(item.path.relative_to(ROOT)) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    last = len(_LONGEST_FIRST)
    items.sort(key=lambda item: _LONGEST_FIRST.get(groups[item], last))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: it is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def _group(file: Path) -> str:
    return file.as_posix() if file.as_posix() in _BESIDE_THEIR_FOLDER else file.parent.as_posix()


_BESIDE_THEIR_FOLDER = ("tests/web/browser/test_pages.py",)
_LONGEST_FIRST = {
    group: place
    for place, group in enumerate(
        (
            "tests/flows",
            "tests/web/browser",
            "tests/web/browser/test_pages.py",
            "tests/faults",
            "tests/sequences",
            "tests/hostile",
            "tests/web/browser_home",
        )
    )
}


@pytest.fixture(scope="session")
def share(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """How many of so many a long suite tries in this run, at least one."""
    wanted: float = request.config.getoption("--share")
    return lambda whole: max(1, round(whole * wanted))


@pytest.fixture(scope="session")
def finished(request: pytest.FixtureRequest) -> Path | None:
    """Where a long suite keeps what is finished; None where nobody asked for it."""
    wanted: Path | None = request.config.getoption("--finished")
    return wanted


@pytest.fixture
def progress(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Says at once how far a long suite has come, on a line of its own that begins with ``progress: ``."""

    def say(words: str) -> None:
        with capsys.disabled():
            print(f"\nprogress: {words}", flush=True)  # noqa: T201 - to whoever waits for hours

    return say


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A fresh database is migrated once a session; ``tests.fresh_tables.really`` is for tests of the migrations."""
    with FreshTables(tmp_path_factory.mktemp("tables")).in_place():
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """A test's database and desk know the statements and templates that the tests before it used."""
    with CompiledOnce().in_place():
        yield


@pytest.fixture(scope="session", autouse=True)
def _disk_not_waited_for() -> Iterator[None]:
    """No power fails under a test; ``tests.quick_disk.really_waited_for`` is for tests of what would hold then."""
    with not_waited_for():
        yield


@pytest.fixture(scope="session", autouse=True)
def _light_passwords() -> Iterator[None]:
    """Argon2 with the least work there is: the real one takes longer than most tests, and hundreds of them sign in."""
    with patch.object(passwords, "_hasher", cache(lambda: PasswordHasher(1, 8, 1))):
        yield


@pytest.fixture
def real_passwords() -> Iterator[None]:
    """Passwords as the program hashes them, for tests of that."""
    passwords._nobodys_hash.cache_clear()
    with patch.object(passwords, "_hasher", _REAL_HASHER):
        yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(autouse=True)
def _environment_as_before() -> Iterator[None]:
    """What a command in this process puts into the environment ends with the test that ran it."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("DOORSTEP_") and name != "DOORSTEP_SHARED"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path / "doorstep"))


@pytest.fixture(autouse=True)
def _no_logged_error(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A test that logs an ERROR fails, unless it takes the records away with ``caplog.clear()``."""
    yield
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors, f"logged errors: {[record.getMessage() for record in errors]}"
