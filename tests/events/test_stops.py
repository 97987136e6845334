from pipeline.domain.events import EventKind, Zone
from pipeline.domain.tracks import Track
from pipeline.events.door import FOUND_DOOR_ZONE
from pipeline.events.stops import where_people_stop
from tests.events.views import a_view, inferred
from tests.scenes import PICTURE, Mover, a_track, every

MOMENTS = every(0.5, 20)


def caller(x: float, y: float) -> Mover:
    """Comes from the left, stands at (x, y) for six seconds, goes back."""
    return Mover(2.0, 16.0, ((100, 700), (x, y), (x, y), (100, 700)), height=400)


def tracks(*movers: Mover) -> list[Track]:
    return [a_track(number, mover, MOMENTS) for number, mover in enumerate(movers, start=1)]


def zone_of(*clips: list[Track]) -> Zone | None:
    return where_people_stop(clips, *PICTURE)


def test_where_callers_stop_in_three_clips_is_before_the_door() -> None:
    clips = [tracks(caller(960, 1000)), tracks(caller(1010, 980)), tracks(caller(930, 1010))]
    zone = zone_of(*clips)
    assert zone is not None
    assert zone.name == FOUND_DOOR_ZONE
    assert zone.contains(960 / 1920, 1000 / 1080)
    assert not zone.contains(100 / 1920, 700 / 1080)
    assert zone_of(*clips) == zone
    assert zone_of(*clips[:2]) is None


def test_one_clip_with_many_stops_is_no_door() -> None:
    assert zone_of(tracks(caller(960, 1000), caller(970, 990), caller(950, 1010))) is None


def test_where_people_only_walk_by_there_is_no_door() -> None:
    passer = Mover(3.0, 8.0, ((100, 800), (1800, 800)), height=400)
    assert zone_of(*[tracks(passer)] * 5) is None
    assert zone_of() is None


def test_who_stands_where_people_stop_is_at_the_door_and_less_surely_than_in_a_drawn_zone() -> None:
    found = zone_of(*[tracks(caller(960, 1000))] * 3)
    assert found is not None
    drawn = Zone("door", found.polygon)
    scores = []
    for zones in ((found,), (found, drawn)):
        events = inferred(a_view(caller(960, 1000), zones=zones))
        (event,) = [one for one in events if one.kind is EventKind.PERSON_AT_DOOR]
        assert event.zone == zones[-1].name
        scores.append(event.score)
    assert scores[0] < scores[1]
