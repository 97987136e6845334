"""Looks for what should be gone: in every byte of every file, in every row of every table, by mark and by id."""

import os
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from tests.sequences.book import Book

_MARKS = re.compile(rb"(zq[a-p]{12})(label)?")
_RUNS = re.compile(rb"[0-9a-f]{20,}")
_NUMERALS = 20
"""Hexadecimal digits of an id; a digest has more, and stands alone."""

NAMED_FOR_GOOD = frozenset(
    {
        "custody", "custody_openings", "custody_subtrees", "custody_head",  # what was done, for good
        "tombstones", "disposed",  # the tombstone and what it is about
        "disclosures", "disclosed_clips",  # copies that cannot be recalled
        "holds",  # what a hold names
    }
)  # fmt: skip
"""Tables that may go on naming what is gone, by id and digest alone."""
_SAYING_SO = ("retention/sweep-", "retention/unnamed.json", "second/", ".withdrawn.txt")
"""Files that may: what a sweep did, tombstones in the second place, notes in place of reports and packages."""
_PLAIN = (".json", ".html", ".md", ".txt", ".pdf", ".eml")


@dataclass
class Found:
    """What stands in files.

    Attributes:
        marks: By mark, the files that hold it anywhere in their bytes; of a mark in labels alone ``<mark>label``.
        names: By id or digest that was looked for, the files that name it and may not; names of files count.
    """

    marks: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)


def on_disk(root: Path, ids: Collection[str]) -> Found:
    """Every file under a folder, read once; what a package holds is unpacked."""
    found, by_digits = Found(), _by_digits(ids)
    for name, path in sorted(_files(root)):
        content = path.read_bytes()
        for part, part_content in _parts(path, content):
            for mark, label in _MARKS.findall(part_content):
                found.marks.setdefault((mark + label).decode(), set()).add(f"{name}{part}")
        if any(one in name for one in _SAYING_SO):
            continue
        said = name.encode() + (content if path.suffix in _PLAIN else b"")
        for one in _named_in(said, by_digits):
            found.names.setdefault(one, set()).add(name)
    return found


def in_rows(book: Book, ids: Collection[str]) -> dict[str, set[str]]:
    """By id or digest that was looked for, the tables that name it and may not name what is gone."""
    found: dict[str, set[str]] = {}
    by_digits = _by_digits(ids)
    for table, text in book.texts():
        if table not in NAMED_FOR_GOOD:
            for one in _named_in(text.encode("utf-8", "replace"), by_digits):
                found.setdefault(one, set()).add(table)
    return found


def _by_digits(ids: Collection[str]) -> dict[bytes, str]:
    return {one.rpartition("-")[2].encode(): one for one in ids}


def _named_in(text: bytes, by_digits: dict[bytes, str]) -> set[str]:
    """A run of hexadecimal digits names what has these digits, and what has its first twenty."""
    runs = set(_RUNS.findall(text))
    return {by_digits[one] for one in by_digits.keys() & (runs | {run[:_NUMERALS] for run in runs})}


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            yield path.relative_to(root).as_posix(), path


def _parts(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", content
    if path.suffix == ".zip":
        with zipfile.ZipFile(BytesIO(content)) as opened:
            for name in opened.namelist():
                yield f"!{name}", opened.read(name)
