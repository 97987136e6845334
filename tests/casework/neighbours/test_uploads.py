"""Files on their way: cut, damaged, hostile, too large; what is kept opened behind walls, and nothing else is."""

import hashlib
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.kinds import harmless_name
from pipeline.casework.neighbours.uploads import Piece, begin_upload, complete, end_upload, find_upload, offset_of
from pipeline.domain.custody_actions import CustodyAction
from pipeline.domain.neighbour_reports import MediumKind, PartialUpload
from pipeline.errors import (
    RecordNotFoundError,
    ReportDecidedError,
    ReportFileError,
    StorageError,
    UploadMismatchError,
)
from pipeline.settings import NeighbourSettings
from tests.casework.neighbours.neighbourhood import Neighbourhood, a_neighbourhood, neighbourly

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><script>alert(1)</script>"


def on_the_shelf(town: Neighbourhood) -> list[str]:
    return sorted(path.name for path in shelf.folder_of(town.services).iterdir())


def test_a_video_that_is_cut_again_and_again_arrives_whole(town: Neighbourhood, video: bytes) -> None:
    report = town.tell().report
    begun = begin_upload(town.services, report, "IMG_0001.MP4", len(video), "video/mp4")
    chance = random.Random(7)
    while (here := offset_of(town.services, begun.upload)) < len(video):
        end = here + chance.randrange(1, len(video) // 5)
        with Piece(town.services, find_upload(town.services, begun.secret), here) as piece:
            piece.write(video[here:end])  # then the connection is cut: nobody says that the piece is over
    medium = complete(town.services, begun.upload)
    assert medium.digest == hashlib.sha256(video).hexdigest()
    assert medium.kind is MediumKind.VIDEO
    assert shelf.path_of(town.services, medium.medium_id).read_bytes() == video
    assert complete(town.services, begun.upload) == medium
    assert offset_of(town.services, begun.upload) == len(video)
    assert town.services.catalogue.neighbour_files.of_report(report.report_id) == (medium,)
    assert town.actions() == [CustodyAction.REPORT_RECEIVED, CustodyAction.REPORT_FILE_RECEIVED]
    assert on_the_shelf(town)[:2] == [medium.medium_id, f"{medium.medium_id}.0.jpg"]


def test_nothing_of_a_report_is_evidence_before_a_decision(town: Neighbourhood, photo: bytes) -> None:
    town.send(town.tell().report, "photo.jpg", photo)
    assert town.services.catalogue.clips.list() == ()
    assert list(town.services.originals.digests()) == []


def _piece(town: Neighbourhood, upload: PartialUpload, offset: int, content: bytes, checksum: bytes) -> None:
    with Piece(town.services, upload, offset, checksum) as piece:
        piece.write(content)
        piece.keep()


def test_a_damaged_piece_leaves_what_was_here(town: Neighbourhood, photo: bytes) -> None:
    upload = begin_upload(town.services, town.tell().report, "photo.jpg", len(photo)).upload
    with Piece(town.services, upload, 0) as piece:
        piece.write(photo[:100])
        assert piece.keep() == 100
    other = hashlib.sha256(b"something else").digest()
    with pytest.raises(UploadMismatchError, match="damaged") as refused:
        _piece(town, upload, 100, photo[100:200], other)
    assert refused.value.offset == offset_of(town.services, upload) == 100


def test_a_piece_that_does_not_continue_is_refused(town: Neighbourhood, photo: bytes) -> None:
    upload = begin_upload(town.services, town.tell().report, "photo.jpg", 10).upload
    with pytest.raises(UploadMismatchError, match="0 bytes are here"), Piece(town.services, upload, 5):
        pass
    with pytest.raises(UploadMismatchError, match="more bytes"), Piece(town.services, upload, 0) as piece:
        piece.write(photo[:11])
    with (
        Piece(town.services, upload, 0) as piece,
        pytest.raises(UploadMismatchError, match="another piece"),
        Piece(town.services, upload, 0),
    ):
        piece.write(b"")
    assert offset_of(town.services, upload) == 0


@pytest.mark.parametrize(
    ("name", "declared", "words"),
    [
        ("picture.svg", "image/svg+xml", "does not end like"),
        ("page.html", "text/html", "does not end like"),
        ("photo.jpg.exe", "", "does not end like"),
        ("photo.heic", "image/heic", "as JPEG"),
        ("no suffix", "", "does not end like"),
        ("photo.jpg", "text/html", "neither photo nor video"),
        ("photo.jpg", "image/svg+xml", "neither photo nor video"),
    ],
)
def test_what_says_that_it_is_something_else_is_refused_before_a_byte(
    town: Neighbourhood, name: str, declared: str, words: str
) -> None:
    report = town.tell().report
    with pytest.raises(ReportFileError, match=words):
        begin_upload(town.services, report, name, 10, declared)
    assert town.services.catalogue.neighbour_files.under_way(report.report_id) == ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("photo.jpg", SVG, "neither a photo nor a video"),
        ("photo.jpg", PAGE, "neither a photo nor a video"),
        ("clip.mp4", b"MZ" + bytes(200), "neither a photo nor a video"),
        ("clip.mp4", b"PK\x03\x04" + bytes(200), "neither a photo nor a video"),
        ("photo.jpg", b"\0\0\0\x20ftypheic" + bytes(200), "as JPEG"),
        ("clip.mp4", b"\0\0\0\x20ftypisom" + bytes(200), "does not open"),
        ("clip.mp4", b"\0\0\0\x40ftypisom" + PAGE + bytes(99), "something else in one file"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(4), "cut off"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(20), "cut off, or damaged|does not open"),
    ],
)
def test_what_is_something_else_is_refused_and_nothing_stays(
    town: Neighbourhood, name: str, content: bytes, words: str
) -> None:
    report = town.tell().report
    with pytest.raises(ReportFileError, match=words):
        town.send(report, name, content)
    assert on_the_shelf(town) == []
    assert town.services.catalogue.neighbour_files.count(report.report_id) == 0
    assert town.actions() == [CustodyAction.REPORT_RECEIVED]


@pytest.mark.parametrize("behind", [SVG, PAGE, b"PK\x03\x04archive", b"%PDF-1.7"])
def test_a_photo_that_is_something_else_too_is_refused(town: Neighbourhood, photo: bytes, behind: bytes) -> None:
    comment = b"\xff\xfe" + (len(behind) + 2).to_bytes(2, "big") + behind
    for content in (photo + behind, photo[:2] + comment + photo[2:]):
        with pytest.raises(ReportFileError, match="something else in one file"):
            town.send(town.tell().report, "photo.jpg", content)


def test_a_photo_with_a_short_film_behind_it_is_taken(town: Neighbourhood, photo: bytes, video: bytes) -> None:
    assert town.send(town.tell().report, "moving.jpg", photo + video).kind is MediumKind.PHOTO


def test_names_are_shown_and_never_paths(town: Neighbourhood, photo: bytes) -> None:
    medium = town.send(town.tell().report, "../../etc/\u202egpj.\u0000photo.jpg", photo)
    assert medium.name == "gpj.photo.jpg"
    assert all(name.startswith("nm-") for name in on_the_shelf(town))
    assert harmless_name("..") == ".."
    assert harmless_name("\u0000") == "a file without a name"
    assert len(harmless_name("x" * 500)) == 120


def test_sizes_and_numbers_have_limits(tmp_path: Path, photo: bytes) -> None:
    limits = NeighbourSettings(
        files_per_report=1, largest_photo_megabytes=1, largest_video_megabytes=2, waiting_gigabytes=0.001
    )
    with a_neighbourhood(neighbourly(tmp_path, neighbours=limits)) as town:
        report = town.tell().report
        for name, size in (("photo.jpg", (1 << 20) + 1), ("clip.mp4", (2 << 20) + 1), ("clip.mp4", 0)):
            with pytest.raises(ReportFileError, match=r"larger than|empty"):
                begin_upload(town.services, report, name, size)
        with pytest.raises(StorageError, match="too much waits"):
            begin_upload(town.services, report, "clip.mp4", 2 << 20)
        upload = begin_upload(town.services, report, "photo.jpg", len(photo)).upload
        with pytest.raises(ReportDecidedError, match="takes no more"):
            begin_upload(town.services, report, "photo.jpg", len(photo))
        end_upload(town.services, upload)
        begin_upload(town.services, report, "photo.jpg", len(photo))


def test_a_disk_without_room_is_said_before_a_byte(tmp_path: Path) -> None:
    with a_neighbourhood(neighbourly(tmp_path)) as town:
        store = town.services.settings.store.model_copy(update={"free_megabytes": 1 << 40})
        settings = town.services.settings.model_copy(update={"store": store})
        services = replace(town.services, settings=settings)
        with pytest.raises(StorageError, match="no room on the disk"):
            begin_upload(services, town.tell().report, "clip.mp4", 1000)


def test_an_upload_whose_time_is_over_is_gone(town: Neighbourhood, photo: bytes) -> None:
    begun = begin_upload(town.services, town.tell().report, "photo.jpg", len(photo))
    with Piece(town.services, begun.upload, 0) as piece:
        piece.write(photo[:10])
    assert on_the_shelf(town) == [begun.upload.upload_id]
    town.clock.at += timedelta(hours=25)
    with pytest.raises(RecordNotFoundError):
        find_upload(town.services, begun.secret)
    assert on_the_shelf(town) == []
