"""The public log as an Atom feed.

Source: RFC 4287.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from pipeline.casework.requests.log import decided_by
from pipeline.domain.request_log import LogEntry, LogKind
from pipeline.reports.incident_report import Agency
from pipeline.reports.words import notice_words

_ATOM = "http://www.w3.org/2005/Atom"


def log_feed(agency: Agency, base: str, entries: Sequence[LogEntry]) -> bytes:
    """The feed; without an entry it is empty, and as old as the calendar.

    Args:
        agency: Whose log it is, and whom to call.
        base: Address of the installation, without a slash at its end.
        entries: The newest first.
    """
    feed = Element("feed", xmlns=_ATOM)
    _add(feed, "id", f"{base}/requests/log")
    _add(feed, "title", f"Requests for footage: {agency.name}")
    _add(feed, "subtitle", " ".join(notice_words(agency)))
    _add(feed, "updated", _moment(entries[0].at if entries else datetime(1970, 1, 1, tzinfo=UTC)))
    SubElement(feed, "link", rel="self", href=f"{base}/requests/log.atom", type="application/atom+xml")
    SubElement(feed, "link", rel="alternate", href=f"{base}/requests/log", type="text/html")
    _add(SubElement(feed, "author"), "name", agency.name)
    for entry in entries:
        one = SubElement(feed, "entry")
        _add(one, "id", f"{base}/requests/log#{entry.request_id}-{entry.kind.value}")
        _add(one, "title", _title(entry))
        _add(one, "updated", _moment(entry.at))
        SubElement(one, "link", rel="alternate", href=f"{base}/requests/log#{entry.request_id}", type="text/html")
        _add(one, "content", _words(entry))
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _add(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = "".join(sign for sign in words if sign.isprintable() or sign in "\n\t")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _title(entry: LogEntry) -> str:
    if entry.asked is None:
        return f"Refused by {decided_by(entry)}"
    return f"{'Closed' if entry.kind is LogKind.CLOSED else 'Asked'}: {entry.asked.title}"


def _words(entry: LogEntry) -> str:
    if entry.asked is None:
        return ", ".join(rule.value.replace("_", " ") for rule in entry.rules) or "by a person"
    return entry.asked.words
