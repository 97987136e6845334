"""What every test gets: no error may be logged, and the real operator's settings stay out."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_CLIPS = ROOT / "sample_clips"
SHARED = Path(os.environ.get("DOORSTEP_SHARED", ROOT.parent / "shared"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", type=float, default=1.0, help="share of what the long suites try, above 0 up to 1")


@pytest.fixture(scope="session")
def share(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """How many of so many a long suite tries in this run, at least one."""
    wanted: float = request.config.getoption("--share")
    return lambda whole: max(1, round(whole * wanted))


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
