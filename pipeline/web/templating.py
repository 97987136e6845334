"""Templates of the desk's pages: everything that is put in is escaped, and what a page lacks is an error."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.domain.amounts import counted, size_words, span_words
from pipeline.reports.sentences import capital
from pipeline.web.statics import Statics

_FOLDER = Path(__file__).with_name("templates")
_CALLABLE = re.compile(r"\+?[\d\s().-]{3,20}", re.ASCII)


class Templates:
    """Makes pages.

    Filters: ``local`` writes a moment in the installation's time zone, ``iso`` in UTC for machines; ``tel`` is what a
    telephone dials for a number, empty for words that are none; ``sentence`` begins words with a capital letter.
    """

    def __init__(self, statics: Statics, time_zone: str) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, auto_reload=False
        )
        self._zone = ZoneInfo(time_zone)
        self._environment.globals["static"] = statics.url
        self._environment.globals["time_zone"] = time_zone
        self._environment.filters["local"] = self._local
        self._environment.filters["iso"] = _iso
        self._environment.filters["tel"] = _tel
        self._environment.filters["sentence"] = capital
        self._environment.filters["span"] = span_words
        self._environment.filters["size"] = size_words
        self._environment.filters["counted"] = counted

    def page(self, template: str, context: dict[str, object]) -> str:
        """A page as text."""
        return self._environment.get_template(template).render(context)

    def _local(self, moment: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
        return moment.astimezone(self._zone).strftime(form)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _tel(words: str) -> str:
    return re.sub(r"[^+\d]", "", words) if _CALLABLE.fullmatch(words) else ""
