"""Still pictures at the ends of clips, comparisons of clips, and the events between them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.catalogue import AnalysisKey, Catalogue, Gap
from pipeline.catalogue.analyses import Beside
from pipeline.domain.doorstep import KeptStill, Side
from pipeline.domain.events import EarlierLook, Event, EventKind
from pipeline.domain.evidence import CustodyAction, Recipe
from pipeline.domain.search import EventFilter
from pipeline.domain.video import ClipSpan
from pipeline.errors import RecordNotFoundError
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import (
    MODEL,
    SETTINGS,
    a_clip,
    an_analysis,
    an_entry,
    at,
    digest_of,
    inferred,
    with_clip,
    with_events,
)

FIRST, LATER = a_clip("first"), a_clip("later", minutes=30)
GAP = Gap(FIRST.acquisition.acquisition_id, LATER.acquisition.acquisition_id, MODEL.digest, SETTINGS)
STARTED, ENDED = EVENING + timedelta(seconds=10), EVENING + timedelta(minutes=30)


def an_event(name: str = "one", starts_at: datetime = STARTED) -> Event:
    since = EarlierLook(
        clip=FIRST.item.digest,
        acquisition_id=GAP.earlier,
        at=at(10),
        moment=starts_at,
        uncertainty=timedelta(seconds=6),
        stills=(digest_of("before"), digest_of("after")),
        picture=digest_of(f"both {name}"),
    )
    gone = inferred(EventKind.PACKAGE_PICKED_UP, 0, 2, track_ids=())
    return Event(f"ev-{digest_of(name)[:20]}", LATER.item.digest, CAMERA, gone, since)


def with_both(catalogue: Catalogue) -> None:
    with_events(catalogue, FIRST)
    with_events(catalogue, LATER, inferred(EventKind.PERSON_VISIT))


def test_an_event_between_clips_is_found_by_its_whole_interval(catalogue: Catalogue) -> None:
    with_both(catalogue)
    event = an_event()

    assert catalogue.comparisons.save(GAP, [event], ENDED, [], EVENING)

    between = EventFilter(since=EVENING + timedelta(minutes=5), until=EVENING + timedelta(minutes=6))
    (found,) = catalogue.search.find(between)
    assert (found.event, found.starts_at, found.ends_at) == (event, STARTED, ENDED)
    assert found.acquisition_id == GAP.later
    assert catalogue.search.get(event.event_id) == found
    assert catalogue.search.find(replace(between, since=ENDED + timedelta(seconds=9), until=None)) == ()


def test_a_comparison_is_written_once_with_its_custody(catalogue: Catalogue) -> None:
    with_both(catalogue)
    entry = an_entry(LATER.item.digest, CustodyAction.ANALYSED)

    assert catalogue.comparisons.save(GAP, [an_event()], ENDED, [entry], EVENING)
    count = catalogue.custody.count()
    assert not catalogue.comparisons.save(GAP, [an_event("another")], ENDED, [entry], EVENING)

    assert catalogue.custody.count() == count
    assert catalogue.comparisons.of_camera(CAMERA, MODEL.digest, SETTINGS) == {GAP: (an_event(),)}
    assert catalogue.comparisons.of_camera("ring:9", MODEL.digest, SETTINGS) == {}
    assert catalogue.comparisons.of_camera(CAMERA, MODEL.digest, digest_of("other")) == {}
    assert catalogue.comparisons.of_acquisition(GAP.earlier) == catalogue.comparisons.of_acquisition(GAP.later)
    assert catalogue.comparisons.pictures() == (digest_of("both one"),)


def test_what_nothing_came_of_is_a_comparison_too(catalogue: Catalogue) -> None:
    with_both(catalogue)
    catalogue.comparisons.save(GAP, [], ENDED, [], EVENING)

    assert catalogue.comparisons.of_camera(CAMERA, MODEL.digest, SETTINGS) == {GAP: ()}


def test_an_analysis_does_not_hold_the_events_before_its_clip(catalogue: Catalogue) -> None:
    with_both(catalogue)
    catalogue.comparisons.save(GAP, [an_event()], ENDED, [], EVENING)

    analysis, events = an_analysis(LATER, inferred(EventKind.PERSON_VISIT))
    assert catalogue.analyses.events_of(AnalysisKey(GAP.later, MODEL.digest, SETTINGS)) == events
    assert analysis.events == (inferred(EventKind.PERSON_VISIT),)


def test_a_divided_gap_is_superseded_and_comes_back_when_it_is_whole_again(catalogue: Catalogue) -> None:
    with_both(catalogue)
    catalogue.comparisons.save(GAP, [an_event()], ENDED, [], EVENING)
    wanted = EventFilter(kinds=(EventKind.PACKAGE_PICKED_UP,))
    between = a_clip("between", minutes=10).acquisition.acquisition_id
    clips = [GAP.earlier, between, GAP.later]
    parts = [replace(GAP, later=between), replace(GAP, earlier=between)]

    assert catalogue.comparisons.settle(parts, clips, MODEL.digest, SETTINGS) == 1
    assert catalogue.search.find(wanted) == ()
    (old,) = catalogue.search.find(replace(wanted, superseded=True))
    assert old.event == an_event()
    assert catalogue.comparisons.settle(parts, clips, MODEL.digest, SETTINGS) == 0

    assert catalogue.comparisons.settle([], [GAP.later], MODEL.digest, SETTINGS) == 0, (
        "the earlier clip is not among them"
    )
    assert catalogue.comparisons.settle([GAP], [GAP.earlier, GAP.later], MODEL.digest, SETTINGS) == 1
    assert len(catalogue.search.find(wanted)) == 1


def test_a_comparison_needs_the_later_clips_analysis_and_an_earlier_look(catalogue: Catalogue) -> None:
    with_events(catalogue, FIRST)
    with_clip(catalogue, LATER)
    with pytest.raises(RecordNotFoundError):
        catalogue.comparisons.save(GAP, [an_event()], ENDED, [], EVENING)
    with pytest.raises(ValueError, match="no earlier look"):
        catalogue.comparisons.save(GAP, [replace(an_event(), since=None)], ENDED, [], EVENING)

    assert catalogue.comparisons.of_camera(CAMERA, MODEL.digest, SETTINGS) == {}


def a_still(side: Side, starts_at: datetime) -> KeptStill:
    return KeptStill(
        acquisition_id=GAP.earlier,
        clip=FIRST.item.digest,
        camera_id=CAMERA,
        model_digest=MODEL.digest,
        settings_digest=SETTINGS,
        side=side,
        span=ClipSpan(at(0), at(2)),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(seconds=2),
        digest=digest_of(side),
        seen=0.97,
        recipe=Recipe(FIRST.item.digest, 45_000, 225_000, "1/90000", "median", "webp", "doorstep 0.1.0"),
    )


def test_still_pictures_are_written_with_their_analysis_and_found_by_clip_and_camera(catalogue: Catalogue) -> None:
    with_clip(catalogue, FIRST)
    stills = (a_still(Side.FIRST, EVENING), a_still(Side.LAST, EVENING + timedelta(seconds=8)))
    analysis, events = an_analysis(FIRST)
    for _ in range(2):
        catalogue.analyses.save(GAP.earlier, analysis, events, [], EVENING, Beside(tuple(stills)))

    assert catalogue.stills.of_acquisition(GAP.earlier) == stills
    assert catalogue.stills.of_acquisition(GAP.later) == ()
    assert catalogue.stills.of_camera(CAMERA, MODEL.digest, SETTINGS, EVENING) == stills
    assert catalogue.stills.of_camera(CAMERA, MODEL.digest, SETTINGS, EVENING + timedelta(seconds=1)) == stills[1:]
    assert catalogue.stills.of_camera(CAMERA, digest_of("other"), SETTINGS, EVENING) == ()
    assert catalogue.stills.digests() == tuple(sorted(still.digest for still in stills))
