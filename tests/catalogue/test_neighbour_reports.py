"""Reports of neighbours in the catalogue: found by receipt, decided once, published apart, and gone for good."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.catalogue import Catalogue
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.neighbour_reports import (
    MediumKind,
    NeighbourReport,
    PartialUpload,
    PublishedMedium,
    PublishedReport,
    ReportCategory,
    ReportEnd,
    ReportMedium,
    ReportState,
    ReportTombstone,
)
from pipeline.domain.places import Area, Bounds, Circle
from pipeline.domain.retention import Decision, DisposalReason, Leftover
from pipeline.errors import RecordNotFoundError
from tests.builders import EVENING
from tests.catalogue.stories import a_clip, an_entry, digest_of

HOUR = EVENING.replace(minute=0, second=0, microsecond=0)
PLACE = (51.5001, -0.1201)
EVERY_STATE = tuple(ReportState)


def a_report(number: int = 1, **changes: Any) -> NeighbourReport:
    report = NeighbourReport(
        report_id=f"nr-{number:012x}",
        category=ReportCategory.CRIME,
        happened_at=EVENING - timedelta(hours=3),
        place=PLACE,
        words="a box was taken from the step",
        area_id="north",
        beat="",
        sent_at=EVENING + timedelta(minutes=number),
        keeps_until=EVENING + timedelta(days=30),
        may_publish=True,
    )
    return replace(report, **changes)


def accepted(report: NeighbourReport, at: datetime = EVENING, **changes: Any) -> NeighbourReport:
    return replace(
        report, state=ReportState.ACCEPTED, decided_at=at, decided_by="jane", reason="it shows the taking", **changes
    )


def published(number: int = 1, **changes: Any) -> PublishedReport:
    report = PublishedReport(
        f"nr-{number:012x}", ReportCategory.CRIME, HOUR, EVENING, (51.5, -0.12), "a box was taken", "North"
    )
    return replace(report, **changes)


def send(catalogue: Catalogue, *reports: NeighbourReport, contact: bytes | None = None) -> None:
    for one in reports:
        receipt = digest_of(one.report_id)
        catalogue.neighbour_reports.add(one, receipt, contact, [an_entry(one.report_id)])


def make_public(catalogue: Catalogue, number: int = 1, *media: PublishedMedium, **changes: Any) -> None:
    report = accepted(a_report(number))
    send(catalogue, report)
    catalogue.neighbour_reports.keep_copies(report.report_id, media, [an_entry(report.report_id)])
    shown = published(number, media=tuple(one.name for one in media), **changes)
    catalogue.neighbour_reports.publish(shown, [an_entry(report.report_id)])


def test_a_report_is_found_by_its_receipt_and_by_its_state(catalogue: Catalogue) -> None:
    first, second = a_report(), a_report(2, area_id="south")
    send(catalogue, first, second)
    kept = catalogue.neighbour_reports
    assert kept.by_receipt(digest_of(first.report_id)) == first
    assert kept.list((ReportState.RECEIVED,)) == (second, first)
    assert kept.list((ReportState.RECEIVED,), "south") == (second,)
    assert kept.list(()) == kept.list((ReportState.DECLINED,)) == ()
    assert kept.count(ReportState.RECEIVED) == 2
    with pytest.raises(RecordNotFoundError):
        kept.by_receipt(digest_of("another"))


def test_a_decision_that_is_refused_changes_nothing(catalogue: Catalogue) -> None:
    send(catalogue, a_report())
    before = catalogue.custody.count()

    def refuse(_: NeighbourReport) -> NeighbourReport:
        raise RecordNotFoundError("incident", "in-none")

    with pytest.raises(RecordNotFoundError):
        catalogue.neighbour_reports.change(a_report().report_id, refuse, lambda _: [an_entry("x")])
    assert catalogue.neighbour_reports.get(a_report().report_id) == a_report()
    assert catalogue.custody.count() == before
    decided = catalogue.neighbour_reports.change(a_report().report_id, accepted, lambda one: [an_entry(one.report_id)])
    assert catalogue.neighbour_reports.list((ReportState.ACCEPTED,)) == (decided,)


def test_how_to_reach_the_sender_can_be_erased(catalogue: Catalogue) -> None:
    send(catalogue, a_report(), contact=b"sealed")
    kept, name = catalogue.neighbour_reports, a_report().report_id
    assert kept.contact(name) == b"sealed"
    assert kept.erase_contact(name, [an_entry(name)])
    assert kept.contact(name) is None
    assert not kept.erase_contact(name, [an_entry(name)])


def test_what_ends_leaves_a_tombstone_and_nothing_else(catalogue: Catalogue) -> None:
    make_public(catalogue)
    upload = PartialUpload("nu-000000000001", a_report().report_id, "clip.mp4", 9, EVENING, EVENING)
    catalogue.neighbour_files.begin(upload, digest_of("secret"))
    stone = ReportTombstone(a_report().report_id, ReportEnd.WITHDRAWN, EVENING, 0, was_accepted=True)
    catalogue.neighbour_reports.end(stone, [an_entry(stone.report_id)])
    catalogue.neighbour_reports.end(stone, [an_entry(stone.report_id)])
    kept = catalogue.neighbour_reports
    assert kept.by_receipt(digest_of(stone.report_id)) == stone
    assert kept.list(EVERY_STATE) == ()
    assert kept.published() == ()
    assert kept.tombstones() == (stone,)
    with pytest.raises(RecordNotFoundError):
        kept.get(stone.report_id)
    with pytest.raises(RecordNotFoundError):
        catalogue.neighbour_files.opened_by(digest_of("secret"))
    with pytest.raises(RecordNotFoundError):
        catalogue.neighbour_files.begin(upload, digest_of("another"))


def test_everybody_finds_what_is_published_by_place_time_and_category(catalogue: Catalogue) -> None:
    make_public(catalogue, 1)
    make_public(
        catalogue, 2, category=ReportCategory.LOST_AND_FOUND, block=(51.6, -0.12), happened_at=HOUR - timedelta(days=9)
    )
    kept = catalogue.neighbour_reports
    assert [one.report_id[-1] for one in kept.published()] == ["1", "2"]
    for within in (
        Circle(51.5, -0.12, 500),
        Bounds(51.4, -0.2, 51.55, 0.0),
        Area(((51.4, -0.2), (51.4, 0.0), (51.55, -0.1))),
    ):
        assert kept.published(within) == (published(1),)
    assert kept.published(since=HOUR - timedelta(days=1)) == (published(1),)
    assert kept.published(published_since=EVENING + timedelta(seconds=1)) == ()
    assert [one.report_id[-1] for one in kept.published(categories=(ReportCategory.LOST_AND_FOUND,))] == ["2"]
    assert kept.published(categories=()) == ()
    assert len(kept.published(limit=1)) == 1
    assert kept.published_one(published(1).report_id) == published(1)
    assert kept.unpublish(published(1).report_id, [an_entry("x")])
    with pytest.raises(RecordNotFoundError):
        kept.published_one(published(1).report_id)
    assert not kept.unpublish(published(1).report_id, [an_entry("x")])


def test_only_an_accepted_report_is_published(catalogue: Catalogue) -> None:
    send(catalogue, a_report())
    with pytest.raises(RecordNotFoundError, match="accepted"):
        catalogue.neighbour_reports.publish(published(), [an_entry("x")])
    assert catalogue.neighbour_reports.published() == ()


def test_a_masked_copy_goes_with_its_original(catalogue: Catalogue) -> None:
    clip = a_clip()
    catalogue.clips.add(clip, [an_entry("a")])
    name = f"pm-{1:020x}.mp4"
    copy = PublishedMedium(
        name,
        a_report().report_id,
        "nm-000000000001",
        clip.acquisition.acquisition_id,
        digest_of("masked"),
        2,
    )
    make_public(catalogue, 1, copy)
    assert catalogue.neighbour_reports.published()[0].media == (name,)
    assert catalogue.neighbour_reports.published_medium(name) == copy
    assert digest_of("masked") in catalogue.stored.named(Leftover.DERIVATIVE)
    decision = Decision(DisposalReason.REVOKED, "gr-1 v2")
    stone = catalogue.disposals.decide(clip.acquisition.acquisition_id, lambda _: decision, EVENING)
    assert stone is not None
    assert stone.counts["published copies"] == 1
    assert catalogue.neighbour_reports.published()[0].media == ()
    assert digest_of("masked") in {task.name for task in catalogue.disposals.tasks(Leftover.DERIVATIVE)}
    with pytest.raises(RecordNotFoundError):
        catalogue.neighbour_reports.published_medium(name)


def test_a_file_is_whole_once(catalogue: Catalogue) -> None:
    send(catalogue, a_report())
    upload = PartialUpload("nu-000000000001", a_report().report_id, "clip.mp4", 9, EVENING, EVENING)
    files = catalogue.neighbour_files
    files.begin(upload, digest_of("secret"))
    assert files.opened_by(digest_of("secret")) == upload
    assert files.under_way(upload.report_id) == files.ended(EVENING) == (upload,)
    assert files.bytes_waiting() == 9
    medium = ReportMedium(
        "nm-000000000001", upload.report_id, MediumKind.VIDEO, "clip.mp4", digest_of("clip"), 9, EVENING
    )
    for _ in range(2):
        files.finish(upload, medium, [an_entry(medium.medium_id, CustodyAction.INGESTED)])
    assert files.of_report(upload.report_id) == (medium,)
    assert files.is_whole(upload.upload_id)
    assert files.under_way(upload.report_id) == ()
    assert files.count(upload.report_id) == 1
    files.keep(replace(medium, acquisition_id="aq-1"))
    assert files.get(upload.report_id, medium.medium_id).acquisition_id == "aq-1"
    files.drop(upload.upload_id)
    assert files.known() == {medium.medium_id}
    with pytest.raises(RecordNotFoundError):
        files.finish(upload, medium, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"report_id": "nr-1"},
        {"place": (91.0, 0.0)},
        {"sent_at": EVENING.replace(tzinfo=None)},
        {"words": "x" * 4001},
        {"state": ReportState.DECLINED},
    ],
)
def test_a_report_is_valid_at_birth(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"report|place|decision|aware"):
        a_report(**changes)


@pytest.mark.parametrize("changes", [{"happened_at": EVENING.replace(minute=7)}, {"media": ("../clip.mp4",)}])
def test_a_published_report_says_no_more_than_it_may(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"hour|copy"):
        published(**changes)
