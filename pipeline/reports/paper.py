"""An incident report on paper: PDF/A-2b by the typesetter, the same bytes for the same record."""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from pipeline.errors import ReportError

_TEMPLATE = Path(__file__).with_name("templates") / "incident.typ"


def render_paper(view: Mapping[str, Any], pictures: Mapping[str, bytes], made_at: datetime) -> bytes:
    """Sets the report; typefaces come with the typesetter, so every machine sets it alike.

    Args:
        view: What ``incident_view`` says.
        pictures: JPEGs by digest; what is missing is said to be no longer held.
        made_at: The document's own date.

    Raises:
        ReportError: The typesetter fails.
    """
    files = {f"{digest}.jpg": content for digest, content in pictures.items()}
    files["pictures.json"] = json.dumps(sorted(pictures)).encode()
    return typeset(_TEMPLATE, view, files, made_at)


def typeset(template: Path, view: Mapping[str, Any], files: Mapping[str, bytes], made_at: datetime) -> bytes:
    """Sets a template with the values that it reads from ``view.json``: PDF/A-2b, the same bytes for the same input.

    Args:
        template: A typst file.
        view: Plain values.
        files: What else lies beside the template, by file name.
        made_at: The document's own date.

    Raises:
        ReportError: The typesetter fails.
    """
    with tempfile.TemporaryDirectory(prefix="doorstep-report-") as name:
        folder = Path(name)
        (folder / template.name).write_bytes(template.read_bytes())
        (folder / "view.json").write_text(json.dumps(dict(view), ensure_ascii=False), encoding="utf-8")
        for beside, content in files.items():
            (folder / beside).write_bytes(content)
        try:
            return typst.compile(
                str(folder / template.name),
                root=name,
                format="pdf",
                pdf_standards="a-2b",
                timestamp=int(made_at.timestamp()),
                ignore_system_fonts=True,
            )
        except typst.TypstError as error:
            raise ReportError(f"{template.stem} on paper", str(error)) from error
