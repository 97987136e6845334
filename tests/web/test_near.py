"""What everybody sees of the reports around a place: the page, the feed, the card. Nobody signs in."""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest

from pipeline.casework.near.town import open_town
from pipeline.domain.found_places import Street
from pipeline.domain.incidents import metres_between
from pipeline.domain.neighbour_reports import PublishedReport, ReportCategory
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.geocoding import Ground
from pipeline.settings import AgencySettings, NearSettings, Settings, StoreSettings, WebSettings
from pipeline.web.app import build_app
from pipeline.web.views.near_map import RING, SIDE, map_view
from tests.geocoding.test_finding import STREETS
from tests.near_reports import publish
from tests.retention.story import Town, a_town
from tests.web.desk import ADDRESS, Browser


@dataclass
class Public:
    """The public pages of a town in which four reports were published."""

    browser: Browser
    town: Town
    shown: dict[str, PublishedReport]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    folder = tmp_path_factory.mktemp("near")
    streets = folder / "streets.geojson"
    streets.write_text(json.dumps(STREETS))
    settings = Settings(
        store=StoreSettings(directory=folder / "store"),
        web=WebSettings(public_url=ADDRESS),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
        near=NearSettings(streets=streets, asks_per_minute=1000),
    )
    with a_town(settings) as town:
        catalogue, now = town.services.catalogue, town.clock.now()
        shown = {
            "near": publish(catalogue, 1, now - timedelta(hours=2)),
            "lost": publish(catalogue, 2, now - timedelta(days=3), category=ReportCategory.LOST_AND_FOUND,
                            words="a <b>key</b> & a \"glove\""),
            "old": publish(catalogue, 3, now - timedelta(days=60), words="in another season"),
            "far": publish(catalogue, 4, now - timedelta(hours=3), block=(51.6, -0.12), words="in the north"),
        }  # fmt: skip
        yield Public(Browser(build_app(town.services)), town, shown)


AROUND = "at=51.500,-0.120&metres=800"


def test_a_street_is_typed_and_what_was_reported_around_it_is_listed(public: Public) -> None:
    page = public.browser.get("/near?q=12+Elm+St.&metres=1600")

    assert page.status_code == 200
    assert "2 reports" in page.text
    assert "within 1.6 km (1.0 miles) of Elm Street" in page.text
    assert "a box was taken from the step" in page.text
    assert "in the north" not in page.text
    assert "in another season" not in page.text
    assert "set-cookie" not in page.headers


def test_nothing_that_is_not_published_is_on_the_page(public: Public) -> None:
    pages = "".join(public.browser.get(path).text for path in (f"/near?{AROUND}", f"/near/feed.atom?{AROUND}", "/near"))
    assert "what only the agency reads" not in pages
    assert "51.5004" not in pages
    assert ":17" not in pages


def test_what_was_chosen_stands_in_the_address(public: Public) -> None:
    page = public.browser.get(f"/near?{AROUND}&category=lost+and+found&days=90")
    assert "1 report" in page.text
    assert "a &lt;b&gt;key&lt;/b&gt; &amp; a &#34;glove&#34;" in page.text
    assert page.text.count(" checked") == 1
    assert '<option value="90" selected>' in page.text
    assert "in another season" in public.browser.get(f"/near?{AROUND}&days=90").text


def test_without_a_place_all_of_the_agencys_area_is_shown(public: Public) -> None:
    page = public.browser.get("/near").text
    assert "3 reports" in page
    assert "Everywhere in the area of Oak Street police" in page


def test_a_place_that_nobody_knows_is_said_and_a_pin_is_offered(public: Public) -> None:
    page = public.browser.get("/near?q=Nowhere+at+all")
    assert page.status_code == 200
    assert "Nobody here knows that place" in page.text


@pytest.mark.parametrize("query", ["at=here", "at=51.5,-0.12&metres=1", "at=51.5,-0.12&category=arson"])
def test_what_no_page_can_show_is_refused_in_words(public: Public, query: str) -> None:
    page = public.browser.get(f"/near?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.text


def test_other_places_of_the_name_are_offered(public: Public) -> None:
    page = public.browser.get("/near?q=1+Elm+St+N").text
    assert "/near?at=51.501%2C-0.12" in page


def test_a_report_has_a_page_and_what_was_taken_back_has_none(public: Public) -> None:
    page = public.browser.get("/near/reports/nr-000000000001").text
    assert "about" in page
    assert "a box was taken" in page
    assert public.browser.get("/near/reports/nr-0000000000ff").status_code == 404
    assert public.browser.get("/near/reports/anything").status_code == 404


def test_the_address_that_is_shared_shows_a_card_and_names_no_door(public: Public) -> None:
    page = public.browser.get(f"/near?q={quote('51.500321, -0.120123')}").text
    assert (
        f'property="og:image" content="{ADDRESS}/near/card.png?at=51.500%2C-0.120&amp;metres=800&amp;days=30"' in page
    )
    assert "51.500321" not in page.partition("property=")[2].partition("</head>")[0]
    card = public.browser.get("/near/card.png?at=51.500,-0.120&metres=800&days=30")
    assert card.headers["content-type"] == "image/png"
    assert struct.unpack(">II", card.content[16:24]) == (1200, 630)
    assert card.headers["cross-origin-resource-policy"] == "cross-origin"


def test_a_reader_of_feeds_understands_the_feed(public: Public) -> None:
    answer = public.browser.get(f"/near/feed.atom?{AROUND}")
    read = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})

    assert read.bozo == 0
    assert read.version == "atom10"
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "not an emergency service" in read.feed.subtitle
    assert "555-0100" in read.feed.subtitle
    assert read.feed.author == "Oak Street police"
    assert [link.href for link in read.feed.links if link.rel == "self"] == [
        f"{ADDRESS}/near/feed.atom?at=51.500%2C-0.120&metres=800"
    ]
    assert [entry.link.rpartition("-")[2].lstrip("0") for entry in read.entries] == ["1", "2", "3"]
    for entry in read.entries:
        assert entry.id.startswith("urn:uuid:")
        assert entry.published == entry.updated
        assert entry.where["coordinates"] == (-0.12, 51.5)
        assert "not an emergency service" in entry.summary
    assert len({entry.id for entry in read.entries}) == 3


def test_a_feed_without_reports_is_whole(public: Public) -> None:
    read = feedparser.parse(public.browser.get("/near/feed.atom?at=10,10").content)
    assert (read.bozo, read.entries) == (0, [])
    assert read.feed.updated


def test_a_reader_that_has_the_feed_is_told_so_until_something_changes(public: Public) -> None:
    first = public.browser.get(f"/near/feed.atom?{AROUND}&category=other")
    again = {"If-None-Match": first.headers["etag"]}
    known = public.browser.get(f"/near/feed.atom?{AROUND}&category=other", headers=again)
    assert (known.status_code, known.content) == (304, b"")

    publish(
        public.town.services.catalogue, 9, public.town.clock.now() - timedelta(hours=5), category=ReportCategory.OTHER
    )
    changed = public.browser.get(f"/near/feed.atom?{AROUND}&category=other", headers=again)
    assert changed.status_code == 200
    public.town.services.catalogue.neighbour_reports.unpublish("nr-000000000009", [])
    assert public.browser.get(f"/near/feed.atom?{AROUND}&category=other", headers=again).status_code == 304


def test_a_form_asks_where_words_lie(public: Public) -> None:
    told = public.browser.get("/near/places.json?q=12+Elm+St").json()
    assert [(one["name"], one["latitude"]) for one in told["places"]] == [("Elm Street", 51.501)]
    assert public.browser.get("/near/places.json?q=nowhere").json() == {"places": [], "said": ""}


def test_the_streets_of_a_part_of_the_map_are_told(public: Public) -> None:
    told = public.browser.get("/near/ground.json?south=51.59&west=-0.14&north=51.61&east=-0.1").json()
    assert [one["name"] for one in told["streets"]] == ["Elm Street North"]
    assert public.browser.get("/near/ground.json?south=-80&west=-170&north=80&east=170").json()["streets"] == []
    wrong = public.browser.get(
        "/near/ground.json?south=2&west=1&north=1&east=1", headers={"Accept": "application/json"}
    )
    assert wrong.status_code == 422


def test_the_agencys_areas_are_drawn_and_found_by_name(tmp_path: Path) -> None:
    areas = tmp_path / "areas.geojson"
    ring = [[-0.2, 51.4], [0.0, 51.4], [0.0, 51.6], [-0.2, 51.6], [-0.2, 51.4]]
    feature = {"type": "Feature", "properties": {"kind": "area", "id": "north", "name": "North Side"},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    areas.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    town = open_town(Settings(agency=AgencySettings(areas=areas)))
    (found,) = town.finder.find("north side").places
    assert (round(found.latitude, 3), round(found.longitude, 3)) == (51.5, -0.1)
    assert town.start == pytest.approx((51.5, -0.1))
    assert [one.name for one in town.areas] == ["North Side"]


def test_looking_writes_nothing_down(public: Public) -> None:
    before = public.town.services.catalogue.custody.head().size
    for path in ("/near?q=Elm+Street", f"/near/feed.atom?{AROUND}", "/near/reports/nr-000000000001"):
        assert public.browser.get(path).status_code == 200
    assert public.town.services.catalogue.custody.head().size == before


def test_one_address_asks_for_places_only_so_often(tmp_path: Path) -> None:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "store"),
        web=WebSettings(public_url=ADDRESS),
        near=NearSettings(asks_per_minute=5),
    )
    with a_town(settings) as town:
        browser = Browser(build_app(town.services))
        answers = [browser.get("/near?q=51.5,-0.12") for _ in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [422]
        assert "too many places" in answers[-1].text.lower()
        assert browser.get("/near").status_code == 200
        feeds = [browser.get("/near/feed.atom").status_code for _ in range(6)]
        assert feeds == [200] * 5 + [429]


def test_the_server_draws_the_map_with_its_dots_in_their_places(public: Public) -> None:
    page = public.browser.get(f"/near?{AROUND}").text
    (drawn,) = re.findall(r"<svg class=\"drawn\".*?</svg>", page, re.DOTALL)
    middle, north = public.shown["near"].block, public.shown["far"].block
    report_id = public.shown["near"].report_id

    (at,) = re.findall(rf'href="#{report_id}" tabindex="-1"><circle class="dot \w+" cx="(-?\d+)" cy="(-?\d+)"', drawn)
    assert abs(int(at[0]) - SIDE / 2) < SIDE * RING * metres_between(middle, (51.5, -0.12)) / 800 + 1
    assert f'id="{report_id}"' in page
    assert 'class="street" d="M' in drawn
    assert 'class="reach"' in drawn
    assert drawn.count('<circle class="dot') == 1
    everywhere = public.browser.get("/near?days=90").text
    (first,) = re.findall(rf'href="#{report_id}" tabindex="-1"><circle [^>]*cy="(-?\d+)"', everywhere)
    (other,) = re.findall(
        rf'href="#{public.shown["far"].report_id}" tabindex="-1"><circle [^>]*cy="(-?\d+)"', everywhere
    )
    assert north[0] > middle[0]
    assert int(other) < int(first)


def test_a_town_of_many_streets_draws_no_more_of_them_than_the_page_may_weigh(tmp_path: Path) -> None:
    streets = tuple(
        Street(f"Street {row}", (tuple((51.4 + row / 20_000, -0.3 + step / 300) for step in range(200)),))
        for row in range(4_000)
    )
    town = replace(open_town(Settings()), ground=Ground(streets), start=(51.5, -0.12))
    drawn = map_view(town, Neighbourhood((51.5, -0.12), 5000), [])
    assert drawn is not None
    assert drawn["ring"]
    assert 20_000 < len(drawn["streets"]) <= 40_000


def test_where_nothing_says_which_part_of_the_world_no_map_is_drawn() -> None:
    assert map_view(replace(open_town(Settings()), start=None), Neighbourhood(None, 800), []) is None


def test_names_stand_neither_over_one_another_nor_under_a_dot() -> None:
    along = tuple(Street(name, (((51.5 + north, -0.13), (51.5 + north, -0.11)),)) for name, north in (
        ("Elm Street", 0.004), ("Elm Row", 0.0041), ("Oak Street", -0.004), ("Under the dot", 0.0),
    ))  # fmt: skip
    town = replace(open_town(Settings()), ground=Ground(along))
    report = {
        "latitude": "51.5",
        "longitude": "-0.12",
        "id": "nr-1",
        "tone": "crime",
        "category": "Crime",
        "when": "now",
    }
    drawn = map_view(town, Neighbourhood((51.5, -0.12), 800), [report])
    assert drawn is not None
    assert [one["name"] for one in drawn["names"]] == ["Elm Street", "Oak Street"]
