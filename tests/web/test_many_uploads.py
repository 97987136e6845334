"""Many neighbours send at once on PostgreSQL: every file arrives, and the desk answers meanwhile."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.accepting import accept
from pipeline.casework.neighbours.uploads import Begun, begin_upload
from pipeline.domain.neighbour_reports import PartialUpload
from pipeline.night.services import Services
from pipeline.settings import NeighbourSettings, Settings, StoreSettings, WebSettings
from pipeline.web.app import build_app
from pipeline.web.routes import near_uploads
from tests.casework.neighbours.neighbourhood import JANE, Neighbourhood, a_neighbourhood, a_photo, neighbourly
from tests.catalogue.conftest import empty_database, postgres_url  # noqa: F401 - fixtures
from tests.web.browser.served import ServedDesk, serving
from tests.web.desk import ADDRESS
from tests.web.test_cut_uploads import Sender, a_report

AT_ONCE = 30
POOL = 15
"""Connections that SQLAlchemy gives out at once by default."""
MORE_THAN_THREADS = 60
"""Of the 40 in which a server of Starlette does what waits."""
ASKED = 20
"""Pages, one after another: each waits behind the steps of uploads that were begun before it."""
PATIENCE_SECONDS = 90


def photos(count: int) -> list[bytes]:
    """Each its own bytes, behind the end of the picture."""
    photo = a_photo()
    return [photo + f"photo {number}".encode() * 4000 for number in range(count)]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def settings(tmp_path: Path, empty_database: str) -> Settings:  # noqa: F811 - a fixture
    store = StoreSettings(directory=tmp_path / "doorstep", database_url=SecretStr(empty_database))
    limits = NeighbourSettings(uploads_per_hour=200, files_per_report=20)
    return neighbourly(tmp_path, store=store, neighbours=limits, web=WebSettings(public_url=ADDRESS))


@pytest.fixture
def street(settings: Settings) -> Iterator[Neighbourhood]:
    with a_neighbourhood(settings) as made:
        yield made


@dataclass
class SlowSender(Sender):
    """Sends half of a file, and the rest when it is told."""

    content: bytes = b""
    url: str = ""
    _opened: list[socket.socket] = field(default_factory=list)

    def begin(self, code: str, number: int) -> None:
        from base64 import b64encode

        said = {"receipt": code, "filename": f"{number}.jpg", "filetype": "image/jpeg"}
        metadata = ",".join(f"{name} {b64encode(words.encode()).decode()}" for name, words in said.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(self.content)), "Upload-Metadata": metadata}
        answer = self.ask("POST", "/near/uploads", **headers)
        assert answer.status == HTTPStatus.CREATED, answer.text  # type: ignore[attr-defined]
        self.url = answer.getheader("location") or ""

    def send_half(self) -> None:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(self.content)),
        }
        lines = [f"PATCH {self.url} HTTP/1.1", f"Host: {urlsplit(self.desk.address).netloc}"]
        lines += [f"{name}: {value}" for name, value in self._with(headers).items()]
        self._opened.append(socket.create_connection(self.place, timeout=PATIENCE_SECONDS))
        self._opened[0].sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + self.content[: len(self.content) // 2])

    def send_rest(self) -> int:
        with self._opened.pop() as connection:
            connection.sendall(self.content[len(self.content) // 2 :])
            return int(connection.recv(64).split(b" ")[1])


def senders(desk: ServedDesk, contents: list[bytes]) -> list[SlowSender]:
    first = Sender(desk)
    first.knock()
    codes = [a_report(first) for _ in range(3)]
    made = [SlowSender(desk, first.cookie, first.token, content) for content in contents]
    with ThreadPoolExecutor(len(made)) as threads:
        list(threads.map(lambda one: one[1].begin(codes[one[0] % 3], one[0]), enumerate(made)))
    return made


def busy_sessions(url: str) -> int:
    words = (
        "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> '' AND state <> 'idle' "
        "OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(words).fetchone()
    assert row is not None
    return int(row[0])


def test_thirty_slow_uploads_hold_no_connection_and_all_of_them_arrive(
    settings: Settings,
    empty_database: str,  # noqa: F811 - a fixture
) -> None:
    contents = photos(AT_ONCE)
    with serving(settings, DOORSTEP_STORE__DATABASE_URL=empty_database) as desk:
        sending = senders(desk, contents)
        for one in sending:
            one.send_half()
        folder = settings.store.directory / shelf.FOLDER
        until(lambda: sum(file.stat().st_size > 0 for file in folder.glob("nu-*")) == AT_ONCE)
        until(lambda: busy_sessions(empty_database) == 0)
        pages = [Sender(desk).ask("GET", path).status for path in ("/near", "/sign-in", "/home/sign-in")]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(SlowSender.send_rest, sending))
        assert not [line for line in desk.said if "Traceback" in line], "".join(desk.said)
    assert pages == [HTTPStatus.OK] * len(pages)
    assert answers == [HTTPStatus.NO_CONTENT] * AT_ONCE
    assert len(list(folder.glob("nu-*"))) == 0


def test_no_step_of_an_upload_asks_for_a_connection_while_it_has_one(street: Neighbourhood) -> None:
    """What has an object in hand needs one for that, and one to write with; everything else needs one."""
    catalogue = street.services.catalogue
    report = street.tell().report
    with ExitStack() as held:
        for _ in range(POOL - 1):
            held.enter_context(catalogue._database.read())
        street.send(report, "photo.jpg", a_photo())
    with ExitStack() as held:
        for _ in range(POOL - 2):
            held.enter_context(catalogue._database.read())
        accept(street.services, JANE, report.report_id, "it shows it")
    (medium,) = catalogue.neighbour_files.of_report(report.report_id)
    assert medium.acquisition_id


def test_files_that_wait_to_be_opened_keep_nobody_from_a_page(
    settings: Settings, street: Neighbourhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = _begun(street, MORE_THAN_THREADS)
    may_open = threading.Event()

    def slowly(*_: object) -> None:
        assert may_open.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(near_uploads, "complete", slowly)
    answers, pages = asyncio.run(_sent_at_once(street.services, begun, may_open))
    assert [page.status_code for page in pages] == [HTTPStatus.OK] * ASKED
    assert [answer.status_code for answer in answers] == [HTTPStatus.NO_CONTENT] * MORE_THAN_THREADS


def _begun(street: Neighbourhood, count: int) -> list[tuple[Begun, bytes]]:
    reports = [street.tell().report for _ in range(4)]
    found = []
    for number, content in enumerate(photos(count)):
        begun = begin_upload(street.services, reports[number % 4], f"{number}.jpg", len(content))
        found.append((begun, content))
    return found


async def _sent_at_once(
    services: Services, begun: list[tuple[Begun, bytes]], may_open: threading.Event
) -> tuple[list[httpx.Response], list[httpx.Response]]:
    transport = httpx.ASGITransport(build_app(services))
    try:
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, timeout=PATIENCE_SECONDS) as client:
            client.headers.update({"Origin": ADDRESS, "Tus-Resumable": "1.0.0"})
            client.headers["X-CSRF-Token"] = (await client.get("/near/token")).json()["csrf"]
            sending = [asyncio.create_task(_send(client, one.secret, content)) for one, content in begun]
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not all(_is_here(services, one.upload) for one, _ in begun):
                    await asyncio.sleep(0.02)
                pages = [await client.get("/near/token") for _ in range(ASKED)]
            may_open.set()
            return await asyncio.gather(*sending), pages
    finally:
        may_open.set()


async def _send(client: httpx.AsyncClient, secret: str, content: bytes) -> httpx.Response:
    headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return await client.patch(f"/near/uploads/{secret}", content=content, headers=headers)


def _is_here(services: Services, upload: PartialUpload) -> bool:
    return shelf.size_of(services, upload.upload_id) == upload.size
