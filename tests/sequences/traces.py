"""Looks for what should be gone: in every byte of every file, in every row of every table, by mark and by id."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, select

from pipeline.catalogue.tables import metadata
from pipeline.night.services import Services

_MARKS = re.compile(rb"(zq[a-p]{12})(label)?")
_IDS = re.compile(r"(?:hl|ev|aq)-[0-9a-f]{20}|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")

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


def marks_on_disk(root: Path) -> dict[str, set[str]]:
    """By mark, the files that hold it anywhere in their bytes; of a mark in labels alone ``<mark>label``."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            for name, content in _contents(path):
                for mark, label in _MARKS.findall(content):
                    found.setdefault((mark + label).decode(), set()).add(f"{path.relative_to(root)}{name}")
    return found


def ids_in_rows(services: Services) -> dict[str, set[str]]:
    """By id or digest, the tables that name it and may not name what is gone."""
    found: dict[str, set[str]] = {}
    with services.catalogue._database.read() as connection:
        for table, text in _texts(connection):
            for one in _IDS.findall(text):
                found.setdefault(one, set()).add(table)
    return found


def ids_in_files(root: Path) -> dict[str, set[str]]:
    """By id or digest, the files that name it and may not name what is gone; names of files count."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if any(one in name for one in _SAYING_SO) or not path.is_file():
            continue
        text = name
        if path.suffix in _PLAIN:
            text += path.read_text("utf-8", errors="replace")
        for one in _IDS.findall(text.replace("/", " ")):
            found.setdefault(one, set()).add(name)
    return found


def rows(services: Services) -> dict[str, int]:
    """How many rows each table has."""
    with services.catalogue._database.read() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    yield "", path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as opened:
            for name in opened.namelist():
                yield f"!{name}", opened.read(name)


def _texts(connection: Connection) -> Iterator[tuple[str, str]]:
    for name, table in metadata.tables.items():
        if name in NAMED_FOR_GOOD:
            continue
        for row in connection.execute(select(table)):
            yield name, " ".join(str(value) for value in row if isinstance(value, str))
