"""Files of a report on their way: begun, continued where they stopped, and whole once they opened behind walls.

What arrived is on disk before it is acknowledged. A piece with a checksum counts only when it matches; without one,
every byte counts that came before the connection was cut.
"""

import hashlib
import hmac
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Self

from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.kinds import harmless_name, kind_of, require_promising
from pipeline.casework.neighbours.opening import pictures_of
from pipeline.casework.proofs.secrets import digest_of, new_secret
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, PartialUpload, ReportMedium
from pipeline.errors import ReportDecidedError, ReportFileError, StorageError, UploadMismatchError
from pipeline.evidence.files import sync_folder, writing
from pipeline.highlights.stills import write_jpeg
from pipeline.night.services import AGENT, Services

_MEGABYTE, _GIGABYTE = 1 << 20, 1 << 30
_opening = Lock()
"""One file is opened at a time: whoever sends many does not take the whole machine."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload with the secret that its address is made of."""

    upload: PartialUpload
    secret: str


def begin_upload(services: Services, report: NeighbourReport, name: str, size: int, declared: str = "") -> Begun:
    """Makes place for a file of a report that waits for its decision, before a byte of it is taken.

    Args:
        services: The installation.
        report: As its receipt opened it.
        name: The sender's own for the file; never a path here.
        size: Bytes that will come.
        declared: Media type by the browser; empty when it said none.

    Raises:
        ReportDecidedError: The report was decided on, or has as many files as it may.
        ReportFileError: It is no photo or video by its own saying, empty, or too large.
        StorageError: There is no room, on the disk or for what waits for a decision.
    """
    limits, shown = services.settings.neighbours, harmless_name(name)
    if not report.is_waiting:
        raise ReportDecidedError(report.report_id, "it was decided on, and takes no more files")
    if services.catalogue.neighbour_files.count(report.report_id) >= limits.files_per_report:
        raise ReportDecidedError(report.report_id, f"it has {limits.files_per_report} files, and takes no more")
    is_photo = require_promising(shown, declared) is MediumKind.PHOTO
    largest = limits.largest_photo_megabytes if is_photo else limits.largest_video_megabytes
    if not 0 < size <= largest * _MEGABYTE:
        raise ReportFileError(shown, "it is empty" if size < 1 else f"it is larger than {largest} MB")
    _require_room(services, size)
    now, secret = services.now(), new_secret()
    ends_at = now + timedelta(hours=limits.upload_hours)
    upload = PartialUpload(new_id("nu"), report.report_id, shown, size, now, ends_at)
    services.catalogue.neighbour_files.begin(upload, digest_of(secret))
    return Begun(upload, secret)


def find_upload(services: Services, secret: str) -> PartialUpload:
    """The upload of an address.

    Raises:
        RecordNotFoundError: There is none, or its time is over.
    """
    upload = services.catalogue.neighbour_files.opened_by(digest_of(secret))
    if upload.ends_at <= services.now():
        end_upload(services, upload)
    return services.catalogue.neighbour_files.opened_by(digest_of(secret))


def offset_of(services: Services, upload: PartialUpload) -> int:
    """How many bytes of it are here for good."""
    if services.catalogue.neighbour_files.is_whole(upload.upload_id):
        return upload.size
    return min(upload.size, shelf.size_of(services, upload.upload_id))


def end_upload(services: Services, upload: PartialUpload) -> None:
    """Forgets an upload with what came of it; a file that is whole belongs to its report and stays."""
    services.catalogue.neighbour_files.drop(upload.upload_id)
    shelf.remove(services, upload.upload_id)


@dataclass(slots=True)
class Piece:
    """A piece of an upload that is being written. Use it as a context: what is not kept is taken back at its end.

    Attributes:
        services: The installation.
        upload: Of which upload.
        offset: Where it begins.
        checksum: SHA-256 that its bytes must have; empty for none.
    """

    services: Services
    upload: PartialUpload
    offset: int
    checksum: bytes = b""
    written: int = 0
    _handle: int = -1
    _is_kept: bool = False
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Opens the file where the piece begins.

        Raises:
            UploadMismatchError: It begins elsewhere than what is here ends, or another piece is being written.
            StorageError: The file cannot be written.
        """
        here = offset_of(self.services, self.upload)
        if self.offset != here:
            raise UploadMismatchError(f"it begins at {self.offset}, and {here} bytes are here", here)
        path = shelf.path_of(self.services, self.upload.upload_id)
        self._handle = self._stack.enter_context(shelf.opened(path, self.offset))
        return self

    def write(self, portion: bytes) -> None:
        """Writes on.

        Raises:
            UploadMismatchError: More comes than the upload has.
            StorageError: The disk is full or broken; what is here before the piece stays.
        """
        if self.offset + self.written + len(portion) > self.upload.size:
            raise UploadMismatchError("more bytes come than were announced", self.offset)
        shelf.write_all(self._handle, portion)
        self._digest.update(portion)
        self.written += len(portion)

    def keep(self) -> int:
        """The piece is whole: it counts.

        Returns:
            How many bytes of the upload are here now.

        Raises:
            UploadMismatchError: It does not have its checksum; nothing of it is kept.
        """
        if self.checksum and not hmac.compare_digest(self._digest.digest(), self.checksum):
            raise UploadMismatchError("the piece arrived damaged", self.offset, is_damaged=True)
        self._is_kept = True
        return self.offset + self.written

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """What came before a cut counts, unless a checksum was promised for the piece as a whole."""
        is_foreign = kind is not None and issubclass(kind, UploadMismatchError)
        with self._stack, writing("take back what is not kept"):
            if not self._is_kept and (self.checksum or is_foreign):
                os.ftruncate(self._handle, self.offset)


def complete(services: Services, upload: PartialUpload) -> ReportMedium:
    """A file that is here to its last byte becomes part of its report, when it opens. Again it changes nothing.

    Raises:
        ReportFileError: It is not what is taken; nothing of it is kept.
        StorageError: It cannot be read or written; it is here still.
        RecordNotFoundError: The upload was ended.
    """
    medium_id = f"nm-{upload.upload_id[3:]}"
    with _opening:
        if services.catalogue.neighbour_files.is_whole(upload.upload_id):
            return services.catalogue.neighbour_files.get(upload.report_id, medium_id)
        try:
            medium = _opened(services, upload, medium_id)
        except ReportFileError:
            end_upload(services, upload)
            shelf.remove(services, medium_id)
            raise
        facts = {"report": upload.report_id, "kind": medium.kind.value, "size": str(medium.size), "medium": medium_id}
        entry = CustodyEntry(
            medium.arrived_at,
            AGENT,
            CustodyAction.REPORT_FILE_RECEIVED,
            medium.digest,
            detail=facts,
            once=f"report file {medium_id}",
        )
        services.catalogue.neighbour_files.finish(upload, medium, (entry,))
        return medium


def _opened(services: Services, upload: PartialUpload, medium_id: str) -> ReportMedium:
    path, whole = shelf.path_of(services, upload.upload_id), shelf.path_of(services, medium_id)
    try:
        if path.exists():  # a crash may have come between the new name and the row
            path.replace(whole)
            sync_folder(whole.parent)
        kind = kind_of(whole, upload.name)
        with whole.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StorageError("read what a neighbour sent", error.strerror or type(error).__name__) from error
    _require_size(services, upload, kind)
    pictures = pictures_of(whole, kind, upload.name, shelf.MOST_PICTURES, services.settings.sampling)
    for number, picture in enumerate(pictures):
        write_jpeg(picture, shelf.picture_path(services, medium_id, number))
    return ReportMedium(medium_id, upload.report_id, kind, upload.name, digest, upload.size, services.now())


def _require_size(services: Services, upload: PartialUpload, kind: MediumKind) -> None:
    """A photo that came under the name of a video has the limit of a photo."""
    largest = services.settings.neighbours.largest_photo_megabytes
    if kind is MediumKind.PHOTO and upload.size > largest * _MEGABYTE:
        raise ReportFileError(upload.name, f"it is larger than {largest} MB")


def _require_room(services: Services, size: int) -> None:
    waiting = services.catalogue.neighbour_files.bytes_waiting() + size
    if waiting > services.settings.neighbours.waiting_gigabytes * _GIGABYTE:
        raise StorageError("take the file", "too much waits for a decision; send it again later")
    shelf.require_room(services, size)
