"""Accepted, declined, taken back, over: what becomes evidence, under whose word, and what is left at the end."""

import hashlib
from datetime import timedelta

import av
import pytest

from pipeline.casework.approval import approval_state, ask_approval, decide_approval
from pipeline.casework.incidents import close_incident, open_incident
from pipeline.casework.jobs import new_job
from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.accepting import accept, decline, grant_id_of, put_into, require_use
from pipeline.casework.neighbours.ending import SENDER, sweep_reports, withdraw
from pipeline.casework.neighbours.films import film, filming
from pipeline.casework.neighbours.receipts import new_code, receipt_digest
from pipeline.casework.neighbours.sending import Receipt, by_code
from pipeline.casework.neighbours.triage import (
    erase_contact,
    incident_words,
    open_report,
    picture,
    read_contact,
    reports,
)
from pipeline.casework.neighbours.uploads import begin_upload
from pipeline.domain.approvals import ApprovalState
from pipeline.domain.consent import Use
from pipeline.domain.custody_actions import CustodyAction
from pipeline.domain.jobs import JobKind
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, ReportEnd, ReportState, ReportTombstone
from pipeline.domain.retention import HoldScope, Instrument
from pipeline.errors import (
    ConsentError,
    IncidentError,
    InputRefusedError,
    OutsideAreasError,
    RecordNotFoundError,
    ReportDecidedError,
)
from pipeline.packages.progress import silent
from pipeline.retention.holding import place_hold
from pipeline.retention.revocation import revoke_grant
from tests.casework.neighbours.neighbourhood import BEYOND, JANE, RITA, Neighbourhood, suffix_of

WHY = "it shows the taking"


def sent(town: Neighbourhood, *files: bytes, **changes: object) -> Receipt:
    receipt = town.tell(**changes)
    for number, content in enumerate(files):
        town.send(receipt.report, f"file-{number}.{suffix_of(content)}", content)
    return receipt


def nothing_is_left_of(town: Neighbourhood, receipt: Receipt) -> bool:
    catalogue = town.services.catalogue
    return (
        isinstance(by_code(town.services, receipt.code), ReportTombstone)
        and not list(shelf.folder_of(town.services).iterdir())
        and not catalogue.clips.list()
        and not list(town.services.originals.digests())
        and not list(town.services.derivatives.digests())
    )


def test_a_code_opens_its_report_however_it_is_typed(town: Neighbourhood) -> None:
    receipt = town.tell()
    assert receipt.code.startswith("NR-")
    for typed in (receipt.code, receipt.code.lower(), receipt.code.replace("-", " "), receipt.code[3:]):
        assert by_code(town.services, typed) == receipt.report
    assert receipt_digest("NR-OIL1-0000-0000") == receipt_digest("nr 0111 oooo 0000")
    with pytest.raises(RecordNotFoundError):
        by_code(town.services, new_code())
    leaves = "".join(record.leaf for record in town.services.catalogue.custody.records())
    assert receipt.code not in leaves
    assert "51.5" not in leaves


def test_what_lies_elsewhere_or_at_no_time_is_not_kept(town: Neighbourhood) -> None:
    now = town.clock.now()
    with pytest.raises(OutsideAreasError):
        town.tell(place=BEYOND)
    for moment in (now + timedelta(hours=1), now - timedelta(days=61)):
        with pytest.raises(InputRefusedError):
            town.tell(happened_at=moment)
    with pytest.raises(InputRefusedError):
        town.tell(words="x" * 4001)
    assert reports(town.services, ReportState) == ()
    assert town.actions() == []


def test_a_report_that_is_accepted_becomes_evidence_under_its_senders_word(
    town: Neighbourhood, photo: bytes, video: bytes
) -> None:
    report = sent(town, photo, video).report
    accepted = accept(town.services, JANE, report.report_id, WHY)
    assert accepted.state is ReportState.ACCEPTED
    clips = town.services.catalogue.clips.list()
    assert {clip.item.digest for clip in clips} == {hashlib.sha256(one).hexdigest() for one in (photo, video)}
    assert {clip.acquisition.method for clip in clips} == {"neighbour"}
    assert {clip.acquisition.grant_id for clip in clips} == {grant_id_of(report.report_id)}
    assert all(town.services.originals.read(clip.item.digest) in (photo, video) for clip in clips)
    grant = town.services.catalogue.grants.get(grant_id_of(report.report_id)).grant
    assert (grant.resident_id, grant.granted_at) == (report.report_id, report.sent_at)
    assert list(shelf.folder_of(town.services).iterdir()) == []
    assert town.services.catalogue.accounts.list() == ()
    before = town.services.catalogue.custody.count()
    assert accept(town.services, JANE, report.report_id, WHY) == accepted
    assert town.services.catalogue.custody.count() == before + 0


def test_what_was_accepted_into_no_incident_is_put_into_one_later(town: Neighbourhood, photo: bytes) -> None:
    report = sent(town, photo).report
    incident = open_incident(town.services, JANE, incident_words(report)).incident_id
    with pytest.raises(ReportDecidedError, match="only what was accepted"):
        put_into(town.services, JANE, report.report_id, incident)
    accept(town.services, JANE, report.report_id, WHY)
    assert town.services.catalogue.neighbour_files.of_incident(incident) == ()
    with pytest.raises(InputRefusedError):
        put_into(town.services, JANE, report.report_id, "")

    made = put_into(town.services, JANE, report.report_id, incident)
    assert (made.incident_id, made.reason) == (incident, WHY)
    assert len(town.services.catalogue.neighbour_files.of_incident(incident)) == 1
    *_, record = town.services.catalogue.custody.records()
    assert (record.entry.action, record.entry.subject) == (CustodyAction.ATTACHED, report.report_id)
    assert record.entry.authority == f"{grant_id_of(report.report_id)} v1"
    assert (record.entry.detail["incident"], record.entry.agent) == (incident, "jane")

    other = open_incident(town.services, JANE, incident_words(report)).incident_id
    with pytest.raises(ReportDecidedError, match="it is in incident"):
        put_into(town.services, JANE, report.report_id, other)
    town.services.catalogue.neighbour_reports.get(report.report_id)


def test_putting_a_report_into_an_incident_makes_its_approval_void(town: Neighbourhood, photo: bytes) -> None:
    first, second = sent(town, photo).report, sent(town, photo + b"another").report
    incident = open_incident(town.services, JANE, incident_words(first)).incident_id
    accept(town.services, JANE, first.report_id, WHY, incident)
    accept(town.services, JANE, second.report_id, WHY)
    ask_approval(town.services, JANE, incident)
    decide_approval(town.services, RITA, incident, is_given=True)
    assert approval_state(town.services, incident)[0] is ApprovalState.GIVEN

    put_into(town.services, JANE, second.report_id, incident)
    assert approval_state(town.services, incident)[0] is ApprovalState.VOID
    close_incident(town.services, JANE, incident)
    third = sent(town, photo + b"third").report
    accept(town.services, JANE, third.report_id, WHY)
    with pytest.raises(IncidentError):
        put_into(town.services, JANE, third.report_id, incident)


def test_a_video_is_watched_before_anybody_decides_and_nothing_of_it_is_evidence(
    town: Neighbourhood, photo: bytes, video: bytes
) -> None:
    report = sent(town, photo, video).report
    media = {one.kind: one for one in town.services.catalogue.neighbour_files.of_report(report.report_id)}
    name = media[MediumKind.VIDEO].medium_id
    with pytest.raises(RecordNotFoundError):
        film(town.services, JANE, "se-1", report.report_id, name)
    job = new_job(town.services, JANE, JobKind.TRIAGE_FILMS, report.report_id)
    assert filming(town.services, job, JANE, lambda *_: None) == {"films": "1"}
    assert filming(town.services, job, JANE, lambda *_: None) == {"films": "0"}, "it is made once"

    for _ in range(2):
        path = film(town.services, JANE, "se-1", report.report_id, name)
    with av.open(str(path)) as movie:
        assert [stream.codec_context.name for stream in movie.streams.video] == ["h264"]
    assert path.read_bytes() != video
    looks = [one.entry for one in town.services.catalogue.custody.records() if one.entry.detail.get("medium") == name]
    (look,) = (one for one in looks if one.action is CustodyAction.ACCESSED)
    assert (look.agent, look.detail["as"], look.detail["case"]) == ("jane", "video of a report", "26-0310")
    assert town.services.catalogue.clips.list() == ()
    assert list(town.services.originals.digests()) == list(town.services.derivatives.digests()) == []

    decline(town.services, JANE, report.report_id, "seen before")
    assert not path.exists()
    with pytest.raises(RecordNotFoundError):
        film(town.services, JANE, "se-1", report.report_id, name)
    with pytest.raises(ReportDecidedError):
        filming(town.services, job, JANE, lambda *_: None)


def test_the_copy_of_a_video_goes_when_its_report_is_accepted_or_taken_back(town: Neighbourhood, video: bytes) -> None:
    for end in (lambda one: accept(town.services, JANE, one.report_id, WHY), lambda one: withdraw(town.services, one)):
        report = sent(town, video).report
        filming(town.services, new_job(town.services, JANE, JobKind.TRIAGE_FILMS, report.report_id), JANE, silent)
        assert len(list(shelf.folder_of(town.services).glob("*.film.mp4"))) == 1
        end(report)
        assert list(shelf.folder_of(town.services).iterdir()) == []


def test_a_report_without_files_is_accepted_too(town: Neighbourhood) -> None:
    receipt = town.tell()
    assert accept(town.services, JANE, receipt.report.report_id, WHY).grant_id == ""
    withdraw(town.services, receipt.report)
    assert nothing_is_left_of(town, receipt)


def test_a_decision_needs_a_reason_is_made_once_and_waits_for_files(town: Neighbourhood, photo: bytes) -> None:
    report = town.tell().report
    upload = begin_upload(town.services, report, "photo.jpg", len(photo)).upload
    with pytest.raises(ReportDecidedError, match="on their way"):
        accept(town.services, JANE, report.report_id, WHY)
    town.services.catalogue.neighbour_files.drop(upload.upload_id)
    for decide in (accept, decline):
        with pytest.raises(InputRefusedError):
            decide(town.services, JANE, report.report_id, "  ")
    decline(town.services, JANE, report.report_id, "seen before")
    with pytest.raises(ReportDecidedError, match="declined"):
        accept(town.services, JANE, report.report_id, WHY)
    with pytest.raises(ReportDecidedError):
        begin_upload(town.services, _kept(town, report), "photo.jpg", len(photo))
    assert town.services.catalogue.clips.list() == ()


def _kept(town: Neighbourhood, report: NeighbourReport) -> NeighbourReport:
    return town.services.catalogue.neighbour_reports.get(report.report_id)


@pytest.mark.parametrize("decide", [None, accept, decline])
def test_a_report_that_is_taken_back_goes_at_once(
    town: Neighbourhood, photo: bytes, video: bytes, decide: object
) -> None:
    receipt = sent(town, photo, video, contact="me@example.org")
    if callable(decide):
        decide(town.services, JANE, receipt.report.report_id, WHY)
    stone = withdraw(town.services, _kept(town, receipt.report))
    assert (stone.end, stone.files, stone.was_accepted) == (ReportEnd.WITHDRAWN, 2, decide is accept)
    assert nothing_is_left_of(town, receipt)
    assert len(town.services.catalogue.disposals.known()) == (2 if decide is accept else 0)
    assert town.actions()[-1] is CustodyAction.REPORT_ENDED
    *_, record = town.services.catalogue.custody.records()
    assert record.entry.agent == SENDER
    assert withdraw(town.services, receipt.report) is not None
    assert town.actions().count(CustodyAction.REPORT_ENDED) == 1


def test_what_a_hold_names_stays_and_nothing_uses_it(town: Neighbourhood, photo: bytes) -> None:
    receipt = sent(town, photo)
    accept(town.services, JANE, receipt.report.report_id, WHY)
    (medium,) = town.services.catalogue.neighbour_files.of_report(receipt.report.report_id)
    scope = HoldScope(digest=medium.digest)
    place_hold(town.services, Instrument.COURT_ORDER, "26-CV-1", scope, "rob", sealed=False)
    withdraw(town.services, _kept(town, receipt.report))
    assert town.services.originals.has(medium.digest)
    with pytest.raises(ConsentError):
        require_use(town.services, receipt.report, medium, Use.VIEW)


def test_declined_undecided_and_old_reports_end_by_themselves(town: Neighbourhood, photo: bytes) -> None:
    declined, undecided, old = (sent(town, photo) for _ in range(3))
    decline(town.services, JANE, declined.report.report_id, "seen before")
    accept(town.services, JANE, old.report.report_id, WHY)
    assert sweep_reports(town.services).ended == ()
    for days, end, receipt in (
        (7, ReportEnd.DECLINED, declined),
        (23, ReportEnd.UNDECIDED, undecided),
        (60, ReportEnd.CONSENT_ENDED, old),
    ):
        town.clock.at += timedelta(days=days)
        swept = sweep_reports(town.services)
        assert [(stone.report_id, stone.end) for stone in swept.ended] == [(receipt.report.report_id, end)]
        assert swept.left == ()
    assert nothing_is_left_of(town, old)


def test_a_sweep_finishes_what_a_crash_left(town: Neighbourhood, photo: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    report = sent(town, photo).report
    (shelf.folder_of(town.services) / "nm-00000000dead").write_bytes(b"left behind")
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.casework.neighbours.accepting.keep_file", _crash)
        with pytest.raises(KeyboardInterrupt):
            accept(town.services, JANE, report.report_id, WHY)
    assert town.services.catalogue.clips.list() == ()
    assert sweep_reports(town.services).left == ()
    assert len(town.services.catalogue.clips.list()) == 1
    assert list(shelf.folder_of(town.services).iterdir()) == []


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_agent_sees_pictures_and_each_look_is_written_down(town: Neighbourhood, photo: bytes, video: bytes) -> None:
    report = sent(town, photo, video).report
    dossier = open_report(town.services, JANE, report.report_id)
    assert [one.pictures for one in dossier.files] == [1, 4]
    assert dossier.line.area == "North"
    names = [one.medium.medium_id for one in dossier.files]
    assert all(picture(town.services, JANE, report.report_id, name, 0)[:2] == b"\xff\xd8" for name in names)
    with pytest.raises(RecordNotFoundError):
        picture(town.services, JANE, report.report_id, names[0], 1)
    accept(town.services, JANE, report.report_id, WHY)
    before = town.actions().count(CustodyAction.ACCESSED)
    assert all(picture(town.services, JANE, report.report_id, name, 0)[:2] == b"\xff\xd8" for name in names)
    assert town.actions().count(CustodyAction.ACCESSED) == before + 2
    revoke_grant(town.services, grant_id_of(report.report_id), "tester")
    assert [one.pictures for one in open_report(town.services, JANE, report.report_id).files] == [0, 0]
    with pytest.raises(ConsentError):
        picture(town.services, JANE, report.report_id, names[0], 0)


def test_how_to_reach_a_sender_is_sealed_read_on_record_and_erased(town: Neighbourhood) -> None:
    report = town.tell(contact=" Ann,  555-0123 ").report
    sealed = town.services.catalogue.neighbour_reports.contact(report.report_id)
    assert sealed is not None
    assert b"555" not in sealed
    assert read_contact(town.services, JANE, report.report_id) == "Ann, 555-0123"
    assert erase_contact(town.services, SENDER, report.report_id)
    with pytest.raises(RecordNotFoundError):
        read_contact(town.services, JANE, report.report_id)
    assert town.actions()[-2:] == [CustodyAction.CONTACT_READ, CustodyAction.CONTACT_ERASED]
