"""Reports as pages: one HTML file that reads without a network, with the highlights beside it."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from pipeline.errors import ReportError

MEDIA = "media"
"""The folder beside a page in which its highlights lie."""

_environment = jinja2.Environment(
    loader=jinja2.PackageLoader("pipeline.reports", "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render_page(
    template: str, view: Mapping[str, Any], pictures: Mapping[str, bytes], videos: Mapping[str, str]
) -> str:
    """Fills a template.

    Args:
        template: Its file name.
        view: What it shows.
        pictures: JPEGs by digest, laid into the page; what is missing is said to be no longer held.
        videos: Relative paths by digest; likewise.

    Raises:
        ReportError: The template and the view do not fit each other.
    """
    inlined = {digest: f"data:image/jpeg;base64,{base64.b64encode(data).decode()}" for digest, data in pictures.items()}
    try:
        return _environment.get_template(template).render(view=view, pictures=inlined, videos=videos)
    except jinja2.TemplateError as error:
        raise ReportError(template, str(error)) from error


def style() -> str:
    """The style sheet that every page carries inside."""
    return Path(__file__).with_name("templates").joinpath("style.css").read_text(encoding="utf-8")


_environment.globals["style"] = style
