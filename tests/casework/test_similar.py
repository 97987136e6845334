"""What looks alike is found within one model, under live grants, and never by anybody's body."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.appearance import MODEL_ID, vector_of
from pipeline.appearance.light import Picture
from pipeline.casework import picture_wanted
from pipeline.casework.shelf import shelf_of
from pipeline.casework.similar import EventWanted, PictureWanted, SimilarFilter, find_similar
from pipeline.catalogue.analyses import Beside
from pipeline.consent.grants import sign_grant
from pipeline.domain.appearance import Colour, ColourMark, Part, ThingVector
from pipeline.domain.events import Event, EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.retention import Decision, DisposalReason
from pipeline.domain.tracks import Box, ObjectClass
from pipeline.errors import ConsentError, NotComparedError, RecordNotFoundError, UnreadablePictureError
from pipeline.night.services import Services
from tests.appearance.painted import BGR, CAR, MONK, PERSON, bgr_of, lit, street, with_car, with_person
from tests.builders import a_grant
from tests.casework.town import MATTER, NOW, Town, a_town
from tests.catalogue.stories import a_clip, an_analysis, at, inferred

PLACE = Box(10, 20, 30, 40)


class House:
    """Clips of one camera, each with a vehicle that stops, or somebody who comes by."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.town = Town(services, seed=1, cameras=2)
        self.camera = self.town.cameras[0]
        services.catalogue.grants.add(
            sign_grant(a_grant(camera_ids=(self.camera,), resident_id="resident-0"), services.key), []
        )

    def vehicle(self, name: str, picture: Picture, model_id: str = MODEL_ID) -> Event:
        values = vector_of(picture, CAR)
        assert values is not None
        thing = ThingVector(ObjectClass.VEHICLE, 1, None, at(1), model_id, values)
        return self._keep(name, EventKind.VEHICLE_STOPPED, (thing,), ())

    def visit(self, name: str, upper: Colour, lower: Colour | None = None, score: float = 0.8) -> Event:
        marks = [ColourMark(1, Part.UPPER, upper, score, 3)]
        marks += [ColourMark(1, Part.LOWER, lower, score, 3)] if lower else []
        return self._keep(name, EventKind.PERSON_VISIT, (), tuple(marks))

    def _keep(
        self, name: str, kind: EventKind, things: tuple[ThingVector, ...], marks: tuple[ColourMark, ...]
    ) -> Event:
        clip = a_clip(name, self.camera)
        self.services.catalogue.clips.add(clip, [])
        analysis, (event,) = an_analysis(clip, inferred(kind))
        analysis = replace(analysis, colours=marks)
        self.services.catalogue.analyses.save(
            clip.acquisition.acquisition_id, analysis, (event,), [], NOW, Beside(vectors=things)
        )
        return event

    def hits(self, wanted: EventWanted | PictureWanted, narrowed: SimilarFilter | None = None) -> list[str]:
        found = find_similar(self.services, MATTER, wanted, narrowed or SimilarFilter())
        return [hit.found.event.event_id for hit in found.hits]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_town(tmp_path) as services:
        yield House(services)


def a_car_picture(body: str, light: float = 1.0) -> Picture:
    return lit(with_car(street(), BGR[body], CAR), light)


def png(picture: Picture) -> bytes:
    done, content = cv2.imencode(".png", picture)
    assert done
    return content.tobytes()


def test_the_same_car_in_another_light_comes_first_and_the_car_itself_never(house: House) -> None:
    own = house.vehicle("own", a_car_picture("red"))
    again = house.vehicle("again", a_car_picture("red", 0.6))
    other = house.vehicle("other", a_car_picture("blue"))
    found = find_similar(house.services, MATTER, EventWanted(own.event_id), SimilarFilter(least=0.0))
    assert [hit.found.event.event_id for hit in found.hits] == [again.event_id, other.event_id]
    assert found.hits[0].score > found.hits[1].score
    assert (found.model_id, found.colours, found.is_whole) == (MODEL_ID, (), True)


def test_vectors_of_two_models_are_never_compared(house: House) -> None:
    own = house.vehicle("own", a_car_picture("red"))
    old = house.vehicle("old", a_car_picture("red"), model_id="grid-0:" + "0" * 64)
    found = find_similar(house.services, MATTER, EventWanted(own.event_id))
    assert (found.hits, found.other_models) == ((), 1)
    house.camera = house.town.cameras[1]
    house.vehicle("not granted", a_car_picture("red"), model_id="grid-0:" + "0" * 64)
    assert find_similar(house.services, MATTER, EventWanted(own.event_id)).other_models == 1, "nothing is told of it"
    with pytest.raises(NotComparedError, match="earlier model"):
        find_similar(house.services, MATTER, EventWanted(old.event_id))


def test_without_a_live_grant_nothing_is_found_and_nothing_is_told(house: House) -> None:
    own = house.vehicle("own", a_car_picture("red"))
    house.vehicle("again", a_car_picture("red"))
    stranger = replace(MATTER, purpose="curiosity")
    with pytest.raises(ConsentError):
        find_similar(house.services, stranger, EventWanted(own.event_id))
    found = find_similar(house.services, stranger, PictureWanted(png(a_car_picture("red")), _share(CAR)))
    assert found.hits == ()


def _share(box: Box) -> Box:
    return box.scaled(1 / 640, 1 / 360)


def test_a_picture_finds_what_looks_like_its_part(house: House) -> None:
    red = house.vehicle("red", a_car_picture("red"))
    house.vehicle("blue", a_car_picture("blue"))
    assert house.hits(PictureWanted(png(a_car_picture("red", 0.8)), _share(CAR)))[0] == red.event_id


def test_a_picture_of_somebody_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The detector of this test sees the painted figure, as the real one sees people."""
    from pipeline.domain.tracks import Detection

    class Sees:
        def detect(self, picture: Picture) -> tuple[Detection, ...]:
            return (Detection(ObjectClass.PERSON, "person", 0.9, PERSON),)

    monkeypatch.setattr(picture_wanted, "load_detector", lambda *_: Sees())
    picture = with_person(street(), BGR["red"], BGR["blue"], bgr_of(MONK[4]), PERSON)
    with pytest.raises(NotComparedError, match="shows a person"):
        find_similar(house.services, MATTER, PictureWanted(png(picture), _share(PERSON)))
    (refused,) = (
        one.entry
        for one in house.services.catalogue.custody.records()
        if one.entry.action is CustodyAction.SEARCH_REFUSED
    )
    assert (refused.agent, "shows a person" in refused.detail["reason"]) == (MATTER.agent, True)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40), b"\xff\xd8\xff" + bytes(99)])
def test_what_is_no_picture_is_refused(house: House, content: bytes) -> None:
    with pytest.raises(UnreadablePictureError):
        find_similar(house.services, MATTER, PictureWanted(content))


def test_an_even_picture_shows_nothing_that_can_be_compared(house: House) -> None:
    with pytest.raises(NotComparedError, match="neither a colour nor an edge"):
        find_similar(house.services, MATTER, PictureWanted(png(np.full((90, 120, 3), 128, np.uint8))))


def test_somebody_is_compared_by_the_colours_of_clothing_alone(house: House) -> None:
    own = house.visit("own", Colour.RED, Colour.BLACK)
    both = house.visit("both", Colour.RED, Colour.BLACK, 0.9)
    house.visit("one", Colour.RED, Colour.BLUE)
    found = find_similar(house.services, MATTER, EventWanted(own.event_id))
    assert [hit.found.event.event_id for hit in found.hits] == [both.event_id]
    assert found.model_id == ""
    assert {(one.part, one.colour) for one in found.colours} == {(Part.UPPER, Colour.RED), (Part.LOWER, Colour.BLACK)}


def test_somebody_of_whom_no_colour_could_be_told_is_not_compared(house: House) -> None:
    event = house._keep("plain", EventKind.PERSON_VISIT, (), ())
    with pytest.raises(NotComparedError, match="no colour could be told"):
        find_similar(house.services, MATTER, EventWanted(event.event_id))


def test_an_unknown_event_is_not_found(house: House) -> None:
    with pytest.raises(RecordNotFoundError):
        find_similar(house.services, MATTER, EventWanted("ev-none"))


def test_the_question_and_each_look_are_written_down(house: House) -> None:
    own = house.vehicle("own", a_car_picture("red"))
    again = house.vehicle("again", a_car_picture("red"))
    before = house.services.catalogue.custody.count()
    find_similar(house.services, MATTER, EventWanted(own.event_id))
    asked, look = list(house.services.catalogue.custody.records())[before:]
    assert (asked.entry.action, asked.entry.detail["words"]) == (CustodyAction.SEARCHED, own.event_id)
    assert (look.entry.action, look.entry.subject) == (CustodyAction.ACCESSED, again.clip)
    assert look.entry.detail["as"] == "similar"
    assert look.entry.agent == MATTER.agent


def test_what_goes_with_its_clip_leaves_memory_too(house: House) -> None:
    own = house.vehicle("own", a_car_picture("red"))
    again = house.vehicle("again", a_car_picture("red"))
    later = house.vehicle("later", a_car_picture("red"))
    assert house.hits(EventWanted(own.event_id)) == [again.event_id, later.event_id]
    catalogue = house.services.catalogue
    gone = next(clip for clip in catalogue.clips.list() if clip.item.digest == again.clip)
    decision = Decision(DisposalReason.REVOKED, "gr-1")
    assert catalogue.disposals.decide(gone.acquisition.acquisition_id, lambda _: decision, NOW)
    assert house.hits(EventWanted(own.event_id)) == [later.event_id]
    shelf = shelf_of(catalogue.appearances, MODEL_ID)
    assert shelf._numbers.size == 2


def test_filters_narrow_what_is_compared(house: House) -> None:
    own = house.vehicle("own", a_car_picture("red"))
    house.vehicle("again", a_car_picture("red"))
    for narrowed in (
        SimilarFilter(camera_ids=("elsewhere",)),
        SimilarFilter(object_classes=(ObjectClass.PACKAGE,)),
        SimilarFilter(since=NOW + timedelta(days=400)),
        SimilarFilter(least=1.0),
    ):
        assert house.hits(EventWanted(own.event_id), narrowed) == [] or narrowed.least == 1.0
    assert len(house.hits(EventWanted(own.event_id), SimilarFilter(limit=1))) == 1
