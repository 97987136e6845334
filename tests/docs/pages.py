"""What the pages of this project say, taken apart: commands, links, headings."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.docs.reference import ROOT

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL = frozenset({"", "sh", "bash", "console"})
_INLINE = re.compile(r"`(doorstep(?: [^`]*)?)`")
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def all_pages() -> tuple[Path, ...]:
    """Every page that belongs to the documentation, in order."""
    top = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    return (*top, *sorted((ROOT / "docs").rglob("*.md")))


def commands(text: str) -> Iterator[list[str]]:
    """Every ``doorstep`` command in a shell block or between backticks, as words; comments are left out."""
    for language, block in _FENCE.findall(text):
        if language in _SHELL:
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line.removeprefix("$ "), comments=True)
                while words and "=" in words[0]:  # NAME=value before a command
                    words = words[1:]
                if words and words[0] == "doorstep":
                    yield words
    for inline in _INLINE.findall(_FENCE.sub("", text)):
        yield shlex.split(inline)


def links(text: str) -> Iterator[str]:
    """Targets of links and pictures, code left out."""
    yield from _LINK.findall(_FENCE.sub("", text))


def anchors(text: str) -> frozenset[str]:
    """The names by which headings can be linked to."""
    headings = (heading.strip().lower().replace("`", "") for heading in _HEADING.findall(_FENCE.sub("", text)))
    return frozenset(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings)
