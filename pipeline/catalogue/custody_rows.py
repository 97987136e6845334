"""Between custody records and their rows; a record is what its leaf says, and is found by the same words."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.plain import from_plain
from pipeline.domain.sealed import DETAIL, Opening
from pipeline.errors import CustodyChainError

_SHOWN_DIGITS = 12


def columns_of(record: CustodyRecord) -> dict[str, Any]:
    """The row of a record."""
    entry = record.entry
    return {
        "position": record.index,
        "at": entry.at,
        "action": entry.action.value,
        "subject": json.loads(record.leaf)["subject"],
        "once": entry.once or None,
        "digest": record.digest,
        "leaf": record.leaf,
    }


def record_from(row: Row[Any], openings: Sequence[Opening]) -> CustodyRecord:
    """The record of a row.

    Raises:
        CustodyChainError: The leaf cannot be read, or the row is found by other words than the leaf has.
    """
    try:
        leaf = json.loads(row.leaf)
        entry = from_plain(CustodyEntry, leaf["entry"]) if "entry" in leaf else _entry(leaf, openings)
    except (ValueError, TypeError, KeyError) as error:
        raise CustodyChainError(row.position, "a leaf that can be read", type(error).__name__) from error
    said = (leaf["index"], entry.action.value, entry.subject, entry.once or None, entry.at)
    found = (row.position, row.action, row.subject, row.once, row.at)
    if said != found:
        raise CustodyChainError(row.position, f"the columns {said} of its leaf", str(found))
    return CustodyRecord(row.position, row.leaf, row.digest, entry, tuple(openings))


def _entry(leaf: Mapping[str, Any], openings: Sequence[Opening]) -> CustodyEntry:
    words = {opening.name: opening.words for opening in openings}

    def opened(name: str, value: str | Mapping[str, str]) -> str:
        if isinstance(value, str):
            return value
        return words.get(name, f"sealed {value['sealed'][:_SHOWN_DIGITS]}")

    return CustodyEntry(
        at=datetime.fromisoformat(leaf["at"]),
        agent=opened("agent", leaf["agent"]),
        action=CustodyAction(leaf["action"]),
        subject=leaf["subject"],
        authority=opened("authority", leaf["authority"]),
        detail={name: opened(DETAIL + name, value) for name, value in leaf["detail"].items()},
        once=leaf["once"],
    )
