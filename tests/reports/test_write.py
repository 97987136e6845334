import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.events import EventKind
from pipeline.domain.incidents import Attachment, AttachmentStatus
from pipeline.domain.neighbour_reports import MediumKind
from pipeline.domain.plain import from_plain
from pipeline.domain.tags import TagStatus
from pipeline.domain.weights import UsedWeights
from pipeline.reports import (
    CameraCoverage,
    IncidentReport,
    MorningReport,
    OutcomeCount,
    to_json,
    to_markdown,
    write_incident_report,
    write_morning_report,
)
from pipeline.reports.incident_report import ReceivedFile, ReportedEvent, SaidOfIt
from tests.reports.stories import (
    CAMERA,
    MADE,
    Store,
    a_morning_report,
    a_reported_highlight,
    an_event,
    an_incident,
    an_incident_report,
    words_of,
)

HOSTILE = '<script>alert("1")</script> & "quoted" \u202e #evil $x$ \\ [x](javascript:y) | `z`'
VOID = frozenset({"meta", "img", "br", "link", "hr", "input"})


class Page(HTMLParser):
    """Checks that a page is well formed, and keeps what a test asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def store() -> Store:
    return Store()


SENT = ReceivedFile(
    "f6" * 32, MediumKind.VIDEO, 4_200_000, "nr-0123456789ab", MADE, MADE, "gr-0123456789ab v1", is_public=True
)


def test_a_report_lists_what_neighbours_sent_on_page_paper_and_in_its_record(store: Store, tmp_path: Path) -> None:
    files = write_incident_report(an_incident_report(store, received=(SENT,)), store.read, tmp_path)
    page, paper = Page(files.html.read_text(encoding="utf-8")).text, words_of(files.pdf)
    for words in ("nr-0123456789ab", "gr-0123456789ab v1", "a masked copy is published"):
        assert words in page, words
    for words in ("What was sent with reports", "nr-0123456789ab", "4200000 bytes"):
        assert words in paper, words
    assert SENT.digest in page
    assert "1 file that people sent with reports is in it." in page
    (told,) = json.loads(files.json.read_text("utf-8"))["received"]
    assert (told["digest"], told["report_id"]) == (SENT.digest, SENT.report_id)
    without = write_incident_report(an_incident_report(store), store.read, tmp_path / "without")
    assert "What was sent with reports" not in without.html.read_text("utf-8")


def test_a_report_names_what_looked_and_under_what_licence_it_is(store: Store, tmp_path: Path) -> None:
    weights = (
        UsedWeights("event-scores", "a7" * 32, "AGPL-3.0-or-later, as Doorstep", "a table"),
        UsedWeights("yolo11s", "b8" * 32, "AGPL-3.0", "trained on COCO", "https://example.org/yolo11"),
    )
    files = write_incident_report(an_incident_report(store, weights=weights), store.read, tmp_path)
    page, paper = Page(files.html.read_text(encoding="utf-8")).text, words_of(files.pdf)
    for one in weights:
        for words in (one.name, one.licence, one.source, one.card, one.digest):
            assert words in page, words
        # A cell's words may go on in its next line, and then those of its neighbours stand between.
        for word in f"{one.name} {one.licence} {one.source} {one.card}".split():
            assert word in paper, word
    told = json.loads(files.json.read_text("utf-8"))["weights"]
    assert [one["digest"] for one in told] == [one.digest for one in weights]
    without = write_incident_report(an_incident_report(store), store.read, tmp_path / "without")
    assert "under what licence" not in without.html.read_text("utf-8")


def test_an_incident_s_page_says_all_that_a_reader_must_know(store: Store, tmp_path: Path) -> None:
    files = write_incident_report(an_incident_report(store), store.read, tmp_path)
    page = Page(files.html.read_text(encoding="utf-8"))
    for words in (
        "This is not an emergency service and it is not monitored.",
        "In an emergency call 911. Non-emergency number of Oak Street police: 555 0100.",
        "machine, not yet confirmed",
        "Tue 10 Mar 2026, 23:30:08 to 23:30:09 CET",
        "2026-03-10 22:30:08 to 22:30:09 UTC",
        "stated by the camera's maker, give or take 2.0 s",
        "c1" * 32,
        "gr-20c1 version 2",
        "4b" * 32,
        "The model looked at 34 of 903 decoded frames",
        "2 could not be decoded.",
        "A visit shorter than 0.5 s can lie between two looks.",
        "17.0 to 28.0 (nothing moved), 28.0 to 28.4 (could not be decoded)",
        "Package delivered? Cannot tell: too dark",
        "1 \u00d7 not ready yet; asked again the next night (six tries over four minutes)",
        "not granted",
        "d4" * 32,
        "36 m from the place",
    ):
        assert words in page.text, words


def test_of_a_camera_that_was_asked_before_its_grant_ended_nobody_reads_that_it_was_not(
    store: Store, tmp_path: Path
) -> None:
    before = CameraCoverage("ring:1", "Porch", granted=False, why="revoked", triggers=0, was_asked=True)
    never = CameraCoverage("ring:2", "Lawn", granted=False, why="no grant", triggers=0)

    def words(camera: CameraCoverage) -> str:
        report = an_incident_report(store, coverage=(camera,))
        files = write_incident_report(report, store.read, tmp_path / camera.camera_id)
        return Page(files.html.read_text(encoding="utf-8")).text

    assert "1 camera nearby: asked under a grant that is over; what came of it is not told." in words(before)
    assert "nothing was asked" not in words(before)
    assert "1 camera nearby: no live grant, not asked." in words(never)
    assert "nothing was asked" in words(never)


def test_a_page_can_be_read_by_anybody_and_asks_nothing_of_a_network(store: Store, tmp_path: Path) -> None:
    incident = write_incident_report(an_incident_report(store), store.read, tmp_path)
    morning = write_morning_report(a_morning_report(store), store.read, tmp_path)
    for path in (incident.html, morning.html):
        page = Page(path.read_text(encoding="utf-8"))
        assert page.all("html") == [{"lang": "en"}]
        assert [name for name, _ in page.tags if name == "h1"] == ["h1"]
        assert all(image["alt"] for image in page.all("img"))
        assert all(head["scope"] in {"col", "row"} for head in page.all("th"))
        assert not page.all("script")
        links = [value for _, given in page.tags for name, value in given.items() if name in {"src", "href", "poster"}]
        assert all(link and link.startswith(("data:image/jpeg", "media/", "#", "in-")) for link in links)
        for link in links:
            if link and link.startswith("media/"):
                assert (tmp_path / link).is_file()


def test_highlights_lie_beside_the_page_byte_for_byte(store: Store, tmp_path: Path) -> None:
    report = an_incident_report(store)
    write_incident_report(report, store.read, tmp_path)
    for shown in report.highlights:
        name = f"{shown.highlight.highlight_id}.mp4"
        assert (tmp_path / "media" / name).read_bytes() == store.objects[shown.highlight.digest]


def test_hostile_names_stay_words(store: Store, tmp_path: Path) -> None:
    camera = replace(CAMERA, name=HOSTILE)
    event = an_event(EventKind.PACKAGE_PICKED_UP, 1, 2, HOSTILE, zone=HOSTILE)
    shown = a_reported_highlight(store, 3, (event,), camera=camera)
    incident = an_incident(title=HOSTILE, narrative=HOSTILE, case_number=HOSTILE)
    report = an_incident_report(store, incident=incident, highlights=(shown,))
    files = write_incident_report(report, store.read, tmp_path)
    page = Page(files.html.read_text(encoding="utf-8"))
    assert not page.all("script")
    assert " ".join(HOSTILE.split()) in page.text
    assert files.pdf.read_bytes().startswith(b"%PDF-")


def test_hostile_names_break_no_table_of_the_terminal(store: Store) -> None:
    report = a_morning_report(store)
    night = replace(report.cameras[0], name=HOSTILE + "\n# heading")
    lines = to_markdown(replace(report, cameras=(night,))).splitlines()
    (row,) = [line for line in lines if "alert" in line]
    assert row.startswith("| \\<script\\>")
    assert len(row.replace("\\|", "").split("|")) == 12
    assert "# heading" not in lines


@pytest.mark.parametrize("change", [{}, {"highlights": (), "coverage": (), "silent_clips": ()}])
def test_the_json_is_the_record(change: dict[str, Any], store: Store, tmp_path: Path) -> None:
    report = an_incident_report(store, **change)
    files = write_incident_report(report, store.read, tmp_path)
    assert from_plain(IncidentReport, json.loads(files.json.read_bytes())) == report
    assert files.json.read_bytes() == to_json(report)


def test_the_morning_s_json_is_the_record(store: Store, tmp_path: Path) -> None:
    report = a_morning_report(store)
    files = write_morning_report(report, store.read, tmp_path)
    assert from_plain(MorningReport, json.loads(files.json.read_bytes())) == report


def test_the_same_record_gives_the_same_bytes(store: Store, tmp_path: Path) -> None:
    report = an_incident_report(store)
    first = write_incident_report(report, store.read, tmp_path / "a")
    second = write_incident_report(report, store.read, tmp_path / "b")
    for name in ("html", "pdf", "json"):
        assert getattr(first, name).read_bytes() == getattr(second, name).read_bytes(), name
    later = replace(report, made_at=MADE + timedelta(seconds=1))
    assert write_incident_report(later, store.read, tmp_path / "c").pdf.read_bytes() != first.pdf.read_bytes()


def test_the_paper_is_an_archive_format_with_the_record_s_own_date(store: Store, tmp_path: Path) -> None:
    content = write_incident_report(an_incident_report(store), store.read, tmp_path).pdf.read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in content
    assert f"{MADE:%Y-%m-%dT%H:%M:%S}".encode() in content


def test_what_is_no_longer_held_is_named_and_the_report_is_still_made(store: Store, tmp_path: Path) -> None:
    report = an_incident_report(store)
    gone = report.highlights[0].highlight
    for digest in (gone.digest, gone.poster, gone.contact_sheet):
        del store.objects[digest]
    files = write_incident_report(report, store.read, tmp_path)
    page = Page(files.html.read_text(encoding="utf-8"))
    assert page.text.count("no longer held: its grant was withdrawn") == 1
    assert len(page.all("video")) == 1
    assert files.pdf.read_bytes().startswith(b"%PDF-")


def test_a_confirmed_tag_is_shown_as_confirmed(store: Store, tmp_path: Path) -> None:
    shown = a_reported_highlight(store)
    confirmed = Attachment("in-1", shown.highlight.highlight_id, "by hand", MADE, AttachmentStatus.CONFIRMED)
    said = SaidOfIt(TagStatus.CONFIRMED, MADE, None, MADE, MADE)

    def written(*events: ReportedEvent) -> Page:
        report = an_incident_report(store, highlights=(replace(shown, attachment=confirmed, events=events),))
        return Page(write_incident_report(report, store.read, tmp_path).html.read_text(encoding="utf-8"))

    of_all = written(*(replace(one, said=said) for one in shown.events))
    assert "not yet confirmed" not in of_all.text
    assert {"class": "badge good"} in of_all.all("span")
    assert {"class": "badge good"} not in written(*shown.events).all("span"), "nobody spoke of its events"


def test_the_morning_says_per_camera_what_came_and_what_did_not(store: Store, tmp_path: Path) -> None:
    files = write_morning_report(a_morning_report(store), store.read, tmp_path)
    page = Page(files.html.read_text(encoding="utf-8"))
    markdown = files.markdown.read_text(encoding="utf-8")
    for words in (
        "The night to Wed 11 Mar 2026",
        "2 \u00d7 no recording was ever made",
        "1 \u00d7 cut short on the way; asked again the next night (3 of 8 MB)",
        "1 \u00d7 package delivered: too dark",
        "2 \u00d7 the source and we contradict each other",
        "not granted",
        "The account of Side gate is refused.",
        "555 0100",
    ):
        assert words in page.text, words
        assert words in markdown, words
    assert "3 of 6 clips show nothing" in page.text
    assert "1 could not be looked at" in page.text
    assert "in-0f3a9b2c71de/report.html" in {link["href"] for link in page.all("a")}


def test_totals_are_sums_over_the_cameras(store: Store) -> None:
    report = a_morning_report(store)
    assert report.triggers == 12
    assert report.outcomes[FetchOutcome.READY] == 6
    assert report.events == {EventKind.PERSON_VISIT: 2, EventKind.PACKAGE_PICKED_UP: 1}


def test_an_empty_night_is_a_report_as_well(store: Store, tmp_path: Path) -> None:
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    report = a_morning_report(
        store,
        window=(start, start + timedelta(hours=2)),
        cameras=(),
        highlights=(),
        incidents=(),
        attention=(),
        models=(),
    )
    files = write_morning_report(replace(report, is_complete=False), store.read, tmp_path)
    page = Page(files.html.read_text(encoding="utf-8"))
    assert "Not complete: what is left waits for the next night." in page.text
    assert "01:30:00 CET to Sun 29 Mar 2026, 04:30:00 CEST" in page.text
    assert "No clip was looked at." in page.text


def test_why_not_is_counted_by_outcome(store: Store) -> None:
    night = replace(a_morning_report(store).cameras[0], outcomes=(OutcomeCount(FetchOutcome.NO_PLAN, 4),))
    assert night.came_to(FetchOutcome.NO_PLAN, FetchOutcome.READY) == 4
    assert night.came_to(FetchOutcome.READY) == 0


def test_each_event_stands_with_what_was_before_during_and_after(store: Store, tmp_path: Path) -> None:
    report = an_incident_report(store)
    page = Page(write_incident_report(report, store.read, tmp_path).html.read_text(encoding="utf-8"))
    alts = [image["alt"] or "" for image in page.all("img")]
    for role in ("before", "during", "after"):
        marked = [alt for alt in alts if alt.startswith(f"The frame {role} the event")]
        plain = [alt for alt in alts if alt.startswith(f"The untouched part of the frame {role} the event")]
        assert len(marked) == len(plain) == 3
    assert "Before Tue 10 Mar 2026, 23:30:08" in page.text

    for picture in report.highlights[0].highlight.pictures:
        store.objects.pop(picture.marked, None)
    page = Page(write_incident_report(report, store.read, tmp_path).html.read_text(encoding="utf-8"))
    assert page.text.count("No longer held.") == 9
