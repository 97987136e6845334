import re

import pytest

from pipeline.domain.events import EventKind
from pipeline.domain.scene import Change, Obscured, ObscuredSpan
from pipeline.events import Rule, default_rules, infer_events
from pipeline.settings import EventSettings
from tests.events.views import a_change, a_scene, a_view, inferred, told
from tests.scenes import Mover, every, span


@pytest.mark.parametrize("why", list(Obscured))
def test_an_obscured_camera_is_told(why: Obscured) -> None:
    (event,) = inferred(a_view(scene=a_scene(obscured=[ObscuredSpan(span(0, 20), why)], luma=0.0)))
    kinds = {Obscured.WHITE: "camera_blinded", Obscured.FROZEN: "camera_frozen"}
    assert told([event]) == [(kinds.get(why, "camera_obscured"), None)]


def test_a_short_flash_is_not_an_obscured_camera_and_a_short_black_clip_is() -> None:
    black = [ObscuredSpan(span(0, 1), Obscured.BLACK)]
    assert inferred(a_view(scene=a_scene(obscured=black))) == ()
    short = a_view(scene=a_scene(obscured=black), moments=every(0.5, 1))
    assert told(inferred(short)) == [("camera_obscured", None)]


def test_events_come_in_order_of_time_and_then_kind() -> None:
    courier = Mover(2.0, 12.0, ((200, 950), (950, 960), (950, 960), (200, 950)))
    view = a_view(courier, scene=a_scene(a_change(Change.APPEARED, 2.0, 11.0)))
    events = inferred(view)
    assert len(events) > 1
    assert [(e.span.start, e.kind) for e in events] == sorted((e.span.start, e.kind) for e in events)
    assert inferred(view) == events


def test_statements_below_the_least_score_are_dropped() -> None:
    faint = Mover(3.0, 3.6, ((300, 900), (340, 900)), confidence=0.4)
    assert told(inferred(a_view(faint))) == [("person_visit", None)]
    assert inferred(a_view(faint), least_score=0.6) == ()


def test_a_rule_of_ones_own_can_be_asked_alone() -> None:
    class Silent:
        def infer(self, view: object) -> tuple[()]:
            return ()

    rule: Rule = Silent()
    assert infer_events(a_view(Mover(0, 9, ((0, 900), (900, 900)))), EventSettings(), [rule]) == ()
    assert len(default_rules(EventSettings())) > 1


def test_no_sentence_says_who_somebody_is() -> None:
    taker = Mover(0.0, 18.0, ((400, 950), (950, 960), (400, 950), (950, 960)))
    scene = a_scene(a_change(Change.DISAPPEARED, 2.0, 11.0), a_change(Change.APPEARED, 12.0, 15.0, held=0.3))
    events = inferred(a_view(taker, scene=scene))
    assert {EventKind.PACKAGE_PICKED_UP, EventKind.LOITERING} <= {event.kind for event in events}
    words = set(re.findall(r"[a-z]+", " ".join(event.sentence.lower() for event in events)))
    assert not words & {"owner", "stranger", "thief", "resident", "courier", "man", "woman", "he", "she", "stolen"}
