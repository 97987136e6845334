"""What is about to become visible outside is noted first: a crash in that moment leaves nothing that nobody asks about.

An export asks the grants twice, before its package has its name and after. What a killed one left in between lies there
with a note of ours, by which the next revocation, night or sweep finds it and asks the second question. Where a package
is written is noted too: of one that was killed before, evidence lies there that no record names.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.evidence import CustodyAction, CustodyEntry, Disclosure
from pipeline.domain.plain import from_plain, to_plain
from pipeline.errors import PipelineError, StorageError
from pipeline.evidence.files import make_once, writing
from pipeline.evidence.workshop import SCRATCH, is_at_work, workshop
from pipeline.night.services import Services
from pipeline.night.told import Told, require_told

_PLACE = "in-"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A package that is about to have its name, or has it and was not asked about again.

    Attributes:
        package_id: Of the disclosure.
        target: The folder or zip on this machine.
        told: What the grants are asked for; None in a note of an older Doorstep, for what its disclosure names alone.
    """

    package_id: str
    target: Path
    told: Told | None = None


def note_leaving(services: Services, package_id: str, target: Path, told: Told | None = None) -> None:
    """Notes where a package is about to lie, on disk when this returns.

    Raises:
        StorageError: It cannot be written; then nothing may become visible.
    """
    said = {"package": package_id, "target": str(target.absolute())}
    content = json.dumps(said | ({} if told is None else {"told": to_plain(told)}))
    make_once(_folder(services) / f"{package_id}.json", content.encode())


def settle_leaving(services: Services, package_id: str) -> None:
    """Takes the note away: the second question was asked."""
    with writing("settle an export"):
        (_folder(services) / f"{package_id}.json").unlink(missing_ok=True)


def noted(services: Services) -> tuple[str, ...]:
    """Ids of the packages that were noted and not settled, in order; may be empty."""
    found = (path.stem for path in _folder(services).glob("*.json"))
    return tuple(sorted(name for name in found if not name.startswith(_PLACE)))


def leaving(services: Services, package_id: str) -> Leaving | None:
    """What the note of a package says; None where it was settled since.

    Raises:
        StorageError: It cannot be read.
    """
    path = _folder(services) / f"{package_id}.json"
    try:
        with writing(f"read {path}"):
            said = json.loads(path.read_text("utf-8"))
        told = from_plain(Told, said["told"]) if "told" in said else None
        return Leaving(said["package"], Path(said["target"]), told)
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"read {path}", "it is damaged: see where its package lies, and delete the note") from error
    except StorageError:
        if not path.exists():
            return None
        raise


def is_noted(services: Services, package_id: str) -> bool:
    """Whether a package was still not asked about again."""
    return (_folder(services) / f"{package_id}.json").exists()


def require_may_lie(services: Services, disclosure: Disclosure, told: Told | None) -> None:
    """Asks of a package that lies there what its export asks last: everything inside is still granted.

    Args:
        services: The installation.
        disclosure: What was written down of it.
        told: What its note says; None for what the disclosure names alone.

    Raises:
        ConsentError: Something inside is not granted any more.
        RecordNotFoundError, EvidenceDisposedError: Something inside was deleted since.
    """
    desk = services.consent(disclosure.purpose, disclosure.recipient)
    require_told(services, desk, _told_of(services, disclosure) if told is None else told)


def _told_of(services: Services, disclosure: Disclosure) -> Told:
    clips = [services.catalogue.clips.get(name) for name in disclosure.acquisition_ids]
    inside = (one.acquisition.acquisition_id for one in clips if one.item.digest in disclosure.originals)
    return Told(disclosure.acquisition_ids, disclosure.highlight_ids, tuple(inside))


def has_been_withdrawn(services: Services, package_id: str) -> bool:
    """Whether the log says that a package was taken away; who wrote that may have been killed before they did it."""
    return services.catalogue.custody.has(_once(package_id))


def withdrawn_entry(services: Services, disclosure: Disclosure, agent: str, error: PipelineError) -> CustodyEntry:
    """That a package was taken away where it had become visible, and why."""
    detail = {
        "package": disclosure.package_id,
        "output": disclosure.tag_manifest,
        "incident": disclosure.incident_id,
        "case": disclosure.case_number,
        "as": "evidence package",
        "why": type(error).__name__,
    }
    authority = ", ".join(disclosure.grants)
    action = CustodyAction.PACKAGE_WITHDRAWN
    once = _once(disclosure.package_id)
    return CustodyEntry(services.now(), agent, action, disclosure.package_id, authority, detail, once)


def _once(package_id: str) -> str:
    return f"{CustodyAction.PACKAGE_WITHDRAWN} {package_id}"


@contextmanager
def writing_into(services: Services, folder: Path) -> Iterator[Path]:
    """A scratch folder for one export, as ``workshop`` has it, with a note of ours as long as anything lies in it.

    Raises:
        StorageError: It cannot be made, or noted.
    """
    with workshop(folder, _place_noted(services, folder)) as scratch:
        yield scratch


def places(services: Services) -> tuple[str, ...]:
    """Notes of folders in which an export is at work or was killed, in order; may be empty."""
    return tuple(sorted(path.name for path in _folder(services).glob(f"{_PLACE}*.json")))


def clear_place(services: Services, note: str) -> None:
    """Removes what a killed export had begun to write; one at work, or a folder that is away, is left for later.

    Raises:
        StorageError: The note cannot be read, or what lies there cannot be removed.
    """
    path = _folder(services) / note
    with writing(f"read {path}"):
        folder = Path(json.loads(path.read_text("utf-8"))["folder"])
    if not folder.is_dir() or is_at_work(folder):
        return
    with workshop(folder, _place_noted(services, folder)):
        pass
    if (folder / SCRATCH).exists():
        raise StorageError("remove what a killed export left", f"{folder / SCRATCH} is still there")


@contextmanager
def _place_noted(services: Services, folder: Path) -> Iterator[None]:
    place = folder.absolute()
    note = _folder(services) / f"{_PLACE}{hashlib.sha256(bytes(place)).hexdigest()[:20]}.json"
    make_once(note, json.dumps({"folder": str(place)}).encode())
    try:
        yield
    finally:
        if not (place / SCRATCH).exists():
            with writing("settle an export"):
                note.unlink(missing_ok=True)


def _folder(services: Services) -> Path:
    return services.settings.store.directory / "leaving"
