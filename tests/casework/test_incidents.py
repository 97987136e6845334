"""Incidents as people work on them: each act once, with its custody, and nothing that was said is lost."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.casework.agents.accounts import add_agent
from pipeline.casework.approval import ask_approval, decide_approval
from pipeline.casework.attaching import (
    accept,
    arrange,
    attach,
    caption,
    detach,
    dismiss,
    judge,
    move,
    suggestions,
    write_down_suggestions,
)
from pipeline.casework.exports import ExportOrder, ReportOrder, export_package, make_report
from pipeline.casework.incidents import (
    assign,
    close_incident,
    described_traits,
    edit_incident,
    merge_incidents,
    reopen_incident,
    words_of,
)
from pipeline.casework.people import note_person, read_people, strike_person
from pipeline.casework.reach import followed, is_reached
from pipeline.domain.agents import Role
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import AttachmentStatus, IncidentStatus
from pipeline.errors import (
    ConsentError,
    IncidentError,
    InputRefusedError,
    NotAssignedError,
    ProtectedTraitError,
    RecordNotFoundError,
)
from pipeline.night.attach import attach_highlights
from pipeline.night.incident_reports import report_on
from tests.casework.desk import KIM, LEE, STRANGER, a_desk
from tests.night.conftest import clips

__all__ = ["clips"]


def test_what_belongs_is_suggested_with_its_reason_and_attached_only_by_a_person(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        (found,) = suggestions(desk.services, KIM, incident.incident_id)
        write_down_suggestions(desk.services, KIM, incident.incident_id, (found,))

        assert "person visit at 2026-03-10 22:30" in found.attachment.reason
        assert "0 m from the place" in found.attachment.reason
        assert attach_highlights(desk.services) == (), "the rule of an incident of the desk is to suggest"
        assert [one.entry.detail["as"] for one in desk.records("accessed")] == ["suggestion"]

        made = accept(desk.services, KIM, incident.incident_id, found.highlight.highlight_id)
        assert (made.reason, made.attached_by) == (found.attachment.reason, "kim")
        assert suggestions(desk.services, KIM, incident.incident_id) == ()
        (record,) = desk.records("attached")
        assert (record.entry.agent, record.entry.authority) == ("kim", "gr-1 v1")


def test_what_was_turned_down_or_taken_out_stays_out(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        turned_down, taken_out = desk.incident(attaches_by_itself=True), desk.incident()
        dismiss(desk.services, KIM, turned_down.incident_id, desk.highlight())
        attach(desk.services, KIM, taken_out.incident_id, desk.highlight(), "by hand")
        detach(desk.services, KIM, taken_out.incident_id, desk.highlight())

        assert attach_highlights(desk.services) == (), "also where the night would attach by itself"
        for one in (turned_down, taken_out):
            assert suggestions(desk.services, KIM, one.incident_id) == ()
            assert desk.services.catalogue.incidents.attachments(one.incident_id) == ()
        with pytest.raises(RecordNotFoundError):
            accept(desk.services, KIM, turned_down.incident_id, desk.highlight())

        attach(desk.services, KIM, turned_down.incident_id, desk.highlight(), "after all")
        assert desk.services.catalogue.incidents.dismissed(turned_down.incident_id) == frozenset()


def test_a_suggestion_needs_a_grant_for_the_incident_and_for_whoever_looks(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        curious = replace(KIM, purpose="curiosity")

        assert suggestions(desk.services, curious, incident.incident_id) == ()
        with pytest.raises(ConsentError):
            attach(desk.services, curious, incident.incident_id, desk.highlight(), "why not")
        desk.house.revoke()
        assert suggestions(desk.services, KIM, incident.incident_id) == ()
        assert desk.records("attached") == []


def test_an_edit_keeps_what_was_said_before_and_no_change_is_no_act(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        words = replace(words_of(incident), title="Carton taken", kinds=(EventKind.LOITERING,))

        edit_incident(desk.services, LEE, incident.incident_id, words)
        now = edit_incident(desk.services, LEE, incident.incident_id, words)

        assert (now.title, now.kinds, now.opened_by) == ("Carton taken", (EventKind.LOITERING,), "kim")
        (before,) = desk.services.catalogue.incidents.versions(incident.incident_id)
        assert (before.number, before.changed_by, before.said) == (1, "lee", incident)
        (record,) = desk.records("incident_changed")
        assert record.entry.detail["fields"] == "kinds, title"
        assert "Carton" not in record.leaf
        with pytest.raises(ValueError, match="title"):
            edit_incident(desk.services, LEE, incident.incident_id, replace(words, title=" "))


def test_an_incident_is_reached_by_who_opened_it_who_is_assigned_and_who_oversees(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = assign(desk.services, KIM, desk.incident().incident_id, ["lee", " kim ", ""])

        assert incident.assigned == ("lee",)
        assert [one.incident_id for one in desk.services.catalogue.incidents.of_agent("lee")] == [incident.incident_id]
        assert desk.services.catalogue.incidents.of_agent("max") == ()
        reached = [is_reached(incident, name, Role.INVESTIGATOR) for name in ("kim", "lee", "max")]
        assert reached == [True, True, False]
        assert [role for role in Role if is_reached(incident, "max", role)] == [Role.SUPERVISOR, Role.RECORDS_OFFICER]
        assert not is_reached(incident, "kim", Role.AUDITOR), "who opened it and is an auditor now"


def test_order_captions_and_judgement_are_what_the_report_shows(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4", clips / "left.mp4") as desk:
        incident = desk.incident()
        first, second = (one.highlight_id for one in desk.services.catalogue.highlights.list())
        for name in (first, second):
            attach(desk.services, KIM, incident.incident_id, name, "by hand")

        assert arrange(desk.services, KIM, incident.incident_id, [second]) == (second, first)
        caption(desk.services, KIM, incident.incident_id, second, " The second visit ")
        report = report_on(desk.services, incident.incident_id)
        assert [one.highlight.highlight_id for one in report.highlights] == [second, first]
        assert report.highlights[0].attachment.caption == "The second visit"

        assert move(desk.services, KIM, incident.incident_id, second, 1) == (first, second)
        assert move(desk.services, KIM, incident.incident_id, second, 9) == (first, second), "as far as it goes"
        judge(desk.services, LEE, incident.incident_id, first, AttachmentStatus.REJECTED, "another matter")
        report = report_on(desk.services, incident.incident_id)
        assert [one.highlight.highlight_id for one in report.highlights] == [second]
        with pytest.raises(RecordNotFoundError):
            move(desk.services, KIM, incident.incident_id, "hl-nowhere", 1)


def test_a_merge_loses_nothing_and_the_old_id_leads_on(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4", clips / "left.mp4") as desk:
        gone, kept = desk.incident(narrative="A bicycle.", title="Bicycle"), desk.incident(LEE, title="Cartons")
        first, second = (one.highlight_id for one in desk.services.catalogue.highlights.list())
        attach(desk.services, KIM, gone.incident_id, first, "by hand")
        dismiss(desk.services, KIM, gone.incident_id, second)
        note_person(desk.services, KIM, gone.incident_id, "the witness")

        merged = merge_incidents(desk.services, LEE, gone.incident_id, kept.incident_id)

        assert followed(desk.services, gone.incident_id) == merged
        assert (merged.incident_id, merged.assigned) == (kept.incident_id, ("kim",))
        assert gone.incident_id in merged.narrative
        assert "A bicycle." in merged.narrative
        catalogue = desk.services.catalogue.incidents
        assert [one.highlight_id for one in catalogue.attachments(kept.incident_id)] == [first]
        assert catalogue.dismissed(kept.incident_id) == {second}
        assert [one.words for one in read_people(desk.services, LEE, kept.incident_id)] == ["the witness"]
        assert [one.highlight_id for one in catalogue.attachments(gone.incident_id)] == [first], "the rows stay"
        assert [one.incident_id for one in catalogue.merged_into(kept.incident_id)] == [gone.incident_id]
        for act in (
            lambda: merge_incidents(desk.services, LEE, gone.incident_id, kept.incident_id),
            lambda: attach(desk.services, KIM, gone.incident_id, second, "again"),
            lambda: close_incident(desk.services, KIM, gone.incident_id),
            lambda: merge_incidents(desk.services, LEE, kept.incident_id, kept.incident_id),
        ):
            with pytest.raises(IncidentError):
                act()
        assert len(desk.records("incident_merged")) == 2


def test_a_merged_incident_is_kept_as_long_as_the_one_it_goes_on_in(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        elsewhere = desk.services.catalogue.incidents.get("in-0000000000ff").starts_at - timedelta(days=30)
        gone = desk.incident()
        kept = desk.incident(starts_at=elsewhere, ends_at=elsewhere + timedelta(hours=1))
        attach(desk.services, KIM, gone.incident_id, desk.highlight(), "by hand")
        merge_incidents(desk.services, KIM, gone.incident_id, kept.incident_id)
        clips_kept = desk.services.catalogue.clips.list()

        (facts,) = desk.services.catalogue.disposals.facts(clips_kept)
        states = {tie.incident.incident_id: tie.incident.status for tie in facts.ties}
        assert states[gone.incident_id] is IncidentStatus.OPEN
        assert [one.merged for one in facts.ties if one.incident.incident_id == kept.incident_id] == [
            (gone.incident_id,)
        ]

        close_incident(desk.services, KIM, kept.incident_id)
        (facts,) = desk.services.catalogue.disposals.facts(clips_kept)
        states = {tie.incident.incident_id: tie.incident.status for tie in facts.ties}
        assert states[gone.incident_id] is IncidentStatus.CLOSED
        reopen_incident(desk.services, KIM, kept.incident_id)
        assert desk.services.catalogue.incidents.get(kept.incident_id).is_live


def test_people_are_read_by_those_who_work_on_it_and_sealed_in_the_database(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        note = note_person(desk.services, KIM, incident.incident_id, "Lives at number nine", Role.INVESTIGATOR)

        for role in (None, Role.INVESTIGATOR, Role.AUDITOR):
            with pytest.raises(NotAssignedError):
                read_people(desk.services, STRANGER, incident.incident_id, role)
            with pytest.raises(NotAssignedError):
                note_person(desk.services, STRANGER, incident.incident_id, "words", role)
        (read,) = read_people(desk.services, STRANGER, incident.incident_id, Role.SUPERVISOR)
        assert (read.words, read.noted_by) == ("Lives at number nine", "kim")
        (record,) = [one for one in desk.records("accessed") if one.entry.detail["as"] == "people"]
        assert record.entry.agent == "max"

        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert not [path for path in files if b"number nine" in path.read_bytes()], "nowhere in plain words"
        strike_person(desk.services, KIM, incident.incident_id, note.note_id)
        (struck,) = read_people(desk.services, KIM, incident.incident_id)
        assert (struck.words, struck.struck_by) == ("", "kim")
        assert [one.entry.action for one in desk.records("person_struck")] == [CustodyAction.PERSON_STRUCK]
        with pytest.raises(ValueError, match="words"):
            note_person(desk.services, KIM, incident.incident_id, "  ")
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        for act in (
            lambda: note_person(desk.services, KIM, incident.incident_id, "a muslim man"),
            lambda: caption(desk.services, KIM, incident.incident_id, desk.highlight(), "a muslim man"),
        ):
            with pytest.raises(ProtectedTraitError):
                act()


def test_nothing_is_done_to_a_closed_incident_until_it_is_opened_again(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        close_incident(desk.services, KIM, incident.incident_id)

        for act in (
            lambda: edit_incident(desk.services, KIM, incident.incident_id, words_of(incident)),
            lambda: detach(desk.services, KIM, incident.incident_id, desk.highlight()),
            lambda: caption(desk.services, KIM, incident.incident_id, desk.highlight(), "words"),
            lambda: note_person(desk.services, KIM, incident.incident_id, "words"),
            lambda: assign(desk.services, KIM, incident.incident_id, ["lee"]),
        ):
            with pytest.raises(IncidentError, match="closed"):
                act()
        assert suggestions(desk.services, KIM, incident.incident_id) == ()


def test_an_act_stands_under_the_case_of_its_incident_and_says_another_of_the_matter(
    tmp_path: Path, clips: Path
) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident(case_number="D-1")
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        attach(desk.services, replace(KIM, case_number=""), desk.incident().incident_id, desk.highlight(), "by hand")

        under = [one.entry.detail for one in desk.records("attached")]
        assert [(one["case"], one.get("matter_case")) for one in under] == [("D-1", "C-7"), ("C-7", None)]


def test_a_package_and_a_report_say_on_which_case_they_were_asked_for(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        name = desk.incident(case_number="D-1").incident_id
        attach(desk.services, KIM, name, desk.highlight(), "by hand")
        ask_approval(desk.services, KIM, name)
        decide_approval(desk.services, LEE, name, is_given=True)
        export_package(desk.services, KIM, name, ExportOrder(tmp_path / "out"))
        make_report(desk.services, KIM, name, ReportOrder(tmp_path / "report"))

        left = {one.entry.detail["as"]: one.entry.detail for one in desk.records("disseminated")}
        assert set(left) == {"evidence package", "incident report"}
        assert {(one["case"], one["matter_case"]) for one in left.values()} == {("D-1", "C-7")}


def test_whoever_may_not_see_what_is_attached_neither_takes_it_out_nor_writes_beside_it(
    tmp_path: Path, clips: Path
) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        curious = replace(KIM, purpose="curiosity")

        with pytest.raises(ConsentError):
            detach(desk.services, curious, incident.incident_id, desk.highlight())
        with pytest.raises(ConsentError):
            caption(desk.services, curious, incident.incident_id, desk.highlight(), "a carton")
        (left,) = desk.services.catalogue.incidents.attachments(incident.incident_id)
        assert left.caption == ""
        assert desk.records("detached") == desk.records("arranged") == []


def test_only_agents_who_could_open_an_incident_are_told_to_work_on_it(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        name = desk.incident().incident_id
        assign(desk.services, KIM, name, ["lee"])
        add_agent(desk.services, "tester", "sue", Role.SUPERVISOR)
        add_agent(desk.services, "tester", "aud", Role.AUDITOR)

        assert assign(desk.services, KIM, name, ["sue", "lee"]).assigned == ("lee", "sue"), "who works on it stays"
        for wrong in ("aud", "nobody"):
            with pytest.raises(InputRefusedError, match=wrong):
                assign(desk.services, KIM, name, ["sue", wrong])
        assert desk.services.catalogue.incidents.get(name).assigned == ("lee", "sue")


def test_a_narrative_that_describes_people_by_a_trait_is_kept_warned_of_and_written_down(
    tmp_path: Path, clips: Path
) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident(narrative="The caller speaks of a black man in a red jacket.")
        assert described_traits(incident) == ("race or ethnicity", "sex or gender")
        edit_incident(desk.services, KIM, incident.incident_id, replace(words_of(incident), narrative="A red jacket."))

        opened, changed = desk.records("incident_opened")[-1], desk.records("incident_changed")[-1]
        assert opened.entry.detail["warned"] == "race or ethnicity, sex or gender"
        assert "warned" not in changed.entry.detail
