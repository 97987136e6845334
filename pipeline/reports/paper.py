"""An incident report on paper: PDF/A-2b by the typesetter, the same bytes for the same record."""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from pipeline.errors import ReportError

_TEMPLATES = Path(__file__).with_name("templates")


def render_paper(view: Mapping[str, Any], pictures: Mapping[str, bytes], made_at: datetime) -> bytes:
    """Sets the report; typefaces come with the typesetter, so every machine sets it alike.

    Args:
        view: What ``incident_view`` says.
        pictures: JPEGs by digest; what is missing is said to be no longer held.
        made_at: The document's own date.

    Raises:
        ReportError: The typesetter fails.
    """
    return set_paper("incident.typ", view, pictures, made_at)


def set_paper(template: str, view: Mapping[str, Any], pictures: Mapping[str, bytes], made_at: datetime) -> bytes:
    """Sets any of the templates, as ``render_paper`` does the incident's.

    Args:
        template: Its file name.
        view: Its words.
        pictures: JPEGs by digest.
        made_at: The document's own date.

    Raises:
        ReportError: The typesetter fails.
    """
    with tempfile.TemporaryDirectory(prefix="doorstep-report-") as name:
        folder = Path(name)
        (folder / template).write_bytes((_TEMPLATES / template).read_bytes())
        (folder / "view.json").write_text(json.dumps(dict(view), ensure_ascii=False), encoding="utf-8")
        (folder / "pictures.json").write_text(json.dumps(sorted(pictures)), encoding="utf-8")
        for digest, content in pictures.items():
            (folder / f"{digest}.jpg").write_bytes(content)
        try:
            return typst.compile(
                str(folder / template),
                root=name,
                format="pdf",
                pdf_standards="a-2b",
                timestamp=int(made_at.timestamp()),
                ignore_system_fonts=True,
            )
        except typst.TypstError as error:
            raise ReportError(f"{template.removesuffix('.typ')} on paper", str(error)) from error
