"""``doorstep ring-simulator`` as a person runs it."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.ring_auth import Login, link_account
from pipeline.settings import Settings
from tests.conftest import ROOT
from tests.ring_simulator.test_world import TOML


def test_it_says_how_to_reach_it_serves_and_stops(tmp_path: Path) -> None:
    (tmp_path / "visit.mp4").write_bytes(b"x")
    (tmp_path / "world.toml").write_text(TOML)
    command = [sys.executable, "-m", "pipeline.cli.app", "ring-simulator", "--world", str(tmp_path / "world.toml")]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not said or not said[-1].startswith("Ctrl-C"):
            said.append(process.stdout.readline())
            assert said[-1], "it ended early"
        exports = dict(
            line.strip().removeprefix("export ").split("=", 1) for line in said if line.startswith("  export")
        )
        ring = Settings(
            ring={
                "connect_to": exports["DOORSTEP_RING__CONNECT_TO"],
                "certificate_authority": exports["DOORSTEP_RING__CERTIFICATE_AUTHORITY"],
            }
        ).ring
        login = Login("ann@invented.example", "secret", "123456")
        token = asyncio.run(link_account("ring-a1", login, "hw", ring, RateLimiter.from_settings(ring)))
        process.send_signal(signal.SIGINT)
        left = process.stdout.read()

    assert token["access_token"]
    assert process.returncode == 0
    assert "stopped" in left


def test_a_world_that_is_away_is_an_error_with_words(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli.app", "ring-simulator", "--world", str(tmp_path / "none.toml")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    assert ended.returncode == 1
    assert "none.toml" in ended.stderr
    assert "Traceback" not in ended.stderr
