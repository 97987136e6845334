"""The resident's receipt: what was deleted, what stays and why, and what had left the house before."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.domain.amounts import counted
from pipeline.domain.plain import LATER, to_plain
from pipeline.domain.retention import Tombstone
from pipeline.errors import StorageError
from pipeline.reports.incident_report import Agency
from pipeline.reports.paper import set_paper

SEALED = (
    "Where the law forbids that it be said, this receipt does not say that something is held. This sentence stands on "
    "every receipt, whether or not anything is."
)
"""Printed always, so that its presence tells nothing."""

IN_PART = (
    "Of these recordings only the seconds named here lay within the grant, counted from the first frame. The others "
    "were not looked at, shown or handed out under it."
)


@dataclass(frozen=True, slots=True)
class DeletedLine:
    """One original that went, or of which this resident's part went.

    Attributes:
        digest: SHA-256 of the original.
        acquisition_id: Of which acquisition.
        why: The reason, in words.
        tombstone_id: The signed record that stays.
        disposed_at: UTC; None when its last byte is not gone yet.
        has_shared_bytes: Another acquisition that is in force has the same bytes, and they stay with it.
        with_it: What went with it, in words.
        is_part: The original stays, and only what ``with_it`` names went.
    """

    digest: str
    acquisition_id: str
    why: str
    tombstone_id: str
    disposed_at: datetime | None
    has_shared_bytes: bool
    with_it: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One original that stays.

    Attributes:
        digest: SHA-256 of the original.
        why: What keeps it, in words.
    """

    digest: str
    why: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """One original of which only some seconds lay within the grant.

    Attributes:
        digest: SHA-256 of the original.
        words: Which, from its first frame on.
    """

    digest: str
    words: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a resident is told about a grant's end.

    Attributes:
        grant_id: Which grant.
        grant_version: Its newest version.
        resident_id: Whose.
        state: Where the grant stands, in words.
        made_at: UTC, our clock.
        made_by: Name and version of this program.
        agency: Who answers for the installation.
        deleted: What went, in order.
        kept: What stays under another grant or a hold that is not sealed, in order.
        not_yet_due: How many originals are still kept although nothing lets them be read: the end was not long ago.
        disclosed: Copies handed out before, in words; they cannot be recalled.
        backups: Backups that were made while something of it was held, in words.
        words: What its newest version says.
        in_part: Originals that were shared in part, deleted or not, in order; of a sealed hold's nothing is said.
    """

    grant_id: str
    grant_version: int
    resident_id: str
    state: str
    made_at: datetime
    made_by: str
    agency: Agency
    deleted: tuple[DeletedLine, ...]
    kept: tuple[KeptLine, ...]
    not_yet_due: int
    disclosed: tuple[str, ...]
    backups: tuple[str, ...]
    words: str = ""
    in_part: tuple[PartLine, ...] = field(default=(), metadata=LATER)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to delete."""
        return all(line.disposed_at is not None for line in self.deleted)


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt with our Ed25519 signature over its canonical form (RFC 8785)."""

    receipt: Receipt
    signature: bytes
    key_id: str


def deleted_in_words(stones: Sequence[Tombstone]) -> str:
    """How many recordings went with all that was made of them, and of how many that stay a part did; may be empty."""
    whole = sum(not stone.reason.keeps_original for stone in stones)
    parts = len({stone.acquisition_id for stone in stones if stone.reason.keeps_original})
    sentences = []
    if whole:
        what = "it was" if whole == 1 else "them were"
        sentences.append(f"{counted(whole, 'recordings')} and all that was made of {what} deleted.")
    if parts:
        verb = "stays" if parts == 1 else "stay"
        sentences.append(f"Of {counted(parts, 'recordings')} that {verb}, what no grant covers any more was deleted.")
    return " ".join(sentences)


def receipt_words(signed: SignedReceipt) -> str:
    """The receipt as plain text, for a screen or a letter."""
    view = receipt_view(signed)
    return "\n".join(_lines(view)) + "\n"


def receipt_view(signed: SignedReceipt) -> Mapping[str, Any]:
    """All words of the receipt, once for text and paper."""
    receipt = signed.receipt
    return {
        "title": f"Receipt for grant {receipt.grant_id}",
        "agency": receipt.agency.name,
        "id": receipt.grant_id,
        "facts": [
            f"Resident: {receipt.resident_id}",
            f"Grant: {receipt.grant_id}, version {receipt.grant_version}, {receipt.state}",
            *([f"It said: {receipt.words}"] if receipt.words else []),
            f"Made: {_when(receipt.made_at)} by {receipt.made_by}",
            f"Questions: {receipt.agency.name}, {receipt.agency.non_emergency_number}",
        ],
        "summary": _summary(receipt),
        "deleted": [_deleted(line) for line in receipt.deleted],
        "kept": [{"digest": line.digest, "why": line.why} for line in receipt.kept],
        "in_part": [{"digest": line.digest, "words": line.words} for line in receipt.in_part],
        "about_parts": IN_PART if receipt.in_part else "",
        "disclosed": list(receipt.disclosed),
        "backups": list(receipt.backups),
        "sealed": SEALED,
        "signature": f"Ed25519 {signed.signature.hex()} by key {signed.key_id}, over the JSON in RFC 8785 form",
    }


def receipt_record(signed: SignedReceipt) -> bytes:
    """The receipt as JSON, which is the record."""
    return (json.dumps(to_plain(signed), ensure_ascii=False, indent=2) + "\n").encode()


def receipt_paper(signed: SignedReceipt) -> bytes:
    """The receipt on paper, a view of it.

    Raises:
        ReportError: The typesetter fails.
    """
    return set_paper("receipt.typ", receipt_view(signed), {}, signed.receipt.made_at)


def write_receipt(signed: SignedReceipt, folder: Path) -> tuple[Path, Path, Path]:
    """Writes the receipt as JSON, which is the record, and as text and PDF, which are views of it.

    Raises:
        ReportError: The typesetter fails.
        StorageError: A file cannot be written.
    """
    parts = {
        "json": receipt_record(signed),
        "txt": receipt_words(signed).encode(),
        "pdf": receipt_paper(signed),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = {suffix: folder / f"receipt-{signed.receipt.grant_id}.{suffix}" for suffix in parts}
        for suffix, part in parts.items():
            paths[suffix].write_bytes(part)
    except OSError as error:
        raise StorageError("write the receipt", error.strerror or type(error).__name__) from error
    return paths["json"], paths["txt"], paths["pdf"]


def _summary(receipt: Receipt) -> str:
    whole = [line for line in receipt.deleted if not line.is_part]
    went = sum(line.disposed_at is not None for line in whole)
    parts = len({line.acquisition_id for line in receipt.deleted if line.is_part})
    sentences = []
    if went or not receipt.deleted:
        what = "it was" if went == 1 else "them were"
        sentences.append(f"{counted(went, 'recordings')} and all that was made of {what} deleted.")
    if len(whole) > went:
        sentences.append(f"{len(whole) - went} can no longer be read, and the bytes are still to be deleted.")
    if parts:
        verb = "stays" if parts == 1 else "stay"
        sentences.append(f"Of {counted(parts, 'recordings')} that {verb}, what no grant covers any more was deleted.")
    if receipt.kept:
        sentences.append(f"{len(receipt.kept)} {'is' if len(receipt.kept) == 1 else 'are'} kept, as stated below.")
    if receipt.not_yet_due:
        sentences.append(
            f"{receipt.not_yet_due} cannot be read and will be deleted when the days after the grant's end are over."
        )
    return " ".join(sentences)


def _deleted(line: DeletedLine) -> dict[str, str]:
    when = "not yet deleted" if line.disposed_at is None else f"deleted {_when(line.disposed_at)}"
    if line.is_part:
        when = f"a part of what was made of it {when}; the recording itself stays"
    elif line.has_shared_bytes:
        when += "; the same bytes came from another acquisition too, and stay with it"
    return {
        "digest": line.digest,
        "when": when,
        "why": line.why,
        "tombstone": line.tombstone_id,
        "with_it": line.with_it,
    }


def _lines(view: Mapping[str, Any]) -> Iterator[str]:
    yield from (view["title"], "", *view["facts"], "", view["summary"], "")
    yield "What was deleted:"
    for line in view["deleted"]:
        yield f"  {line['digest']}"
        yield f"    {line['when']}: {line['why']}; with it {line['with_it']}; tombstone {line['tombstone']}"
    yield from (() if view["deleted"] else ("  nothing",))
    yield from ("", "What is kept, and why:")
    yield from (f"  {line['digest']}: {line['why']}" for line in view["kept"])
    yield from (() if view["kept"] else ("  nothing that may be named",))
    if view["in_part"]:
        yield from ("", "What was shared in part:", f"  {view['about_parts']}")
        yield from (f"  {line['digest']}: {line['words']}" for line in view["in_part"])
    yield from ("", "Copies that had been handed out before and cannot be recalled:")
    yield from (f"  {line}" for line in view["disclosed"] or ("none is recorded",))
    yield from ("", "Backups that may still hold something until they are overwritten:")
    yield from (f"  {line}" for line in view["backups"] or ("none is recorded",))
    yield from ("", view["sealed"], "", view["signature"])


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
