"""One-time codes: set up at the first sign-in, asked for at every other, each good once."""

import re

import pytest

from pipeline.casework.agents.accounts import reset
from pipeline.domain.agents import Role
from pipeline.domain.evidence import CustodyAction
from tests.web.desk import PASSWORD, Browser, Desk
from tests.web.halfway import enrolled

NEXT = "/sign-in/second-factor"


def shown(page: str) -> tuple[str, str]:
    """The secret to type in, and the sealed one that goes back."""
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret is not None
    assert sealed is not None
    return secret.group(1), sealed.group(1)


def codes_on(page: str) -> list[str]:
    return re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", page)


@pytest.fixture
def both(desk: Desk) -> Desk:
    """The desk where everybody needs a second factor."""
    return desk.with_web(second_factor=True)


def with_code(desk: Desk, code: str) -> tuple[Browser, int]:
    """A browser at the step of the code, after it was given."""
    client = desk.browser()
    assert client.sign_in("ina").headers["location"] == "/sign-in/code"
    client.get("/sign-in/code")
    return client, client.post("/sign-in/code", {"code": code}).status_code


def test_the_first_sign_in_sets_it_up_and_shows_recovery_codes_once(both: Desk) -> None:
    import pyotp

    client = both.browser()
    assert client.sign_in("ina").headers["location"] == NEXT
    page = client.get(NEXT).text
    before = client.http.cookies["__Host-desk"]
    secret, sealed = shown(page)
    answer = client.post(NEXT, {"sealed": sealed, "code": pyotp.TOTP(secret).at(both.now)})

    assert "<svg" in page
    assert len(set(codes_on(answer.text))) == 10
    assert client.http.cookies["__Host-desk"] != before, "another secret after each step"
    assert client.get("/account").status_code == 200
    assert secret not in client.get("/account").text
    proofs = both.services.catalogue.agents.proofs(both.agents[Role.INVESTIGATOR].agent_id)
    assert proofs.second_factor is not None
    assert secret.encode() not in proofs.second_factor
    assert not set(codes_on(answer.text)) & set(proofs.recovery)
    (change,) = both.records(CustodyAction.AGENT_CHANGED)
    assert change.entry.detail["change"] == "second_factor_set_up"


def test_a_wrong_first_code_sets_nothing_up(both: Desk) -> None:
    client = both.browser()
    client.sign_in("ina")
    _, sealed = shown(client.get(NEXT).text)
    answer = client.post(NEXT, {"sealed": sealed, "code": "000000"})

    assert answer.status_code == 422
    assert not both.services.catalogue.agents.named("ina").has_second_factor


def test_the_square_of_another_agent_is_none(both: Desk) -> None:
    import pyotp

    theirs = both.browser()
    theirs.sign_in("sue")
    secret, sealed = shown(theirs.get(NEXT).text)
    client = both.browser()
    client.sign_in("ina")
    client.get(NEXT)

    assert client.post(NEXT, {"sealed": sealed, "code": pyotp.TOTP(secret).at(both.now)}).status_code == 422
    assert client.post(NEXT, {"sealed": "not sealed", "code": "123456"}).status_code == 422


def test_the_code_opens_the_desk_and_the_password_alone_does_not(both: Desk) -> None:
    totp = enrolled(both, "ina")
    both.clock.jump(minutes=5)
    client, status = with_code(both, totp.at(both.now))

    assert status == 303
    assert client.get("/account").status_code == 200
    signed_in = both.records(CustodyAction.SIGNED_IN)
    half = both.browser()
    half.sign_in("ina")
    assert half.get("/account").headers["location"] == "/sign-in/code"
    assert both.records(CustodyAction.SIGNED_IN) == signed_in, "half a sign-in is none"


def test_a_code_is_taken_once(both: Desk) -> None:
    totp = enrolled(both, "ina")
    both.clock.jump(minutes=5)
    code = totp.at(both.now)

    assert with_code(both, code)[1] == 303
    assert with_code(both, code)[1] == 401
    both.clock.jump(seconds=30)
    assert with_code(both, totp.at(both.now))[1] == 303


def test_the_code_that_set_it_up_is_used_too(both: Desk) -> None:
    totp = enrolled(both, "ina")
    assert with_code(both, totp.at(both.now))[1] == 401


def test_no_code_before_one_that_was_used_is_taken(both: Desk) -> None:
    totp = enrolled(both, "ina")
    both.clock.jump(minutes=5)
    earlier = totp.at(both.now)
    both.clock.jump(seconds=30)
    assert with_code(both, totp.at(both.now))[1] == 303
    assert with_code(both, earlier)[1] == 401


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 303), (30, 303), (60, 401)])
def test_a_clock_may_be_one_step_off(both: Desk, seconds: int, status: int) -> None:
    totp = enrolled(both, "ina")
    both.clock.jump(minutes=5)
    assert with_code(both, totp.at(int(both.now.timestamp()) + seconds))[1] == status


def test_wrong_codes_are_paused_like_wrong_passwords(both: Desk) -> None:
    totp = enrolled(both, "ina")
    both.clock.jump(minutes=5)
    client = both.browser()
    client.sign_in("ina")
    client.get("/sign-in/code")
    answers = [client.post("/sign-in/code", {"code": "12345x"}).status_code for _ in range(6)]

    assert answers == [401] * 5 + [429]
    assert client.post("/sign-in/code", {"code": totp.at(both.now)}).status_code == 429
    assert len(both.records(CustodyAction.SIGN_IN_REFUSED)) == 5


def test_the_right_password_again_and_again_does_not_take_failures_of_codes_back(both: Desk) -> None:
    enrolled(both, "ina")
    answers = [with_code(both, "12345x")[1] for _ in range(5)]

    assert answers == [401] * 5
    assert both.browser().sign_in("ina").status_code == 429


def test_a_recovery_code_is_good_once_in_any_writing(both: Desk) -> None:
    import pyotp

    client = both.browser()
    client.sign_in("ina")
    secret, sealed = shown(client.get(NEXT).text)
    code = codes_on(client.post(NEXT, {"sealed": sealed, "code": pyotp.TOTP(secret).at(both.now)}).text)[3]

    assert with_code(both, code.upper().replace("-", " "))[1] == 303
    assert with_code(both, code)[1] == 401
    changes = [record.entry.detail["change"] for record in both.records(CustodyAction.AGENT_CHANGED)]
    assert changes == ["second_factor_set_up", "recovery_code_used"]


def test_a_reset_takes_it_away_and_asks_for_another_password_first(both: Desk) -> None:
    totp = enrolled(both, "ina")
    given = reset(both.services, "adam", both.services.catalogue.agents.named("ina"))
    client = both.browser()
    assert client.sign_in("ina", PASSWORD).status_code == 401
    assert client.sign_in("ina", given).headers["location"] == "/sign-in/renew"
    client.get("/sign-in/renew")
    assert client.post("/sign-in/renew", {"password": given}).status_code == 422, "not the same again"
    answer = client.post("/sign-in/renew", {"password": "a sentence of my own"})

    assert answer.headers["location"] == NEXT
    assert client.get(NEXT).status_code == 200
    assert totp.secret not in client.get(NEXT).text


def test_another_telephone_is_set_up_with_the_password(both: Desk) -> None:
    import pyotp

    old = enrolled(both, "ina")
    both.clock.jump(minutes=5)
    client, _ = with_code(both, old.at(both.now))
    client.get("/account")
    assert client.post("/account/second-factor", {"old": "not mine at all"}).status_code == 422
    secret, sealed = shown(client.post("/account/second-factor", {"old": PASSWORD}).text)
    code = pyotp.TOTP(secret).at(both.now)
    done = client.post("/account/second-factor/done", {"sealed": sealed, "code": code})
    both.clock.jump(minutes=5)

    assert len(codes_on(done.text)) == 10
    assert with_code(both, old.at(both.now))[1] == 401
    assert with_code(both, pyotp.TOTP(secret).at(both.now))[1] == 303
