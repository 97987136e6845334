"""``doorstep user`` and ``doorstep serve`` as an operator runs them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli.app import app
from pipeline.errors import (
    AgentNameTakenError,
    AgentUnknownError,
    InputRefusedError,
    LastAdministratorError,
    RecordNotFoundError,
    SettingsError,
)
from tests.cli.runner import run
from tests.conftest import ROOT


def plain(*words: str) -> Any:
    return json.loads(run("user", *words, "--json").stdout)


def test_an_agent_is_added_with_a_password_that_is_printed_once() -> None:
    added = run("user", "add", "ann", "--role", "administrator").stdout
    listed = run("user", "list").stdout
    password = re.search(r"password: (\S+)", added)

    assert password is not None
    assert "shown now and never again" in added
    assert password.group(1) not in listed
    assert "must choose a password" in listed
    (record,) = (
        json.loads(line) for line in run("custody", "log", "--json").stdout.splitlines() if "agent_added" in line
    )
    assert record["entry"]["detail"]["role"] == "administrator"


def test_a_password_may_be_piped_in_and_is_not_echoed() -> None:
    words = ["user", "add", "ann", "--role", "auditor", "--password", "--json"]
    result = CliRunner().invoke(app, words, input="a sentence nobody guesses\n")
    account = json.loads(result.stdout)

    assert account["must_renew"] is False
    assert "password" not in account
    assert "sentence" not in result.stdout


def test_machines_read_json() -> None:
    added = plain("add", "ann", "--role", "administrator")
    assert isinstance(added, dict)
    assert set(added) >= {"agent_id", "name", "role", "password"}
    assert [one["name"] for one in plain("list")] == ["ann"]


def test_disabling_enabling_another_role_and_a_reset() -> None:
    run("user", "add", "ann", "--role", "administrator")
    run("user", "add", "bo", "--role", "investigator")
    assert "is disabled" in run("user", "disable", "bo").stdout
    assert "may sign in" in run("user", "enable", "bo").stdout
    assert "(records officer)" in run("user", "role", "BO", "records_officer").stdout
    assert "password: " in run("user", "reset", "bo").stdout
    changes = [json.loads(line)["entry"] for line in run("custody", "log", "--json").stdout.splitlines()]
    assert [one["detail"]["change"] for one in changes if one["action"] == "agent_changed"] == [
        "disabled",
        "enabled",
        "role",
        "reset",
    ]


def test_tokens_are_made_listed_and_ended() -> None:
    run("user", "add", "ann", "--role", "auditor")
    secret = run("user", "token", "ann", "--label", "nightly export").stdout
    (kept,) = plain("token", "ann")
    assert secret.startswith("dst_")
    assert kept["label"] == "nightly export"
    run("user", "token", "ann", "--end", kept["token_id"])
    assert plain("token", "ann") == []
    with pytest.raises(RecordNotFoundError):
        run("user", "token", "ann", "--end", kept["token_id"])


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("disable", "nobody"), AgentUnknownError),
        (("disable", "ann"), LastAdministratorError),
        (("role", "ann", "auditor"), LastAdministratorError),
        (("add", "ANN", "--role", "auditor"), AgentNameTakenError),
        (("add", "<b>", "--role", "auditor"), InputRefusedError),
        (("token", "ann", "--label", " "), InputRefusedError),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(words: tuple[str, ...], error: type[Exception]) -> None:
    run("user", "add", "ann", "--role", "administrator")
    with pytest.raises(error) as caught:
        run("user", *words)
    assert caught.value.remedy  # type: ignore[attr-defined]
    assert len(plain("list")) == 1


@contextmanager
def served() -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """``doorstep serve`` as a process before anybody is an agent, with the three lines that it prints then."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "pipeline.cli.app", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield process, [process.stdout.readline() for _ in range(3)]
    finally:
        process.kill()
        process.communicate()


def answer(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as found:  # noqa: S310 - our own address
            return int(found.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_desk_is_served_until_ctrl_c_and_the_first_run_needs_its_link() -> None:
    with served() as (process, lines):
        address = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
        link = lines[-1].strip()
        assert address is not None
        assert link.startswith(f"{address.group()}/first-run?code=")
        assert answer(f"{address.group()}/health") == 200
        assert answer(link) == 200
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)

    assert process.returncode == 0
    assert rest.strip().endswith("stopped")
    assert errors == ""


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SettingsError, match="cannot listen"):
        run("serve", "--port", str(taken.getsockname()[1]))


def test_beyond_loopback_the_desk_is_not_served_without_https() -> None:
    with pytest.raises(SettingsError, match="without https"):
        run("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - that is what is refused
    with pytest.raises(SettingsError, match="without https"):
        run("serve", "--host", "192.0.2.1", "--port", "0", DOORSTEP_WEB__PUBLIC_URL="http://desk.test")
