"""Seals copies at the moment of sharing, with the custody record that they name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.incidents import Highlight
from pipeline.errors import StorageError
from pipeline.evidence.keys import sealing_key
from pipeline.evidence.seal_copy import SealOrder, seal_copy
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class ToSeal:
    """A copy that is about to be shared.

    Attributes:
        highlight: What it is a copy of, with the copy's recipe.
        copy: Its MP4; replaced by the sealed one.
        record: The custody record of the copy, which the seal names.
        hidden: What it hides, in words; empty for a copy that hides nothing.
    """

    highlight: Highlight
    copy: Path
    record: CustodyRecord
    hidden: str = ""


def seal_shared(services: Services, order: ToSeal) -> str:
    """Seals the copy in its place; returns its new SHA-256, which stands in a custody record of its own.

    Raises:
        SealError: It cannot be sealed, or c2pa is not installed; the copy stays as it was.
        StorageError: A file cannot be written.
    """
    acquisition_id = services.catalogue.highlights.acquisition_of(order.highlight.highlight_id)
    acquisition = services.catalogue.clips.get(acquisition_id).acquisition
    settings = services.settings
    key = sealing_key(settings.store, settings.agency.name, services.now())
    half = order.copy.with_name(f".{order.copy.name}.sealed")
    with services.originals.path_of(order.highlight.clip) as original:
        words = SealOrder(
            copy=order.copy,
            out=half,
            title=order.copy.name,
            recipe=order.highlight.recipe,
            source_seal=acquisition.seal,
            custody_record=order.record.index,
            custody_key=services.key.key_id,
            hidden=order.hidden,
            original=None if order.hidden else original,
        )
        sealer = seal_copy(words, key, settings.seals)
    try:
        digest = hashlib.sha256(half.read_bytes()).hexdigest()
        before = hashlib.sha256(order.copy.read_bytes()).hexdigest()
        half.replace(order.copy)
    except OSError as error:
        raise StorageError("write a sealed copy", str(error)) from error
    services.catalogue.custody.append((_custody(services, order, sealer, (before, digest)),))
    return digest


def _custody(services: Services, order: ToSeal, sealer: str, digests: tuple[str, str]) -> CustodyEntry:
    before, after = digests
    entry = order.record.entry
    return CustodyEntry(
        at=services.now(),
        agent=entry.agent,
        action=CustodyAction.SEALED,
        subject=order.highlight.clip,
        authority=entry.authority,
        detail={
            "highlight": order.highlight.highlight_id,
            "unsealed": before,
            "output": after,
            "names_record": str(order.record.index),
            "tool": sealer,
        },
    )
