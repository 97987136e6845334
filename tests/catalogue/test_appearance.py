"""Colours that events show and vectors of things: written with their analysis, gone with their acquisition."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.catalogue import Catalogue
from pipeline.catalogue.analyses import Beside
from pipeline.catalogue.appearance import ShelfState, VectorFilter
from pipeline.domain.appearance import Colour, ColourMark, ColourWanted, NoColour, Part, ThingVector
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import Event, EventKind
from pipeline.domain.retention import Decision, DisposalReason
from pipeline.domain.search import EventFilter
from pipeline.domain.tracks import Box, ModelIdentity, ObjectClass
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import a_clip, an_analysis, at, inferred, with_clip

RED = ColourMark(1, Part.UPPER, Colour.RED, 0.8, 4)
BLACK = ColourMark(1, Part.LOWER, Colour.BLACK, 0.6, 4)
UNSAID = ColourMark(2, Part.VEHICLE, None, 0.0, 2, NoColour.INFRARED)
SILVER = ColourMark(3, Part.VEHICLE, Colour.GREY, 0.9, 2)
MODEL_ID = "things:0"
PLACE = Box(10, 20, 30, 40)
VAN = ThingVector(ObjectClass.VEHICLE, 2, None, at(1), MODEL_ID, bytes(8))
NOBODYS = ThingVector(ObjectClass.VEHICLE, 9, None, at(1), MODEL_ID, bytes(8))
PARCEL = ThingVector(ObjectClass.PACKAGE, None, PLACE, at(2), MODEL_ID, bytes(range(8)))


def keep(catalogue: Catalogue, clip: AcquiredClip, *, model: ModelIdentity | None = None) -> tuple[Event, ...]:
    """A visit of track 1, a vehicle that is track 2, and a parcel at a place."""
    visit = inferred(EventKind.PERSON_VISIT)
    van = inferred(EventKind.VEHICLE_STOPPED, track_ids=(2,))
    parcel = inferred(EventKind.PACKAGE_PICKED_UP, track_ids=(), region=PLACE)
    found = (visit, van, parcel)
    analysis, events = an_analysis(clip, *found, model=model) if model else an_analysis(clip, *found)
    analysis = replace(analysis, colours=(RED, BLACK, UNSAID, SILVER))
    beside = Beside(vectors=(VAN, NOBODYS, PARCEL))
    catalogue.analyses.save(clip.acquisition.acquisition_id, analysis, events, [], EVENING, beside)
    return events


def take(catalogue: Catalogue, clip: AcquiredClip) -> None:
    """The acquisition is disposed of because its grant was revoked."""
    decision = Decision(DisposalReason.REVOKED, "gr-1")
    assert catalogue.disposals.decide(clip.acquisition.acquisition_id, lambda _: decision, EVENING) is not None


def rows(intruder: sa.Engine, table: str) -> int:
    with intruder.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one())


def test_an_event_shows_the_colours_of_the_tracks_that_it_rests_on(catalogue: Catalogue) -> None:
    visit, van, parcel = keep(catalogue, with_clip(catalogue, a_clip()))
    seen = catalogue.appearances.colours_of([visit.event_id, van.event_id, parcel.event_id])
    assert [(mark.part, mark.colour, mark.score) for mark in seen[visit.event_id]] == [
        (Part.UPPER, Colour.RED, 0.8),
        (Part.LOWER, Colour.BLACK, 0.6),
    ]
    assert van.event_id not in seen, "why no colour is said is no colour"
    assert parcel.event_id not in seen


def test_a_colour_finds_its_events(catalogue: Catalogue) -> None:
    visit, *_ = keep(catalogue, with_clip(catalogue, a_clip()))

    def found(*wanted: ColourWanted) -> list[str]:
        return [one.event.event_id for one in catalogue.search.find(EventFilter(colours=wanted))]

    assert found(ColourWanted(Colour.RED, Part.UPPER)) == [visit.event_id]
    assert found(ColourWanted(Colour.RED)) == [visit.event_id]
    assert found(ColourWanted(Colour.RED, Part.UPPER), ColourWanted(Colour.BLACK, Part.LOWER)) == [visit.event_id]
    assert found(ColourWanted(Colour.RED, Part.LOWER)) == []
    assert found(ColourWanted(Colour.RED, Part.UPPER, 0.81)) == []
    assert found(ColourWanted(Colour.RED), ColourWanted(Colour.BLUE)) == []


def test_a_later_result_has_colours_of_its_own_and_takes_the_place_of_vectors(catalogue: Catalogue) -> None:
    clip = with_clip(catalogue, a_clip())
    keep(catalogue, clip)
    before = catalogue.appearances.state(MODEL_ID)
    assert before.rows == 2
    keep(catalogue, clip, model=ModelIdentity("better", "f" * 64))
    after = catalogue.appearances.state(MODEL_ID)
    assert (after.rows, after.last) == (2, before.last + 2), "a number is never used twice"
    assert len(catalogue.search.find(EventFilter(colours=(ColourWanted(Colour.RED),)))) == 1


def test_only_vectors_of_kept_events_are_kept_and_another_models_are_never_among_them(catalogue: Catalogue) -> None:
    _, van, parcel = keep(catalogue, with_clip(catalogue, a_clip()))
    assert catalogue.appearances.state("things:1") == ShelfState(0, 0)
    assert list(catalogue.appearances.vectors("things:1")) == []
    (page,) = catalogue.appearances.vectors(MODEL_ID)
    kept = catalogue.appearances.kept([number for number, _ in page])
    assert [(one.event_id, one.track_id, one.values) for one in kept.values()] == [
        (van.event_id, 2, bytes(8)),
        (parcel.event_id, None, bytes(range(8))),
    ]
    assert catalogue.appearances.of_event(parcel.event_id) == (list(kept.values())[1],)
    assert list(catalogue.appearances.vectors(MODEL_ID, after=page[0][0])) == [page[1:]]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (VectorFilter(), 2),
        (VectorFilter(object_classes=(ObjectClass.PACKAGE,)), 1),
        (VectorFilter(object_classes=()), 0),
        (VectorFilter(camera_ids=(CAMERA,)), 2),
        (VectorFilter(camera_ids=("elsewhere",)), 0),
        (VectorFilter(since=EVENING + timedelta(minutes=1)), 0),
        (VectorFilter(until=EVENING + timedelta(minutes=1)), 2),
    ],
)
def test_vectors_are_filtered(catalogue: Catalogue, wanted: VectorFilter, count: int) -> None:
    keep(catalogue, with_clip(catalogue, a_clip()))
    assert len(catalogue.appearances.numbers(MODEL_ID, wanted)) == count


@pytest.mark.parametrize("table", ["event_colours", "thing_vectors"])
def test_with_the_acquisition_every_row_goes(catalogue: Catalogue, intruder: sa.Engine, table: str) -> None:
    gone, stays = with_clip(catalogue, a_clip()), with_clip(catalogue, a_clip("stays", minutes=5))
    keep(catalogue, gone)
    keep(catalogue, stays)
    whole = rows(intruder, table)
    take(catalogue, gone)
    assert rows(intruder, table) == whole // 2 > 0
    take(catalogue, stays)
    assert rows(intruder, table) == 0


@pytest.mark.parametrize("object_class", [ObjectClass.PERSON, ObjectClass.ANIMAL, ObjectClass.BICYCLE])
def test_no_vector_of_anybody_can_be_made(object_class: ObjectClass) -> None:
    with pytest.raises(ValueError, match="no vector is ever made"):
        replace(VAN, object_class=object_class)


@pytest.mark.parametrize("colour", [Colour.BROWN, Colour.BEIGE])
@pytest.mark.parametrize("part", [Part.UPPER, Part.LOWER])
def test_what_may_be_skin_is_never_said_of_clothing(part: Part, colour: Colour) -> None:
    with pytest.raises(ValueError, match="never said"):
        ColourMark(1, part, colour, 0.9, 3)


def test_events_are_ranked_by_the_colours_that_all_of_them_show(catalogue: Catalogue) -> None:
    visit, *_ = keep(catalogue, with_clip(catalogue, a_clip()))
    later, *_ = keep(catalogue, with_clip(catalogue, a_clip("later", minutes=30)))
    both = (ColourWanted(Colour.RED, Part.UPPER), ColourWanted(Colour.BLACK, Part.LOWER))

    def found(*wanted: ColourWanted, **narrowed: Any) -> list[tuple[str, float]]:
        bounds = {"camera_ids": None, "since": None, "until": None, "most": 10, **narrowed}
        return [(name, round(score, 3)) for name, score in catalogue.appearances.showing(wanted, **bounds)]

    assert found(*both) == [(name, 0.7) for name in sorted((visit.event_id, later.event_id))]
    assert found(*both, most=1) == [(min(visit.event_id, later.event_id), 0.7)]
    assert found(*both, since=EVENING + timedelta(minutes=10)) == [(later.event_id, 0.7)]
    assert found(*both, until=EVENING + timedelta(minutes=10)) == [(visit.event_id, 0.7)]
    assert found(*both, camera_ids=("elsewhere",)) == []
    assert found(ColourWanted(Colour.RED, Part.UPPER, 0.81)) == []
    assert found(both[0], ColourWanted(Colour.BLUE, Part.LOWER)) == [], "each of them, not one of them"


def test_only_the_newest_result_is_ranked(catalogue: Catalogue) -> None:
    clip = with_clip(catalogue, a_clip())
    keep(catalogue, clip)
    newest, *_ = keep(catalogue, clip, model=ModelIdentity("better", "f" * 64))
    wanted = (ColourWanted(Colour.RED, Part.UPPER),)
    found = catalogue.appearances.showing(wanted, None, None, None, 10)
    assert found == [(newest.event_id, 0.8)]


def test_events_that_other_models_described_are_named_as_far_as_the_filter_lets_them(catalogue: Catalogue) -> None:
    keep(catalogue, with_clip(catalogue, a_clip()))
    found = catalogue.appearances.events_of_other_models("things:1", VectorFilter(), 9)
    assert found == catalogue.appearances.events_of_other_models("things:1", VectorFilter(camera_ids=(CAMERA,)), 9)
    assert found != []
    assert catalogue.appearances.events_of_other_models("things:1", VectorFilter(camera_ids=("elsewhere",)), 9) == []
    assert catalogue.appearances.events_of_other_models(MODEL_ID, VectorFilter(), 9) == []
