"""A neighbourhood as an Atom feed with places.

Source: RFC 4287 (Atom), GeoRSS Simple (OGC 17-002r1): latitude first, then longitude, WGS 84.
"""

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.domain.neighbour_reports import PublishedReport
from pipeline.reports.incident_report import Agency
from pipeline.reports.near_words import CATEGORY_WORDS, hour_words
from pipeline.reports.words import notice_words

ATOM, GEORSS = "http://www.w3.org/2005/Atom", "http://www.georss.org/georss"
KIND = "application/atom+xml"
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
"""What no XML 1.0 document holds."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself.

    Attributes:
        title: For people.
        own: Its own address.
        page: The address of its page.
        base: What addresses begin with, for example ``https://desk.example.org``.
        agency: Who publishes it, and whom to call.
        began: UTC; what an empty feed calls its last change.
        time_zone: IANA name in which people read hours.
    """

    title: str
    own: str
    page: str
    base: str
    agency: Agency
    began: datetime
    time_zone: str


def write_feed(feed: Feed, reports: Sequence[PublishedReport]) -> bytes:
    """The feed as XML; the same reports give the same bytes.

    Args:
        feed: What it says of itself.
        reports: May be empty; the newest publication is put first.
    """
    ET.register_namespace("", ATOM)
    ET.register_namespace("georss", GEORSS)
    root = ET.Element(f"{{{ATOM}}}feed")
    newest = sorted(reports, key=lambda one: (one.published_at, one.report_id), reverse=True)
    _text(root, "id", _identity(feed.own))
    _text(root, "title", feed.title)
    _text(root, "subtitle", " ".join(notice_words(feed.agency)))
    _text(root, "updated", _moment(newest[0].published_at if newest else feed.began))
    _author(root, feed.agency.name)
    _link(root, "self", feed.own, KIND)
    _link(root, "alternate", feed.page, "text/html")
    for report in newest:
        _entry(root, feed, report)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(ET.tostring(root, encoding="unicode"), "utf-8")


def _entry(root: ET.Element, feed: Feed, report: PublishedReport) -> None:
    entry = ET.SubElement(root, f"{{{ATOM}}}entry")
    page = f"{feed.base}/near/reports/{report.report_id}"
    happened = hour_words(report.happened_at, feed.time_zone)
    _text(entry, "id", _identity(page))
    _text(entry, "title", f"{CATEGORY_WORDS[report.category]}: {report.area}, {happened}")
    _text(entry, "published", _moment(report.published_at))
    _text(entry, "updated", _moment(report.published_at))
    _link(entry, "alternate", page, "text/html")
    ET.SubElement(entry, f"{{{ATOM}}}category", term=report.category.value, label=CATEGORY_WORDS[report.category])
    told = report.words or "A report without words."
    pictures = f" With {len(report.media)} masked pictures or films." if report.media else ""
    _text(entry, "summary", f"{told}{pictures} {' '.join(notice_words(feed.agency))}")
    point = ET.SubElement(entry, f"{{{GEORSS}}}point")
    point.text = f"{report.block[0]:.5f} {report.block[1]:.5f}"


def _author(root: ET.Element, name: str) -> None:
    author = ET.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", name)


def _text(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = words.translate(_NOT_XML)


def _link(parent: ET.Element, relation: str, address: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", rel=relation, href=address, type=kind)


def _identity(address: str) -> str:
    """The same for the same address for ever, and a URN, as RFC 4287 4.2.6 asks for an IRI that stays."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, address)}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
