"""Static files: read once at the start, served from memory under an address that changes with any of them."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("static")
_SHOWN_DIGITS = 16
_WORTH_PACKING = 1024
_PACKED = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file.

    Attributes:
        content: Its bytes.
        packed: The same by gzip; empty where that gains nothing.
        kind: Its media type.
    """

    content: bytes
    packed: bytes
    kind: str


class Statics:
    """Every static file of the desk; one digest over all of them stands in every address.

    So a module that imports another, and a style sheet that names a picture, reach the one that they were made with.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
        self._files = {path.relative_to(folder).as_posix(): _read(path) for path in paths}
        whole = hashlib.sha256()
        for name, file in self._files.items():
            whole.update(f"{name}\0{hashlib.sha256(file.content).hexdigest()}\n".encode())
        self.digest = whole.hexdigest()[:_SHOWN_DIGITS]

    def url(self, name: str) -> str:
        """The address of a file.

        Raises:
            KeyError: There is no such file; a template names one that does not exist.
        """
        if name not in self._files:
            raise KeyError(f"no static file {name}")
        return f"/static/{self.digest}/{name}"

    def get(self, name: str) -> StaticFile | None:
        """A file; None when there is none of this name."""
        return self._files.get(name)


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = "text/javascript" if path.suffix == ".js" else kind
    is_packed = kind.startswith(_PACKED) and len(content) >= _WORTH_PACKING
    return StaticFile(content, _packed(content) if is_packed else b"", kind)


@cache
def _packed(content: bytes) -> bytes:
    """Once a process, in which tests build the desk many times."""
    return gzip.compress(content, 9, mtime=0)
