"""What is kept beside incidents, in SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.catalogue import Catalogue
from pipeline.domain.approvals import Approval, ApprovalState
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incident_notes import PersonNote
from pipeline.domain.incidents import Attachment, HandCut, Highlight, IncidentStatus
from pipeline.domain.jobs import Job, JobKind, JobState
from pipeline.domain.retention import Decision, DisposalReason
from pipeline.errors import ApprovalError, CatalogueError, IncidentError, RecordNotFoundError
from tests.builders import EVENING
from tests.catalogue.stories import a_clip, a_highlight, an_entry, an_incident, inferred, with_events


def a_kept_highlight(catalogue: Catalogue, words: str = "clip") -> tuple[str, Highlight]:
    clip = a_clip(words)
    highlight = a_highlight(clip, *with_events(catalogue, clip, inferred(EventKind.PERSON_VISIT)))
    catalogue.highlights.save(clip.acquisition.acquisition_id, "", highlight, [])
    return clip.acquisition.acquisition_id, highlight


def entry(action: CustodyAction = CustodyAction.INCIDENT_CHANGED, agent: str = "kim") -> CustodyEntry:
    return an_entry("in-1", action, agent=agent)


def attached(catalogue: Catalogue, incident_id: str, highlight: Highlight, **changes: object) -> Attachment:
    one = replace(Attachment(incident_id, highlight.highlight_id, "it fits", EVENING), **changes)  # type: ignore[arg-type]
    catalogue.incidents.attach(one, [entry(CustodyAction.ATTACHED)])
    return one


def actions(catalogue: Catalogue) -> list[str]:
    return [record.entry.action for record in catalogue.custody.records()]


def test_a_change_keeps_what_was_and_finds_by_agent(catalogue: Catalogue) -> None:
    before = an_incident(opened_by="kim")
    catalogue.incidents.save(before)
    after = catalogue.incidents.change("in-1", lambda one: replace(one, assigned=("lee", "max")), entry())
    same = catalogue.incidents.change("in-1", lambda one: one, entry())

    assert after == same == replace(before, assigned=("lee", "max"))
    (version,) = catalogue.incidents.versions("in-1")
    assert (version.number, version.changed_by, version.said) == (1, "kim", before)
    assert [catalogue.incidents.of_agent(name) for name in ("kim", "lee", "ann")] == [(after,), (after,), ()]
    catalogue.incidents.change("in-1", lambda one: replace(one, assigned=("max",)), entry())
    assert catalogue.incidents.of_agent("lee") == ()
    assert actions(catalogue) == ["incident_changed"] * 2
    with pytest.raises(RecordNotFoundError):
        catalogue.incidents.change("in-none", lambda one: one, entry())


def test_order_is_kept_and_what_comes_later_comes_last(catalogue: Catalogue) -> None:
    catalogue.incidents.save(an_incident())
    kept = [a_kept_highlight(catalogue, words)[1] for words in ("one", "two", "three")]
    names = [one.highlight_id for one in kept]
    for number, one in enumerate(kept[:2]):
        attached(catalogue, "in-1", one, attached_at=EVENING + timedelta(minutes=number))

    assert catalogue.incidents.arrange("in-1", [names[1]], [entry()]) == (names[1], names[0])
    catalogue.incidents.arrange("in-1", [names[1], names[0]], [entry()])
    attached(catalogue, "in-1", kept[2])
    found = catalogue.incidents.attachments("in-1")
    assert [(one.highlight_id, one.position) for one in found] == [(names[1], 1), (names[0], 2), (names[2], 3)]
    assert actions(catalogue).count("incident_changed") == 1, "the same order again is no act"
    with pytest.raises(RecordNotFoundError):
        catalogue.incidents.arrange("in-1", ["hl-none"], [entry()])


def test_what_is_dismissed_stays_until_it_is_attached_by_a_person_or_goes(catalogue: Catalogue) -> None:
    catalogue.incidents.save(an_incident())
    name, highlight = a_kept_highlight(catalogue)
    one = Attachment("in-1", highlight.highlight_id, "it fits", EVENING)

    assert catalogue.incidents.dismiss(one, [entry(CustodyAction.DISMISSED)])
    assert not catalogue.incidents.dismiss(one, [entry(CustodyAction.DISMISSED)])
    assert catalogue.incidents.dismissed("in-1") == {highlight.highlight_id}
    catalogue.incidents.attach(one, [entry(CustodyAction.ATTACHED)])
    assert catalogue.incidents.dismissed("in-1") == frozenset()
    catalogue.incidents.detach("in-1", highlight.highlight_id, [entry(CustodyAction.DETACHED)], EVENING)
    assert catalogue.incidents.attachments("in-1") == ()
    assert catalogue.incidents.dismissed("in-1") == {highlight.highlight_id}

    catalogue.disposals.decide(name, lambda _: Decision(DisposalReason.REVOKED, "gr-1 v2"), EVENING)
    assert catalogue.incidents.dismissed("in-1") == frozenset(), "a disposal takes that row too"
    assert actions(catalogue).count("dismissed") == 1


def test_a_version_that_goes_leaves_the_attachment_as_it_was(catalogue: Catalogue) -> None:
    catalogue.incidents.save(an_incident())
    _, highlight = a_kept_highlight(catalogue)
    other_name, _ = a_kept_highlight(catalogue, "other")
    version = replace(
        highlight, highlight_id="hl-version", cut=HandCut("kim", EVENING, highlight.highlight_id), event_ids=()
    )
    catalogue.highlights.save(other_name, "", version, [])
    attached(catalogue, "in-1", highlight, version="hl-version")

    catalogue.disposals.decide(other_name, lambda _: Decision(DisposalReason.REVOKED, "gr-1 v2"), EVENING)
    (left,) = catalogue.incidents.attachments("in-1")
    assert (left.highlight_id, left.version) == (highlight.highlight_id, "")


def test_a_merge_copies_and_leads_on(catalogue: Catalogue) -> None:
    for name in ("in-1", "in-2", "in-3"):
        catalogue.incidents.save(an_incident(name, opened_by=name))
    _, highlight = a_kept_highlight(catalogue)
    attached(catalogue, "in-1", highlight)
    catalogue.people.add(PersonNote("pn-1", "in-1", b"sealed", "kim", EVENING), [entry()])

    catalogue.incidents.merge("in-1", "in-2", [entry(CustodyAction.INCIDENT_MERGED)])
    catalogue.incidents.merge("in-2", "in-3", [entry(CustodyAction.INCIDENT_MERGED)])

    assert [one.incident_id for one in catalogue.incidents.merged_into("in-3")] == ["in-1", "in-2"]
    assert catalogue.incidents.get("in-3").assigned == ("in-1", "in-2")
    assert [one.highlight_id for one in catalogue.incidents.attachments("in-3")] == [highlight.highlight_id]
    assert [one.sealed for one in catalogue.people.of_incident("in-3")] == [b"sealed"]
    assert catalogue.incidents.get("in-1").status is IncidentStatus.MERGED
    for pair in (("in-1", "in-3"), ("in-3", "in-3"), ("in-3", "in-2")):
        with pytest.raises(IncidentError):
            catalogue.incidents.merge(*pair, [entry()])
    with pytest.raises(IncidentError):
        catalogue.incidents.set_status("in-1", IncidentStatus.OPEN, [entry()])


def test_an_approval_is_of_what_is_there_and_a_change_voids_it(catalogue: Catalogue) -> None:
    catalogue.incidents.save(an_incident())
    _, highlight = a_kept_highlight(catalogue)
    attached(catalogue, "in-1", highlight)
    asked = catalogue.approvals.ask("in-1", lambda now: Approval("ap-1", "in-1", now, "kim", EVENING), [entry()])
    assert catalogue.incidents.get("in-1").status is IncidentStatus.IN_REVIEW

    def decided(last: Approval | None, now: str) -> Approval:
        assert last == asked
        assert now == asked.content
        return replace(asked, decided_by="lee", decided_at=EVENING, is_given=True)

    given = catalogue.approvals.decide("in-1", decided, [entry(CustodyAction.APPROVED, "lee")])
    assert given.state(catalogue.approvals.content("in-1")) is ApprovalState.GIVEN
    assert catalogue.approvals.of_incident("in-1") == (given,)
    catalogue.incidents.change("in-1", lambda one: replace(one, assigned=("max",)), entry(), voids=False)
    assert catalogue.incidents.get("in-1").status is IncidentStatus.APPROVED

    catalogue.incidents.rewrite(
        "in-1", highlight.highlight_id, lambda one: replace(one, caption="words"), [entry(agent="max")]
    )
    assert catalogue.incidents.get("in-1").status is IncidentStatus.OPEN
    assert given.state(catalogue.approvals.content("in-1")) is ApprovalState.VOID
    (voided,) = [one for one in catalogue.custody.records() if one.entry.action == "approval_voided"]
    assert voided.entry.agent == "max"

    def refuse(last: Approval | None, now: str) -> Approval:
        raise ApprovalError("in-1", "no")

    count = catalogue.custody.count()
    with pytest.raises(ApprovalError):
        catalogue.approvals.decide("in-1", refuse, [entry()])
    assert catalogue.custody.count() == count, "what is refused leaves nothing"
    with pytest.raises(ValueError, match="four eyes"):
        replace(asked, decided_by="kim")


def test_words_about_people_are_struck_and_that_there_were_some_stays(catalogue: Catalogue) -> None:
    catalogue.incidents.save(an_incident())
    note = PersonNote("pn-1", "in-1", b"sealed words", "kim", EVENING)
    catalogue.people.add(note, [entry(CustodyAction.PERSON_NOTED)])
    assert catalogue.people.of_incident("in-1") == (note,)

    for _ in range(2):
        catalogue.people.strike("in-1", "pn-1", [entry(CustodyAction.PERSON_STRUCK, "lee")])
    (struck,) = catalogue.people.of_incident("in-1")
    assert (struck.sealed, struck.struck_by, struck.noted_by) == (b"", "lee", "kim")
    assert actions(catalogue) == ["person_noted", "person_struck"]
    with pytest.raises(RecordNotFoundError):
        catalogue.people.strike("in-2", "pn-1", [entry()])
    with pytest.raises(CatalogueError):
        catalogue.people.add(replace(note, note_id="pn-2", incident_id="in-none"), [entry()])


def test_a_job_is_taken_by_one_and_mended_when_that_one_is_gone(catalogue: Catalogue) -> None:
    catalogue.incidents.save(an_incident())
    job = Job("jb-1", JobKind.EXPORT, "in-1", "kim", EVENING, {"redacted": ""})
    catalogue.jobs.add(job)
    taken = catalogue.jobs.take("jb-1", "one")
    assert taken is not None
    assert catalogue.jobs.take("jb-1", "two") is None
    catalogue.jobs.tell("jb-1", "writing", 5, 10, "bytes")
    assert catalogue.jobs.get("jb-1").share == 0.5

    def given_up(one: Job) -> Job:
        return replace(one, state=JobState.FAILED, error="gone")

    assert catalogue.jobs.mend(lambda holder: holder != "one", 2, given_up) == ()
    (again,) = catalogue.jobs.mend(lambda holder: holder == "one", 2, given_up)
    assert (again.state, again.attempts, again.holder) == (JobState.WAITING, 1, "")
    catalogue.jobs.take("jb-1", "two")
    (over,) = catalogue.jobs.mend(lambda _: True, 2, given_up)
    assert (over.state, over.error) == (JobState.FAILED, "gone")
    assert catalogue.jobs.unfinished() == ()
    assert catalogue.jobs.of_incident("in-1") == (over,)
    catalogue.jobs.tell("jb-1", "late", 1, 1, "steps")
    assert catalogue.jobs.get("jb-1") == over, "what is over hears nothing more"
    with pytest.raises(RecordNotFoundError):
        catalogue.jobs.get("jb-none")
