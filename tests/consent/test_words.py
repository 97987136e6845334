"""The words of a grant: what is allowed is said, what changes is said, and the clock is named."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from pipeline.consent.words import changes_in_words, clock_changes, grant_in_words, hours_in_words, kinds_in_words
from pipeline.domain.consent import EVERY_DAY, ConsentGrant, DailyHours, FootageSpan, Pause, Weekday
from pipeline.domain.events import EventKind, Zone
from tests.builders import a_grant

NAMES = {"ring:1001": "Front door", "ring:1002": "Garden"}
NOW = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)
WORKDAYS, WEEKEND = EVERY_DAY[:5], EVERY_DAY[5:]
CLIP = FootageSpan("ring:1001", NOW, NOW + timedelta(minutes=1))
ALWAYS = (DailyHours(time(0), time(0)),)


def of_new_york(**changes: Any) -> ConsentGrant:
    usual = a_grant(
        event_kinds=(EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP),
        hours=(DailyHours(time(18), time(8), WORKDAYS),),
        time_zone="America/New_York",
        granted_at=NOW,
        expires_at=datetime(2027, 4, 1, 4, 0, tzinfo=UTC),
    )
    return replace(usual, **changes)


def test_a_grant_is_said_in_two_sentences_and_the_clock() -> None:
    assert grant_in_words(of_new_york(), NAMES, NOW) == (
        "From tonight, 18:30, until the end of 31 March 2027, between 18:00 and 08:00 of the next day on weekdays, "
        "the camera Front door: packages delivered and picked up, without sound, for package theft, "
        "for Oak Street police. Nobody else. "
        "Of a recording only the moments of such events may be watched and handed out, with a little before and after; "
        "the recording itself is kept, and does not leave. "
        "The hours are those of the clock in America/New_York, also after the clocks change on 14 March 2027. "
        "A recording that begins in these hours and goes on after them is kept whole; what was recorded outside of "
        "them is not shown, and the recording itself does not leave."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"audio": True}, "with sound"),
        ({"whole_recordings": True}, "The whole recording in which such an event lies may be watched, also what else"),
        (
            {"spans": (CLIP,)},
            "Of that only Front door 4 January 2027, 18:30:00 to 4 January 2027, 18:31:00 (America/New_York).",
        ),
        ({"spans": ()}, "Of that only nothing."),
        ({"spans": (replace(CLIP, camera_id="ring:1002"),)}, "Of that only nothing."),
        ({"camera_ids": ("ring:1001", "ring:1002")}, "the cameras Front door and Garden:"),
        ({"camera_ids": ("ring:7",)}, "the camera ring:7:"),
        ({"camera_ids": ()}, "no camera:"),
        ({"event_kinds": tuple(EventKind)}, "every kind of event,"),
        ({"event_kinds": ()}, ": nothing,"),
        ({"hours": ALWAYS}, ", at any hour,"),
        ({"zones": (Zone("porch", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))),)}, ", only what touches the zone porch,"),
        ({"expires_at": datetime(2027, 4, 1, 16, 5, tzinfo=UTC)}, "until 1 April 2027, 12:05,"),
        ({"covers_from": datetime(2026, 12, 24, 5, 0, tzinfo=UTC)}, "From 24 December 2026 until"),
        ({"covers_from": datetime(2027, 1, 4, 14, 0, tzinfo=UTC)}, "From today, 09:00, until"),
        ({"expires_at": NOW + timedelta(days=9)}, "The hours are those of the clock in America/New_York."),
        ({"pauses": (Pause(NOW - timedelta(hours=1)),)}, "Paused since 4 January 2027, 17:30: nothing of this"),
        ({"pauses": (Pause(NOW, NOW + timedelta(hours=1)),)}, "4 January 2027, 18:30 to 4 January 2027, 19:30."),
        ({"revoked_at": NOW, "pauses": (Pause(NOW),)}, "Revoked on 4 January 2027, 18:30: nothing"),
    ],
)
def test_each_part_has_its_words(changes: dict[str, Any], said: str) -> None:
    assert said in grant_in_words(of_new_york(**changes), NAMES, NOW)


def test_what_is_over_says_so_and_what_is_always_needs_no_clock() -> None:
    grant = of_new_york(hours=ALWAYS)

    assert grant_in_words(grant, NAMES, grant.expires_at).endswith("It has ended: nothing of this is allowed any more.")
    assert "clock" not in grant_in_words(grant, NAMES, NOW)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((), "at no hour"),
        (ALWAYS, "at any hour"),
        ((DailyHours(time(18), time(8)),), "between 18:00 and 08:00"),
        ((DailyHours(time(0), time(0), WEEKEND),), "all day on Saturdays and Sundays"),
        ((DailyHours(time(9), time(17), (Weekday.TUESDAY,)),), "between 09:00 and 17:00 on Tuesdays"),
        (
            (DailyHours(time(18), time(8), WORKDAYS), DailyHours(time(0), time(0), WEEKEND)),
            "between 18:00 and 08:00 of the next day on weekdays or all day on Saturdays and Sundays",
        ),
    ],
)
def test_hours_and_days(hours: tuple[DailyHours, ...], said: str) -> None:
    assert hours_in_words(hours) == said


def test_every_kind_has_words_of_its_own() -> None:
    said = [kinds_in_words((kind,)) for kind in EventKind]

    assert len(set(said)) == len(said)
    assert kinds_in_words((EventKind.ANIMAL_PRESENT, EventKind.PACKAGE_WAITING)) == "packages waiting, animals"


def test_the_clocks_change_at_most_twice_a_year_and_never_in_utc() -> None:
    year = of_new_york(expires_at=NOW + timedelta(days=365))

    assert [f"{one:%d %B %H:%M}" for one in clock_changes(year)] == ["14 March 03:00", "07 November 01:00"]
    assert clock_changes(replace(year, time_zone="UTC")) == ()


def test_what_changed_between_versions_is_said_less_first() -> None:
    before = of_new_york(camera_ids=("ring:1001", "ring:1002"))
    after = replace(
        before,
        version=2,
        camera_ids=("ring:1001",),
        event_kinds=(EventKind.PACKAGE_DELIVERED, EventKind.ANIMAL_PRESENT),
        hours=ALWAYS,
        zones=(Zone("porch", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))),),
        audio=True,
    )

    assert changes_in_words(before, after, NAMES) == (
        "no longer: camera Garden",
        "no longer: kind of event package picked up",
        "now also: kind of event animal present",
        "hours: at any hour (America/New_York), before that between 18:00 and 08:00 of the next day on weekdays "
        "(America/New_York)",
        "zones: porch (0.00,0.00 1.00,0.00 1.00,1.00), before that the whole picture",
        "sound: may be used, before that may not be used",
    )
    assert changes_in_words(after, replace(after, version=3), NAMES) == ()


def test_a_pause_its_end_and_a_revocation_are_changes() -> None:
    grant = of_new_york()
    paused = replace(grant, version=2, pauses=(Pause(NOW),))
    resumed = replace(grant, version=3, pauses=(Pause(NOW, NOW + timedelta(hours=2)),))
    revoked = replace(resumed, version=4, revoked_at=NOW + timedelta(hours=3))

    assert changes_in_words(grant, paused, NAMES) == ("paused on 4 January 2027, 18:30",)
    assert changes_in_words(paused, resumed, NAMES) == (
        "it goes on since 4 January 2027, 20:30; what was recorded in the pause stays outside",
    )
    assert changes_in_words(resumed, revoked, NAMES) == ("revoked on 4 January 2027, 21:30",)
