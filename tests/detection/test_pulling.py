"""Pulling, from a folder and from a server on loopback."""

import hashlib
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.models import app
from pipeline.detection.pulling import download, pull
from pipeline.detection.weights import Shelf
from pipeline.errors import ModelUnavailableError, WeightsMismatchError
from tests.conftest import SHARED

YOLO = "yolo11n-int8-openvino"
EXPORTED = SHARED / "models" / "yolo11n_int8_openvino_model"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which a server gives what lies in it."""
    folder = tmp_path / "published"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _left(shelf: Shelf) -> set[str]:
    return {path.name for path in shelf.operators.rglob("*")} if shelf.operators.exists() else set()


def test_a_folder_that_an_operator_brings_is_checked_and_taken(shelf: Shelf) -> None:
    entry = shelf.entry(YOLO)

    weights = pull(shelf, entry, EXPORTED, download)

    assert shelf.has(entry)
    assert weights == shelf.read(entry)


def test_a_brought_file_that_is_another_leaves_the_shelf_as_it_was(shelf: Shelf, tmp_path: Path) -> None:
    brought = tmp_path / "brought"
    brought.mkdir()
    for file in EXPORTED.iterdir():
        shutil.copyfile(file, brought / file.name)
    (brought / "yolo11n.bin").write_bytes(b"something else")

    with pytest.raises(WeightsMismatchError, match=r"yolo11n\.bin"):
        pull(shelf, shelf.entry(YOLO), brought, download)

    assert _left(shelf) == set()


def test_an_unpinned_digest_is_written_down_and_held_to(shelf: Shelf, publisher: tuple[Path, str]) -> None:
    folder, address = publisher
    entry = shelf.entry("yolo11n")
    fetched: list[str] = []

    def fetch(wanted: str, into: Path) -> None:
        fetched.append(wanted)
        download(f"{address}/{Path(wanted).name}", into)

    (folder / "yolo11n.pt").write_bytes(b"as published")
    first = pull(shelf, entry, None, fetch)
    again = pull(shelf, entry, None, fetch)
    (folder / "yolo11n.pt").write_bytes(b"silently replaced")
    with pytest.raises(WeightsMismatchError) as caught:
        pull(shelf, entry, None, fetch)

    assert fetched == [str(entry.download)] * 3
    assert first.identity == again.identity == shelf.read(entry).identity
    assert caught.value.expected == hashlib.sha256(b"as published").hexdigest()
    assert shelf.read(entry).files["yolo11n.pt"] == b"as published"


def test_an_answer_that_is_no_file_is_told_and_leaves_nothing(shelf: Shelf, publisher: tuple[Path, str]) -> None:
    _, address = publisher

    with pytest.raises(ModelUnavailableError, match="404"):
        pull(shelf, shelf.entry("yolo11n"), None, lambda wanted, into: download(f"{address}/none", into))

    assert _left(shelf) == set()


def test_what_has_no_address_must_be_brought(shelf: Shelf) -> None:
    with pytest.raises(ModelUnavailableError, match="--from"):
        pull(shelf, shelf.entry(YOLO), None, download)


def test_the_embedded_model_is_not_pulled(shelf: Shelf) -> None:
    with pytest.raises(ModelUnavailableError, match="comes with this program"):
        pull(shelf, shelf.entry("nanodet-416"), None, download)


def test_the_commands_tell_what_is_here_and_whether_it_is_right(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOORSTEP_MODELS__DIRECTORY", str(tmp_path / "models"))
    call = CliRunner().invoke

    before = call(app, ["list"])
    pulled = call(app, ["pull", YOLO, "--from", str(EXPORTED)])
    after = call(app, ["list"])
    right = call(app, ["verify"])
    (tmp_path / "models" / EXPORTED.name / "yolo11n.xml").write_text("<net/>")
    wrong = call(app, ["verify"])

    assert "* nanodet-416" in before.output
    assert pulled.exit_code == 0
    assert "AGPL-3.0" in pulled.output
    assert f"* {YOLO}" in after.output
    assert right.exit_code == 0
    assert wrong.exit_code == 1
    assert "yolo11n.xml" in wrong.output
