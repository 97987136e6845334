"""Between clips: what was there at the end of one and is not at the start of the next, over whole nights."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.domain.consent import ConsentGrant, Use
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError
from pipeline.night.attach import attach_highlights
from pipeline.night.between import compare_clips
from pipeline.night.gather import gather_account
from pipeline.night.incident_reports import report_on, write_report
from pipeline.night.look import claim_batch, look_at_batch, plan_work
from pipeline.night.morning import write_morning
from pipeline.night.shown import require_for_event
from pipeline.night.tonight import Tonight, open_night
from pipeline.reports import AttentionKind
from pipeline.ring_simulator.server import running_simulator
from pipeline.ring_simulator.world import SimulatedEvent
from pipeline.settings import EventSettings
from tests.conftest import SAMPLE_CLIPS
from tests.flows.clips import cut
from tests.night.story import (
    ANN,
    EVENING,
    FRONT_CAMERA,
    House,
    InThisProcess,
    a_house,
    a_world,
    an_event,
    an_incident,
    anns_grant,
    eyes_of,
)

LEFT_THIRD = Zone("left", ((0.0, 0.0), (0.33, 0.0), (0.33, 1.0), (0.0, 1.0)))
THINGS = EventFilter(kinds=(EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_DELIVERED))


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``carton.mp4`` and ``bare.mp4``: the same drive, with a carton on it and without; ``lawn.mp4``: another place."""
    folder = tmp_path_factory.mktemp("drive")
    cut(SAMPLE_CLIPS / "package_picked_up_drive.mp4", folder / "carton.mp4", 0, 3)
    cut(SAMPLE_CLIPS / "drive_man_in_blue_visit.mp4", folder / "bare.mp4", 0, 3)
    cut(SAMPLE_CLIPS / "lawn_couple_visit.mp4", folder / "lawn.mp4", 0, 3)
    return folder


@contextmanager
def a_night(
    folder: Path, *front: SimulatedEvent, night: str | None = None, grant: ConsentGrant | None = None
) -> Iterator[tuple[House, Tonight]]:
    """A night in which Ann's front door recorded this, looked at and not yet compared."""
    with running_simulator(a_world(*front)) as simulator, a_house(folder, simulator) as house:
        house.grant(grant)
        with open_night(house.services, night) as tonight:
            gather_account(tonight, house.accounts[ANN])
            yield house, tonight


def in_order(batch: tuple[str, ...]) -> tuple[str, ...]:
    return batch


def claim_all(tonight: Tonight) -> tuple[str, ...]:
    """Every clip of the night, in order of time."""
    claimed: list[str] = []
    while batch := claim_batch(tonight):
        claimed += batch
    return tuple(claimed)


def looked_through(tonight: Tonight, order: Callable[[tuple[str, ...]], Sequence[str]] = in_order) -> InThisProcess:
    """Looks at every clip of the night, and between them."""
    pool = InThisProcess()
    eyes = eyes_of(tonight, pool)
    plan_work(tonight, eyes)
    look_at_batch(tonight, tuple(order(claim_all(tonight))), eyes, pool)
    compare_clips(tonight, eyes, pool)
    return pool


def found(house: House, wanted: EventFilter = THINGS) -> tuple[FoundEvent, ...]:
    return house.services.catalogue.search.find(wanted)


def test_a_carton_that_went_between_two_clips_is_an_interval_from_the_last_look_to_the_first(
    tmp_path: Path, drive: Path
) -> None:
    with a_night(tmp_path, an_event(0, drive / "carton.mp4"), an_event(20, drive / "bare.mp4")) as (house, tonight):
        looked_through(tonight)

        (event,) = found(house)
        inferred, since = event.event.inferred, event.event.since
        assert (inferred.kind, inferred.reason) == (EventKind.PACKAGE_PICKED_UP, None)
        assert since is not None
        earlier, later = house.services.catalogue.clips.list((FRONT_CAMERA,))
        assert (since.clip, event.event.clip) == (earlier.item.digest, later.item.digest)
        assert EVENING + timedelta(seconds=2) < event.starts_at < EVENING + timedelta(seconds=3)
        assert event.starts_at == since.moment
        assert event.ends_at == later.clock.at(inferred.span.start, inferred.span.start) == later.clock.starts_at
        assert "was gone between 22:30:02 and 22:50:00; the pick-up was not seen" in inferred.sentence
        assert inferred.score < 0.76
        for digest in (*since.stills, since.picture):
            assert house.services.derivatives.read(digest)
        during = EventFilter(since=EVENING + timedelta(minutes=9), until=EVENING + timedelta(minutes=10))
        assert [one.event.event_id for one in found(house, during)] == [event.event.event_id]


def test_comparing_again_changes_nothing_and_what_was_not_cut_is_cut(tmp_path: Path, drive: Path) -> None:
    class DiesBeforeRendering(InThisProcess):
        def before(self, name: str, _arguments: object) -> None:
            if name == "render_in_worker":
                raise KeyboardInterrupt

    with a_night(tmp_path, an_event(0, drive / "carton.mp4"), an_event(20, drive / "bare.mp4")) as (house, tonight):
        pool = InThisProcess()
        eyes = eyes_of(tonight, pool)
        plan_work(tonight, eyes)
        while batch := claim_batch(tonight):
            look_at_batch(tonight, batch, eyes, pool)
        with pytest.raises(KeyboardInterrupt):
            compare_clips(tonight, eyes, DiesBeforeRendering())
        (before,) = found(house)
        assert before.highlight_ids == ()

        assert compare_clips(tonight, eyes, pool) == 0
        (after,) = found(house)
        records = list(house.services.catalogue.custody.records())
        highlights = house.services.catalogue.highlights.list()

        assert after.event == before.event
        assert [one.highlight_id for one in highlights] == list(after.highlight_ids)
        assert compare_clips(tonight, eyes, pool) == 0
        assert list(house.services.catalogue.custody.records()) == records
        assert house.services.catalogue.highlights.list() == highlights
        entries = [record.entry for record in records]
        (compared,) = [one for one in entries if one.action is CustodyAction.ANALYSED and "earlier" in one.detail]
        assert since_of(after) == (compared.detail["earlier"], compared.detail["before"], compared.detail["after"])
        assert compared.subject == after.event.clip


def since_of(event: FoundEvent) -> tuple[str, str, str]:
    assert event.event.since is not None
    return (event.event.since.clip, *event.event.since.stills)


def test_whatever_order_the_workers_finish_in_the_events_are_the_same(tmp_path: Path, drive: Path) -> None:
    story = [an_event(at, drive / f"{name}.mp4") for at, name in ((0, "bare"), (20, "carton"), (40, "bare"))]
    told = []
    for name, order in (("a", in_order), ("b", lambda batch: batch[::-1])):
        with a_night(tmp_path / name, *story) as (house, tonight):
            looked_through(tonight, order)
            told.append([(one.event, one.starts_at, one.ends_at, one.highlight_ids) for one in found(house)])

    assert told[0] == told[1]
    assert [one[0].inferred.kind.value for one in told[0]] == ["package_delivered", "package_picked_up"]


def test_a_clip_that_arrives_later_narrows_the_interval_and_the_wider_one_is_superseded(
    tmp_path: Path, drive: Path
) -> None:
    ends = (an_event(0, drive / "carton.mp4"), an_event(40, drive / "bare.mp4"))
    late = an_event(20, drive / "bare.mp4")
    with a_night(tmp_path / "late", *ends) as (house, tonight):
        looked_through(tonight)
        (wide,) = found(house)
        house.services.catalogue.incidents.save(an_incident(kinds=(EventKind.PACKAGE_PICKED_UP,)), ())
        (old,) = attach_highlights(house.services)
    with a_night(tmp_path / "late", *ends, late, night="2026-03-11", grant=anns_grant(grant_id="gr-2")) as (
        house,
        tonight,
    ):
        looked_through(tonight)
        (narrow,) = found(house)
        assert (narrow.starts_at, narrow.ends_at) == (wide.starts_at, EVENING + timedelta(minutes=20))
        every = found(house, replace(THINGS, superseded=True))
        marks = {one.event.event_id: one.is_superseded for one in every}
        assert marks == {wide.event.event_id: True, narrow.event.event_id: False}
        report = report_on(house.services, house.services.catalogue.incidents.list()[0].incident_id)
        assert [part.events[0].is_superseded for part in report.highlights] == [True]
        (new,) = attach_highlights(house.services)
        assert new.highlight_id != old.highlight_id, "what a person may have confirmed stays"
        morning, _ = write_morning(tonight, {})
        shown = [part.event.event_id for made in morning.highlights for part in made.events]
        assert shown == [narrow.event.event_id]
    with a_night(tmp_path / "at once", *ends, late) as (house, tonight):
        looked_through(tonight)
        (at_once,) = found(house)

    assert (at_once.event, at_once.highlight_ids) == (narrow.event, narrow.highlight_ids)


def test_a_late_clip_between_clips_of_an_earlier_night_is_in_the_morning_it_is_found(
    tmp_path: Path, drive: Path
) -> None:
    """The narrowed event belongs to a clip that this night did not look at."""
    ends = (an_event(0, drive / "carton.mp4"), an_event(40, drive / "bare.mp4"))
    late = an_event(20, drive / "carton.mp4")
    with a_night(tmp_path, *ends) as (house, tonight):
        looked_through(tonight)
    with a_night(tmp_path, *ends, late, night="2026-03-11", grant=anns_grant(grant_id="gr-2")) as (house, tonight):
        looked_through(tonight)
        (event,) = found(house)
        morning, _ = write_morning(tonight, {})

    assert event.starts_at > EVENING + timedelta(minutes=20)
    (camera,) = [one for one in morning.cameras if one.camera_id == FRONT_CAMERA]
    assert [(one.kind, one.count) for one in camera.events] == [(EventKind.PACKAGE_PICKED_UP, 1)]


@pytest.mark.parametrize(
    "grant",
    [
        anns_grant(event_kinds=(EventKind.PERSON_VISIT,)),
        anns_grant(zones=(LEFT_THIRD,)),
    ],
    ids=["another kind", "another zone"],
)
def test_what_no_grant_lets_be_told_is_not_kept(tmp_path: Path, drive: Path, grant: ConsentGrant) -> None:
    story = (an_event(0, drive / "carton.mp4"), an_event(20, drive / "bare.mp4"))
    with a_night(tmp_path, *story, grant=grant) as (house, tonight):
        looked_through(tonight)

        assert found(house, EventFilter()) == ()
        assert house.services.catalogue.highlights.list() == ()


def test_without_a_grant_for_both_ends_nothing_is_compared_and_later_it_is(tmp_path: Path, drive: Path) -> None:
    story = (an_event(0, drive / "carton.mp4"), an_event(20, drive / "bare.mp4"))
    with a_night(tmp_path, *story) as (house, tonight):
        pool = InThisProcess()
        eyes = eyes_of(tonight, pool)
        plan_work(tonight, eyes)
        while batch := claim_batch(tonight):
            look_at_batch(tonight, batch, eyes, pool)
        house.revoke()
        assert compare_clips(tonight, eyes, pool) == 0
        assert found(house) == ()
        house.clock.jump(hours=1)
        only_later = anns_grant(grant_id="gr-2", covers_from=EVENING + timedelta(minutes=10))
        house.grant(only_later)
        assert compare_clips(tonight, eyes, pool) == 0, "the earlier clip is not covered"
        house.grant(anns_grant(grant_id="gr-3"))
        assert compare_clips(tonight, eyes, pool) == 1
        (event,) = found(house)

        house.revoke("gr-3")
        desk = house.services.consent(
            tonight.services.settings.night.purpose, tonight.services.settings.night.recipient
        )
        with pytest.raises(ConsentError):
            require_for_event(house.services, desk, Use.VIEW, event)


@pytest.mark.parametrize(
    ("first", "second", "minutes"),
    [
        ("carton", "lawn", 20),
        ("lawn", "bare", 20),
        ("bare", "bare", 20),
        ("carton", "carton", 20),
        ("carton", "bare", 60 * 25),
    ],
    ids=["another place", "from another place", "nothing there", "it still lies there", "more than a day"],
)
def test_nothing_is_said_where_nothing_can_be(
    tmp_path: Path, drive: Path, first: str, second: str, minutes: int
) -> None:
    story = (an_event(-minutes, drive / f"{first}.mp4"), an_event(0, drive / f"{second}.mp4"))
    grant = anns_grant(covers_from=EVENING - timedelta(days=3))
    with a_night(tmp_path, *story, grant=grant) as (house, tonight):
        looked_through(tonight)

        assert len(house.services.catalogue.clips.list((FRONT_CAMERA,))) == 2
        assert found(house, EventFilter(superseded=True)) == ()


def test_clips_that_overlap_or_whose_order_is_unsure_are_not_compared(tmp_path: Path, drive: Path) -> None:
    """Ring states the moment of the trigger; either clip may have begun six seconds before."""
    second = replace(an_event(1, drive / "bare.mp4"), at=EVENING + timedelta(seconds=8))
    with a_night(tmp_path, an_event(0, drive / "carton.mp4"), second) as (house, tonight):
        looked_through(tonight)

        assert found(house, EventFilter(superseded=True)) == ()


def test_a_gap_waits_for_a_clip_in_it_that_was_only_looked_at_in_another_way(tmp_path: Path, drive: Path) -> None:
    """As after ``reanalyse`` of some clips with other settings."""
    names = ((0, "carton"), (20, "carton"), (40, "bare"))
    with a_night(tmp_path, *[an_event(at, drive / f"{name}.mp4") for at, name in names]) as (house, tonight):
        looked_through(tonight)
        (event,) = found(house)
    other = EventSettings(visit_gap_seconds=5.0)
    with (
        running_simulator(a_world()) as simulator,
        a_house(tmp_path, simulator, events=other) as house,
        open_night(house.services) as tonight,
    ):
        pool = InThisProcess()
        eyes = eyes_of(tonight, pool)
        plan_work(tonight, eyes)
        first, middle, last = claim_all(tonight)
        look_at_batch(tonight, (first, last), eyes, pool)
        assert compare_clips(tonight, eyes, pool) == 0, "the clip in the middle was not looked at like this"
        look_at_batch(tonight, (middle,), eyes, pool)
        assert compare_clips(tonight, eyes, pool) == 2
        (again,) = found(house)

    assert (again.starts_at, again.ends_at) == (event.starts_at, event.ends_at)
    assert again.settings_digest != event.settings_digest


def test_a_lost_picture_waits_for_another_night_and_the_rest_goes_on(tmp_path: Path, drive: Path) -> None:
    names = ((0, "carton"), (20, "bare"), (40, "carton"))
    with a_night(tmp_path, *[an_event(at, drive / f"{name}.mp4") for at, name in names]) as (house, tonight):
        pool = InThisProcess()
        eyes = eyes_of(tonight, pool)
        plan_work(tonight, eyes)
        while batch := claim_batch(tonight):
            look_at_batch(tonight, batch, eyes, pool)
        first = house.services.catalogue.clips.list((FRONT_CAMERA,))[0]
        still = house.services.catalogue.stills.of_acquisition(first.acquisition.acquisition_id)[1]
        content = house.services.derivatives.read(still.digest)
        house.services.derivatives.delete(still.digest)

        assert compare_clips(tonight, eyes, pool) == 1
        assert [one.event.inferred.kind for one in found(house)] == [EventKind.PACKAGE_DELIVERED]
        morning, _ = write_morning(tonight, {})
        (failed,) = [part for part in morning.attention if part.kind is AttentionKind.FAILURE]
        assert "what came and went between" in failed.what
        assert "next night" in failed.action

        house.services.derivatives.put(content)
        assert compare_clips(tonight, eyes, pool) == 1
        assert len(found(house)) == 2


def test_the_reports_show_both_pictures_and_that_nobody_was_seen(tmp_path: Path, drive: Path) -> None:
    with a_night(tmp_path, an_event(0, drive / "carton.mp4"), an_event(20, drive / "bare.mp4")) as (house, tonight):
        looked_through(tonight)
        (event,) = found(house)
        incident = an_incident(kinds=(EventKind.PACKAGE_PICKED_UP,))
        house.services.catalogue.incidents.save(incident, ())
        (attachment,) = attach_highlights(house.services)
        morning, files = write_morning(tonight, {})
        report = report_on(house.services, incident.incident_id)
        _, written = write_report(
            house.services, incident.incident_id, tmp_path / "report", "pipeline", CustodyAction.DERIVED
        )

        assert "package picked up" in attachment.reason
        assert [part.events[0].event for part in morning.highlights] == [event.event]
        assert event.event.inferred.sentence in files.html.read_text()
        (shown,) = report.highlights
        assert shown.events[0].event.since == event.event.since
        page = written.html.read_text()
        assert "No clip shows the time between" in page
        assert "Not calibrated" in page
        assert "Not calibrated" in files.html.read_text()
        assert page.count("data:image/jpeg") >= 3, "poster, contact sheet, and the two ends side by side"
        assert since_of(event)[0] in page
        assert written.pdf.stat().st_size > 10_000


def test_everything_that_goes_with_a_clip_is_found_by_it(tmp_path: Path, drive: Path) -> None:
    with a_night(tmp_path, an_event(0, drive / "carton.mp4"), an_event(20, drive / "bare.mp4")) as (house, tonight):
        looked_through(tonight)
        catalogue = house.services.catalogue
        (event,) = found(house)

        for clip in catalogue.clips.list((FRONT_CAMERA,)):
            name = clip.acquisition.acquisition_id
            assert len(catalogue.stills.of_acquisition(name)) == 2
            assert catalogue.comparisons.of_acquisition(name) == (event.event,)
        (cut_out,) = catalogue.highlights.list()
        named = {*cut_out.digests, *catalogue.stills.digests(), *catalogue.comparisons.pictures()}
        assert named == set(house.services.derivatives.digests()), "nothing lies there that nobody names"
