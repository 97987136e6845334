"""Clips with seals, made with the real library: as a camera seals them, and as somebody makes a new clip of one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import c2pa

from pipeline.domain.evidence import UNREAD, Recipe
from pipeline.evidence.seal_copy import SealOrder
from pipeline.evidence.seal_keys import SealKey, seal_key
from pipeline.evidence.signing import SigningKey

NOW = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
SOURCE = "ab" * 32


def a_key(folder: Path, organisation: str = "A maker of cameras") -> SealKey:
    return seal_key(folder, SigningKey.at(folder / "signing.pem"), organisation, NOW)


def seal(source: Path, out: Path, key: SealKey, parent: Path | None = None) -> Path:
    """Seals a clip as its maker does; with a parent as one that was made of it."""
    first: dict[str, Any] = {"action": "c2pa.created", "digitalSourceType": _CAPTURED}
    if parent is not None:
        first = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    words = {
        "title": out.name,
        "format": "video/mp4",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [first]}}],
    }
    builder = c2pa.Builder.from_json(words)
    if parent is not None:
        ingredient = {"title": "parent", "relationship": "parentOf", "label": "parent"}
        with parent.open("rb") as bytes_of_parent:
            builder.add_ingredient(ingredient, "video/mp4", bytes_of_parent)
    signer = c2pa.Signer.from_callback(key.sign, c2pa.C2paSigningAlg.ED25519, key.chain)
    with source.open("rb") as content, out.open("w+b") as sealed:
        builder.sign(signer, "video/mp4", content, sealed)
    return out


_CAPTURED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


def changed(source: Path, out: Path, change: Callable[[bytearray], None] | None = None) -> Path:
    """A copy with one bit of its pictures flipped, or changed as asked."""
    content = bytearray(source.read_bytes())
    if change is None:
        content[content.rindex(b"mdat") + 200] ^= 1
    else:
        change(content)
    out.write_bytes(content)
    return out


def an_order(copy: Path, out: Path, **changes: Any) -> SealOrder:
    recipe = Recipe(SOURCE, 900, 1800, "1/90000", "scale", "libx264 crf=23", "doorstep 0, ffmpeg 0")
    facts: dict[str, Any] = {
        "copy": copy,
        "out": out,
        "title": out.name,
        "recipe": recipe,
        "source_seal": UNREAD,
        "custody_record": 17,
        "custody_key": "0123456789abcdef",
    }
    return SealOrder(**(facts | changes))


def manifest_of(path: Path) -> tuple[str, dict[str, Any]]:
    """The state at the top, and the whole report."""
    with path.open("rb") as content:
        reader = c2pa.Reader("video/mp4", content)
        return str(reader.get_validation_state()), json.loads(reader.json())
