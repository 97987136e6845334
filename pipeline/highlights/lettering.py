"""Words as pictures. The typesetter brings its own typeface, so a bare machine letters like any other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import typst

from pipeline.errors import ReportError

Pixels = npt.NDArray[np.uint8]
"""Height x width x 4, blue, green, red, alpha (straight)."""

_PAGES = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let look = json(bytes(sys.inputs.look))
#set text(font: "DejaVu Sans Mono", size: look.size * 1pt, hyphenate: false)
#let run(parts) = for (i, part) in parts.enumerate() {
  if i > 0 { text(fill: rgb(look.dim))[ \xc2\xb7 ] }
  text(fill: rgb(part.colour), part.words)
}
#let cut(parts) = block(clip: true, height: 1.25em, inset: (top: 0.2em), box(width: 400em, run(parts)))
#let whole(parts) = block(height: 1.25em, inset: (top: 0.2em), run(parts))
#for strip in json(bytes(sys.inputs.strips)) {
  page(width: if strip.width == none { auto } else { strip.width * 1pt },
       height: if strip.height == none { auto } else { strip.height * 1pt },
       margin: (x: look.size * strip.margin * 1pt, y: look.size * strip.margin * 0.7pt),
       fill: rgb(strip.fill))[
    #set par(leading: 0pt, spacing: 0pt)
    #for row in strip.rows {
      block(spacing: look.size * 0.2pt, if strip.width == none { whole(row.left) } else {
        grid(columns: (1fr, auto), column-gutter: 1em, cut(row.left), whole(row.right))
      })
    }
  ]
}
"""


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text of one colour (``#rrggbb``)."""

    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what stands at the left, cut where there is no room, and what stands at the right."""

    left: tuple[Words, ...]
    right: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Plate:
    """Lines on a ground.

    Attributes:
        rows: From top to bottom; at least one.
        fill: Ground, ``#rrggbb`` or ``#rrggbbaa``.
        width: Pixels; None for as wide as the words.
        height: Pixels; None for as high as the words.
        margin: Around the lines, in heights of a letter.
    """

    rows: tuple[Row, ...]
    fill: str
    width: int | None = None
    height: int | None = None
    margin: float = 0.6


def letter(plates: Sequence[Plate], size: float, dim: str = "#9aa3ad") -> tuple[Pixels, ...]:
    """Draws plates, all in one go: a call costs some 50 ms, a further plate about 1 ms.

    Args:
        plates: May be empty.
        size: Height of the letters in pixels.
        dim: Colour of what separates words, ``#rrggbb``.

    Returns:
        One picture a plate, in their order.

    Raises:
        ReportError: The typesetter fails.
    """
    if not plates:
        return ()
    strips = [
        {
            "rows": [{"left": _plain(row.left), "right": _plain(row.right)} for row in plate.rows],
            "fill": plate.fill,
            "width": plate.width,
            "height": plate.height,
            "margin": plate.margin,
        }
        for plate in plates
    ]
    inputs = {"strips": json.dumps(strips), "look": json.dumps({"size": size, "dim": dim})}
    try:
        pages: Any = typst.compile(_PAGES, format="png", ppi=72, sys_inputs=inputs, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise ReportError("lettering", str(error)) from error
    return tuple(_decode(page) for page in (pages if isinstance(pages, list) else [pages]))  # one page comes bare


def put(canvas: Pixels, picture: Pixels, x: int, y: int) -> None:
    """Lays ``picture`` over ``canvas`` with its upper left corner at (x, y); what reaches over the edge is cut."""
    height = min(picture.shape[0], canvas.shape[0] - y)
    width = min(picture.shape[1], canvas.shape[1] - x)
    if height <= 0 or width <= 0:
        return
    over = picture[:height, :width].astype(np.float32)
    under = canvas[y : y + height, x : x + width].astype(np.float32)
    cover = over[..., 3:] / 255
    keep = under[..., 3:] / 255 * (1 - cover)
    alpha = cover + keep
    colour = (over[..., :3] * cover + under[..., :3] * keep) / np.maximum(alpha, 1e-6)
    canvas[y : y + height, x : x + width] = np.rint(np.concatenate([colour, alpha * 255], axis=2)).astype(np.uint8)


def _plain(words: Sequence[Words]) -> list[dict[str, str]]:
    return [{"words": part.words, "colour": part.colour} for part in words]


def _decode(page: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(page, np.uint8), cv2.IMREAD_UNCHANGED), dtype=np.uint8)
