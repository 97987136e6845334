"""Gives a copy that is shared its C2PA manifest: what it was made from, what was done, and our custody record.

A seal holds random ids and a moment: the same copy sealed twice gives different bytes. So it is put on at the moment of
sharing, and never on what the night makes (docs/adr/0022-seals-at-sharing.md). An original is only read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.domain.evidence import Recipe, Seal
from pipeline.domain.plain import to_plain
from pipeline.errors import SealError
from pipeline.evidence.seal import MP4, require_installed
from pipeline.evidence.seal_keys import SealKey
from pipeline.evidence.seal_process import SealProcessError, ask
from pipeline.settings import SealSettings

CUSTODY_LABEL = "org.doorstep.custody"
_PARENT = "original"


@dataclass(frozen=True, slots=True)
class SealOrder:
    """What a seal says.

    Attributes:
        copy: The MP4 that is sealed; only read.
        out: Where the sealed one goes; replaced when it is there.
        title: Of the copy.
        recipe: How the copy was made.
        source_seal: Of the original, as read when it arrived.
        custody_record: Index of our custody record of the copy.
        custody_key: Id of the key that signs our custody log.
        hidden: What a redacted copy hides, in words; empty for one that hides nothing.
        original: The original's bytes, whose own manifest is then carried along; None where the copy hides people: a
            manifest may hold thumbnails of what is hidden.
    """

    copy: Path
    out: Path
    title: str
    recipe: Recipe
    source_seal: Seal
    custody_record: int
    custody_key: str
    hidden: str = ""
    original: Path | None = None

    def __post_init__(self) -> None:
        if self.hidden and self.original is not None:
            raise ValueError("a copy that hides people must not carry its original's manifest along")
        if self.out.resolve() in {self.copy.resolve(), self.original.resolve() if self.original else None}:
            raise ValueError("a seal is never written into its source")


def seal_copy(order: SealOrder, key: SealKey, settings: SealSettings) -> str:
    """Writes the sealed copy; returns name and version of what sealed it.

    Raises:
        SealError: It cannot be sealed, or c2pa is not installed; nothing is left at ``out``.
    """
    require_installed()
    order.out.unlink(missing_ok=True)
    reads = (order.copy.resolve(), *((order.original.resolve(),) if order.original else ()))
    asked = {
        "do": "seal",
        "path": str(order.copy.resolve()),
        "out": str(order.out.resolve()),
        "format": MP4,
        "manifest": manifest_of(order),
        "parent": str(order.original.resolve()) if order.original else "",
        "parent_format": MP4,
        "ingredient": _ingredient(order),
        "certificates": key.chain,
        "anchors": "",
    }
    try:
        told = ask(asked, settings, reads=reads, writes=order.out.parent.resolve(), sign=key.sign)
    except SealProcessError as error:
        order.out.unlink(missing_ok=True)
        raise SealError(str(error)) from error
    if not told.get("sealed"):
        order.out.unlink(missing_ok=True)
        raise SealError(str(told.get("error", "no reason was given")))
    return str(told.get("reader", ""))


def manifest_of(order: SealOrder) -> dict[str, Any]:
    """The manifest before it is signed."""
    words = {
        "format": "doorstep-custody/1",
        "original_sha256": order.recipe.source,
        "original_seal": to_plain(order.source_seal),
        "recipe": to_plain(order.recipe),
        "custody_record": order.custody_record,
        "custody_key": order.custody_key,
        **({"hidden": order.hidden} if order.hidden else {}),
    }
    made: dict[str, Any] = {
        "claim_generator_info": [{"name": "doorstep", "version": __version__}],
        "title": order.title,
        "format": MP4,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(order)}},
            {"label": CUSTODY_LABEL, "data": words},
        ],
    }
    if order.original is None:
        made["ingredients"] = [_ingredient(order)]
    return made


def _actions(order: SealOrder) -> list[dict[str, Any]]:
    """``c2pa.redacted`` is not among them: it speaks of a manifest's own assertions, and pictures are edited."""
    recipe = order.recipe
    actions: list[dict[str, Any]] = [
        {"action": "c2pa.opened", "parameters": {"ingredientIds": [_PARENT]}},
        {
            "action": "c2pa.trimmed",
            "parameters": {
                "description": f"time stamps {recipe.first_pts} to {recipe.last_pts} of {recipe.time_base} s"
            },
        },
        {"action": "c2pa.transcoded", "parameters": {"description": recipe.encoder}},
        {"action": "c2pa.edited", "parameters": {"description": "boxes, names and the time drawn; see the recipe"}},
    ]
    if order.hidden:
        actions.append({"action": "c2pa.edited", "parameters": {"description": f"redacted: {order.hidden}"}})
    return actions


def _ingredient(order: SealOrder) -> dict[str, Any]:
    return {
        "title": f"sha256:{order.recipe.source}",
        "format": MP4,
        "instance_id": f"urn:sha256:{order.recipe.source}",
        "relationship": "parentOf",
        "label": _PARENT,
    }
