"""Places by words: what lies in the house answers first, and words leave it only for what it does not know."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.domain.found_places import FoundPlace, PlaceSource
from pipeline.errors import PlaceServiceError, SettingsError
from pipeline.geocoding import Ground, open_finder, read_ground
from pipeline.geocoding.coordinates import read_coordinates
from pipeline.geocoding.service import AddressService
from pipeline.settings import NearSettings


class Nominatim:
    """An address service on loopback: answers what it was told to, and writes down what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.answer: tuple[int, bytes] = (200, b"[]")

    def knows(self, *rows: dict[str, str]) -> None:
        self.answer = (200, json.dumps(rows).encode())


@pytest.fixture
def nominatim() -> Iterator[tuple[Nominatim, str]]:
    told = Nominatim()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(parse_qs(urlsplit(self.path).query)["q"][0])
            told.agents.append(self.headers["User-Agent"])
            status, body = told.answer
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


STREETS = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"name": "Elm Street"},
         "geometry": {"type": "LineString", "coordinates": [[-0.13, 51.5], [-0.12, 51.501], [-0.11, 51.502]]}},
        {"type": "Feature", "properties": {"name": "Elm Street North"},
         "geometry": {"type": "LineString", "coordinates": [[-0.13, 51.6], [-0.12, 51.6]]}},
        {"type": "Feature", "properties": {"name": "Town Hall"},
         "geometry": {"type": "Point", "coordinates": [-0.125, 51.5005]}},
        {"type": "Feature", "properties": None,
         "geometry": {"type": "LineString", "coordinates": [[-0.13, 51.5], [-0.12, 51.5]]}},
    ],
}  # fmt: skip


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    path = tmp_path / "streets.geojson"
    path.write_text(json.dumps(STREETS))
    return read_ground(path)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("41.8379, -87.8213", (41.8379, -87.8213)),
        ("geo:41.8379,-87.8213;u=35", (41.8379, -87.8213)),
        ("41.8379 -87.8213", (41.8379, -87.8213)),
        ("41°50'16\"N 87°49'16\"W", (41.83778, -87.82111)),
        ("41.5 S, 87.25 E", (-41.5, 87.25)),
        ("91, 0", None),
        ("12 Elm Street", None),
        ("60546", None),
        ("", None),
    ],
)
def test_coordinates_are_read_as_people_write_them(words: str, place: tuple[float, float] | None) -> None:
    found = read_coordinates(words)
    assert (found and (found.latitude, found.longitude)) == place


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("12 Elm St.", ["Elm Street"]),
        ("12 elm street, Riverside", ["Elm Street"]),
        ("1 Elm St N", ["Elm Street North", "Elm Street"]),
        ("town h", ["Town Hall"]),
        ("el", []),
        ("Oak Street", []),
        ("12", []),
    ],
)
def test_a_street_is_found_by_its_name_and_a_house_number_is_passed_over(
    ground: Ground, words: str, names: list[str]
) -> None:
    found = open_finder(NearSettings(postcode_countries=()), ground).find(words)
    assert [place.name for place in found.places] == names


def test_a_postal_code_that_comes_with_the_program_is_understood_alone_and_behind_an_address() -> None:
    finder = open_finder(NearSettings(), Ground())
    for words in ("60546", "60546-1234", "12 Nowhere Road, Riverside, IL 60546"):
        (place,) = finder.find(words).places
        assert (round(place.latitude, 1), round(place.longitude, 1)) == (41.8, -87.8)
        assert place.source is PlaceSource.POSTCODE
        assert "ODbL" in place.credit
    assert finder.find("00000").places == ()
    abroad = open_finder(NearSettings(postcode_countries=("CA", "AU")), Ground())
    (place,) = abroad.find("L5L 1X2").places
    assert place.name.startswith("L5L, Mississauga")


def test_the_service_is_asked_only_for_what_the_house_does_not_know_and_once(
    nominatim: tuple[Nominatim, str], ground: Ground
) -> None:
    told, url = nominatim
    told.knows({"display_name": "Oak Street, Town", "lat": "51.5", "lon": "-0.12", "licence": "Data of the service"})
    settings = NearSettings(geocoder_url=url, geocoder_contact="ops@town.test", geocoder_per_minute=6000)
    finder = open_finder(settings, ground)

    for words in ("51.5, -0.1", "Elm Street", "60546"):
        assert finder.find(words).places
    assert told.asked == []

    for words in ("Oak Street", "  oak   street "):
        assert finder.find(words).places == (
            FoundPlace("Oak Street, Town", 51.5, -0.12, PlaceSource.SERVICE, "Data of the service"),
        )
    assert (told.asked, told.agents) == (["Oak Street"], ["doorstep (ops@town.test)"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, b"oops"), "does not answer"),
        ((200, b"not json"), "none that is understood"),
        ((200, b'[{"display_name": "x", "lat": "north", "lon": "0"}]'), "none that is understood"),
        ((200, b" " * 300_000), "too large"),
        ((302, b"http://127.0.0.1:1/elsewhere?q=x"), "does not answer"),
    ],
)
def test_a_service_that_fails_is_said_and_the_page_works_without_it(
    nominatim: tuple[Nominatim, str], answer: tuple[int, bytes], said: str
) -> None:
    told, url = nominatim
    told.answer = answer
    found = open_finder(NearSettings(geocoder_url=url), Ground()).find("1 Oak Street, 60546")

    assert said in found.said
    assert [place.source for place in found.places] == [PlaceSource.POSTCODE]
    assert told.asked == ["1 Oak Street, 60546"]


def test_a_place_that_is_not_on_earth_is_none(nominatim: tuple[Nominatim, str]) -> None:
    told, url = nominatim
    told.knows({"display_name": "Nowhere", "lat": "200", "lon": "0"})
    assert AddressService(NearSettings(geocoder_url=url)).find("x") == ()


def test_nobody_asks_faster_than_the_policy_allows(nominatim: tuple[Nominatim, str]) -> None:
    told, url = nominatim
    now = [100.0]
    service = AddressService(NearSettings(geocoder_url=url), lambda: now[0])
    service.find("one")
    now[0] += 0.5
    with pytest.raises(PlaceServiceError, match="a moment ago"):
        service.find("two")
    assert service.find("one") == ()
    now[0] += 0.6
    service.find("two")
    assert told.asked == ["one", "two"]


def test_answers_are_kept_for_their_hours_and_no_more_than_so_many(nominatim: tuple[Nominatim, str]) -> None:
    told, url = nominatim
    now = [0.0]
    service = AddressService(NearSettings(geocoder_url=url, geocoder_keeps=1), lambda: now[0])
    for words in ("one", "two", "one"):
        service.find(words)
        now[0] += 2
    now[0] += 24 * 3600
    service.find("one")
    assert told.asked == ["one", "two", "one", "one"]


@pytest.mark.parametrize("url", ["ftp://a.test", "http://a.test", "https://a.test/?q=", "https://me@a.test"])
def test_a_service_is_asked_over_https_or_loopback_alone(url: str) -> None:
    with pytest.raises(ValueError, match="geocoder_url"):
        NearSettings(geocoder_url=url)


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"type": "FeatureCollection", "features": 1}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [51.5, 951]}}]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Circle", "coordinates": [1, 2]}}]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": []}}]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": ["ab"]}}]}',
        '{"type": "FeatureCollection", "features": [null]}',
    ],
)  # fmt: skip
def test_a_map_that_is_none_is_a_setting_that_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "streets.geojson"
    path.write_text(text)
    with pytest.raises(SettingsError, match="DOORSTEP_NEAR__STREETS"):
        read_ground(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_ground(tmp_path / "none.geojson")


def test_the_ground_gives_what_reaches_into_the_view(ground: Ground) -> None:
    assert [street.name for street in ground.within((51.59, -0.14, 51.61, -0.1), 10)] == ["Elm Street North"]
    assert len(ground.within((51, -1, 52, 1), 2)) == 2
    assert Ground().within((51, -1, 52, 1), 2) == ()
