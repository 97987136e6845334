"""Four eyes: what leaves is what a second person approved, and any change voids that."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.casework.approval import approval_state, ask_approval, decide_approval, require_approved
from pipeline.casework.attaching import attach, caption, detach, judge
from pipeline.casework.exports import ExportOrder, ReportOrder, export_package, make_report
from pipeline.casework.incidents import assign, close_incident, edit_incident, words_of
from pipeline.casework.works import REPORTS
from pipeline.domain.approvals import ApprovalState
from pipeline.domain.incidents import AttachmentStatus, Incident, IncidentStatus
from pipeline.domain.redaction import RedactionOrder
from pipeline.errors import ApprovalError, ApprovalMissingError, EvidenceDisposedError, IncidentError
from pipeline.night.redaction import Redactor
from pipeline.night.sharing import ReportSharing, share_report
from pipeline.packages.verifier import verify
from pipeline.retention.revocation import revoke_grant
from pipeline.settings import IncidentSettings
from tests.casework.desk import KIM, LEE, Desk, a_desk
from tests.night.conftest import clips

__all__ = ["clips"]


def approved(desk: Desk) -> Incident:
    incident = desk.incident()
    attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
    ask_approval(desk.services, KIM, incident.incident_id)
    decide_approval(desk.services, LEE, incident.incident_id, is_given=True, note="seen")
    return desk.services.catalogue.incidents.get(incident.incident_id)


def state(desk: Desk, incident: Incident) -> ApprovalState:
    return approval_state(desk.services, incident.incident_id)[0]


def test_only_another_person_approves_what_was_asked_for(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        with pytest.raises(ApprovalError, match="nothing is attached"):
            ask_approval(desk.services, KIM, incident.incident_id)
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        with pytest.raises(ApprovalError, match="nobody asked"):
            decide_approval(desk.services, LEE, incident.incident_id, is_given=True)

        asked = ask_approval(desk.services, KIM, incident.incident_id)
        assert desk.services.catalogue.incidents.get(incident.incident_id).status is IncidentStatus.IN_REVIEW
        with pytest.raises(ApprovalError, match="another person"):
            decide_approval(desk.services, KIM, incident.incident_id, is_given=True)
        with pytest.raises(ApprovalError, match="changed since it was shown"):
            decide_approval(desk.services, LEE, incident.incident_id, is_given=True, seen="0" * 64)
        assert state(desk, incident) is ApprovalState.ASKED

        given = decide_approval(desk.services, LEE, incident.incident_id, is_given=True, seen=asked.content)
        assert (given.asked_by, given.decided_by, state(desk, incident)) == ("kim", "lee", ApprovalState.GIVEN)
        with pytest.raises(ApprovalError, match="nobody asked"):
            decide_approval(desk.services, LEE, incident.incident_id, is_given=False)
        assert [one.entry.agent for one in (*desk.records("approval_asked"), *desk.records("approved"))] == [
            "kim",
            "lee",
        ]


def test_what_is_closed_or_merged_at_that_moment_is_neither_approved_nor_added_to(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident, catalogue = desk.incident(), desk.services.catalogue
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        ask_approval(desk.services, KIM, incident.incident_id)
        (kept,) = catalogue.incidents.attachments(incident.incident_id)
        close_incident(desk.services, KIM, incident.incident_id)
        with pytest.raises(IncidentError, match="closed"):
            catalogue.approvals.decide(incident.incident_id, lambda asked, _: asked or pytest.fail("nobody asked"), ())
        with pytest.raises(IncidentError, match="closed"):
            catalogue.incidents.attach(kept, ())
        assert catalogue.incidents.get(incident.incident_id).status is IncidentStatus.CLOSED


def test_nobody_approves_what_their_own_matter_hides(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        ask_approval(desk.services, KIM, incident.incident_id)
        elsewhere = replace(LEE, purpose="traffic")
        with pytest.raises(ApprovalError, match="1 of what would leave"):
            decide_approval(desk.services, elsewhere, incident.incident_id, is_given=True)
        assert state(desk, incident) is ApprovalState.ASKED
        decide_approval(desk.services, elsewhere, incident.incident_id, is_given=False, note="I cannot see it")


def test_a_refusal_opens_it_again(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        ask_approval(desk.services, KIM, incident.incident_id)
        decide_approval(desk.services, LEE, incident.incident_id, is_given=False, note="the caption is wrong")

        assert state(desk, incident) is ApprovalState.REFUSED
        assert desk.services.catalogue.incidents.get(incident.incident_id).status is IncidentStatus.OPEN
        with pytest.raises(ApprovalMissingError, match="refused"):
            require_approved(desk.services, incident.incident_id)


CHANGES: dict[str, Callable[[Desk, str], object]] = {
    "title": lambda desk, name: edit_incident(
        desk.services, KIM, name, replace(words_of(desk.services.catalogue.incidents.get(name)), title="Another")
    ),
    "caption": lambda desk, name: caption(desk.services, KIM, name, desk.highlight(), "words"),
    "judgement": lambda desk, name: judge(desk.services, KIM, name, desk.highlight(), AttachmentStatus.CONFIRMED),
    "detach": lambda desk, name: detach(desk.services, KIM, name, desk.highlight()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_any_change_of_content_voids_an_approval_with_a_record_of_its_own(
    change: Callable[[Desk, str], object], tmp_path: Path, clips: Path
) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = approved(desk)
        change(desk, incident.incident_id)

        assert state(desk, incident) is ApprovalState.VOID
        assert desk.services.catalogue.incidents.get(incident.incident_id).status is IncidentStatus.OPEN
        (record,) = desk.records("approval_voided")
        assert (record.entry.agent, record.entry.detail["before"]) == ("kim", "approved")
        with pytest.raises(ApprovalMissingError, match="void"):
            export_package(desk.services, KIM, incident.incident_id, ExportOrder(tmp_path / "out"))
        assert not (tmp_path / "out").exists()


def test_who_works_on_it_and_the_rule_of_attaching_are_no_content(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = approved(desk)
        assign(desk.services, LEE, incident.incident_id, ["max"])
        rule = replace(words_of(incident), attaches_by_itself=True)
        edit_incident(desk.services, LEE, incident.incident_id, rule)

        assert state(desk, incident) is ApprovalState.GIVEN
        assert desk.services.catalogue.incidents.get(incident.incident_id).status is IncidentStatus.APPROVED


def test_a_revocation_voids_what_rests_on_it(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = approved(desk)
        revoke_grant(desk.services, "gr-1", "ann")

        assert desk.services.catalogue.incidents.attachments(incident.incident_id) == ()
        assert state(desk, incident) is ApprovalState.VOID


def test_what_was_approved_leaves_with_the_recipient_and_case_that_are_asked_for(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = approved(desk)
        told: list[tuple[str, int, int]] = []
        order = ExportOrder(tmp_path / "out", zipped=False, case_number="C-8")
        made = export_package(
            desk.services, KIM, incident.incident_id, order, lambda *said: told.append((said[0], said[1], said[2]))
        )

        assert made.disclosure.case_number == "C-8"
        assert all(holds for _, holds, _ in verify(made.path))
        stages = list(dict.fromkeys(stage for stage, _, _ in told))
        assert stages == [
            "writing originals, highlights and documents",
            "checking the package as its recipient will",
        ]
        written = [(done, total) for stage, done, total in told if stage == stages[0]]
        assert written[0][0] == 0
        assert written[-1][0] == written[-1][1] > 0
        assert [done for done, _ in written] == sorted(done for done, _ in written)


def test_what_is_changed_while_it_is_written_does_not_leave(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = approved(desk)

        def meddle(stage: str, done: int, total: int, unit: str) -> None:
            if stage.startswith("checking"):
                caption(desk.services, KIM, incident.incident_id, desk.highlight(), "smuggled in")

        with pytest.raises(ApprovalMissingError):
            export_package(desk.services, KIM, incident.incident_id, ExportOrder(tmp_path / "out"), meddle)
        assert list((tmp_path / "out").iterdir()) == []
        assert desk.services.catalogue.disclosures.list() == ()


def test_a_small_agency_may_do_without(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        alone = desk.services.settings.model_copy(update={"incidents": IncidentSettings(export_needs_approval=False)})
        services = replace(desk.services, settings=alone)

        assert export_package(services, KIM, incident.incident_id, ExportOrder(tmp_path / "out")).path.is_file()

        def meddle(stage: str, done: int, total: int, unit: str) -> None:
            caption(services, KIM, incident.incident_id, desk.highlight(), f"{stage} {done}")

        with pytest.raises(IncidentError, match="changed while"):
            export_package(services, KIM, incident.incident_id, ExportOrder(tmp_path / "other"), meddle)


def test_a_report_that_was_made_while_a_grant_was_revoked_goes_again(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        folder = desk.services.settings.store.directory / REPORTS / incident.incident_id

        def and_meanwhile(*asked: Any) -> Any:
            """The report was read under a live grant; the resident revokes before it lies there."""
            revoke_grant(desk.services, "gr-1", "ann")
            return shared_before(*asked)

        order = ReportOrder(folder, RedactionOrder(show_everyone=True, reason="the court asks for it"))
        made = share_report(
            desk.services, incident.incident_id, ReportSharing("kim", folder, order.redaction), Redactor(desk.services)
        )
        kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}

        def shared_before(*_: Any) -> Any:
            for name, content in kept.items():
                (folder / name).write_bytes(content)
            return made

        monkeypatch.setattr("pipeline.casework.exports.share_report", and_meanwhile)
        with pytest.raises(EvidenceDisposedError):
            make_report(desk.services, KIM, incident.incident_id, order)
        assert [path.name for path in folder.iterdir()] == ["withdrawn.txt"]
