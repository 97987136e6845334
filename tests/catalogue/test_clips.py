"""Clips, analyses, events, highlights and incidents."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline.catalogue import AnalysisKey, Catalogue
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.domain.events import CannotTell, ClipAnalysis, EventKind, InferredEvent, Verdict
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import Attachment, AttachmentStatus, IncidentStatus
from pipeline.domain.search import EventFilter
from pipeline.domain.tracks import Box, ModelIdentity
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import CatalogueError, RecordNotFoundError, StorageError, UnreadableClipError
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import (
    BASE,
    MODEL,
    NIGHT,
    SETTINGS,
    a_camera,
    a_clip,
    a_highlight,
    an_account,
    an_analysis,
    an_entry,
    an_incident,
    digest_of,
    inferred,
    with_clip,
    with_events,
)


def _key(acquisition_id: str) -> AnalysisKey:
    return AnalysisKey(acquisition_id, MODEL.digest, SETTINGS)


def test_a_clip_comes_back_as_it_went(catalogue: Catalogue) -> None:
    clip = with_clip(catalogue, a_clip())
    assert catalogue.clips.get(clip.acquisition.acquisition_id) == clip
    assert catalogue.clips.of_digest(clip.item.digest) == (clip,)
    assert catalogue.clips.of_trigger(CAMERA, clip.trigger.trigger_id) == (clip,)
    assert catalogue.triggers.get(CAMERA, clip.trigger.trigger_id) == clip.trigger


def test_a_clip_that_comes_again_changes_nothing(catalogue: Catalogue) -> None:
    clip = a_clip()
    assert catalogue.clips.add(clip, [an_entry("aq-1")])
    assert not catalogue.clips.add(clip, [an_entry("aq-1")])
    assert catalogue.custody.count() == 1
    assert catalogue.clips.list() == (clip,)


def test_one_acquisition_never_gets_other_bytes(catalogue: Catalogue) -> None:
    clip = with_clip(catalogue, a_clip())
    other = replace(clip.item, digest=digest_of("other"))
    with pytest.raises(CatalogueError, match="is known with the bytes"):
        catalogue.clips.add(
            replace(clip, item=other, acquisition=replace(clip.acquisition, digest=other.digest)), [an_entry("x")]
        )
    assert catalogue.custody.count() == 1
    assert catalogue.clips.items() == (clip.item,)


def test_the_same_bytes_from_two_cameras_are_one_item_with_two_acquisitions(catalogue: Catalogue) -> None:
    first = with_clip(catalogue, a_clip("same"))
    second = with_clip(catalogue, a_clip("same", "ring:2", minutes=1))
    assert catalogue.clips.of_digest(first.item.digest) == (first, second)
    assert catalogue.clips.items() == (first.item,)


def test_clips_are_found_by_camera_and_time(catalogue: Catalogue) -> None:
    late, early, other = a_clip("late", minutes=9), a_clip("early"), a_clip("other", "ring:2", minutes=5)
    for clip in (late, early, other):
        with_clip(catalogue, clip)
    assert catalogue.clips.list() == (early, other, late)
    assert catalogue.clips.list(camera_ids=(CAMERA,)) == (early, late)
    assert catalogue.clips.list(camera_ids=()) == ()
    assert catalogue.clips.list(since=EVENING + timedelta(minutes=5), until=EVENING + timedelta(minutes=9)) == (other,)


def test_clips_without_an_analysis_are_those_of_other_weights_and_of_failures_that_may_pass(
    catalogue: Catalogue,
) -> None:
    clips = [with_clip(catalogue, a_clip(str(number), minutes=number)) for number in range(4)]
    ids = [clip.acquisition.acquisition_id for clip in clips]
    analysis, events = an_analysis(clips[1])
    catalogue.analyses.save(ids[1], analysis, events, [], EVENING)
    catalogue.analyses.fail(_key(ids[2]), UnreadableClipError("clip", "no video"), EVENING)
    catalogue.analyses.fail(_key(ids[3]), StorageError("write", "full"), EVENING)

    assert catalogue.clips.without_analysis(MODEL.digest, SETTINGS) == (clips[0], clips[3])
    assert catalogue.clips.without_analysis(MODEL.digest, SETTINGS, limit=1) == (clips[0],)
    assert catalogue.clips.without_analysis(MODEL.digest, SETTINGS, most_tries=1) == (clips[0],)
    assert catalogue.clips.without_analysis("better", SETTINGS) == tuple(clips)
    failures = catalogue.analyses.failures(MODEL.digest, SETTINGS)
    assert {failed.error: failed.retryable for failed in failures.values()} == {
        "UnreadableClipError": False,
        "StorageError": True,
    }


def test_an_analysis_is_written_once_with_its_events(catalogue: Catalogue) -> None:
    clip = with_clip(catalogue, a_clip())
    key = _key(clip.acquisition.acquisition_id)
    analysis, events = an_analysis(clip, inferred(EventKind.PERSON_VISIT), inferred(EventKind.DOORBELL_PRESSED))
    custody = [an_entry(clip.item.digest, CustodyAction.ANALYSED)]
    assert catalogue.analyses.save(key.acquisition_id, analysis, events, custody, EVENING)
    again = replace(analysis, mean_luma=1.0)
    assert not catalogue.analyses.save(key.acquisition_id, again, events[:1], custody, EVENING)
    assert catalogue.analyses.get(key) == analysis
    assert catalogue.analyses.newest(key.acquisition_id) == analysis
    assert catalogue.analyses.events_of(key) == events
    assert catalogue.custody.count() == 2


def test_a_failure_gives_way_to_a_result_and_never_the_other_way(catalogue: Catalogue) -> None:
    clip = with_clip(catalogue, a_clip())
    key = _key(clip.acquisition.acquisition_id)
    analysis, events = an_analysis(clip, inferred(EventKind.PERSON_VISIT))
    for _ in range(2):
        catalogue.analyses.fail(key, StorageError("write", "full"), EVENING)
    assert catalogue.analyses.failures(MODEL.digest, SETTINGS)[key.acquisition_id].tries == 2
    with pytest.raises(RecordNotFoundError):
        catalogue.analyses.get(key)
    catalogue.analyses.save(key.acquisition_id, analysis, events, [], EVENING)
    catalogue.analyses.fail(key, StorageError("write", "full"), EVENING)
    assert catalogue.analyses.get(key) == analysis
    assert catalogue.analyses.failures(MODEL.digest, SETTINGS) == {}


def test_an_analysis_needs_its_acquisition(catalogue: Catalogue) -> None:
    analysis, events = an_analysis(a_clip(), inferred(EventKind.PERSON_VISIT))
    with pytest.raises(RecordNotFoundError):
        catalogue.analyses.save("aq-none", analysis, events, [an_entry("x")], EVENING)
    with pytest.raises(RecordNotFoundError):
        catalogue.analyses.fail(_key("aq-none"), StorageError("write", "full"), EVENING)
    assert catalogue.custody.count() == 0


def test_events_stand_at_the_cameras_time(catalogue: Catalogue) -> None:
    clip = a_clip(minutes=3)
    catalogue.accounts.save(an_account(), "h", "p", b"")
    catalogue.cameras.save([a_camera()])
    (event,) = with_events(catalogue, clip, inferred(EventKind.PERSON_VISIT, 1, 4))
    highlight = a_highlight(clip, event)
    catalogue.highlights.save(clip.acquisition.acquisition_id, NIGHT, highlight, [])
    found = catalogue.search.get(event.event_id)
    assert found.event == event
    assert found.starts_at == clip.clock.starts_at + timedelta(seconds=1)
    assert found.ends_at == clip.clock.starts_at + timedelta(seconds=4)
    assert found.camera_name == "Front door"
    assert found.clock == clip.clock
    assert found.model == MODEL
    assert found.settings_digest == SETTINGS
    assert found.acquisition_id == clip.acquisition.acquisition_id
    assert found.highlight_ids == (highlight.highlight_id,)


@pytest.fixture
def three(catalogue: Catalogue) -> dict[str, str]:
    """Three events: a sure visit, an unsure package later, and a car at another camera."""
    (visit,) = with_events(catalogue, a_clip("a"), inferred(EventKind.PERSON_VISIT, score=0.9))
    dark = inferred(EventKind.PACKAGE_PICKED_UP, score=0.4, reason=CannotTell.TOO_DARK)
    (package,) = with_events(catalogue, a_clip("b", minutes=10), dark)
    (car,) = with_events(catalogue, a_clip("c", "ring:2", minutes=5), inferred(EventKind.VEHICLE_PASSING, score=0.6))
    return {visit.event_id: "visit", package.event_id: "package", car.event_id: "car"}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EventFilter(), ["visit", "car", "package"]),
        (EventFilter(kinds=(EventKind.PERSON_VISIT, EventKind.VEHICLE_PASSING)), ["visit", "car"]),
        (EventFilter(kinds=()), []),
        (EventFilter(camera_ids=("ring:2",)), ["car"]),
        (EventFilter(since=EVENING + timedelta(minutes=5)), ["car", "package"]),
        (EventFilter(since=EVENING + timedelta(seconds=2), until=EVENING + timedelta(minutes=5)), ["visit"]),
        (EventFilter(since=EVENING + timedelta(minutes=60)), []),
        (EventFilter(least_score=0.6), ["visit", "car"]),
        (EventFilter(verdict=Verdict.CANNOT_TELL), ["package"]),
        (EventFilter(verdict=Verdict.SEEN), ["visit", "car"]),
        (EventFilter(reasons=(CannotTell.TOO_DARK,)), ["package"]),
        (EventFilter(clips=(digest_of("a"), digest_of("b"))), ["visit", "package"]),
        (EventFilter(limit=2), ["visit", "car"]),
        (EventFilter(event_ids=()), []),
    ],
)
def test_events_are_found(
    catalogue: Catalogue, three: dict[str, str], wanted: EventFilter, expected: list[str]
) -> None:
    assert [three[found.event.event_id] for found in catalogue.search.find(wanted)] == expected


def test_only_the_newest_result_of_a_clip_is_searched(catalogue: Catalogue) -> None:
    clip = a_clip()
    with_events(catalogue, clip, inferred(EventKind.ANIMAL_PRESENT))
    better = ModelIdentity("yolo", digest_of("better"))
    analysis, events = an_analysis(clip, inferred(EventKind.PERSON_VISIT), model=better)
    catalogue.analyses.save(clip.acquisition.acquisition_id, analysis, events, [], EVENING)
    assert [found.event for found in catalogue.search.find(EventFilter())] == list(events)
    catalogue.analyses.fail(
        AnalysisKey(clip.acquisition.acquisition_id, "third", SETTINGS), StorageError("x", "y"), EVENING
    )
    assert [found.event for found in catalogue.search.find(EventFilter())] == list(events)


def test_a_highlight_is_written_once_and_found_by_all_that_it_shows(catalogue: Catalogue) -> None:
    clip = a_clip()
    first, second = with_events(catalogue, clip, inferred(EventKind.PERSON_VISIT), inferred(EventKind.LOITERING))
    both, one = a_highlight(clip, first, second), a_highlight(clip, second, name="two")
    acquisition_id = clip.acquisition.acquisition_id
    custody = [an_entry(both.digest, CustodyAction.DERIVED)]
    assert catalogue.highlights.save(acquisition_id, NIGHT, both, custody)
    assert not catalogue.highlights.save(acquisition_id, NIGHT, both, custody)
    assert catalogue.highlights.save(acquisition_id, "2026-03-11", one, [])
    assert catalogue.highlights.get(both.highlight_id) == both
    assert catalogue.highlights.acquisition_of(both.highlight_id) == acquisition_id
    assert catalogue.highlights.list() == (both, one)
    assert catalogue.highlights.of_night(NIGHT) == (both,)
    assert catalogue.highlights.of_clip(clip.item.digest) == (both, one)
    assert catalogue.highlights.of_acquisition(acquisition_id) == (both, one)
    assert catalogue.highlights.of_event(first.event_id) == (both,)
    assert catalogue.highlights.of_event(second.event_id) == (both, one)
    assert catalogue.custody.count() == 2
    with pytest.raises(CatalogueError):
        catalogue.highlights.save("aq-none", NIGHT, a_highlight(clip, first, name="three"), [])


def test_incidents_open_and_close(catalogue: Catalogue) -> None:
    catalogue.incidents.save(an_incident("in-2", opened_at=EVENING + timedelta(hours=1)))
    catalogue.incidents.save(an_incident())
    assert [incident.incident_id for incident in catalogue.incidents.list()] == ["in-1", "in-2"]
    catalogue.incidents.set_status("in-1", IncidentStatus.CLOSED, [an_entry("in-1", CustodyAction.INCIDENT_CLOSED)])
    assert catalogue.incidents.get("in-1").status is IncidentStatus.CLOSED
    assert [incident.incident_id for incident in catalogue.incidents.list(IncidentStatus.OPEN)] == ["in-2"]
    catalogue.incidents.save(an_incident(title="Parcel taken"))
    assert catalogue.incidents.get("in-1") == an_incident(title="Parcel taken")


def test_what_a_person_decided_the_machine_does_not_undo(catalogue: Catalogue) -> None:
    clip = a_clip()
    (event,) = with_events(catalogue, clip, inferred(EventKind.PACKAGE_PICKED_UP))
    highlight = a_highlight(clip, event)
    catalogue.highlights.save(clip.acquisition.acquisition_id, NIGHT, highlight, [])
    catalogue.incidents.save(an_incident())
    attachment = Attachment("in-1", highlight.highlight_id, "kind, place and time", EVENING)
    custody = [an_entry(highlight.highlight_id, CustodyAction.ATTACHED)]
    before = catalogue.custody.count()
    assert catalogue.incidents.attach(attachment, custody)
    for _ in range(2):
        catalogue.incidents.judge("in-1", highlight.highlight_id, AttachmentStatus.REJECTED, custody)
    assert not catalogue.incidents.attach(attachment, custody)
    rejected = replace(attachment, status=AttachmentStatus.REJECTED)
    assert catalogue.incidents.attachments("in-1") == (rejected,)
    assert catalogue.incidents.attachments_of(highlight.highlight_id) == (rejected,)
    assert catalogue.custody.count() == before + 2
    with pytest.raises(RecordNotFoundError):
        catalogue.incidents.judge("in-1", "hl-none", AttachmentStatus.CONFIRMED, custody)
    with pytest.raises(CatalogueError):
        catalogue.incidents.attach(replace(attachment, highlight_id="hl-none"), custody)


_stamps = st.builds(
    Timestamp,
    st.integers(-(10**9), 10**12),
    st.sampled_from([BASE, BASE * 90, BASE * 90_000 / 30_000, BASE * 1001 / 3]),
)
_spans = st.tuples(_stamps, _stamps).map(lambda pair: ClipSpan(*sorted(pair)))
_numbers = st.floats(0, 5000, allow_nan=False)
_boxes = st.tuples(_numbers, _numbers, st.floats(0.5, 100), st.floats(0.5, 100)).map(
    lambda four: Box(four[0], four[1], four[0] + four[2], four[1] + four[3])
)
_inferred = st.builds(
    InferredEvent,
    kind=st.sampled_from(EventKind),
    span=_spans,
    score=st.floats(0, 1),
    sentence=st.text(),
    track_ids=st.lists(st.integers(1, 2**40), max_size=3).map(tuple),
    region=st.none() | _boxes,
    evidence=st.lists(_stamps, max_size=3).map(tuple),
    reason=st.none() | st.sampled_from(CannotTell),
    zone=st.none() | st.text(),
)


@given(st.lists(_inferred, max_size=3), st.floats(allow_nan=False, allow_infinity=False))
def test_an_analysis_comes_back_exact(found: list[InferredEvent], luma: float) -> None:
    analysis, _ = an_analysis(a_clip(), *found)
    analysis = replace(analysis, mean_luma=luma, events=tuple(found))
    back = noun_from(ClipAnalysis, body_of(analysis))
    assert back == analysis
    for one, other in zip(back.events, analysis.events, strict=True):
        assert one.span.start.time_base == other.span.start.time_base
        assert one.span.start.pts == other.span.start.pts


@examples(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_inferred, min_size=1, max_size=3))
def test_events_come_back_exact_from_the_database(catalogue: Catalogue, found: list[InferredEvent]) -> None:
    clip = a_clip(str(len(catalogue.clips.list())))
    events = with_events(catalogue, clip, *found)
    assert catalogue.analyses.events_of(_key(clip.acquisition.acquisition_id)) == events


def test_events_are_found_among_more_acquisitions_than_one_query_takes(catalogue: Catalogue) -> None:
    late, early = a_clip("late", minutes=5), a_clip("early")
    expected = [
        *with_events(catalogue, early, inferred(EventKind.PERSON_VISIT)),
        *with_events(catalogue, late, inferred(EventKind.PERSON_VISIT)),
    ]
    ids = (late.acquisition.acquisition_id, *map(str, range(40_000)), early.acquisition.acquisition_id)
    found = catalogue.search.find(EventFilter(acquisition_ids=ids))
    assert [one.event for one in found] == expected
    assert catalogue.search.find(EventFilter(acquisition_ids=ids, limit=1)) == found[:1]


def test_lengths_of_clips_are_those_of_their_newest_results(catalogue: Catalogue) -> None:
    looked_at, other = a_clip(), with_clip(catalogue, a_clip("other", minutes=5))
    with_events(catalogue, looked_at, inferred(EventKind.LOITERING))
    names = [looked_at.acquisition.acquisition_id, other.acquisition.acquisition_id]

    analysis = catalogue.analyses.newest(names[0])
    whole = looked_at.clock.at(analysis.sampling.last, analysis.probe.first) - looked_at.clock.starts_at
    assert catalogue.clips.lengths(names) == {names[0]: whole}


def test_the_first_frame_of_a_clip_is_that_of_its_newest_result(catalogue: Catalogue) -> None:
    looked_at, other = a_clip(), with_clip(catalogue, a_clip("other", minutes=5))
    with_events(catalogue, looked_at, inferred(EventKind.LOITERING))
    name = looked_at.acquisition.acquisition_id

    assert catalogue.clips.first_frame(name) == catalogue.analyses.newest(name).probe.first
    with pytest.raises(RecordNotFoundError):
        catalogue.clips.first_frame(other.acquisition.acquisition_id)
