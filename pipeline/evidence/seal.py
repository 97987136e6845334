"""Reads the C2PA seal of a source: whether its bytes, and those of all that it was made from, are as they were sealed.

A state at the top is never taken alone: a clip that was made from a tampered one is itself sealed correctly, and says
``Trusted``; that its source was tampered with stands only in the results of its ingredients.

Source: C2PA technical specification 2.2, sections on validation and ingredients; tried with c2pa-python 0.38.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.domain.evidence import Seal, SealState
from pipeline.errors import SealError, StorageError
from pipeline.evidence.seal_process import SealProcessError, ask, is_installed
from pipeline.settings import SealSettings

NOT_INSTALLED = "c2pa is not installed"
MP4 = "video/mp4"
_MARKS = (b"c2pa", b"jumb", b"dcterms:provenance")
"""A file that holds a manifest holds its label or its box; one that names a manifest elsewhere holds the last."""
_CHUNK = 1024 * 1024
_WORDS_OF_TRUST = frozenset({"signingCredential.untrusted", "timeStamp.untrusted", "signingCredential.ocsp.unknown"})
"""Codes that speak of who signed and not of the bytes; they are in ``is_trusted``."""
_OF_FAILURES = frozenset({"failure", "validation_status"})
_LONGEST_DETAIL = 300
_DEEPEST = 32


def read_seal(path: Path, settings: SealSettings) -> Seal:
    """Reads in a child process with limits and without network; nothing of the file is changed.

    Without a mark of C2PA in its bytes no process is started: there is no seal to read.

    Raises:
        StorageError: The file cannot be read.
    """
    mark = _mark_in(path)
    if not mark:
        return Seal(SealState.ABSENT)
    if not is_installed():
        return Seal(SealState.NOT_READ, f"{NOT_INSTALLED}, and the file has what may be a seal")
    if path.stat().st_size > settings.largest_megabytes << 20:
        return Seal(SealState.NOT_READ, f"larger than {settings.largest_megabytes} MB")
    order = {"do": "read", "path": str(path.resolve()), "format": MP4, "anchors": read_anchors(settings)}
    try:
        told = ask(order, settings, reads=(path.resolve(),))
    except SealProcessError as error:
        return Seal(SealState.NOT_READ, str(error))
    return judged(told, is_elsewhere=mark == _MARKS[-1])


def has_mark(content: bytes) -> bool:
    """Whether the bytes hold what every sealed file holds; most that do not are answered by this alone."""
    return any(mark in content for mark in _MARKS)


def judged(told: Mapping[str, Any], *, is_elsewhere: bool = False) -> Seal:
    """What the reader's answer comes to.

    Args:
        told: Of ``seal_child``.
        is_elsewhere: The file names a manifest that lies elsewhere, and has none inside.
    """
    reader = str(told.get("reader", ""))[:80]
    if "absent" in told:
        if is_elsewhere:
            return Seal(SealState.NOT_READ, "its manifest lies elsewhere and is not fetched", reader=reader)
        return Seal(SealState.ABSENT, reader=reader)
    report = told.get("report")
    if not isinstance(report, dict):
        return Seal(
            SealState.BROKEN, f"it cannot be read: {told.get('error', 'no report')}"[:_LONGEST_DETAIL], reader=reader
        )
    failures = sorted({code for code in _failures(report) if code not in _WORDS_OF_TRUST})
    is_intact = not failures and told.get("state") in ("Valid", "Trusted")
    return Seal(
        state=SealState.VERIFIED if is_intact else SealState.BROKEN,
        detail=", ".join(failures)[:_LONGEST_DETAIL],
        signer=_signer(report),
        is_trusted=is_intact and told.get("state") == "Trusted",
        ingredients=sum(len(_list(manifest.get("ingredients"))) for manifest in _manifests(report)),
        reader=reader,
    )


def read_anchors(settings: SealSettings) -> str:
    """The roots that the operator trusts, as PEM; empty when he named none.

    Raises:
        StorageError: The file that he named cannot be read.
    """
    if settings.trust_anchors is None:
        return ""
    try:
        return settings.trust_anchors.read_text("ascii")
    except (OSError, ValueError) as error:
        raise StorageError("read the trust anchors of seals", str(error)) from error


def require_installed() -> None:
    """Refuses where seals cannot be made.

    Raises:
        SealError: The extra is not installed.
    """
    if not is_installed():
        raise SealError(f"{NOT_INSTALLED}: pip install 'doorstep[c2pa]'")


def _mark_in(path: Path) -> bytes:
    """The first mark of C2PA in the file's bytes; empty when there is none."""
    overlap = max(len(mark) for mark in _MARKS)
    before, found = b"", b""
    try:
        with path.open("rb") as source:
            while chunk := source.read(_CHUNK):
                window = before + chunk
                for mark in _MARKS:
                    if mark in window and (not found or mark != _MARKS[-1]):
                        found = mark
                if found and found != _MARKS[-1]:
                    return found
                before = chunk[-overlap:]
    except OSError as error:
        raise StorageError("read an original", str(error)) from error
    return found


def _failures(value: object, depth: int = 0) -> Iterator[str]:
    """Every code of a failure anywhere in the report: of the file, of its ingredients, and of theirs."""
    if depth > _DEEPEST:
        yield "the report is nested too deep"
    elif isinstance(value, dict):
        for name, below in value.items():
            if name in _OF_FAILURES:
                yield from (str(one.get("code", "unnamed")) for one in _list(below) if isinstance(one, dict))
            elif name != "assertions":
                yield from _failures(below, depth + 1)
    elif isinstance(value, list):
        for below in value:
            yield from _failures(below, depth + 1)


def _manifests(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    manifests = report.get("manifests")
    return [one for one in manifests.values() if isinstance(one, dict)] if isinstance(manifests, dict) else []


def _signer(report: Mapping[str, Any]) -> str:
    manifests = report.get("manifests")
    active = manifests.get(report.get("active_manifest")) if isinstance(manifests, dict) else None
    signed = active.get("signature_info") if isinstance(active, dict) else None
    if not isinstance(signed, dict):
        return ""
    words = [str(signed[name]) for name in ("issuer", "common_name") if signed.get(name)]
    return ", ".join(words)[:120]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
