"""What is typed, and what it is understood as: one line a phrase."""

import pytest

from pipeline.asking.reading import Surroundings
from pipeline.asking.understand import LONGEST, understand

PHRASES = {
    # What happened
    "package picked up": "kind=package_picked_up",
    "somebody picked up a parcel": "kind=package_picked_up",
    "pick-ups": "kind=package_picked_up",
    "parcel gone": "kind=package_picked_up",
    "stolen package": "kind=package_picked_up",
    "porch piracy": "kind=package_picked_up",
    "package was delivered": "kind=package_delivered",
    "delivered or picked up": "kind=package_delivered kind=package_picked_up",
    "box dropped off": "kind=package_delivered",
    "package waiting": "kind=package_waiting",
    "package moved": "kind=package_moved",
    "someone at the door": "kind=person_at_door",
    "loitering": "kind=loitering",
    "person hanging around": "object=person kind=loitering",
    "doorbell rang": "kind=doorbell_pressed",
    "car parked": "kind=vehicle_stopped",
    "a van driving by": "kind=vehicle_passing",
    "bag left behind": "kind=object_left",
    "something removed": "kind=object_removed",
    "camera covered": "kind=camera_obscured",
    "camera frozen": "kind=camera_frozen",
    "footage cut": "kind=footage_cut",
    "package_waiting": "kind=package_waiting",
    # What was seen
    "person": "object=person",
    "white van": "object=vehicle colour=white:vehicle",
    "dark blue SUV": "object=vehicle colour=blue:vehicle",
    "silver car": "object=vehicle colour=grey:vehicle",
    "red jacket": "colour=red:upper",
    "person wearing a red hoodie": "object=person colour=red:upper",
    "black trousers": "colour=black:lower",
    "dressed in black": "object=person colour=black",
    "green": "colour=green",
    "black dog": "object=dog",
    "dog or cat": "object=dog object=cat",
    "bicycle": "object=bicycle",
    # Where
    "at Front Door": "camera=ring:1 camera=ring:3",
    "camera Lawn": "camera=ring:2",
    "garage camera": "camera=folder:9",
    "folder:9": "camera=folder:9",
    "near Oak Street": "street=Oak Street",
    "near Oak": "street=Oak",
    "on Elm Road": "street=Elm Road",
    "near 51.5,-0.12 within 300 m": "near=51.5,-0.12,300",
    "near 51.5, -0.12": "near=51.5,-0.12,200",
    "within 2 km of 51.5,-0.12": "near=51.5,-0.12,2000",
    "within 300 m of Lawn": "near=51.51,-0.12,300",
    "near Lawn within 500 feet": "near=51.51,-0.12,152.4",
    "zone driveway": "zone=driveway",
    "in the driveway zone": "zone=driveway",
    'zone "package zone"': "zone=package zone",
    # When
    "today": "since=2026-11-26T00:00Z until=2026-11-27T00:00Z",
    "yesterday": "since=2026-11-25T00:00Z until=2026-11-26T00:00Z",
    "Tuesday": "since=2026-11-24T00:00Z until=2026-11-25T00:00Z",
    "Tuesday evening": "since=2026-11-24T18:00Z until=2026-11-24T22:00Z",
    "on tuesday night": "since=2026-11-24T22:00Z until=2026-11-25T06:00Z",
    "last Thursday": "since=2026-11-19T00:00Z until=2026-11-20T00:00Z",
    "last night": "since=2026-11-25T18:00Z until=2026-11-26T06:00Z",
    "this morning": "since=2026-11-26T06:00Z until=2026-11-26T12:00Z",
    "since Monday": "since=2026-11-23T00:00Z",
    "since Monday 18:00": "since=2026-11-23T18:00Z",
    "after 10 March": "since=2026-03-11T00:00Z",
    "before March": "until=2026-03-01T00:00Z",
    "until Tuesday": "until=2026-11-25T00:00Z",
    "between Monday and Wednesday": "since=2026-11-23T00:00Z until=2026-11-26T00:00Z",
    "Monday to Friday": "since=2026-11-16T00:00Z until=2026-11-21T00:00Z",
    "last week": "since=2026-11-16T00:00Z until=2026-11-23T00:00Z",
    "last weekend": "since=2026-11-21T00:00Z until=2026-11-23T00:00Z",
    "in the last 7 days": "since=2026-11-20T00:00Z until=2026-11-27T00:00Z",
    "last 24 hours": "since=2026-11-25T10:00Z",
    "3 days ago": "since=2026-11-23T00:00Z until=2026-11-24T00:00Z",
    "in March": "since=2026-03-01T00:00Z until=2026-03-31T23:00Z",
    "December": "since=2025-12-01T00:00Z until=2026-01-01T00:00Z",
    "in 2025": "since=2025-01-01T00:00Z until=2026-01-01T00:00Z",
    "12 March": "since=2026-03-12T00:00Z until=2026-03-13T00:00Z",
    "March 12th, 2025": "since=2025-03-12T00:00Z until=2025-03-13T00:00Z",
    "2026-03-10": "since=2026-03-10T00:00Z until=2026-03-11T00:00Z",
    "10.3.2026": "since=2026-03-10T00:00Z until=2026-03-11T00:00Z",
    "yesterday 18:00-20:00": "since=2026-11-25T18:00Z until=2026-11-25T20:00Z",
    "Tuesday after 6pm": "since=2026-11-24T18:00Z until=2026-11-25T00:00Z",
    "18:00-20:00": "hours=18:00-20:00",
    "6-8 pm": "hours=18:00-20:00",
    "between 10pm and 2am": "hours=22:00-02:00",
    "in the evening": "hours=18:00-22:00",
    "around noon": "hours=11:30-12:30",
    "after 6pm": "hours=18:00-24:00",
    "Tuesdays": "weekday=tue",
    "Tuesday evenings": "weekday=tue hours=18:00-22:00",
    "at weekends": "weekday=sat weekday=sun",
    # How sure, how long, what people said, to what it belongs
    "score over 0.8": "score=0.8",
    "over 80%": "score=0.8",
    "score below 0.5": "score_most=0.5",
    "score at most 0.5": "score_most=0.5",
    "score at least 0.5": "score=0.5",
    "score 0.4 to 0.6": "score=0.4 score_most=0.6",
    "over 20 s": "lasting=20",
    "2 minutes or more": "lasting=120",
    "not seen": "watched=no",
    "not yet seen": "watched=no",
    "not seen by me yet": "watched=no",
    "unseen by me": "watched=no",
    "never watched": "watched=no",
    "that I have not seen yet": "watched=no",
    "I haven't watched": "watched=no",
    "seen by me": "watched=yes",
    "already seen": "watched=yes",
    "cannot tell": "verdict=cannot_tell",
    "cannot tell because too dark": "reason=too_dark",
    "can't tell because the camera moved": "reason=camera_moved",
    "confirmed": "tag=confirmed",
    "not confirmed": "tag=none tag=rejected tag=corrected",
    "unreviewed": "tag=none",
    "case 24-117": "incident=in-1 incident=in-2",
    "case 25/9": "incident=in-3",
    "grant gr-1": "grant=gr-1",
    '"left by the wall"': "text=left by the wall",
    # What is not wanted
    "-loitering": "not_kind=loitering",
    "not on Tuesdays": "not_weekday=tue",
    "without package_waiting": "not_kind=package_waiting",
    "not at Lawn": "not_camera=ring:2",
    # The issue's own
    "package picked up Tuesday evening near Oak Street": (
        "kind=package_picked_up since=2026-11-24T18:00Z until=2026-11-24T22:00Z street=Oak Street"
    ),
    "white van last night": ("object=vehicle colour=white:vehicle since=2026-11-25T18:00Z until=2026-11-26T06:00Z"),
    "loitering over 20 s at Front Door": "kind=loitering lasting=20 camera=ring:1 camera=ring:3",
    "cannot tell because too dark since Monday": "reason=too_dark since=2026-11-23T00:00Z",
    "person red jacket 18:00-20:00 not confirmed": (
        "object=person colour=red:upper hours=18:00-20:00 tag=none tag=rejected tag=corrected"
    ),
}


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_is_understood_whole(phrase: str, around: Surroundings) -> None:
    understood = understand(phrase, around)
    assert " ".join(f"{field}={value}" for field, value in understood.pairs) == PHRASES[phrase]
    assert understood.unread == ()


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("tall person with umbrella", ["tall", "umbrella"]),
        ("near Nowhere Street last night", ["Nowhere Street"]),
        ("case 99-1", ["case 99-1"]),
        ("31 February", ["31"]),
        ("at 25:00", ["25:00"]),
        ("score over 3", ["score over 3"]),
        ("grandiose yesterday splendid", ["grandiose", "splendid"]),
        ("may he march", ["may he march"]),
    ],
)
def test_what_is_not_understood_is_said(text: str, unread: list[str], around: Surroundings) -> None:
    assert [one.words for one in understand(text, around).unread] == unread


def test_words_that_only_join_are_not_called_misunderstood(around: Surroundings) -> None:
    understood = understand("show me all the clips with a person, please", around)
    assert understood.pairs == (("object", "person"),)
    assert understood.unread == ()


def test_the_same_said_twice_is_one_phrase(around: Surroundings) -> None:
    (phrase,) = understand("person and someone", around).phrases
    assert len(phrase.spans) == 2


def test_what_two_things_could_be_is_said_on_the_chip(around: Surroundings) -> None:
    (phrase,) = understand("03/10/2026", around).phrases
    assert phrase.reading.says == "Tue 10 Mar 2026"
    assert "2026-10-03" in phrase.reading.hint


def test_a_theft_is_not_promised(around: Surroundings) -> None:
    (phrase,) = understand("stolen package", around).phrases
    assert "never whether it was allowed" in phrase.reading.hint


def test_what_is_too_long_is_read_in_part_and_said(around: Surroundings) -> None:
    understood = understand("person " * 200, around)
    assert understood.pairs == (("object", "person"),)
    assert understood.unread[-1].why == f"only the first {LONGEST} characters are read"
