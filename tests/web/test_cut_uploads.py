"""A large file over loopback, cut at random points: it arrives with the same digest, and takes no memory."""

import hashlib
import http.client
import json
import random
import re
import socket
import struct
import sys
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.sending import by_code
from pipeline.domain.neighbour_reports import NeighbourReport
from pipeline.night.services import open_services, utc_now
from pipeline.settings import Settings
from tests.casework.neighbours.neighbourhood import a_video, neighbourly
from tests.web.browser.served import ServedDesk, serving

CUTS = 20
_PORTION = 1 << 18
_MOST = 400 << 20
"""Bytes of one request: a server takes ``DOORSTEP_WEB__LARGEST_UPLOAD_MEGABYTES``."""
FLAT_MEGABYTES = 80
"""By which the server may grow, whatever the size: threads, and the child that opens the file is not in it."""


@dataclass
class Sender:
    """A client of our own, on bare sockets, which hangs up whenever it likes."""

    desk: ServedDesk
    cookie: str = ""
    token: str = ""

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.desk.address)
        return parts.hostname or "", parts.port or 80

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(*self.place, timeout=600)
        connection.request(method, path, body, self._with(headers))
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def knock(self) -> None:
        answer = self.ask("GET", "/near/token", Accept="application/json")
        self.cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        self.token = json.loads(answer.text)["csrf"]  # type: ignore[attr-defined]

    def offset(self, url: str) -> int:
        return int(self.ask("HEAD", url, **{"Tus-Resumable": "1.0.0"}).getheader("upload-offset") or -1)

    def send(self, url: str, path: Path, start: int, announced: int, given: int) -> int:
        """Announces so many bytes, gives so many, and hangs up when that is less; the status, or 0."""
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(start),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(announced),
        }
        lines = [f"PATCH {url} HTTP/1.1", f"Host: {urlsplit(self.desk.address).netloc}"]
        lines += [f"{name}: {value}" for name, value in self._with(headers).items()]
        with socket.create_connection(self.place, timeout=600) as connection, path.open("rb") as file:
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            file.seek(start)
            while given:
                portion = file.read(min(_PORTION, given))
                connection.sendall(portion)
                given -= len(portion)
                announced -= len(portion)
            if announced:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return 0
            return int(connection.recv(64).split(b" ")[1])

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Origin": self.desk.address, "X-CSRF-Token": self.token, "Cookie": self.cookie, **headers}


def a_large_video(folder: Path, size: int) -> Path:
    """A video that plays, behind which lies as much chance as is wanted, in a box that players pass over."""
    path = folder / "large.mp4"
    head = a_video(folder)
    chance = random.Random(7)
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4sQ", 1, b"free", size - len(head)))
        while (left := size - file.tell()) > 0:
            file.write(chance.randbytes(min(left, 1 << 20)))
    return path


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def peak_megabytes(desk: ServedDesk) -> float:
    status = Path(f"/proc/{desk.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def a_report(sender: Sender) -> str:
    told = f"category=crime&happened={utc_now():%Y-%m-%dT%H:%M}Z&latitude=51.5001&longitude=-0.1201&words=a+box"
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return str(json.loads(sender.ask("POST", "/near/report", told, **form).text)["code"])  # type: ignore[attr-defined]


def begun(sender: Sender, code: str, size: int) -> str:
    from base64 import b64encode

    said: dict[str, Any] = {"receipt": code, "filename": "large.mp4", "filetype": "video/mp4"}
    metadata = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata}
    return sender.ask("POST", "/near/uploads", **headers).getheader("location") or ""


@pytest.mark.parametrize("megabytes", [24, pytest.param(2048, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_a_file_that_is_cut_at_random_arrives_whole_in_flat_memory(tmp_path: Path, megabytes: int) -> None:
    size, settings = megabytes << 20, neighbourly(tmp_path)
    path = a_large_video(tmp_path, size)
    chance = random.Random(megabytes)
    cuts = sorted(chance.randrange(1, size) for _ in range(CUTS))
    with serving(settings) as desk:
        sender = Sender(desk)
        sender.knock()
        code = a_report(sender)
        url = begun(sender, code, size)
        before = peak_megabytes(desk)
        happened = _sent_with_cuts(sender, url, path, cuts)
        grown = peak_megabytes(desk) - before
    sys.stdout.write(f"{megabytes} MB, {happened} cuts: the server grew by {grown:.0f} MB from {before:.0f} MB\n")
    assert happened == CUTS
    assert grown < FLAT_MEGABYTES
    _arrived(settings, code, path)


def _sent_with_cuts(sender: Sender, url: str, path: Path, cuts: list[int]) -> int:
    """Hangs up at each of these points once, and goes on from what the server says it has; how often it hung up.

    Where the server still writes what came before a cut, it says so (409), and is asked again.
    """
    size, left, happened = path.stat().st_size, list(cuts), 0
    while (here := sender.offset(url)) < size:
        announced = given = min(size - here, _MOST)
        if left and here < left[0] < here + announced:
            given = left.pop(0) - here
        status = sender.send(url, path, here, announced, given)
        assert status in ((HTTPStatus.NO_CONTENT, HTTPStatus.CONFLICT) if given == announced else (0,))
        happened += given < announced
    return happened


def _arrived(settings: Settings, code: str, path: Path) -> None:
    with open_services(settings) as services:
        report = by_code(services, code)
        assert isinstance(report, NeighbourReport)
        (medium,) = services.catalogue.neighbour_files.of_report(report.report_id)
        assert medium.digest == digest_of(path) == digest_of(shelf.path_of(services, medium.medium_id))
