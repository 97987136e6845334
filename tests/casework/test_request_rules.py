import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.casework.requests.linter import lint
from pipeline.casework.requests.wording import is_about_assembly, personal_details, possible_names
from pipeline.domain.events import EventKind
from pipeline.domain.footage_requests import LARGEST_AREA, SMALLEST_AREA, FootageRequest, Rule
from pipeline.domain.places import Area, Circle

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "requests.md"
GOOD = FootageRequest(
    case_number="24-117",
    title="Parcel taken from a porch",
    words="Somebody in a red jacket took a parcel from a porch and left by bicycle.",
    place=Circle(51.5, -0.12, 300),
    starts_at=NOW - timedelta(hours=20),
    ends_at=NOW - timedelta(hours=18),
    kinds=(EventKind.PACKAGE_PICKED_UP,),
    purpose="package theft",
    recipient="Oak Street police",
)


def area(corners: str) -> Area:
    pairs = (corner.split(",") for corner in corners.split(";"))
    return Area(tuple((float(latitude), float(longitude)) for latitude, longitude in pairs))


def changed(example: str) -> tuple[FootageRequest, int]:
    """The request of the page with what an example changes, and how many posts the case had."""
    name, _, value = (part.strip() for part in example.partition(":"))
    if name == "hours":
        return replace(GOOD, ends_at=GOOD.starts_at + timedelta(hours=float(value))), 0
    if name == "ends":
        ends = NOW + timedelta(hours=float(value.removesuffix(" h")))
        return replace(GOOD, starts_at=ends - timedelta(hours=2), ends_at=ends), 0
    if name in ("radius", "corners"):
        return replace(GOOD, place=area(value) if name == "corners" else Circle(51.5, -0.12, float(value))), 0
    if name == "posts before":
        return GOOD, int(value)
    if name == "case":
        return replace(GOOD, case_number=value), 0
    return replace(GOOD, words=value), 0


def examples() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \| .* \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [(rule, passes, refused) for rule, passes, refused in rows]


def test_the_page_shows_every_rule() -> None:
    assert sorted(rule for rule, _, _ in examples()) == sorted(Rule)


@pytest.mark.parametrize(("rule", "passes", "refused"), examples())
def test_each_rule_has_an_example_that_passes_and_one_that_is_refused(rule: str, passes: str, refused: str) -> None:
    request, posts = changed(passes)
    assert lint(request, posts, NOW) == ()
    request, posts = changed(refused)
    assert [found.rule for found in lint(request, posts, NOW)] == [Rule(rule)]
    assert all(found.remedy and found.found for found in lint(request, posts, NOW))


def test_a_refusal_repeats_no_detail_of_a_person() -> None:
    words = (
        "Call Mrs Jane Doe of 14 Oak Street, apt 3, jane.doe@example.org, +44 20 7946 0018, 078-05-1120, born on 1 May."
    )
    (found,) = lint(replace(GOOD, words=words), 0, NOW)
    assert found.rule is Rule.PERSONAL_DETAIL
    for secret in ("Jane", "Doe", "Oak", "7946", "jane.doe", "078"):
        assert secret not in found.found + found.remedy


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("write to a.b@example.org", "an e-mail address"),
        ("call (555) 010-0199 now", "a telephone number"),
        ("call +1 555 010 0199", "a telephone number"),
        ("Call Jane Smith at 555 0199", "a telephone number"),
        ("Text 555-0199 if you saw it", "a telephone number"),
        ("555 0199 is the number to call", "a telephone number"),
        ("Contact us, day or night: 5550199", "a telephone number"),
        ("her number is 078-05-1120", "a social security number"),
        ("DOB 1990", "a date of birth"),
        ("at 14 Oak Street", "the address of a home"),
        ("Flat 12b", "the number of a flat"),
        ("the victim, Jane Doe, saw it", "the name of a person"),
        ("Mr. Smith saw it", "the name of a person"),
        ("license plate ABC 1234", "a number plate"),
        ("License plate ABC1234", "a number plate"),
        ("Registration AB12 CDE", "a number plate"),
    ],
)
def test_details_of_a_person_are_found(text: str, what: str) -> None:
    assert what in personal_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "Case 24-117, between 18:00 and 20:00 on 2026-03-10, near Oak Street.",
        "Two persons took 3 parcels within 200 metres of the park on March 10.",
        "The van stopped for 90 seconds. A witness saw it leave towards Main Street.",
        "Residents of Oak Street: a bicycle was taken.",
        "See case number 2024-0012; number 2024 was used before.",
        "Call the desk about case 2024-001277. It happened on 2026-03-10, 22:15:00.",
        "Somebody took a call on a mobile at 22.15, on 10.03.2026. 1200500 homes have a doorbell.",
        "Call 911 in an emergency.",
    ],
)
def test_plain_descriptions_hold_no_detail(text: str) -> None:
    assert personal_details(text) == ()
    assert possible_names(text) == ()


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("Call Jane Smith at the desk", "J... S..."),
        ("Jane Smith took it.", "J... S..."),
        ("It was J. Smith who took it", "J... S..."),
        ("a parcel for José Núñez-Gil", "J... N..."),
        ("taken by\nMary Ann O'Neill", "M... A... O..."),
        ("seen with Will McDonald's dog", "W... M..."),
        ("a Honda Civic of John Doe", "J... D..."),
        ("April Jones took it", "A... J..."),
        ("It was seen by May Brown on Monday March 2", "M... B..."),
        ("a bicycle of August Wilson, taken on Easter Monday", "A... W..."),
        ("Wednesday Addams saw it", "W... A..."),
        ("Jane Hill took it", "J... H..."),
        ("a bag of Sarah Green", "S... G..."),
        ("given to Eve Lane", "E... L..."),
        ("Mercedes Lopez left by bicycle", "M... L..."),
        ("a parcel for Lincoln James", "L... J..."),
    ],
)
def test_what_has_the_shape_of_a_name_is_asked_about_and_not_repeated(text: str, initials: str) -> None:
    assert possible_names(text) == (initials,)
    (found,) = lint(replace(GOOD, words=text), 0, NOW)
    assert found.rule is Rule.POSSIBLE_NAME
    assert initials in found.found


@pytest.mark.parametrize(
    "text",
    [
        "Near Mill Park, on Monday March 2, a Honda Civic or a Ford Transit Custom stopped.",
        "The Land Rover went from St. Mary's Church to the Blue Bell pub. Somebody Waved.",
        "Residents of Upper Elm and New Cross: a Royal Mail parcel was taken by a rider in Under Armour.",
        "A Volvo, Honda or Ford. From Riverside, Brookfield, Lyons and Berwyn.",
        "On Labor Day, Good Friday, Christmas Eve and Easter Monday, and between April 14 and May 2.",
        "A silver Mercedes Benz and the Lincoln Navigator stood near Forest Hill, at the Green Lane, in Lincoln Park.",
        "It was recorded by a Ring Video Doorbell. Police ask for help. Between Oak Street and Elm Street it was lost.",
    ],
)
def test_places_vehicles_days_and_brands_are_no_names(text: str) -> None:
    assert possible_names(text) == ()


@pytest.mark.parametrize(
    "text", ["Protesters at the square", "a candle-light vigil", "those ON STRIKE", "Sunday's church services"]
)
def test_lawful_assemblies_are_found(text: str) -> None:
    assert is_about_assembly(text)


@pytest.mark.parametrize(
    "text", ["On 3 March a strike with a hammer broke a window", "A march of ants", "The sign of a shop fell"]
)
def test_other_words_are_no_assembly(text: str) -> None:
    assert not is_about_assembly(text)


def test_several_rules_are_named_at_once() -> None:
    request = replace(GOOD, case_number="", words="", place=Circle(51.5, -0.12, 10))
    found = [refusal.rule for refusal in lint(request, 0, NOW)]
    assert found == [Rule.CASE_NUMBER, Rule.AREA_TOO_SMALL, Rule.NO_WORDS]


@pytest.mark.parametrize("latitude", [0.0, 51.5, 69.6])
def test_an_area_is_measured_alike_at_every_latitude(latitude: float) -> None:
    north = 500 / 111_195
    east = north / math.cos(math.radians(latitude))
    square = Area(((latitude, 10.0), (latitude, 10 + east), (latitude + north, 10 + east), (latitude + north, 10.0)))
    assert square.square_metres == pytest.approx(250_000, rel=0.01)
    assert SMALLEST_AREA < square.square_metres < LARGEST_AREA


def test_a_window_without_a_zone_is_no_window() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(GOOD, starts_at=GOOD.starts_at.replace(tzinfo=None))


SQUARE = "0,0;0,0.006;0.006,0.006;0.006,0"


@pytest.mark.parametrize(
    ("corners", "is_sound"),
    [
        (SQUARE, True),
        (";".join(reversed(SQUARE.split(";"))), True),
        (f"{SQUARE};0,0", True),
        ("0,0;0,0.003;0,0.006;0.006,0.006;0.006,0", True),
        ("0,0;0.006,0.006;0,0.006;0.006,0", False),
        ("0,0;0,0.02;0.02,0.02;0.02,0.019;0.001,0.019;0.001,0", False),
        ("0,0;0,0.006;0.003,0.003;0.006,0.006;0.006,0", False),
        ("0.0,0.003;0.0057,0.0044;0.0022,0.0092;0.0022,0.0;0.0057,0.0048", False),
        ("0,0;0,0.03;0.0006,0.03;0.0006,0", False),
    ],
    ids=["square", "the other way round", "closed", "straight corner", "bow tie", "arms", "dent", "star", "strip"],
)
def test_an_area_has_no_arms_and_does_not_cross_itself(corners: str, is_sound: bool) -> None:
    found = {one.rule for one in lint(replace(GOOD, place=area(corners)), 0, NOW)}
    assert (Rule.AREA_SHAPE not in found) is is_sound
