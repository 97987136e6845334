"""What a person says of an event, what becomes of it, and who may say it."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.casework.incidents import close_incident
from pipeline.casework.tags import Decision, tag_event, visible_tags
from pipeline.domain.agents import Matter
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import AttachmentStatus
from pipeline.domain.plain import to_plain
from pipeline.domain.tags import TagStatus
from pipeline.errors import ConsentError, RecordNotFoundError, TagRefusedError
from pipeline.night.incident_reports import report_on
from pipeline.reports.incident_view import incident_view
from tests.builders import RECIPIENT
from tests.casework.story import JANE, a_morning, entries, events_of
from tests.night.story import anns_grant

CONFIRM, REJECT = Decision(TagStatus.CONFIRMED), Decision(TagStatus.REJECTED, "a shadow")
INCIDENT = "in-000000000001"


def test_what_a_person_says_stands_beside_what_the_machine_said(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        tag = tag_event(services, JANE, found.event.event_id, REJECT)
        assert tag.said.inferred == found.event.inferred
        assert (tag.said.model, tag.said.settings_digest) == (found.model, found.settings_digest)
        assert services.catalogue.tags.history(found.event.event_id) == (tag,)
        assert events_of(services) == (found,), "the machine's own words stay as they are"
        (entry,) = [one for one in entries(services, CustodyAction.JUDGED) if one.subject == tag.event_id]
        assert (entry.agent, entry.authority) == ("jane", "gr-1 v1")
        assert entry.detail["as"] == "rejected"
        assert entry.detail["note"] == "a shadow"


def test_the_note_of_a_tag_is_sealed_in_the_log(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        tag_event(house.services, JANE, found.event.event_id, REJECT)
        (record,) = house.services.catalogue.custody.records(subject=found.event.event_id)
        assert "a shadow" not in record.leaf
        assert "rejected" in record.leaf


def test_a_confirmed_event_confirms_the_attachment_that_rests_on_it(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        assert [one.status for one in services.catalogue.incidents.attachments(INCIDENT)] == [AttachmentStatus.MACHINE]
        tag_event(services, JANE, found.event.event_id, CONFIRM)
        (attachment,) = services.catalogue.incidents.attachments(INCIDENT)
        assert attachment.status is AttachmentStatus.CONFIRMED
        judged = [one for one in entries(services, CustodyAction.JUDGED) if one.subject == attachment.highlight_id]
        assert [one.detail["incident"] for one in judged] == [INCIDENT]


def test_a_closed_incident_goes_on_saying_what_it_said(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        close_incident(services, JANE, INCIDENT)
        tag_event(services, JANE, found.event.event_id, CONFIRM)
        assert [one.status for one in services.catalogue.incidents.attachments(INCIDENT)] == [AttachmentStatus.MACHINE]


def test_a_rejected_event_leaves_the_report(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)
        assert len(report_on(services, INCIDENT).highlights) == 1
        tag_event(services, JANE, found.event.event_id, REJECT)
        assert report_on(services, INCIDENT).highlights == ()
        tag_event(services, JANE, found.event.event_id, CONFIRM)
        assert len(report_on(services, INCIDENT).highlights) == 1, "a person may think better of it"


def test_a_correction_says_what_happened_instead(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        decision = Decision(TagStatus.CORRECTED, "", EventKind.PERSON_AT_DOOR, Fraction("1.25"), Fraction(2))
        tag = tag_event(house.services, JANE, found.event.event_id, decision)
        assert tag.kind is EventKind.PERSON_AT_DOOR
        assert (tag.span.start.seconds, tag.span.end.seconds) == (Fraction("1.25"), Fraction(2))
        (attachment,) = house.services.catalogue.incidents.attachments(INCIDENT)
        assert attachment.status is AttachmentStatus.CONFIRMED


NONE = (
    (Decision(TagStatus.CORRECTED), "confirm the event"),
    (Decision(TagStatus.CORRECTED, start=Fraction(3), end=Fraction(1)), "inside the clip"),
    (Decision(TagStatus.CORRECTED, end=Fraction(99)), "inside the clip"),
    (Decision(TagStatus.CORRECTED, start=Fraction(-1)), "inside the clip"),
    (Decision(TagStatus.CONFIRMED, kind=EventKind.LOITERING), "only a correction"),
    (Decision(TagStatus.REJECTED, "x" * 2001), "characters"),
)


def test_a_decision_that_is_none_is_refused(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        for decision, words in NONE:
            with pytest.raises(TagRefusedError, match=words):
                tag_event(house.services, JANE, found.event.event_id, decision)
        assert house.services.catalogue.tags.list() == ()
        assert entries(house.services, CustodyAction.JUDGED) == []


def test_without_a_grant_nobody_says_anything(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        (found,) = events_of(house.services)
        other = Matter("jane", "traffic", RECIPIENT)
        with pytest.raises(ConsentError):
            tag_event(house.services, other, found.event.event_id, CONFIRM)
        with pytest.raises(RecordNotFoundError):
            tag_event(house.services, JANE, "ev-00000000000000000000", CONFIRM)
        house.revoke()
        with pytest.raises(ConsentError):
            tag_event(house.services, JANE, found.event.event_id, CONFIRM)
        assert house.services.catalogue.tags.list() == ()


def test_no_correction_keeps_a_kind_that_the_grant_does_not_cover(tmp_path: Path, clips: Path) -> None:
    grant = anns_grant(event_kinds=(EventKind.PERSON_VISIT, EventKind.PACKAGE_PICKED_UP))
    with a_morning(tmp_path, clips / "visit.mp4", grant=grant) as house:
        (found,) = events_of(house.services)
        with pytest.raises(ConsentError):
            tag_event(
                house.services, JANE, found.event.event_id, Decision(TagStatus.CORRECTED, "", EventKind.LOITERING)
            )
        decision = Decision(TagStatus.CORRECTED, "", EventKind.PACKAGE_PICKED_UP)
        tag = tag_event(house.services, JANE, found.event.event_id, decision)
        desk = house.services.consent(JANE.purpose, JANE.recipient)
        assert visible_tags(house.services, desk, [tag]) == (tag,)
        house.grant(anns_grant(version=2, event_kinds=(EventKind.PERSON_VISIT,)))
        assert visible_tags(house.services, desk, [tag]) == (), "the corrected kind may not be told any more"


def test_a_report_states_what_a_person_stands_behind_and_says_so(tmp_path: Path, clips: Path) -> None:
    with a_morning(tmp_path, clips / "visit.mp4") as house:
        services = house.services
        (found,) = events_of(services)

        def told() -> tuple[str, str, str]:
            (shown,) = incident_view(report_on(services, INCIDENT))["highlights"]
            (event,) = shown["events"]
            return shown["heading"], event["kind"], event["said"]

        assert told() == (
            "Person visit",
            "Person visit",
            "Found by a machine, and not yet confirmed by a person.",
        )
        tag_event(services, JANE, found.event.event_id, CONFIRM)
        assert told()[2] == "Confirmed by a person, 2026-03-11 08:00:00 UTC."
        decision = Decision(TagStatus.CORRECTED, "jane's own words", EventKind.PERSON_AT_DOOR, Fraction(2), Fraction(3))
        tag_event(services, JANE, found.event.event_id, decision)
        heading, kind, said = told()
        assert (heading, kind) == ("Person at door", "Person at door")
        assert "it was: person at door" in said
        assert "22:30:02 to 22:30:03" in said
        plain = json.dumps(to_plain(report_on(services, INCIDENT)))
        assert "jane" not in plain, "neither who said it nor their note leaves the house"
        house.grant(anns_grant(version=2, event_kinds=(EventKind.PERSON_VISIT,)))
        heading, kind, said = told()
        assert (heading, kind) == ("Person visit", "Person visit")
        assert "of another kind" in said
