from fractions import Fraction

import pytest

from pipeline.domain.events import CannotTell, Event, EventKind, InferredEvent
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.highlights.plan import plan_highlights
from pipeline.settings import HighlightSettings

BASE = Fraction(1, 90_000)
CLIP = "c" * 64
SETTINGS = HighlightSettings(padding_seconds=2, join_seconds=5, longest_seconds=30)


def at(seconds: float) -> Timestamp:
    return Timestamp(round(seconds * 90_000), BASE)


def span(start: float, end: float) -> ClipSpan:
    return ClipSpan(at(start), at(end))


def an_event(
    kind: EventKind, start: float, end: float, *, reason: CannotTell | None = None, score: float = 0.8, clip: str = CLIP
) -> Event:
    inferred = InferredEvent(kind=kind, span=span(start, end), score=score, sentence=f"{kind} was seen", reason=reason)
    return Event(event_id=f"ev-{kind}-{start}", clip=clip, camera_id="ring:1", inferred=inferred)


VISIT, DOOR, PICKED, VEHICLE = (
    EventKind.PERSON_VISIT,
    EventKind.PERSON_AT_DOOR,
    EventKind.PACKAGE_PICKED_UP,
    EventKind.VEHICLE_PASSING,
)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([], [], id="nothing happened"),
        pytest.param([(VISIT, 10, 14)], [(8, 16, [10])], id="padding on both sides"),
        pytest.param([(VISIT, 1, 59)], [(0, 30, [1])], id="clamped to the start, cut at the longest"),
        pytest.param([(VISIT, 55, 60)], [(53, 60, [55])], id="clamped to the end"),
        pytest.param([(VISIT, 10, 14), (PICKED, 12, 13)], [(8, 16, [10, 12])], id="overlapping events share one"),
        pytest.param([(PICKED, 19, 19.5), (VISIT, 10, 14)], [(8, 21.5, [10, 19])], id="at the joining distance"),
        pytest.param([(VISIT, 10, 14), (VEHICLE, 19.01, 20)], [(8, 16, [10]), (17.01, 22, [19.01])], id="too far"),
        pytest.param(
            [(VISIT, 4, 58), (PICKED, 45, 46)], [(2, 32, [4]), (43, 48, [45])], id="behind the cut: one of its own"
        ),
        pytest.param([(DOOR, 20, 20)], [(18, 22, [20])], id="a moment"),
    ],
)
def test_events_become_highlights(
    events: list[tuple[EventKind, float, float]], expected: list[tuple[float, float, list[float]]]
) -> None:
    plans = plan_highlights([an_event(*event) for event in events], span(0, 60), SETTINGS)

    found = [
        (plan.span.start.seconds, plan.span.end.seconds, [float(e.inferred.span.start.seconds) for e in plan.events])
        for plan in plans
    ]
    assert found == [(at(start).seconds, at(end).seconds, starts) for start, end, starts in expected]


def test_a_long_visit_is_marked_as_cut_and_one_at_the_clip_s_end_is_not() -> None:
    (cut,) = plan_highlights([an_event(VISIT, 0, 59)], span(0, 60), SETTINGS)
    (whole,) = plan_highlights([an_event(VISIT, 40, 60)], span(0, 60), SETTINGS)
    assert cut.is_cut
    assert not whole.is_cut


@pytest.mark.parametrize(("kind", "count"), [(VISIT, 0), (EventKind.OBJECT_LEFT, 0), (PICKED, 1)])
def test_of_what_cannot_be_told_only_packages_are_shown(kind: EventKind, count: int) -> None:
    unclear = an_event(kind, 10, 12, reason=CannotTell.TOO_DARK)
    assert len(plan_highlights([unclear], span(0, 60), SETTINGS)) == count


def test_the_id_depends_on_the_clip_the_events_and_what_shapes_the_result_alone() -> None:
    events = [an_event(VISIT, 10, 14), an_event(PICKED, 12, 13)]
    (plan,) = plan_highlights(events, span(0, 60), SETTINGS)
    (again,) = plan_highlights(list(reversed(events)), span(0, 60), SETTINGS)
    (narrower,) = plan_highlights(events, span(0, 60), SETTINGS.model_copy(update={"width": 640}))
    (fewer,) = plan_highlights(events[:1], span(0, 60), SETTINGS)
    assert again == plan
    assert len({plan.highlight_id, narrower.highlight_id, fewer.highlight_id}) == 3
    assert len(plan.highlight_id) == 23


def test_the_span_keeps_the_clip_s_own_time_base_and_an_odd_start() -> None:
    base = Fraction(1001, 30_000)
    clip = ClipSpan(Timestamp(-7, base), Timestamp(900, base))
    (plan,) = plan_highlights([an_event(VISIT, 0.5, 1.0)], clip, SETTINGS)
    assert plan.span.start == clip.start
    assert plan.span.start.time_base == plan.span.end.time_base == base
    assert plan.span.end.seconds - Fraction(3) < base


def test_the_poster_shows_the_package_before_a_surer_visit() -> None:
    visit = an_event(VISIT, 10, 20, score=0.99)
    picked = an_event(PICKED, 15, 17, score=0.5)
    (plan,) = plan_highlights([visit, picked], span(0, 60), SETTINGS)
    assert plan.key_event == picked
    assert plan.key_moment == at(16)


def test_events_of_two_clips_are_refused() -> None:
    with pytest.raises(ValueError, match="several clips"):
        plan_highlights([an_event(VISIT, 1, 2), an_event(VISIT, 3, 4, clip="d" * 64)], span(0, 60), SETTINGS)


def test_a_highlight_ends_where_the_grant_does_and_has_an_id_of_its_own() -> None:
    events = [an_event(VISIT, 10, 14)]
    (whole,) = plan_highlights(events, span(0, 60), SETTINGS)
    (lead_in, tail) = (plan_highlights(events, span(0, 60), SETTINGS, one)[0] for one in (span(9, 60), span(0, 15)))
    (inside,) = plan_highlights(events, span(0, 60), SETTINGS, span(0, 12))
    (wide,) = plan_highlights(events, span(0, 60), SETTINGS, span(5, 60))

    assert [plan.span for plan in (lead_in, tail, inside)] == [span(9, 16), span(8, 15), span(8, 12)]
    assert [plan.is_cut for plan in (lead_in, tail, inside)] == [False, False, True]
    assert len({plan.highlight_id for plan in (whole, lead_in, tail, inside)}) == 4
    assert wide == whole, "what lies outside and would not be shown changes nothing"
