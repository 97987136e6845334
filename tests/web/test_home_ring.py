"""A resident links Ring in the browser, against the simulator: codes, tokens, other people's cameras, the way back."""

import json
import re
from collections.abc import Iterator

import pytest

from pipeline.acquire.accounts import SealedTokens
from pipeline.casework.residents.ring import LinkState, own_accounts
from pipeline.domain.evidence import CustodyAction
from pipeline.ring_simulator.server import RingSimulator, running_simulator
from pipeline.ring_simulator.world import SHARED_FAMILY, SimulatedAccount, SimulatedDevice, World
from pipeline.settings import RingSettings, Settings
from tests.web.desk import Browser
from tests.web.home import ANN, BOB, Home

ME, OTHER = BOB, ANN
"""Bob has linked nothing yet; the town has an account of ann's."""

USER, PASSWORD, CODE = "ann@invented.example", "correct horse battery", "246810"
DEVICES = (
    SimulatedDevice(5001, "Front door"),
    SimulatedDevice(5002, "Hall", family="stickup_cams", kind="stickup_cam_mini"),
    SimulatedDevice(5003, "Back gate", family="stickup_cams", kind="stickup_cam_v4", show_recordings=False),
    SimulatedDevice(6001, "Neighbour's porch", family=SHARED_FAMILY),
)
WORLD = World((SimulatedAccount(USER, PASSWORD, CODE, DEVICES), SimulatedAccount("bob@invented.example", "pw", None)))


@pytest.fixture
def ring() -> Iterator[RingSimulator]:
    with running_simulator(WORLD) as simulator:
        yield simulator


@pytest.fixture
def settings(settings: Settings, ring: RingSimulator) -> Settings:
    section = RingSettings(
        connect_to=ring.connect_to,
        certificate_authority=ring.certificate_authority,
        calls_per_minute=600,
        calls_burst=50,
    )
    return settings.model_copy(update={"ring": section})


def sealed_on(page: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def begin(client: Browser, password: str = PASSWORD) -> tuple[int, str]:
    client.get("/home/ring")
    answer = client.post("/home/ring", {"user": USER, "password": password})
    return answer.status_code, answer.text


def link(client: Browser) -> None:
    sealed = sealed_on(begin(client)[1])
    answer = client.post("/home/ring/code", {"sealed": sealed, "code": CODE})
    assert (answer.status_code, answer.headers["location"]) == (303, "/home/cameras?said=linked")


def mine(home: Home, resident_id: str = ME) -> dict[str, LinkState]:
    found = own_accounts(home.desk.services, resident_id)
    return {one.account.account_id: one.state for one in found if one.linked_at is not None}


def test_two_factor_links_and_nothing_that_was_typed_is_kept(home: Home) -> None:
    client = home.client(ME)
    status, page = begin(client)
    assert (status, PASSWORD in page, USER in page) == (200, False, False)
    sealed = sealed_on(page)
    client.post("/home/ring/code", {"sealed": sealed, "code": f" {CODE[:3]} {CODE[3:]} "})

    assert list(mine(home).values()) == [LinkState.LINKED]
    (record,) = home.desk.records(CustodyAction.ACCOUNT_LINKED)[-1:]
    assert record.entry.agent == ME
    store = home.desk.services.settings.store.directory
    kept = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert [word for word in (PASSWORD, USER, CODE, sealed) if word.encode() in kept] == []


def test_cameras_say_whose_they_are_and_none_is_shared(home: Home) -> None:
    client = home.client(ME)
    link(client)
    page = client.get("/home/cameras").text
    cards = {card.partition("</h2>")[0]: card for card in page.split("<h2>")[1:]}

    assert list(cards) == ["Back gate", "Front door", "Hall", "Neighbour&#39;s porch"]
    assert "Another person owns this camera" in cards["Neighbour&#39;s porch"]
    assert "<form" not in cards["Neighbour&#39;s porch"]
    assert "made for indoors" in cards["Hall"]
    assert "no Ring plan" in cards["Back gate"]
    assert "no Ring plan" not in cards["Front door"]
    assert "checked" not in page
    assert "something is shared" not in page


def test_wrong_password_and_wrong_code_are_said_and_nothing_is_linked(home: Home) -> None:
    client = home.client(ME)
    status, page = begin(client, "wrong")
    assert (status, "wrong user name or password" in page) == (422, True)
    sealed = sealed_on(begin(client)[1])
    answer = client.post("/home/ring/code", {"sealed": sealed, "code": "000000"})
    assert (answer.status_code, "wrong or too old" in answer.text) == (422, True)
    assert mine(home) == {}
    again = client.post("/home/ring/code", {"sealed": sealed_on(answer.text), "code": CODE})
    assert again.status_code == 303


def test_nobody_guesses_codes_through_us_and_rings_own_limit_is_told(home: Home) -> None:
    client = home.client(ME)
    sealed = sealed_on(begin(client)[1])
    statuses = [client.post("/home/ring/code", {"sealed": sealed, "code": "000000"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    for _ in range(5):
        home.desk.clock.jump(minutes=16)
        sealed = sealed_on(begin(client)[1])
        client.post("/home/ring/code", {"sealed": sealed, "code": "000000"})
    home.desk.clock.jump(minutes=16)
    sealed = sealed_on(begin(client)[1])
    answer = client.post("/home/ring/code", {"sealed": sealed, "code": CODE})
    assert (answer.status_code, "it asks for a pause" in answer.text) == (503, True)
    assert mine(home) == {}


def test_what_was_sealed_is_good_for_ten_minutes_and_one_session(home: Home) -> None:
    client, elsewhere = home.client(ME), home.client(ME)
    sealed = sealed_on(begin(client)[1])
    elsewhere.get("/home/ring")
    taken = elsewhere.post("/home/ring/code", {"sealed": sealed, "code": CODE})
    assert (taken.status_code, "begin again" in taken.text) == (422, True)
    home.desk.clock.jump(minutes=11)
    late = client.post("/home/ring/code", {"sealed": sealed, "code": CODE})
    assert (late.status_code, "begin again" in late.text) == (422, True)
    assert mine(home) == {}


def test_when_ring_is_away_nothing_changes(home: Home, settings: Settings) -> None:
    away = settings.ring.model_copy(update={"connect_to": "127.0.0.1:9"})
    accounts = home.desk.services.accounts
    accounts._settings = away  # the simulator's port is free again only after the test
    status, page = begin(home.client(ME))
    assert (status, "Nothing was changed" in page) == (503, True)
    assert mine(home) == {}


def test_a_rotated_token_is_kept_before_it_is_used(home: Home, ring: RingSimulator) -> None:
    client = home.client(ME)
    link(client)
    services = home.desk.services
    (account_id,) = mine(home)
    tokens = SealedTokens(services.catalogue, services.box)
    before = tokens.load(account_id)
    ring.tokens.expire_access_tokens()
    assert client.post("/home/cameras/ask").headers["location"] == "/home/cameras?said=asked"
    after = tokens.load(account_id)

    assert before is not None
    assert after is not None
    assert before["refresh_token"] != after["refresh_token"]
    assert json.dumps(after) not in client.get("/home/ring").text
    ring.tokens.expire_access_tokens()
    assert client.post("/home/cameras/ask").headers["location"] == "/home/cameras?said=asked"


def test_when_ring_asks_again_it_is_said_and_linking_again_mends_it(home: Home, ring: RingSimulator) -> None:
    client = home.client(ME)
    link(client)
    ring.tokens.revoke(USER)
    assert client.post("/home/cameras/ask").headers["location"] == "/home/cameras?said=again"
    for path in ("/home", "/home/ring", "/home/cameras"):
        assert "wants you to sign in again" in client.get(path).text
    link(client)
    assert set(mine(home).values()) == {LinkState.LINKED}
    assert "wants you to sign in again" not in client.get("/home").text


def test_an_account_that_another_resident_linked_stays_theirs(home: Home) -> None:
    link(home.client(ME))
    other = home.client(OTHER)
    sealed = sealed_on(begin(other)[1])
    answer = other.post("/home/ring/code", {"sealed": sealed, "code": CODE})
    assert (answer.status_code, "linked by another resident" in answer.text) == (409, True)
    assert mine(home, OTHER) == {}
    assert set(mine(home).values()) == {LinkState.LINKED}


def test_unlinking_erases_the_token_and_revokes_what_names_its_cameras(home: Home) -> None:
    client = home.client(ME)
    link(client)
    services = home.desk.services
    (account_id,) = mine(home)
    town = home.desk.town
    granted = town.grant(grant_id="gr-2", resident_id=ME, camera_ids=("ring:5001",))
    page = client.get(f"/home/ring/{account_id}/unlink").text
    assert "gr-2" in page
    answer = client.post(f"/home/ring/{account_id}/unlink")

    assert granted is not None
    assert (answer.status_code, "gr-2" in answer.text) == (200, True)
    assert services.catalogue.accounts.token(account_id) == b""
    assert services.catalogue.grants.get("gr-2").grant.revoked_at is not None
    assert mine(home)[account_id] is LinkState.UNLINKED
    assert len(home.desk.records(CustodyAction.ACCOUNT_UNLINKED)) == 1
    assert client.post(f"/home/ring/{account_id}/unlink").status_code == 404
    assert "No camera is known" in client.get("/home/cameras").text


def test_an_address_is_written_by_the_owner_alone(home: Home) -> None:
    client, other = home.client(ME), home.client(OTHER)
    link(client)
    assert client.post("/home/cameras/ring:5001/address", {"address": " Oak  Street "}).status_code == 303
    assert home.desk.services.catalogue.cameras.get("ring:5001").address == "Oak Street"
    for browser, camera in ((other, "ring:5001"), (client, "ring:6001"), (client, "ring:9")):
        assert browser.post(f"/home/cameras/{camera}/address", {"address": "x"}).status_code == 404
    assert client.post("/home/cameras/ring:5001/address", {"address": "x" * 121}).status_code == 422
    (record,) = home.desk.records(CustodyAction.ADDRESS_WRITTEN)
    assert (record.entry.agent, "Oak" in record.leaf) == (ME, False)
