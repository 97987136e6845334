import pytest

from pipeline.domain.agents import Role
from tests.web.desk import Desk


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_page_of_its_own_after_signing_in(desk: Desk, role: Role) -> None:
    client = desk.client(role)
    assert client.get("/account").status_code == 200
    assert client.get("/matter").status_code == 200
    assert client.get("/sign-in").status_code == 303
    assert client.get("/agents").status_code == (200 if role is Role.ADMINISTRATOR else 404)
    assert client.api("GET", "/api/v1/me").json()["role"] == role


def test_nobody_is_led_to_sign_in_and_back(desk: Desk) -> None:
    nobody = desk.browser()
    answer = nobody.get("/account?said=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account%3Fsaid%3Dx")
    assert nobody.api("GET", "/api/v1/me").status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/nothing/here"])
def test_whoever_is_no_agent_finds_the_other_doors(desk: Desk, path: str) -> None:
    page = desk.browser().get(path).text
    assert 'href="/near"' in page
    assert 'href="/home"' in page


@pytest.mark.parametrize(
    ("path", "other"), [("/near", "/home"), ("/home/sign-in", "/near"), ("/home/sign-in", "/sign-in")]
)
def test_the_doors_of_neighbours_and_residents_name_each_other(desk: Desk, path: str, other: str) -> None:
    assert f'href="{other}"' in desk.browser().get(path).text


@pytest.mark.parametrize("path", ["/near", "/near/return", "/home/sign-in", "/sign-in", "/requests/log"])
def test_every_door_says_whose_times_it_tells(desk: Desk, path: str) -> None:
    zone = desk.services.settings.night.time_zone
    assert f"Times that name no zone are those of {zone}." in desk.browser().get(path).text


def test_a_report_asks_for_its_address_once(desk: Desk) -> None:
    assert desk.browser().get("/near/report").text.count('autocomplete="street-address"') <= 1


def test_the_map_of_a_request_begins_where_the_agency_is(desk: Desk) -> None:
    assert "data-ground" in desk.client(Role.INVESTIGATOR).get("/requests/new").text
