"""A transparency report as a page, on paper and as JSON; the JSON is the record, and its bytes are what is hashed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.plain import to_plain
from pipeline.domain.transparency import Line, TransparencyReport
from pipeline.errors import StorageError
from pipeline.reports.incident_report import Agency
from pipeline.reports.page import render_page
from pipeline.reports.paper import set_paper
from pipeline.reports.words import notice_words

HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class TransparencyFiles:
    """Where a report lies."""

    html: Path
    pdf: Path
    json: Path


def transparency_json(report: TransparencyReport) -> bytes:
    """The report as it is handed out and hashed: UTF-8, two spaces; a hidden number is null."""
    return (json.dumps(to_plain(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def transparency_view(report: TransparencyReport) -> Mapping[str, Any]:
    """All words of a report, once for page, paper and desk; a hidden number is the word ``hidden``."""
    return {
        "title": f"Transparency report, {report.span}",
        "agency": report.agency,
        "span": report.span,
        "periods": list(report.periods),
        "hiding": hiding_words(report.floor),
        "sections": [
            {"title": one.title, "about": one.about, "lines": [_line(line) for line in one.lines]}
            for one in report.sections
        ],
        "rates": [{"what": one.what, "value": one.value, "source": one.source} for one in report.rates],
        "made": f"{report.made_at:%Y-%m-%d %H:%M} UTC",
        "made_by": report.made_by,
        "time_zone": report.time_zone,
    }


def hiding_words(floor: int) -> str:
    """What is hidden, and why."""
    return (
        f"Numbers below {floor}, and numbers that fewer than {floor} households stand behind, are hidden "
        f'and say "{HIDDEN}". '
        "Where the total would give one away, another is hidden with it, or the total is. None at all is told as 0."
    )


def write_transparency(report: TransparencyReport, answers_for: Agency, folder: Path) -> TransparencyFiles:
    """Writes a report into a folder, over what an earlier one of the same span left there.

    Args:
        report: The record.
        answers_for: Who is called with questions.
        folder: Made when it is not there.

    Raises:
        ReportError: A template or the typesetter fails.
        StorageError: A file cannot be written.
    """
    view = {**transparency_view(report), "notice": list(notice_words(answers_for))}
    stem = f"transparency-{report.periods[0]}-{report.periods[-1]}"
    made = TransparencyFiles(folder / f"{stem}.html", folder / f"{stem}.pdf", folder / f"{stem}.json")
    parts = {
        made.json: transparency_json(report),
        made.html: render_page("transparency.html", view, {}, {}).encode(),
        made.pdf: set_paper("transparency.typ", view, {}, report.made_at),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in parts.items():
            path.write_bytes(content)
    except OSError as error:
        raise StorageError("write the transparency report", error.strerror or type(error).__name__) from error
    return made


def _line(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "words": line.words,
        "numbers": [_shown(number) for number in line.numbers],
        "total": _shown(line.total),
    }


def _shown(number: int | None) -> str:
    return HIDDEN if number is None else f"{number:,}"
