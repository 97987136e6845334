"""What people said of events: nothing is written over, and nothing outlives its clip."""

from datetime import timedelta
from fractions import Fraction

import pytest

from pipeline.catalogue import Catalogue
from pipeline.catalogue.attached import Judgement
from pipeline.domain.agents import Matter
from pipeline.domain.events import Event, EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import Attachment, AttachmentStatus
from pipeline.domain.retention import Decision, DisposalReason
from pipeline.domain.tags import LONGEST_NOTE, Correction, MachineStatement, Tag, TagStatus
from pipeline.domain.video import ClipSpan
from pipeline.errors import RecordNotFoundError
from tests.builders import EVENING, PURPOSE, RECIPIENT
from tests.catalogue.stories import (
    MODEL,
    SETTINGS,
    a_clip,
    a_highlight,
    an_entry,
    an_incident,
    at,
    inferred,
    with_events,
)

JANE = Matter("jane", PURPOSE, RECIPIENT, "26-001")
NO_CORRECTION = Correction(EventKind.PERSON_AT_DOOR, ClipSpan(at(1), at(4)))


def a_tag(event: Event, number: int = 1, status: TagStatus = TagStatus.CONFIRMED, **changes: object) -> Tag:
    clip = a_clip()
    values = {
        "tag_id": f"tg-{number:020x}",
        "event_id": event.event_id,
        "acquisition_id": clip.acquisition.acquisition_id,
        "clip": event.clip,
        "camera_id": event.camera_id,
        "status": status,
        "matter": JANE,
        "at": EVENING + timedelta(minutes=number),
        "said": MachineStatement(event.inferred, EVENING, EVENING + timedelta(seconds=3), MODEL, SETTINGS),
        **changes,
    }
    return Tag(**values)  # type: ignore[arg-type]


@pytest.fixture
def event(catalogue: Catalogue) -> Event:
    return with_events(catalogue, a_clip(), inferred(EventKind.PERSON_VISIT))[0]


def test_the_newest_tag_counts_and_the_earlier_ones_stay(catalogue: Catalogue, event: Event) -> None:
    first, second = a_tag(event), a_tag(event, 2, TagStatus.CORRECTED, correction=NO_CORRECTION, note="at the door")
    for tag in (first, second):
        catalogue.tags.add(tag, [an_entry(event.event_id, CustodyAction.JUDGED)])
    assert catalogue.tags.history(event.event_id) == (first, second)
    assert catalogue.tags.latest([event.event_id, "ev-unknown"]) == {event.event_id: second}
    assert catalogue.tags.list() == catalogue.tags.of_acquisition(first.acquisition_id) == (second,)
    assert catalogue.tags.list(with_earlier=True, agent="jane", until=second.at) == (first,)
    assert catalogue.tags.list(agent="joe", with_earlier=True) == ()
    assert second.kind is EventKind.PERSON_AT_DOOR
    assert second.said.inferred == event.inferred


def test_a_tag_and_its_custody_come_together_or_not_at_all(catalogue: Catalogue, event: Event) -> None:
    before = catalogue.custody.count()
    missing = Judgement("in-1", "hl-none", AttachmentStatus.CONFIRMED, (an_entry("hl-none"),))
    with pytest.raises(RecordNotFoundError, match="attachment"):
        catalogue.tags.add(a_tag(event), [an_entry(event.event_id)], [missing])
    assert catalogue.tags.history(event.event_id) == ()
    assert catalogue.custody.count() == before


def test_a_tag_decides_attachments_in_the_same_breath(catalogue: Catalogue, event: Event) -> None:
    highlight, incident = a_highlight(a_clip(), event), an_incident()
    catalogue.highlights.save(a_clip().acquisition.acquisition_id, "2026-03-10", highlight, [])
    catalogue.incidents.save(incident)
    catalogue.incidents.attach(Attachment("in-1", highlight.highlight_id, "near", EVENING), [])
    judged = Judgement("in-1", highlight.highlight_id, AttachmentStatus.CONFIRMED, (an_entry("judged"),))
    catalogue.tags.add(a_tag(event), [an_entry(event.event_id)], [judged])
    assert [one.status for one in catalogue.incidents.attachments("in-1")] == [AttachmentStatus.CONFIRMED]
    before = catalogue.custody.count()
    catalogue.tags.add(a_tag(event, 2), [an_entry(event.event_id)], [judged])
    assert catalogue.custody.count() == before + 1, "the attachment was confirmed already: no act"


def test_what_people_said_goes_with_the_clip(catalogue: Catalogue, event: Event) -> None:
    other = with_events(catalogue, a_clip("other", minutes=5), inferred(EventKind.PERSON_VISIT))[0]
    name = a_clip("other", minutes=5).acquisition.acquisition_id
    catalogue.tags.add(a_tag(event), [an_entry(event.event_id)])
    kept = a_tag(other, 2, acquisition_id=name)
    catalogue.tags.add(kept, [an_entry(other.event_id)])
    decision = Decision(DisposalReason.REVOKED, "gr-1 v2")
    stone = catalogue.disposals.decide(a_clip().acquisition.acquisition_id, lambda _: decision, EVENING)
    assert stone is not None
    assert stone.counts["tags"] == 1
    assert catalogue.tags.list(with_earlier=True) == (kept,)
    with pytest.raises(RecordNotFoundError):
        catalogue.tags.add(a_tag(event, 3), [an_entry(event.event_id)])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": TagStatus.CORRECTED}, "what happened instead"),
        ({"correction": NO_CORRECTION}, "what happened instead"),
        ({"note": "x" * (LONGEST_NOTE + 1)}, "characters"),
        (
            {
                "status": TagStatus.CORRECTED,
                "correction": Correction(EventKind.PERSON_VISIT, ClipSpan(at(1), at(4))),
            },
            "confirm the event",
        ),
        ({"at": EVENING.replace(tzinfo=None)}, "aware"),
    ],
)
def test_a_tag_that_says_nothing_clear_is_none(
    catalogue: Catalogue, event: Event, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        a_tag(event, **changes)  # type: ignore[arg-type]
    assert at(1).seconds == Fraction(3, 2)
