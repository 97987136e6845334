"""Rules of the house that no linter knows."""

import ast
import inspect
import os
import pickle
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pipeline import errors
from pipeline.settings import Settings
from tests.conftest import ROOT

BANNED_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "manager", "handler", "processor", "misc", "common", "core", "data", "info"}
)
FACES = ("face", "dlib", "insight", "arcface", "mediapipe", "vggface")
LONGEST = 300
EDGES = ("pipeline/cli/", "flows/")


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders or ("pipeline", "flows"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_only_the_edges_build_settings() -> None:
    builders = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Settings":
                builders.add(name_of(path))
    assert builders, "somebody builds them"
    assert [name for name in builders if not name.startswith(EDGES)] == []


def test_no_file_outgrows_itself() -> None:
    written = [path for path in modules() if "migrations" not in path.parts]
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written}
    allowed = {"pipeline/errors.py": 1200, "pipeline/catalogue/tables.py": 320, "pipeline/packages/verifier.py": 450}
    allowed["pipeline/web/access.py"] = 450  # one row a route, and all of them in one place
    assert {name: count for name, count in lines.items() if count > allowed.get(name, LONGEST)} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    words = {(name_of(path), word) for path in modules() for word in path.with_suffix("").parts[-3:]}
    assert [name for name, word in sorted(words) if word in BANNED_NAMES] == []


def test_every_module_says_what_it_is() -> None:
    assert [name_of(path) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))] == []


def every_error() -> list[type[errors.PipelineError]]:
    return [
        found
        for _, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, errors.PipelineError) and found.__module__ == errors.__name__
    ]


def built(kind: type[errors.PipelineError]) -> errors.PipelineError:
    """One of them, with values of the types that it asks for."""
    samples: dict[Any, object] = {str: "words", int: 3, timedelta: timedelta(seconds=5)}
    asked = inspect.signature(kind).parameters.values() if "__init__" in vars(kind) else ()
    values = [samples.get(part.annotation, ("a", "b")) for part in asked]
    return kind(*values)


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_is_documented_and_comes_back_whole_from_another_process(kind: type[errors.PipelineError]) -> None:
    error = built(kind)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert inspect.getdoc(kind)
    assert kind.__doc__ != errors.PipelineError.__doc__ or kind is errors.PipelineError
    assert (type(back), str(back), vars(back)) == (kind, str(error), vars(error))


def test_every_setting_says_what_it_is() -> None:
    silent = []
    for section, field in Settings.model_fields.items():
        assert isinstance(field.annotation, type)
        assert issubclass(field.annotation, BaseModel)
        silent += [f"{section}.{name}" for name, one in field.annotation.model_fields.items() if not one.description]
    assert silent == []


def test_nothing_that_recognises_faces_is_depended_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    assert [one for one in named if any(word in one.lower() for word in FACES)] == []
    manifest = tomllib.loads((ROOT / "models" / "manifest.toml").read_text(encoding="utf-8"))
    assert [name for name in _keys(manifest) if any(word in name.lower() for word in FACES)] == []


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield str(key)
            yield from _keys(below)
    if isinstance(value, list):
        for below in value:
            yield from _keys(below)


_IMPORT_EVERYTHING = """
import os, pkgutil, subprocess, sys, threading, socket

read = []

class Watched(type(os.environ)):
    def __getitem__(self, name):
        caller = sys._getframe(1)
        while caller and ("importlib" in caller.f_code.co_filename or caller.f_code.co_filename.endswith("os.py")
                          or "_collections_abc" in caller.f_code.co_filename):
            caller = caller.f_back
        if caller and os.sep + "pipeline" + os.sep in caller.f_code.co_filename:
            read.append((str(name), caller.f_code.co_filename))
        return super().__getitem__(name)
os.environ.__class__ = Watched

def refuse(*_args, **_more):
    raise AssertionError("importing started something")
subprocess.Popen.__init__ = refuse
socket.socket.connect = refuse
before = threading.active_count()
import pipeline
for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
    if module.name not in {skipped!r}:
        __import__(module.name)
assert threading.active_count() == before, threading.enumerate()
assert not read, read
assert "prefect" not in sys.modules
sys.stdout.write("quiet")
"""
_PROGRAMS = ("pipeline.sampling.child", "pipeline.detection.ultralytics_yolo", "pipeline.catalogue.migrations.env")
"""Run by their path, by Alembic, or only where the extra is installed."""


def test_importing_the_library_starts_nothing_and_reads_no_environment(tmp_path: Path) -> None:
    script = _IMPORT_EVERYTHING.replace("{skipped!r}", repr(_PROGRAMS))
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, text=True, capture_output=True, check=False, cwd=tmp_path
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "quiet"
    assert list(tmp_path.iterdir()) == []


_ANALYSE_WITHOUT_SOCKETS = """
import socket, sys
def refuse(*args, **_more):
    raise AssertionError(f"analysis spoke to the network: {args!r}")
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
import _socket
from pathlib import Path
from pipeline.analysis import analyse_clip
from pipeline.cli.looking import Looker
from pipeline.settings import Settings
looker = Looker(Settings())
path = Path(sys.argv[1])
analysis = analyse_clip(path, looker.request(path), looker.detector)
sys.stdout.write(f"{len(analysis.sampling.sampled)} {analysis.model.name}")
"""


def test_analysis_opens_no_socket(tmp_path: Path) -> None:
    """The decoder's child has no network at all: see ``pipeline.confinement`` and its tests."""
    from tests.footage import wall, with_figure, write_clip

    clip = write_clip(tmp_path / "clip.mp4", lambda at: with_figure(wall(), 100 + 100 * at, 330), 2.0)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DOORSTEP_STORE__DIRECTORY": str(tmp_path / "store")}
    command = [sys.executable, "-c", _ANALYSE_WITHOUT_SOCKETS, str(clip)]
    ended = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr
    looks, model = ended.stdout.split()
    assert int(looks) >= 2
    assert model
