"""Fills a letter's two templates: the text, and the page beside it."""

from collections.abc import Mapping
from typing import Any

import jinja2

from pipeline.errors import ReportError

_environment = jinja2.Environment(
    loader=jinja2.PackageLoader("pipeline.post", "templates"),
    autoescape=jinja2.select_autoescape(("html",), default_for_string=True, default=False),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def fill(letter: str, view: Mapping[str, Any]) -> tuple[str, str]:
    """The text and the page of a letter.

    Args:
        letter: Name of its templates, without an ending.
        view: What it shows.

    Raises:
        ReportError: A template and the view do not fit each other.
    """
    try:
        text, html = (_environment.get_template(f"{letter}.{kind}").render(view) for kind in ("txt", "html"))
    except jinja2.TemplateError as error:
        raise ReportError(letter, str(error)) from error
    return text, html
