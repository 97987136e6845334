"""A folder of plain clips as a source: what a resident copies there goes the same way as a recording of Ring."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.acquire import container_clock
from pipeline.acquire.source import TriggerPage
from pipeline.domain.cameras import Account, Camera, CameraTrigger, FetchOutcome, Recording, TriggerKind
from pipeline.domain.video import ClockSource
from pipeline.errors import CameraUnknownError, SourceUnreachableError, TriggerFormatError

SUFFIXES = frozenset({".avi", ".mkv", ".mov", ".mp4", ".webm"})
"""Suffixes, lower case, of files that are taken as clips; any other file gets a row that says why it is not."""

_PICTURES = frozenset({".avif", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
_LITTER = frozenset({"desktop.ini", "thumbs.db"})
"""What a desktop leaves in a folder, beside names that begin with a dot: nobody shared it, and it gets no row."""
METHOD = "folder"
_MOMENT_IN_NAME = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})(?P<gap>[T_ -])"
    r"(?P<hour>\d{2})(?P<colon>[-:_.]?)(?P<minute>\d{2})(?P=colon)(?P<second>\d{2})(?!\d)"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2}(?!\d))?"
)
_HASH_BYTES = 1 << 20
_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """A folder that a resident shares.

    Attributes:
        account: Whose; its source is ``folder``.
        name: Names the camera, as ``folder:<name>``.
        path: Where the clips lie; folders inside are refused, each with a row that says so.
        time_zone: IANA name; file names without a zone are read in it.
        largest_bytes: Larger files are refused.
        position: Of the camera, latitude and longitude in degrees; None when unknown.
    """

    account: Account
    name: str
    path: Path
    time_zone: str = "UTC"
    largest_bytes: int = 512 << 20
    position: tuple[float, float] | None = None


class FolderSource:
    """One shared folder; a clip is named by the SHA-256 of its bytes, so that a renamed copy is the same clip."""

    def __init__(self, folder: SharedFolder) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}
        self._lock = asyncio.Lock()
        self._is_read = False

    @property
    def camera_id(self) -> str:
        """The one camera of a folder."""
        return f"folder:{self._folder.name}"

    async def cameras(self) -> tuple[Camera, ...]:
        """See ``ClipSource``; always one camera, which belongs to the resident."""
        camera = Camera(
            camera_id=self.camera_id,
            account_id=self._folder.account.account_id,
            name=self._folder.name,
            owner_id=self._folder.account.resident_id,
            has_plan=True,
            time_zone=self._folder.time_zone,
            position=self._folder.position,
        )
        return (camera,)

    async def triggers(self, camera: Camera, since: datetime, until: datetime) -> AsyncIterator[TriggerPage]:
        """See ``ClipSource``; one page with every clip of the span, each once however many copies lie there.

        A file that does not lie in the span is not opened.
        """
        if camera.camera_id != self.camera_id:
            raise CameraUnknownError(camera.camera_id)
        yield await asyncio.to_thread(self._read, since, until)

    async def recording(self, trigger: CameraTrigger) -> Recording:
        """See ``ClipSource``; bytes that changed since the folder was read are not the trigger's."""
        if trigger.camera_id != self.camera_id:
            raise CameraUnknownError(trigger.camera_id)
        async with self._lock:
            if trigger.trigger_id not in self._paths and not self._is_read:
                await asyncio.to_thread(self._read)
                self._is_read = True
        path = self._paths.get(trigger.trigger_id)
        if path is None:
            return Recording(FetchOutcome.DELETED, tries=0, detail="no file of these bytes is in the folder any more")
        return await asyncio.to_thread(self._fetched, trigger.trigger_id, path)

    async def close(self) -> None:
        """See ``ClipSource``; nothing is held open."""

    def _read(self, since: datetime = _EVER[0], until: datetime = _EVER[1]) -> TriggerPage:
        found: dict[str, CameraTrigger] = {}
        unreadable: list[TriggerFormatError] = []
        for path in self._files():
            reason = _refusal(path)
            if reason:
                unreadable.append(TriggerFormatError(f"file {written_name(path)}", reason))
                continue
            try:
                at, clock = moment_of(path, ZoneInfo(self._folder.time_zone))
                if not since <= at < until:
                    continue
                trigger = CameraTrigger(_digest_of(path), self.camera_id, TriggerKind.UPLOAD, at, clock)
            except OSError as error:
                unreadable.append(
                    TriggerFormatError(f"file {written_name(path)}", error.strerror or type(error).__name__)
                )
                continue
            if trigger.trigger_id not in found:
                found[trigger.trigger_id] = trigger
                self._paths[trigger.trigger_id] = path
        newest_first = sorted(found.values(), key=lambda trigger: (trigger.at, trigger.trigger_id), reverse=True)
        return TriggerPage(tuple(newest_first), tuple(unreadable))

    def _files(self) -> list[Path]:
        try:
            there = sorted(self._folder.path.iterdir())
        except OSError as error:
            raise SourceUnreachableError(self.camera_id, error.strerror or type(error).__name__) from error
        return [path for path in there if not (path.name.startswith(".") or path.name.lower() in _LITTER)]

    def _fetched(self, digest: str, path: Path) -> Recording:
        largest = self._folder.largest_bytes
        try:
            with _opened(path) as clip:
                content = clip.read(largest + 1) if os.fstat(clip.fileno()).st_size <= largest else b""
                size = max(len(content), os.fstat(clip.fileno()).st_size)
        except FileNotFoundError:
            return Recording(FetchOutcome.DELETED, detail="the file was removed from the folder")
        except OSError as error:
            return Recording(FetchOutcome.REFUSED, detail=f"the file cannot be read: {error.strerror}")
        if size > largest:
            return Recording(FetchOutcome.REFUSED, detail=f"larger than {largest >> 20} MB")
        if hashlib.sha256(content).hexdigest() != digest:
            return Recording(FetchOutcome.NOT_READY, detail="the file changed; it may still be being copied")
        if not content:
            return Recording(FetchOutcome.TRUNCATED, detail="an empty file")
        return Recording(FetchOutcome.READY, content, METHOD, file_name=written_name(path))


def written_name(path: Path) -> str:
    r"""A file's name as every page, database and terminal takes it: what does not print stands as an escape.

    A name is whatever bytes somebody chose, valid UTF-8 or not; it may hold line breaks, commands to a terminal, and
    marks that turn the direction of reading. Each stands as Python writes it: ``\x1b``, ``\u202e``, ``\udcff``.
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in path.name
    )


def _opened(path: Path) -> BufferedReader:
    """Opens a plain file; a link that has taken its place since is refused, and a pipe is not waited for."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _digest_of(path: Path) -> str:
    with _opened(path) as clip:
        return hashlib.file_digest(clip, "sha256", _bufsize=_HASH_BYTES).hexdigest()


def _refusal(path: Path) -> str:
    """Why what lies in a folder is not taken as a clip, in words; empty for a plain file by a clip's name."""
    suffix = path.suffix.lower()
    if path.is_symlink():
        return "a link is not followed out of the folder; copy the file itself here"
    if path.is_dir():
        return "a folder inside is not looked at; put its clips beside it, or share it by itself"
    if suffix in _PICTURES:
        return f"a picture ({suffix[1:]}) is no clip, and is not taken"
    if suffix not in SUFFIXES:
        return f"not one of the kinds of clip that are taken: {', '.join(sorted(SUFFIXES))}"
    return "" if path.is_file() else "no plain file"


def moment_of(path: Path, zone: ZoneInfo, name: Path | None = None) -> tuple[datetime, ClockSource]:
    """When a clip began, and who says so: its name, or else the file itself, or else the file's last change.

    A name speaks when it holds a date and a time, such as ``2026-11-25T03-12-44Z`` or ``front_20261125_031244``.
    Without a zone it is read in ``zone``, and a time that the end of summer time makes happen twice is taken as the
    earlier. An offset counts only after a ``T``; elsewhere ``-0002`` is more likely a number of the file.

    An MP4 or QuickTime file states when it was recorded, in UTC. It may have been stated when the recording ended, or
    by a program that copied it later: it is believed only up to the file's last change, and its uncertainty is wide.

    Args:
        path: The file.
        zone: See above.
        name: What its owner calls it, where it lies here under another name.

    Raises:
        OSError: The file is away.
    """
    match = _MOMENT_IN_NAME.search((name or path).stem)
    named = None if match is None else _named_moment(match, zone)
    if named is not None:
        return named, ClockSource.FILE_NAME
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if (name or path).suffix.lower() in container_clock.SUFFIXES:
        with _opened(path) as clip:
            stated = container_clock.creation_time(clip, latest=changed)
        if stated is not None:
            return stated, ClockSource.CONTAINER
    return changed, ClockSource.UPLOAD


def _named_moment(match: re.Match[str], zone: ZoneInfo) -> datetime | None:
    numbers = [int(match[part]) for part in ("year", "month", "day", "hour", "minute", "second")]
    stated = match["zone"]
    try:
        local = datetime(*numbers, tzinfo=zone)  # type: ignore[misc, arg-type]  # six numbers, as the pattern says
        if stated is None or (stated != "Z" and match["gap"] != "T"):
            return local.astimezone(UTC)
        if stated == "Z":
            return local.replace(tzinfo=UTC)
        hours, minutes = int(stated[1:3]), int(stated[-2:])
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if stated[0] == "-" else 1)
        return (local.replace(tzinfo=UTC) - offset).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
