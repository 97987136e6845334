"""Lines of a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With which a spreadsheet begins to calculate, wide forms among them. Source: OWASP, CSV Injection."""


def csv_line(cells: Iterable[str]) -> str:
    """One line with its end; a cell that a spreadsheet would calculate is shown as text."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(map(_harmless, cells))
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A cell in which no spreadsheet begins to calculate, whatever it takes for the end of a cell.

    A spreadsheet of a land that writes commas in numbers reads ``;`` as the end of a cell, also between quotes when it
    was told to: what follows one is looked at as if it began a cell. Blanks before a formula do not hide it.
    """
    parts = (f"'{part}" if part.lstrip(" \u00a0\ufeff").startswith(_FORMULA) else part for part in cell.split(";"))
    return ";".join(parts)
