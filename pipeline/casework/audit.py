"""Reading the custody log at the desk: in part, a page at a time, and as an export. Reading it is a record itself.

One record a reading: whoever turns the page of what they read is not written down again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline.casework.spreadsheet import csv_line
from pipeline.catalogue.custody_reading import LogPage
from pipeline.domain.evidence import Checkpoint, CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.log_filter import LogFilter
from pipeline.domain.plain import to_plain
from pipeline.errors import CheckpointError, CustodyChainError
from pipeline.evidence.custody import read_checkpoints
from pipeline.evidence.custody_check import require_going_on
from pipeline.evidence.keys import verifying_keys
from pipeline.night.services import Services

PAGE = 50

_COLUMNS = (
    "number", "at", "agent", "action", "subject", "authority", "purpose", "case", "facts", "leaf_hash",
)  # fmt: skip
_OWN = ("purpose", "case")


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log stands, by its signed head; no record is read for it.

    Attributes:
        head: The newest head.
        kept: How many heads are kept in a second place.
        wrong: What does not hold; empty when the head is signed by us and goes on from every kept one.
    """

    head: Checkpoint
    kept: int
    wrong: str = ""


def state_of_log(services: Services) -> LogState:
    """Whether the head is ours, and goes on from those that are kept in the second place; by proofs alone.

    Raises:
        StorageError: The second place cannot be read.
    """
    log, store = services.catalogue.custody, services.settings.store
    try:
        kept = read_checkpoints(store.checkpoint_directory) if store.checkpoint_directory else ()
        head = require_going_on(log, verifying_keys(store), kept)
    except (CheckpointError, CustodyChainError) as error:
        return LogState(log.head(), 0, f"{error}")
    return LogState(head, len(kept))


def read_log(
    services: Services, by: str, wanted: LogFilter, before: int | None = None, *, gathered: bool = False
) -> LogPage:
    """A page of the log. The first page of a reading is written down; going on (``before``) is not.

    Args:
        services: The installation.
        by: Who reads.
        wanted: Which records.
        before: Only those of a smaller index.
        gathered: Clips that a search showed are left to its record.

    Raises:
        CustodyChainError: A record is found by other words than its leaf has.
    """
    if before is None:
        entry = CustodyEntry(services.now(), by, CustodyAction.LOG_READ, "custody", detail=_looked_for(wanted))
        services.catalogue.custody.append((entry,))
    return services.catalogue.custody_reading.page(wanted, before, PAGE, gathered=gathered)


def export_log(services: Services, by: str, wanted: LogFilter, form: str) -> Iterator[str]:
    """The log in part, as text in portions; written down before the first leaves.

    Args:
        services: The installation.
        by: Who exports.
        wanted: Which records.
        form: ``csv`` for a spreadsheet; ``json`` with leaf and openings of each, so that it can be checked.

    Raises:
        ValueError: It is another form.
    """
    write = {"csv": _as_csv, "json": _as_json}.get(form)
    if write is None:
        raise ValueError(f"no form {form}")
    detail = {**_looked_for(wanted), "format": form}
    entry = CustodyEntry(services.now(), by, CustodyAction.LOG_EXPORTED, "custody", detail=detail)
    services.catalogue.custody.append((entry,))
    return write(services, wanted, services.now())


def _looked_for(wanted: LogFilter) -> dict[str, str]:
    """Each part of a filter under a name of its own: a filter for a case is no act within that case."""
    return {f"wanted_{name}": value for name, value in wanted.words().items()}


def _as_csv(services: Services, wanted: LogFilter, at: datetime) -> Iterator[str]:
    yield csv_line(_COLUMNS)
    for record in services.catalogue.custody_reading.walk(wanted, services.catalogue.custody.head().size):
        yield csv_line(_cells(record))


def _cells(record: CustodyRecord) -> tuple[str, ...]:
    entry = record.entry
    facts = {name: value for name, value in sorted(entry.detail.items()) if name not in _OWN}
    own = (entry.detail.get(name, "") for name in _OWN)
    written = "; ".join(f"{name}={value}" for name, value in facts.items())
    at = entry.at.isoformat()
    return (
        f"{record.index}", at, entry.agent, entry.action, entry.subject, entry.authority, *own, written, record.digest,
    )  # fmt: skip


def _as_json(services: Services, wanted: LogFilter, at: datetime) -> Iterator[str]:
    log = services.catalogue.custody
    note = log.checkpoint()
    head = {"checkpoint": note, "exported_at": at.isoformat(), "wanted": dict(wanted.words())}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "records": ['
    between = "\n"
    for record in services.catalogue.custody_reading.walk(wanted, log.head().size):
        yield between + json.dumps(to_plain(record), ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"
