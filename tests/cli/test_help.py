"""Help: every command has it, with a summary and an example, and it costs next to nothing."""

import subprocess
import sys

import pytest
import typer

from pipeline.cli.app import app
from tests.cli.runner import run
from tests.conftest import ROOT

HEAVY = (
    "av",
    "cv2",
    "numpy",
    "openvino",
    "prefect",
    "pydantic_settings",
    "ring_doorbell",
    "sqlalchemy",
    "torch",
    "typst",
)


def every_command() -> list[tuple[str, ...]]:
    """The words of each command and group, the root among them."""
    root = typer.main.get_command(app)
    found: list[tuple[str, ...]] = [()]
    context = typer.Context(root)
    for name in root.list_commands(context):  # type: ignore[attr-defined]  # the root is a group
        command = root.get_command(context, name)  # type: ignore[attr-defined]
        found.append((name,))
        found += [(name, below) for below in getattr(command, "commands", {})]
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_says_what_it_does(words: tuple[str, ...]) -> None:
    result = run(*words, "--help")

    assert result.exit_code == 0
    usage, _, rest = result.output.partition("Usage:")
    assert "doorstep" in rest or words[-1] in rest, usage
    said = [line.strip() for line in rest.splitlines()[1:] if line.strip() and line.strip()[0].isupper()]
    assert said, "a summary in a sentence"


def test_help_loads_nothing_heavy() -> None:
    script = f"""
import sys
from typer.testing import CliRunner
from pipeline.cli.app import app
assert CliRunner().invoke(app, ["--help"]).exit_code == 0
sys.stdout.write(str(sorted(set(sys.modules) & set({HEAVY!r}))))
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": str(ROOT)}, text=True, capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "[]"


def test_the_version_is_said() -> None:
    assert run("--version").output.startswith("doorstep 0.")


def test_an_unknown_command_is_refused() -> None:
    result = run("nighty")
    assert result.exit_code == 2
    assert "nighty" in result.output
