"""A backup: the database in one state, every object that it names, and the second place; the keys only when asked for.

An object is written before its row, so objects that are copied after the database are those that its rows name, but for
what was disposed of meanwhile. The list of contents is written last and signed: without it a folder is no backup.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import rfc8785

from pipeline import __version__
from pipeline.catalogue.copying import copy_database
from pipeline.catalogue.schema import REVISION
from pipeline.catalogue.upkeep import BackupMade
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.domain.retention import Leftover
from pipeline.errors import BackupError, EvidenceNotFoundError, FixityError
from pipeline.evidence.files import OWNER_ONLY, make_once, sync_folder, writing
from pipeline.evidence.local import LocalObjectStore
from pipeline.evidence.store import Namespace, ObjectStore
from pipeline.night.services import Services

FORMAT = "doorstep backup 1"
CONTENTS, CHECKPOINTS, KEYS = "backup.json", "checkpoints", "keys"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself.

    Attributes:
        format: ``FORMAT``.
        made_at: UTC, our clock, when it began.
        made_by: Name and version of this program.
        schema: Revision of the database.
        database: Name of the database's copy.
        database_digest: SHA-256 of it.
        records: How many custody records the log had before it was copied; the copy has at least these.
        originals: How many.
        derivatives: How many.
        has_keys: Whether ``keys/`` holds the private keys.
        missing: Objects that the catalogue names and the store does not give, in words; empty in a healthy store.
    """

    format: str
    made_at: datetime
    made_by: str
    schema: str
    database: str
    database_digest: str
    records: int
    originals: int
    derivatives: int
    has_keys: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedContents:
    """The contents with our Ed25519 signature over their canonical form (RFC 8785)."""

    contents: Contents
    signature: bytes
    key_id: str


def canonical_form(contents: Contents) -> bytes:
    """The bytes that are signed."""
    return rfc8785.dumps(to_plain(contents))


def make_backup(services: Services, folder: Path, agent: str, *, with_keys: bool) -> Contents:
    """Makes a backup in a folder that is empty or not there.

    Args:
        services: The installation; it may be at work meanwhile.
        folder: Where; best on another machine.
        agent: Who makes it.
        with_keys: Also the private keys: whoever has the backup can then sign as this installation.

    Raises:
        BackupError: The folder holds something, or lies inside the store.
        StorageError: Something cannot be read or written.
    """
    store = services.settings.store
    _require_free(folder, store.directory)
    made_at, records = services.now(), services.catalogue.custody.head().size
    with writing("make the backup's folder"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = copy_database(store, folder)
    missing: list[str] = []
    counts = {}
    for namespace, source in ((Namespace.ORIGINALS, services.originals), (Namespace.DERIVATIVES, services.derivatives)):
        copied = LocalObjectStore(folder / namespace.value)
        counts[namespace] = _copy_objects(services, namespace, source, copied, missing)
    if store.checkpoint_directory is not None:
        _copy_tree(store.checkpoint_directory, folder / CHECKPOINTS)
    _copy_keys(store.directory / KEYS, folder / KEYS, with_keys=with_keys)
    with database.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _sync(folder)
    contents = Contents(
        format=FORMAT,
        made_at=made_at,
        made_by=f"doorstep {__version__}",
        schema=REVISION,
        database=database.name,
        database_digest=digest,
        records=records,
        originals=counts[Namespace.ORIGINALS],
        derivatives=counts[Namespace.DERIVATIVES],
        has_keys=with_keys,
        missing=tuple(missing),
    )
    signed = SignedContents(contents, services.key.sign(canonical_form(contents)), services.key.key_id)
    make_once(folder / CONTENTS, (json.dumps(to_plain(signed), indent=2) + "\n").encode(), 0o444)
    _write_down(services, contents, agent)
    return contents


def _require_free(folder: Path, store: Path) -> None:
    if folder.resolve().is_relative_to(store.resolve()):
        raise BackupError(f"{folder} lies inside the store: a copy beside what it copies is lost with it")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty: each backup has a folder of its own")


def _copy_objects(
    services: Services, namespace: Namespace, source: ObjectStore, copied: LocalObjectStore, missing: list[str]
) -> int:
    kind = Leftover.ORIGINAL if namespace is Namespace.ORIGINALS else Leftover.DERIVATIVE
    count, failed = 0, {}
    for digest in sorted(services.catalogue.stored.named(kind)):
        try:
            with source.path_of(digest) as path:
                copied.put_file(path)
            count += 1
        except (EvidenceNotFoundError, FixityError) as error:
            failed[digest] = str(error)
    still_named = services.catalogue.stored.named(kind) if failed else frozenset()
    missing.extend(words for digest, words in failed.items() if digest in still_named)
    return count


def _copy_tree(source: Path, target: Path) -> None:
    with writing("copy the second place"):
        for path in _files(source):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(path, copy)


def _copy_keys(source: Path, target: Path, *, with_keys: bool) -> None:
    for path in _files(source):
        if with_keys or path.suffix == ".pub":
            with writing("copy the keys"):
                content = path.read_bytes()
            make_once(target / path.name, content, OWNER_ONLY)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _write_down(services: Services, contents: Contents, agent: str) -> None:
    objects = contents.originals + contents.derivatives
    detail = {
        "originals": str(contents.originals),
        "derivatives": str(contents.derivatives),
        "missing": str(len(contents.missing)),
        "keys": "inside" if contents.has_keys else "not inside",
        "database": contents.database_digest,
    }
    entry = CustodyEntry(services.now(), agent, CustodyAction.REPLICATED, "store", detail=detail)
    services.catalogue.backups.add(BackupMade(contents.made_at, objects, contents.has_keys), (entry,))


def _sync(folder: Path) -> None:
    """Puts on disk what was copied as files; objects are there already."""
    with writing("flush the backup to disk"):
        for name in (CHECKPOINTS, KEYS):
            for path in _files(folder / name):
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        for path in (folder, *(one for one in folder.rglob("*") if one.is_dir())):
            sync_folder(path)
