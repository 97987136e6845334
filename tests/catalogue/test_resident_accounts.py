"""Residents' accounts, sessions and links, the same on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.catalogue import Catalogue
from pipeline.catalogue.agents import Proofs
from pipeline.domain.agents import Stage
from pipeline.domain.residents import MailLink, ResidentAccount, ResidentSession
from pipeline.errors import ResidentTakenError, ResidentUnknownError
from tests.builders import EVENING
from tests.catalogue.stories import an_entry

ANN = ResidentAccount("re-1", is_enabled=True, created_at=EVENING, has_mail=True)
SESSION = ResidentSession(
    "rs-1", "re-1", Stage.OPEN, EVENING, EVENING, EVENING + timedelta(days=30), "::1", "a browser"
)
LINK = MailLink("re-1", "key", b"", EVENING, EVENING + timedelta(minutes=20))


@pytest.fixture
def lived_in(catalogue: Catalogue) -> Catalogue:
    catalogue.residents.add(ANN, "key", b"\0sealed", [an_entry("re-1")])
    return catalogue


def test_an_account_is_found_by_id_and_by_what_stands_for_its_address(lived_in: Catalogue) -> None:
    assert lived_in.residents.get("re-1") == lived_in.residents.with_mail("key") == ANN
    assert lived_in.residents.sealed_mail("re-1") == b"\0sealed"
    with pytest.raises(ResidentUnknownError):
        lived_in.residents.get("re-2")
    with pytest.raises(ResidentUnknownError):
        lived_in.residents.with_mail("other")
    for account, key in ((ANN, "other"), (replace(ANN, resident_id="re-2"), "key")):
        with pytest.raises(ResidentTakenError):
            lived_in.residents.add(account, key, b"x", [an_entry("x")])
    assert lived_in.custody.head().size == 1


def test_two_accounts_may_have_no_address(lived_in: Catalogue) -> None:
    for name in ("re-2", "re-3"):
        lived_in.residents.add(replace(ANN, resident_id=name, has_mail=False), "", b"", [an_entry(name)])
    assert [one.has_mail for one in lived_in.residents.list()] == [True, False, False]


def test_a_link_is_used_once_by_however_many_at_once(lived_in: Catalogue) -> None:
    lived_in.resident_sessions.add_link("digest", LINK)
    assert lived_in.resident_sessions.links_for("key", EVENING) == 1
    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(lambda _: lived_in.resident_sessions.use_link("digest"), range(4)))
    assert [one for one in used if one is not None] == [LINK]


def test_links_that_ended_go_with_the_next(lived_in: Catalogue) -> None:
    later = EVENING + timedelta(minutes=21)
    lived_in.resident_sessions.add_link("digest", LINK)
    lived_in.resident_sessions.add_link("another", replace(LINK, made_at=later, ends_at=later + timedelta(minutes=20)))
    assert lived_in.resident_sessions.link("digest") is None
    assert lived_in.resident_sessions.link("another") is not None


def test_what_ended_is_forgotten_and_nothing_else(lived_in: Catalogue) -> None:
    lived_in.resident_sessions.add_link("digest", LINK)
    lived_in.resident_sessions.open("secret", SESSION, ())
    lived_in.resident_sessions.forget_ended(EVENING + timedelta(minutes=21))
    assert lived_in.resident_sessions.link("digest") is None
    assert lived_in.resident_sessions.find("secret") is not None
    lived_in.resident_sessions.forget_ended(EVENING + timedelta(days=31))
    assert lived_in.resident_sessions.find("secret") is None


def test_other_proofs_end_every_session_but_one(lived_in: Catalogue) -> None:
    for number in (1, 2):
        lived_in.resident_sessions.open(f"digest {number}", replace(SESSION, session_id=f"rs-{number}"), ())
    lived_in.residents.set_proofs("re-1", Proofs("hash", b"\0two", 7, ("one",)), [an_entry("re-1")], keep="rs-2")
    assert lived_in.resident_sessions.find("digest 1") is None
    found = lived_in.resident_sessions.find("digest 2")
    assert found is not None
    assert (found.account.has_password, found.account.has_second_factor) == (True, True)
    assert [lived_in.residents.use_step("re-1", step) for step in (7, 8, 8)] == [False, True, False]
    assert [lived_in.residents.use_recovery("re-1", "one", [an_entry("re-1")]) for _ in range(2)] == [True, False]


def test_a_closed_account_leaves_nothing_that_opens(lived_in: Catalogue) -> None:
    lived_in.resident_sessions.open("digest", SESSION, ())
    lived_in.resident_sessions.add_link("link", LINK)
    lived_in.residents.close("re-1", [an_entry("re-1")])
    assert lived_in.residents.list() == ()
    assert lived_in.resident_sessions.find("digest") is None
    assert lived_in.resident_sessions.link("link") is None
    with pytest.raises(ResidentUnknownError):
        lived_in.residents.close("re-1", [an_entry("re-1")])


def test_nouns_are_valid_at_birth() -> None:
    with pytest.raises(ValueError, match="one-time codes"):
        replace(ANN, has_password=True)
    with pytest.raises(ValueError, match="small letters"):
        replace(ANN, resident_id="Ann Example")
    with pytest.raises(ValueError, match="at code or open"):
        replace(SESSION, stage=Stage.ENROL)
    with pytest.raises(ValueError, match="somebody's"):
        replace(LINK, resident_id="")
