"""A grant that names kinds of event: the moments of those events are watched, cut and packed, and nothing else."""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import pytest

from pipeline.casework.attaching import attach
from pipeline.casework.cuts import CutOrder, cut_span
from pipeline.casework.filmed import Medium
from pipeline.casework.incident_scope import clips_in_scope
from pipeline.casework.media import clip_medium, opened
from pipeline.casework.player import review_event
from pipeline.casework.playing import playing_facts
from pipeline.casework.whole_clips import watch_clip, whole_clip_medium
from pipeline.domain.consent import ConsentGrant, Pause
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.search import FoundEvent
from pipeline.domain.video import ClipSpan
from pipeline.errors import ConsentError, EvidenceDisposedError
from pipeline.night.services import Services
from pipeline.packages.contents import gather
from pipeline.retention.changing import change_grant
from tests.casework.story import JANE, SIZE, a_morning, events_of, write_sounding_clip
from tests.footage import Picture, wall, with_figure
from tests.night.story import House, anns_grant

INCIDENT, SEAT = "in-000000000001", "se-0123456789ab"
VISITS = (EventKind.PERSON_VISIT, EventKind.LOITERING)
MARGIN = Fraction(2)


def passing(seconds: float) -> Picture:
    """Somebody walks through the middle of it."""
    return with_figure(wall(SIZE), 180 + 60 * (seconds - 5), 330) if 5 <= seconds < 8 else wall(SIZE)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirteen seconds with a tone; somebody is there from 5 to 8 s."""
    return write_sounding_clip(tmp_path_factory.mktemp("long") / "long.mp4", passing, 13)


def named(**changes: object) -> ConsentGrant:
    return anns_grant(event_kinds=VISITS, **changes)


def the_visit(services: Services) -> FoundEvent:
    (found,) = (one for one in events_of(services) if one.event.inferred.kind is EventKind.PERSON_VISIT)
    return found


def seconds_of(services: Services, medium: Medium) -> float:
    with opened(services, medium) as path, av.open(str(path)) as movie:
        stamps = [float((frame.pts or 0) * (frame.time_base or 0)) for frame in movie.decode(video=0)]
    return stamps[-1] - stamps[0]


def within(services: Services, found: FoundEvent) -> tuple[float, float]:
    """From when to when the visit may be watched, in seconds of the clip."""
    first = services.catalogue.analyses.newest(found.acquisition_id).probe.first.seconds
    span = found.event.inferred.span
    return float(span.start.seconds - first - MARGIN), float(span.end.seconds - first + MARGIN)


def test_what_is_played_of_an_event_is_its_moments_with_a_highlights_margin(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long, grant=named()) as house:
        services, found = house.services, the_visit(house.services)
        start, end = within(services, found)
        assert 2 < start < end < 11, "a good deal of the clip lies outside"

        medium = clip_medium(services, JANE, found.event.event_id)
        assert not medium.is_original
        assert end - start - 0.2 <= seconds_of(services, medium) <= end - start
        facts = playing_facts(services, JANE, SEAT, found.event.event_id)
        assert start <= facts["begins"] <= start + 0.1
        assert facts["length"] == pytest.approx(end - start, abs=0.2)
        assert len(facts["frames"]) == round(seconds_of(services, medium) * 10) + 1
        sightings = [one[0] for track in facts["tracks"] for one in track["sightings"]]
        assert sightings
        assert 0 <= min(sightings) <= max(sightings) <= facts["length"]
        assert 0 <= min(facts["looks"]) <= max(facts["looks"]) <= facts["length"]
        review = review_event(services, JANE, found.event.event_id)
        assert (review.refused, review.part) != ("", None)
        assert clip_medium(services, JANE, found.event.event_id) == medium, "it was made once"

        name = found.acquisition_id
        assert "not whole recordings" in watch_clip(services, JANE, name).refused
        with pytest.raises(ConsentError, match="not whole recordings"):
            whole_clip_medium(services, JANE, name)


@pytest.mark.parametrize(
    "changes",
    [
        {"event_kinds": tuple(EventKind)},
        {"event_kinds": VISITS, "whole_recordings": True},
    ],
    ids=["every kind", "whole recordings"],
)
def test_a_resident_who_says_so_shares_the_whole_recording(
    changes: dict[str, object], tmp_path: Path, long: Path
) -> None:
    with a_morning(tmp_path, long, grant=anns_grant(audio=True, **changes)) as house:
        services, found = house.services, the_visit(house.services)
        assert clip_medium(services, JANE, found.event.event_id).is_original
        assert whole_clip_medium(services, JANE, found.acquisition_id).is_original
        (part,) = gather(services, INCIDENT, services.now()).clips
        assert part.withheld == ""


def test_whole_recordings_are_those_in_which_such_an_event_lies(tmp_path: Path, long: Path) -> None:
    grant = anns_grant(event_kinds=(EventKind.PACKAGE_DELIVERED,), whole_recordings=True)
    with a_morning(tmp_path, long, grant=grant) as house:
        (clip,) = house.services.catalogue.clips.list()
        assert "this shows none" in watch_clip(house.services, JANE, clip.acquisition.acquisition_id).refused


def test_a_zone_names_events_too(tmp_path: Path, long: Path) -> None:
    left = Zone("left", ((0.0, 0.0), (0.9, 0.0), (0.9, 1.0), (0.0, 1.0)))
    with a_morning(tmp_path, long, grant=anns_grant(zones=(left,))) as house:
        medium = clip_medium(house.services, JANE, the_visit(house.services).event.event_id)
        assert not medium.is_original
        assert seconds_of(house.services, medium) < 9


def test_sound_is_heard_in_a_part_where_it_is_granted(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long, grant=named()) as house:
        services, name = house.services, the_visit(house.services).event.event_id
        with opened(services, clip_medium(services, JANE, name)) as path, av.open(str(path)) as movie:
            assert not movie.streams.audio
        house.grant(named(version=2, audio=True))
        with opened(services, clip_medium(services, JANE, name)) as path, av.open(str(path)) as movie:
            assert movie.streams.audio
            assert float(movie.duration or 0) / av.time_base < 9


def test_a_pause_beside_an_event_shortens_what_is_played_of_it(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long, grant=named()) as house:
        services, found = house.services, the_visit(house.services)
        before = seconds_of(services, clip_medium(services, JANE, found.event.event_id))
        began = found.starts_at - timedelta(seconds=1)
        house.grant(named(version=2, pauses=(Pause(began - timedelta(seconds=1), began),)))
        after = seconds_of(services, clip_medium(services, JANE, found.event.event_id))
        assert after == pytest.approx(before - 1, abs=0.2)


def cut(house: House, start: str | None, end: str | None) -> str:
    order = CutOrder(Fraction(start) if start else None, Fraction(end) if end else None)
    (clip,) = house.services.catalogue.clips.list()
    made = cut_span(house.services, JANE, INCIDENT, clip.acquisition.acquisition_id, order)
    return made.highlight_id


def test_a_span_that_a_person_chooses_lies_within_those_moments(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long, grant=named()) as house:
        start, end = within(house.services, the_visit(house.services))
        for outside in ((None, None), ("0", "2"), (f"{start + 1:.2f}", f"{end + 1:.2f}")):
            with pytest.raises(ConsentError, match=r"of this recording only \d"):
                cut(house, *outside)
        made = cut(house, f"{start + 0.5:.2f}", f"{end - 0.5:.2f}")
        assert house.services.catalogue.highlights.get(made).cut is not None


def test_what_can_be_cut_for_an_incident_says_which_moments(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long, grant=named()) as house:
        services, incident = house.services, house.services.catalogue.incidents.get(INCIDENT)
        (one,) = clips_in_scope(services, JANE, incident)
        start, end = within(services, the_visit(services))
        first, last = (float(word) for word in re.findall(r"[\d.]+", one.only))
        assert (first, last) == pytest.approx((start, end), abs=0.02)
        house.grant(named(version=2, whole_recordings=True))
        assert [one.only for one in clips_in_scope(services, JANE, incident)] == [""]
        house.grant(anns_grant(version=3, event_kinds=(EventKind.PACKAGE_DELIVERED,)))
        assert clips_in_scope(services, JANE, incident) == ()


def test_what_was_cut_before_the_grant_named_kinds_goes_where_it_shows_more(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long) as house:
        services = house.services
        start, end = within(services, the_visit(services))
        whole, inside = cut(house, None, None), cut(house, f"{start + 0.5:.2f}", f"{end - 0.5:.2f}")
        (night,) = (one for one in services.catalogue.highlights.list() if one.cut is None)
        change_grant(services, "gr-1", replace(anns_grant(), event_kinds=VISITS, whole_recordings=True), "ann")
        assert services.catalogue.highlights.get(whole).span.duration > 12

        change_grant(services, "gr-1", replace(anns_grant(), event_kinds=VISITS), "ann")
        with pytest.raises(EvidenceDisposedError):
            services.catalogue.highlights.get(whole)
        assert services.catalogue.highlights.get(inside).highlight_id == inside
        assert services.catalogue.highlights.get(night.highlight_id) == night


def test_a_part_that_was_played_goes_with_what_the_grant_lets_go_of(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long, grant=named()) as house:
        services, name = house.services, the_visit(house.services).event.event_id
        made = clip_medium(services, JANE, name)
        change_grant(services, "gr-1", replace(named(), event_kinds=(EventKind.LOITERING,)), "ann")
        assert not services.derivatives.has(made.digest)


def test_a_package_holds_the_moments_and_not_the_recording(tmp_path: Path, long: Path) -> None:
    with a_morning(tmp_path, long, grant=named()) as house:
        services, found = house.services, the_visit(house.services)
        attach(services, JANE, INCIDENT, found.highlight_ids[0], "by hand")
        contents = gather(services, INCIDENT, services.now())
        (part,) = contents.clips
        assert part.withheld == "no grant lets the whole recording out"
        assert contents.originals == ()
        (shown,) = contents.highlights
        told = [one.at.seconds for result in part.analyses for track in result.tracks for one in track.sightings]
        allowed = ClipSpan(shown.span.start, shown.span.end)
        assert told
        assert allowed.start.seconds <= min(told) <= max(told) <= allowed.end.seconds
