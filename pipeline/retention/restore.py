"""Restoring a backup: never over anything, checked against the second place, and reviving nothing that was revoked.

The database takes its place last. Before it does, the revocations, tombstones and holds of the second place, which are
newer than the backup, are done again on it; then the log is checked against every checkpoint that it can know.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from pipeline.catalogue.copying import SQLITE, require_empty, restored_file, restored_kind, restored_postgresql
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import from_plain
from pipeline.errors import BackupError
from pipeline.evidence.checkpoint import read_checkpoint
from pipeline.evidence.custody import read_chain_heads, read_checkpoints
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.files import OWNER_ONLY, make_once, sync_folder, writing
from pipeline.evidence.keys import verifying_keys
from pipeline.evidence.store import Namespace, open_store
from pipeline.night.services import Services, open_services
from pipeline.retention.alone import restoring_alone
from pipeline.retention.backup import CONTENTS, FORMAT, KEYS, Contents, SignedContents, canonical_form
from pipeline.retention.fixity import check_store
from pipeline.retention.revocation import finish_revocations, heed_second_place
from pipeline.settings import Settings

_RESTORING = "catalogue.restoring.sqlite"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore.

    Attributes:
        contents: What the backup says of itself.
        records: How many custody records were checked.
        checkpoints: How many checkpoints of the second place the log agrees with.
        lost_records: How many records were written after the backup and are lost, as the newest checkpoint says.
        done_again: What was done since the backup and was done again, in words.
        failed: What could not be deleted again yet, in words; the next sweep tries.
        wrong: Objects that are missing or changed, in words.
    """

    contents: Contents
    records: int
    checkpoints: int
    lost_records: int
    done_again: tuple[str, ...]
    failed: tuple[str, ...]
    wrong: tuple[str, ...]


def restore_backup(
    settings: Settings, source: Path, agent: str, keys: Path | None = None, *, without_second_place: bool = False
) -> Restored:
    """Restores a backup to where the settings say, which must be empty.

    Args:
        settings: The target's.
        source: The backup.
        agent: Who restores.
        keys: Folder with the private keys, where neither the backup nor the target has them.
        without_second_place: Go on although there is no second place: what was revoked since the backup is then in
            force again.

    Raises:
        BackupError: The folder is no backup, was changed, does not fit, the target is not empty, there are no keys, or
            no second place.
        RestoreRunningError: Another restore to there is at work; nothing was touched.
        CustodyChainError: The log does not hold together, or does not agree with a checkpoint.
        StorageError, CatalogueError: Something cannot be read or written.
    """
    contents = _contents(source)
    _require_target(settings, contents, without_second_place=without_second_place)
    with restoring_alone(settings.store):
        require_empty(settings.store)  # once more: another restore may have ended in between
        return _restored(settings, source, agent, keys, contents)


def _restored(settings: Settings, source: Path, agent: str, keys: Path | None, contents: Contents) -> Restored:
    _bring_keys(settings, source / KEYS if keys is None else keys)
    _require_signature(settings, source)
    _require_digest(source / contents.database, contents.database_digest)
    for namespace in Namespace:
        _bring_objects(settings, source, namespace)
    with _placed(settings, source / contents.database) as placed, open_services(placed, is_restoring=True) as services:
        return _finish(services, contents, agent)


def _contents(source: Path) -> Contents:
    return _signed(source).contents


def _signed(source: Path) -> SignedContents:
    try:
        signed = from_plain(SignedContents, json.loads((source / CONTENTS).read_text("utf-8")))
    except FileNotFoundError as error:
        raise BackupError(f"{source} has no {CONTENTS}: it is no backup, or one that was not finished") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupError(f"{CONTENTS} cannot be read: {error}") from error
    if signed.contents.format != FORMAT:
        raise BackupError(f"the backup is of the form {signed.contents.format!r}, and this program knows {FORMAT!r}")
    return signed


def _require_target(settings: Settings, contents: Contents, *, without_second_place: bool) -> None:
    wanted = restored_kind(settings.store)
    if contents.database != wanted:
        raise BackupError(f"the backup holds {contents.database}, and the settings want {wanted}")
    require_empty(settings.store)
    if settings.store.checkpoint_directory is None and not without_second_place:
        raise BackupError(
            "DOORSTEP_STORE__CHECKPOINT_DIRECTORY names no second place, so that grants that were revoked since the "
            "backup would be in force again; name it, or say --without-second-place and revoke them again yourself"
        )


def _bring_keys(settings: Settings, source: Path) -> None:
    target = settings.store.directory / KEYS
    if (target / "signing.pem").exists():
        return
    if not (source / "signing.pem").exists():
        raise BackupError(f"there is no signing key in {source}, nor in the target: name its folder with --keys")
    with writing("read the keys"):
        content = {path.name: path.read_bytes() for path in sorted(source.iterdir()) if path.is_file()}
    for name, one in content.items():
        make_once(target / name, one, OWNER_ONLY)


def _require_signature(settings: Settings, source: Path) -> None:
    signed = _signed(source)
    keys = verifying_keys(settings.store)
    if not keys.is_signed(canonical_form(signed.contents), signed.signature, signed.key_id):
        raise BackupError(
            f"{CONTENTS} does not carry the signature of a key in {KEYS}/: it was changed, or is another's"
        )


def _require_digest(path: Path, expected: str) -> None:
    with writing(f"read {path.name}"), path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise BackupError(f"{path.name} was changed since the backup was made: {found}, expected {expected}")


def _bring_objects(settings: Settings, source: Path, namespace: Namespace) -> None:
    store = open_store(settings.store, namespace)
    for path in sorted((source / namespace.value).glob("[0-9a-f][0-9a-f]/*")):
        if store.put_file(path).digest != path.name:
            raise BackupError(f"{namespace.value}/{path.name} was changed since the backup was made")


@contextmanager
def _placed(settings: Settings, copy: Path) -> Iterator[Settings]:
    """Settings of the restored database; others may open it when the block has ended well, and not before."""
    if restored_kind(settings.store) != SQLITE:
        with restored_postgresql(settings.store, copy):
            yield settings
        return
    temporary = settings.store.directory / _RESTORING
    with writing("restore the catalogue"):
        temporary.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in temporary.parent.glob(f"{_RESTORING}*"):
            left.unlink()  # of a restore that was killed
        shutil.copyfile(copy, temporary)
    url = SecretStr(f"sqlite:///{temporary}")
    yield settings.model_copy(update={"store": settings.store.model_copy(update={"database_url": url})})
    with writing("restore the catalogue"):
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        _take_place(temporary, restored_file(settings.store))
        temporary.with_name(f"{_RESTORING}.lock").unlink(missing_ok=True)


def _take_place(temporary: Path, final: Path) -> None:
    """Gives the restored file its name, and writes over nothing: a desk may have been started meanwhile."""
    try:
        os.link(temporary, final)
    except FileExistsError as error:
        raise BackupError("a catalogue was made where the settings say while this restore was at work") from error
    temporary.unlink()
    sync_folder(final.parent)


def _finish(services: Services, contents: Contents, agent: str) -> Restored:
    place = services.settings.store.checkpoint_directory
    head = services.catalogue.custody.head()
    kept = read_checkpoints(place) if place is not None else ()
    sizes = {note: read_checkpoint(note).size for note in kept}
    known = [note for note in kept if sizes[note] <= head.size]
    chained = read_chain_heads(place) if place is not None else ()
    verify_log(services.catalogue.custody, services.keys, known, chained)
    lost = max((size - head.size for size in sizes.values() if size > head.size), default=0)
    done_again = heed_second_place(services)
    finished = finish_revocations(services)
    done_again += tuple(f"disposal {stone.tombstone_id}" for stone in finished.settled)
    wrong = check_store(services).wrong
    services.catalogue.resident_sessions.forget_all()
    services.catalogue.sessions.forget_all()  # what was ended since the backup must open nothing
    entry = CustodyEntry(
        at=services.now(),
        agent=agent,
        action=CustodyAction.RESTORED,
        subject="store",
        detail={
            "backup_of": contents.made_at.isoformat(),
            "records": str(head.size),
            "lost_records": str(lost),
            "done_again": str(len(done_again)),
        },
    )
    services.catalogue.custody.append((entry,))
    if place is not None and lost:
        _set_aside(place, head.size, services)
    return Restored(contents, head.size, len(known), lost, done_again, finished.failed, wrong)


def _set_aside(place: Path, size: int, services: Services) -> None:
    """Checkpoints of records that are lost stay, apart: this log goes on in another way, and its own record says so."""
    folder = place / f"before restore {services.now():%Y%m%dT%H%M%SZ}"
    with writing("set checkpoints of lost records aside"):
        for path in sorted(place.glob("*.checkpoint")):
            if int(path.name.partition("-")[0]) > size:
                folder.mkdir(exist_ok=True, mode=0o700)
                path.rename(folder / path.name)
        sync_folder(place)
