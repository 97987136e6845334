"""A stretch is granted when each of its moments is: the words of a grant asked moment by moment are the oracle."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.consent.desk import ConsentDesk
from pipeline.consent.grants import covers_moment, require_grant, sign_grant, unbroken_around
from pipeline.domain.consent import ConsentGrant, DailyHours, FootageSpan, Pause, Use, Weekday
from pipeline.errors import ConsentOutOfScopeError
from tests.builders import CAMERA, EVENING, PURPOSE, RECIPIENT, a_grant, a_request
from tests.catalogue.stories import a_camera
from tests.consent.test_grants import KEY

END = EVENING + timedelta(seconds=10)


def is_granted(grant: ConsentGrant, first: datetime, last: datetime) -> bool:
    try:
        require_grant([sign_grant(grant, KEY)], a_request(recorded_at=first, until=last), grant.granted_at, KEY)
    except ConsentOutOfScopeError:
        return False
    return True


def second(number: float) -> datetime:
    return EVENING + timedelta(seconds=number)


@pytest.mark.parametrize(
    ("changes", "granted"),
    [
        ({}, True),
        ({"pauses": (Pause(second(4), second(6)),)}, False),
        ({"pauses": (Pause(second(4), second(4)),)}, True),
        ({"pauses": (Pause(second(-5), second(0)),)}, True),
        ({"pauses": (Pause(second(10), second(20)),)}, False),
        ({"pauses": (Pause(second(10.001), second(20)),)}, True),
        ({"hours": (DailyHours(time(22), time(22, 30, 3)), DailyHours(time(22, 30, 5), time(23)))}, False),
        ({"hours": (DailyHours(time(22), time(22, 30, 3)), DailyHours(time(22, 30, 3), time(23)))}, True),
        ({"spans": (FootageSpan(CAMERA, second(0), second(4)), FootageSpan(CAMERA, second(5), second(11)))}, False),
        ({"spans": (FootageSpan(CAMERA, second(0), second(4)), FootageSpan(CAMERA, second(4), second(11)))}, True),
        ({"spans": (FootageSpan(CAMERA, second(0), second(10)),)}, False),
    ],
)
def test_a_gap_within_a_stretch_refuses_all_of_it(changes: dict[str, tuple[object, ...]], granted: bool) -> None:
    assert is_granted(a_grant(**changes), EVENING, END) is granted


def test_days_and_the_hour_that_the_clocks_leave_out_or_repeat_count() -> None:
    tuesday = a_grant(hours=(DailyHours(time(0), time(0), (Weekday.TUESDAY,)),), time_zone="Europe/London")
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    assert is_granted(tuesday, midnight - timedelta(hours=2), midnight - timedelta(seconds=1))
    assert not is_granted(tuesday, midnight - timedelta(hours=2), midnight)

    turned = {"granted_at": datetime(2025, 10, 1, tzinfo=UTC), "time_zone": "Europe/London"}
    twice = a_grant(hours=(DailyHours(time(0), time(1, 30)),), **turned)
    back = datetime(2025, 10, 26, 0, 29, tzinfo=UTC)  # 01:29 for the first time; at 01:00 UTC it is 01:00 again
    assert is_granted(twice, back, back + timedelta(seconds=59))
    assert not is_granted(twice, back, back + timedelta(minutes=40))
    assert covers_moment(twice, CAMERA, back + timedelta(minutes=40))


MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
HOURS = st.builds(
    DailyHours,
    MINUTES,
    MINUTES,
    st.sets(st.sampled_from(Weekday), min_size=1).map(lambda days: tuple(day for day in Weekday if day in days)),
)
STARTS = st.sampled_from((datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)))
LATER = st.integers(0, 60 * 14).map(lambda minutes: timedelta(minutes=minutes))


@given(STARTS, LATER, LATER, st.lists(HOURS, min_size=1, max_size=3), st.lists(LATER, max_size=4))
def test_hours_and_pauses_agree_with_every_minute_of_two_nights_on_which_clocks_turn(
    day: datetime, begin: timedelta, length: timedelta, hours: list[DailyHours], paused: list[timedelta]
) -> None:
    """All that this grant says is in whole minutes, so that asking each of them asks everything."""
    turns = [day + later for later in sorted(paused)]
    pauses = tuple(Pause(since, until) for since, until in zip(turns[::2], turns[1::2], strict=False))
    grant = a_grant(
        hours=tuple(hours),
        pauses=pauses,
        time_zone=ZoneInfo("Europe/London").key,
        granted_at=day - timedelta(days=9),
        expires_at=day + timedelta(days=9),
    )
    first, last = day + begin, day + begin + length
    minutes = (first + timedelta(minutes=number) for number in range(length // timedelta(minutes=1) + 1))
    assert is_granted(grant, first, last) == all(covers_moment(grant, CAMERA, moment) for moment in minutes)


TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "part"),
    [(0, (0, 4)), (3.9, (0, 4)), (4, None), (5.5, None), (6, (6, 10)), (10, (6, 10))],
)
def test_the_part_around_a_moment_ends_just_before_a_gap(at: float, part: tuple[float, float] | None) -> None:
    grant = a_grant(pauses=(Pause(second(4), second(6)),))
    found = unbroken_around(grant, CAMERA, second(at), (EVENING, END))
    if part is None:
        assert found is None
        return
    assert found is not None
    until = END if part[1] == 10 else second(part[1]) - TICK
    assert found == (second(part[0]), until)
    assert all(covers_moment(grant, CAMERA, end) for end in found)


def a_desk(*grants: ConsentGrant) -> ConsentDesk:
    signed = [sign_grant(grant, KEY) for grant in grants]
    now = EVENING + timedelta(hours=1)
    return ConsentDesk(lambda _: signed, KEY, lambda: now, purpose=PURPOSE, recipient=RECIPIENT)


def test_a_clip_may_be_looked_at_up_to_the_first_moment_that_no_grant_covers() -> None:
    early = a_grant(hours=(DailyHours(time(22), time(22, 30, 3)),))
    later = a_grant(grant_id="gr-2", hours=(DailyHours(time(22, 30, 3), time(22, 30, 7)),))

    assert a_desk(early).granted_until(Use.INDEX, a_camera(), (EVENING, END)) == second(3) - TICK
    assert a_desk(early, later).granted_until(Use.INDEX, a_camera(), (EVENING, END)) == second(7) - TICK
    assert a_desk(a_grant()).granted_until(Use.INDEX, a_camera(), (EVENING, END)) == END
    with pytest.raises(ConsentOutOfScopeError):
        a_desk(later).granted_until(Use.INDEX, a_camera(), (EVENING, END))


def test_what_is_shown_in_one_piece_lies_under_one_grant() -> None:
    early = a_grant(hours=(DailyHours(time(22), time(22, 30, 3)),))
    later = a_grant(grant_id="gr-2", hours=(DailyHours(time(22, 30, 3), time(22, 30, 7)),))
    desk = a_desk(early, later)

    assert desk.require_each(Use.INDEX, a_camera(), (EVENING, second(5))).grant == early
    with pytest.raises(ConsentOutOfScopeError):
        desk.require_each(Use.INDEX, a_camera(), (EVENING, second(8)))
    assert desk.granted_around(Use.INDEX, a_camera(), second(4), (EVENING, END)) == (second(3), second(7) - TICK)
