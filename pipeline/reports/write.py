"""From a report's record to files: the page, the paper, the JSON, and the highlights beside them."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.incidents import Highlight
from pipeline.domain.plain import to_plain
from pipeline.errors import EvidenceNotFoundError, StorageError
from pipeline.reports.incident_report import IncidentReport
from pipeline.reports.incident_view import incident_view
from pipeline.reports.morning_report import MorningReport
from pipeline.reports.morning_view import morning_view
from pipeline.reports.page import MEDIA, render_page
from pipeline.reports.paper import render_paper
from pipeline.reports.terminal import to_markdown

ReadObject = Callable[[str], bytes]
"""The bytes of a stored object by digest; raises EvidenceNotFoundError when they are no longer held."""


@dataclass(frozen=True, slots=True)
class IncidentReportFiles:
    """Where an incident report lies. The JSON is the record; page and paper are views of it."""

    html: Path
    pdf: Path
    json: Path


@dataclass(frozen=True, slots=True)
class MorningReportFiles:
    """Where a morning report lies. The JSON is the record; page and Markdown are views of it."""

    html: Path
    markdown: Path
    json: Path


def write_incident_report(report: IncidentReport, read: ReadObject, out_dir: Path) -> IncidentReportFiles:
    """Writes the report into a folder, over what an earlier one of the same incident left there.

    Args:
        report: The record.
        read: Gives pictures and highlights; one that is no longer held is named as such, and the report still made.
        out_dir: Made when it is not there.

    Raises:
        ReportError: A template or the typesetter fails.
        StorageError: A file cannot be written.
    """
    shown = [part.highlight for part in report.highlights]
    pictures = _read_all(read, pictures_of(report))
    view = incident_view(report)
    files = IncidentReportFiles(out_dir / "report.html", out_dir / "report.pdf", out_dir / "report.json")
    videos = _write_videos(shown, read, out_dir)
    _write(files.json, to_json(report))
    _write(files.html, render_page("incident.html", view, pictures, videos).encode())
    _write(files.pdf, render_paper(view, pictures, report.made_at))
    return files


def incident_paper(report: IncidentReport, read: ReadObject) -> bytes:
    """The report on paper alone; the same bytes for the same record and pictures.

    Raises:
        ReportError: The typesetter fails.
    """
    return render_paper(incident_view(report), _read_all(read, pictures_of(report)), report.made_at)


def pictures_of(report: IncidentReport) -> tuple[str, ...]:
    """Every picture that the report shows, by digest, each once."""
    stills = [digest for part in report.highlights for digest in _stills(part.highlight)]
    beside = [one.event.since.picture for part in report.highlights for one in part.events if one.event.since]
    return tuple(dict.fromkeys([*stills, *beside]))


def write_morning_report(report: MorningReport, read: ReadObject, out_dir: Path) -> MorningReportFiles:
    """Writes the report into a folder, over what an earlier run of the same night left there.

    Args:
        report: The record.
        read: Gives pictures and highlights, as for an incident report.
        out_dir: Made when it is not there.

    Raises:
        ReportError: A template fails.
        StorageError: A file cannot be written.
    """
    shown = [part.highlight for part in report.highlights]
    pictures = _read_all(read, [part.poster for part in shown])
    view = morning_view(report)
    files = MorningReportFiles(out_dir / "morning.html", out_dir / "morning.md", out_dir / "morning.json")
    videos = _write_videos(shown, read, out_dir)
    _write(files.json, to_json(report))
    _write(files.html, render_page("morning.html", view, pictures, videos).encode())
    _write(files.markdown, to_markdown(report).encode())
    return files


def to_json(report: IncidentReport | MorningReport) -> bytes:
    """The record itself: UTF-8, two spaces, exact times; ``from_plain`` makes the same record of it again."""
    return (json.dumps(to_plain(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _stills(highlight: Highlight) -> Iterable[str]:
    yield from (highlight.poster, highlight.contact_sheet)
    for picture in highlight.pictures:
        yield from (picture.marked, picture.plain)


def _read_all(read: ReadObject, digests: Iterable[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for digest in dict.fromkeys(digests):
        content = _read_held(read, digest)
        if content:
            found[digest] = content
    return found


def _read_held(read: ReadObject, digest: str) -> bytes:
    """Empty when the object is no longer held: its grant was revoked, or its time ran out."""
    try:
        return read(digest)
    except EvidenceNotFoundError:
        return b""


def _write_videos(highlights: Sequence[Highlight], read: ReadObject, out_dir: Path) -> dict[str, str]:
    paths: dict[str, str] = {}
    for highlight in highlights:
        content = _read_held(read, highlight.digest)
        if content:
            relative = f"{MEDIA}/{highlight.highlight_id}.mp4"
            _write(out_dir / relative, content)
            paths[highlight.digest] = relative
    _remove_others(out_dir / MEDIA, {Path(relative).name for relative in paths.values()})
    return paths


def _remove_others(folder: Path, kept: set[str]) -> None:
    """What an earlier run of the same report showed and this one may not, or need not, show any more."""
    try:
        for path in folder.glob("hl-*.mp4"):
            if path.name not in kept:
                path.unlink()
    except OSError as error:
        raise StorageError(f"remove from {folder.name}", error.strerror or type(error).__name__) from error


def _write(path: Path, content: bytes) -> None:
    """A reader sees the old file or the new one, never half of one."""
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        raise StorageError(f"write {path.name}", error.strerror or type(error).__name__) from error
