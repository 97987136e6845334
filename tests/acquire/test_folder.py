"""A folder of plain clips as a source."""

import asyncio
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.acquire.folder import FolderSource, SharedFolder, moment_of, written_name
from pipeline.acquire.source import ClipSource, TriggerPage
from pipeline.domain.cameras import Account, Camera, CameraTrigger, FetchOutcome, TriggerKind
from pipeline.domain.video import ClockSource
from pipeline.errors import CameraUnknownError, SourceUnreachableError

LONG_AGO, FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
ACCOUNT = Account("folder-b1", "resident-bob", "folder")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "clips"
    path.mkdir()
    return path


def a_source(folder: Path, largest_bytes: int = 1 << 20) -> FolderSource:
    return FolderSource(SharedFolder(ACCOUNT, "porch", folder, "Europe/Berlin", largest_bytes))


def pages_of(source: ClipSource, since: datetime = LONG_AGO, until: datetime = FAR_AHEAD) -> list[TriggerPage]:
    async def read() -> list[TriggerPage]:
        (camera,) = await source.cameras()
        return [page async for page in source.triggers(camera, since, until)]

    return asyncio.run(read())


def triggers_of(source: ClipSource) -> list[CameraTrigger]:
    return [trigger for page in pages_of(source) for trigger in page.triggers]


def test_a_clip_is_named_by_its_bytes_and_comes_back_whole(folder: Path) -> None:
    (folder / "2026-11-25T03-12-44Z.mp4").write_bytes(b"a visit")
    source = a_source(folder)

    (trigger,) = triggers_of(source)
    recording = asyncio.run(source.recording(trigger))

    assert trigger.trigger_id == hashlib.sha256(b"a visit").hexdigest()
    assert trigger.kind is TriggerKind.UPLOAD
    assert trigger.at == datetime(2026, 11, 25, 3, 12, 44, tzinfo=UTC)
    assert (recording.outcome, recording.content, recording.method) == (FetchOutcome.READY, b"a visit", "folder")


def test_the_camera_of_a_folder_belongs_to_its_resident(folder: Path) -> None:
    (camera,) = asyncio.run(a_source(folder).cameras())

    assert camera.camera_id == "folder:porch"
    assert camera.owner_id == "resident-bob"
    assert camera.time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("2026-11-25T03-12-44Z", "2026-11-25T03:12:44+00:00"),
        ("front_20261125_031244", "2026-11-25T02:12:44+00:00"),
        ("20260725-031244 (1)", "2026-07-25T01:12:44+00:00"),
        ("2026-11-25T03-12-44-0500", "2026-11-25T08:12:44+00:00"),
        ("2026-11-25 03-12-44-0002", "2026-11-25T02:12:44+00:00"),
        ("20261025_023000", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_name_that_holds_a_moment_says_when(folder: Path, name: str, moment: str) -> None:
    path = folder / f"{name}.mp4"
    path.touch()

    assert moment_of(path, ZoneInfo("Europe/Berlin")) == (datetime.fromisoformat(moment), ClockSource.FILE_NAME)


@pytest.mark.parametrize("name", ["visit", "20261325_031244", "2026-11-25", "1202611250312441", "20261125_991244"])
def test_another_name_leaves_it_to_the_upload(folder: Path, name: str) -> None:
    path = folder / f"{name}.mp4"
    path.touch()
    os.utime(path, (1_700_000_000, 1_700_000_000))

    assert moment_of(path, ZoneInfo("UTC")) == (datetime.fromtimestamp(1_700_000_000, UTC), ClockSource.UPLOAD)


def test_copies_count_once_and_other_files_not_at_all(folder: Path) -> None:
    for name in ("a.mp4", "copy of a.MP4"):
        (folder / name).write_bytes(b"same")
    for name in ("notes.txt", ".hidden.mp4", "clip.mp4.part"):
        (folder / name).write_bytes(b"other")
    (folder / "nested.mp4").mkdir()
    (folder / "link.mp4").symlink_to(folder / "notes.txt")

    assert len(triggers_of(a_source(folder))) == 1


def test_triggers_come_newest_first_within_the_span(folder: Path) -> None:
    for day in (1, 2, 3):
        (folder / f"2026110{day}T000000Z.mkv").write_bytes(bytes([day]))

    (page,) = pages_of(a_source(folder), datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))

    assert [trigger.at.day for trigger in page.triggers] == [3, 2]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda path: path.write_bytes(b"other bytes"), FetchOutcome.NOT_READY),
        (lambda path: path.unlink(), FetchOutcome.DELETED),
    ],
)
def test_bytes_that_changed_are_not_the_triggers(folder: Path, change: object, outcome: FetchOutcome) -> None:
    path = folder / "a.webm"
    path.write_bytes(b"a visit")
    source = a_source(folder)
    (trigger,) = triggers_of(source)

    change(path)  # type: ignore[operator]

    assert asyncio.run(source.recording(trigger)).outcome is outcome


def test_a_fresh_source_finds_a_clip_by_its_trigger_alone(folder: Path) -> None:
    (folder / "a.avi").write_bytes(b"a visit")
    (trigger,) = triggers_of(a_source(folder))

    assert asyncio.run(a_source(folder).recording(trigger)).content == b"a visit"
    (folder / "a.avi").unlink()
    assert asyncio.run(a_source(folder).recording(trigger)).outcome is FetchOutcome.DELETED


def test_empty_and_too_large_files_have_their_outcome(folder: Path) -> None:
    (folder / "empty.mov").touch()
    (folder / "large.mov").write_bytes(bytes(11))
    source = a_source(folder, largest_bytes=10)

    outcomes = {asyncio.run(source.recording(trigger)).outcome for trigger in triggers_of(source)}

    assert outcomes == {FetchOutcome.TRUNCATED, FetchOutcome.REFUSED}


def test_a_folder_that_is_away_is_unreachable(folder: Path) -> None:
    with pytest.raises(SourceUnreachableError, match="No such file"):
        pages_of(a_source(folder / "gone"))


def test_another_camera_is_unknown_to_a_folder(folder: Path) -> None:
    stranger = Camera("folder:other", "folder-b1", "other", None, has_plan=True, time_zone="UTC")

    async def read() -> None:
        async for _ in a_source(folder).triggers(stranger, LONG_AGO, FAR_AHEAD):
            pass

    with pytest.raises(CameraUnknownError):
        asyncio.run(read())


def test_each_file_is_read_once_and_only_where_it_may_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder grows for years: its old clips are not hashed every night, nor once more for each that is gone."""
    for day in (1, 2, 3, 4):
        (folder / f"2026110{day}T000000Z.mkv").write_bytes(bytes([day]))
    gone = triggers_of(a_source(folder))[:2]
    for name in ("20261103T000000Z.mkv", "20261104T000000Z.mkv"):
        (folder / name).unlink()
    read: list[str] = []
    file_digest = hashlib.file_digest

    def counted(file: Any, *arguments: Any, **options: Any) -> Any:
        read.append(str(file.name))
        return file_digest(file, *arguments, **options)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    source = a_source(folder)

    pages_of(source, since=datetime(2026, 11, 2, tzinfo=UTC))
    assert len(read) == 1

    async def ask() -> list[FetchOutcome]:
        return [recording.outcome for recording in await asyncio.gather(*map(source.recording, gone))]

    assert asyncio.run(ask()) == [FetchOutcome.DELETED] * 2
    assert len(read) == 3


def test_a_link_in_the_place_of_a_clip_is_not_followed(folder: Path) -> None:
    path = folder / "a.mp4"
    path.write_bytes(b"a visit")
    source = a_source(folder)
    (trigger,) = triggers_of(source)
    path.rename(folder.parent / "elsewhere.mp4")
    path.symlink_to(folder.parent / "elsewhere.mp4")

    recording = asyncio.run(source.recording(trigger))

    assert (recording.outcome, recording.content) == (FetchOutcome.REFUSED, b"")


def mp4(created: datetime | None, version: int = 0) -> bytes:
    """The head of an MP4 file that states when it was made; None states nothing."""
    since = 0 if created is None else int((created - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    body = bytes([version, 0, 0, 0]) + since.to_bytes(8 if version else 4) + bytes(96)
    header = (len(body) + 8).to_bytes(4) + b"mvhd" + body
    return (16).to_bytes(4) + b"ftypisom" + bytes(4) + (len(header) + 8).to_bytes(4) + b"moov" + header


@pytest.mark.parametrize("version", [0, 1])
def test_a_file_that_states_when_it_was_made_is_believed_where_its_name_is_silent(folder: Path, version: int) -> None:
    made = datetime(2026, 3, 10, 22, 15, 4, tzinfo=UTC)
    silent, named = folder / "IMG_0042.mov", folder / "2026-03-10T21-00-00Z.mp4"
    for path in (silent, named):
        path.write_bytes(mp4(made, version))
    assert moment_of(silent, ZoneInfo("UTC")) == (made, ClockSource.CONTAINER)
    assert moment_of(named, ZoneInfo("UTC"))[1] is ClockSource.FILE_NAME


@pytest.mark.parametrize(
    "content",
    [
        mp4(None),
        mp4(datetime(1970, 1, 1, tzinfo=UTC)),
        mp4(datetime(2039, 1, 1, tzinfo=UTC), 1),
        mp4(datetime(2026, 3, 10, tzinfo=UTC))[:38],
        b"",
        bytes(64),
        (1).to_bytes(4) + b"moov" + bytes(8),
        mp4(datetime(2026, 3, 10, tzinfo=UTC)).replace(b"mvhd", b"free"),
    ],
    ids=["unset", "1970", "the future", "cut off", "empty", "zeros", "a long box of no length", "no such box"],
)
def test_what_cannot_be_is_not_believed_and_the_last_change_has_to_do(folder: Path, content: bytes) -> None:
    path = folder / "IMG_0042.mp4"
    path.write_bytes(content)
    assert moment_of(path, ZoneInfo("UTC"))[1] is ClockSource.UPLOAD


def test_what_is_not_taken_has_a_row_that_says_why_and_litter_has_none(folder: Path) -> None:
    for name in ("IMG_1.HEIC", "notes.txt", ".hidden.mp4", "Thumbs.db"):
        (folder / name).write_bytes(b"x")
    (folder / "older").mkdir()
    (folder / "link.mp4").symlink_to(folder / "notes.txt")

    (page,) = pages_of(a_source(folder))

    assert not page.triggers
    told = {error.field: error.value for error in page.unreadable}
    assert set(told) == {"file IMG_1.HEIC", "file notes.txt", "file older", "file link.mp4"}
    assert "a picture (heic)" in told["file IMG_1.HEIC"]
    assert "a folder inside" in told["file older"]
    assert "a link" in told["file link.mp4"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Front door \u00e9.mp4".encode(), "Front door \u00e9.mp4"),
        (b"bytes-\xff-\xc3.mp4", r"bytes-\udcff-\udcc3.mp4"),
        (b"clear\x1b[2J\nline.mp4", r"clear\x1b[2J\nline.mp4"),
        ("a\u202eb.mp4".encode(), r"a\u202eb.mp4"),
    ],
)
def test_a_name_that_does_not_print_is_written_in_escapes(folder: Path, name: bytes, written: str) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
    path.write_bytes(b"a visit")
    source = a_source(folder)

    (trigger,) = triggers_of(source)
    recording = asyncio.run(source.recording(trigger))

    assert recording.file_name == written_name(path) == written
    assert recording.file_name.encode()
