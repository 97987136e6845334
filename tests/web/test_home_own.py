"""What residents do with their own account: password and codes, sessions, a copy of everything, the end."""

import io
import json
import re
import zipfile

import pyotp
import pytest

from pipeline.casework.residents.own import reset_resident
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.retention import HoldScope, Instrument
from pipeline.errors import ResidentUnknownError
from pipeline.retention.holding import place_hold
from tests.web.desk import PASSWORD, Browser
from tests.web.home import ANN, BOB, MAILS, Home


def set_up(home: Home, client: Browser, password: str = PASSWORD, **more: str) -> tuple[str, list[str]]:
    """Sets a password and one-time codes up; the secret and the recovery codes."""
    client.get("/home/account")
    page = client.post("/home/account/password", {"password": password, **more}).text
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    sealed_password = re.search(r'name="sealed_password" value="([^"]+)"', page)
    assert secret is not None, page
    assert sealed is not None
    assert sealed_password is not None
    code = pyotp.TOTP(secret[1]).at(home.desk.now)
    answer = client.post(
        "/home/account/second-factor", {"sealed": sealed[1], "sealed_password": sealed_password[1], "code": code}
    )
    return secret[1], re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", answer.text)


def archive(client: Browser, **form: str) -> zipfile.ZipFile:
    client.get("/home/account")
    answer = client.post("/home/account/held", form)
    assert answer.headers["content-disposition"].startswith('attachment; filename="doorstep-')
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    return found


def test_password_and_codes_are_set_up_together_and_end_other_sessions(home: Home) -> None:
    client, elsewhere = home.client(), home.client()
    secret, codes = set_up(home, client)

    assert len(set(codes)) == 10
    assert client.get("/home").status_code == 200
    assert elsewhere.get("/home").status_code == 303
    home.desk.clock.jump(minutes=1)
    fresh = home.desk.browser()
    fresh.get("/home/sign-in")
    fresh.post("/home/sign-in/password", {"mail": MAILS[ANN], "password": PASSWORD})
    fresh.get("/home/sign-in/code")
    given = fresh.post("/home/sign-in/code", {"code": pyotp.TOTP(secret).at(home.desk.now)})
    assert given.headers["location"] == "/home"
    changes = [record.entry.detail["change"] for record in home.desk.records(CustodyAction.RESIDENT_CHANGED)]
    assert changes.count("password_set_up") == 1


def test_nothing_is_set_up_before_the_first_code_was_right(home: Home) -> None:
    client = home.client()
    page = client.post("/home/account/password", {"password": PASSWORD}).text
    sealed = re.findall(r'name="(sealed\w*)" value="([^"]+)"', page)
    answer = client.post("/home/account/second-factor", {**dict(sealed), "code": "000000"})
    assert answer.status_code == 422
    account = home.desk.services.catalogue.residents.get(ANN)
    assert (account.has_password, account.has_second_factor) == (False, False)


@pytest.mark.parametrize("password", ["short", "password1234", "ann@example.org"])
def test_an_obvious_password_is_refused(home: Home, password: str) -> None:
    client = home.client()
    answer = client.post("/home/account/password", {"password": password})
    assert answer.status_code == 422


def test_the_old_password_is_asked_for_and_the_operator_helps_who_lost_all(home: Home) -> None:
    client = home.client()
    set_up(home, client)
    client.get("/home/account")
    assert client.post("/home/account/password", {"password": "another sentence", "old": "wrong"}).status_code == 422
    assert client.post("/home/account/password/drop", {"old": "wrong"}).status_code == 422
    reset_resident(home.desk.services, "tester", home.residents[ANN])
    assert client.get("/home").status_code == 303
    assert home.client().get("/home").status_code == 200


def test_a_reset_unlinks_what_somebody_else_may_have_linked_and_leaves_what_is_shared(home: Home) -> None:
    services, ann = home.desk.services, home.residents[ANN]
    (linked,) = (one.account_id for one in services.catalogue.accounts.list() if one.resident_id == ANN)
    assert reset_resident(services, "tester", ann, keep_linked=True) == ()
    assert services.catalogue.accounts.token(linked)

    assert reset_resident(services, "tester", ann) == (linked,)

    assert not services.catalogue.accounts.token(linked)
    assert services.catalogue.grants.get("gr-1").grant.revoked_at is None
    assert len(services.catalogue.clips.list()) == 1
    (record,) = home.desk.records(CustodyAction.ACCOUNT_UNLINKED)
    assert (record.entry.agent, record.entry.subject) == ("tester", linked)
    assert "No account is linked." in home.client().get("/home").text
    assert reset_resident(services, "tester", ann) == ()


def test_a_password_is_taken_away_with_its_codes(home: Home) -> None:
    client = home.client()
    set_up(home, client)
    client.get("/home/account")
    assert client.post("/home/account/password/drop", {"old": PASSWORD}).status_code == 303
    account = home.desk.services.catalogue.residents.get(ANN)
    assert (account.has_password, account.has_second_factor) == (False, False)


def test_other_sessions_are_ended_from_here(home: Home) -> None:
    client, elsewhere = home.client(), home.client()
    assert client.post("/home/account/sessions/end").status_code == 303
    assert (client.get("/home").status_code, elsewhere.get("/home").status_code) == (200, 303)


def test_everything_that_is_held_is_one_archive_and_that_it_was_taken_is_written_down(home: Home) -> None:
    home.desk.town.grant(grant_id="gr-bob", resident_id=BOB, camera_ids=("ring:7777",))
    with archive(home.client()) as found:
        names = set(found.namelist())
        account = json.loads(found.read("account.json"))
        grants = json.loads(found.read("grants.json"))
        custody = json.loads(found.read("custody.json"))
        originals = json.loads(found.read("originals.json"))
        every = b"".join(found.read(name) for name in names)

    grant = home.desk.services.catalogue.grants.latest()[0].grant.grant_id
    assert {"README.txt", "accounts.json", f"receipts/{grant}.json", f"receipts/{grant}.txt"} <= names
    assert (account["mail"], account["resident_id"]) == (MAILS[ANN], ANN)
    assert list(grants) == [grant]
    assert {"grant_signed", "own_copy_taken", "signed_in"} <= {one["action"] for one in custody}
    assert len(originals) == 1
    assert [name for name in names if name.startswith("originals/")] == []
    assert [word for word in (b"gr-bob", b"bob@example.org", b"sealed_token") if word in every] == []
    (taken,) = home.desk.records(CustodyAction.OWN_COPY_TAKEN)
    assert (taken.entry.agent, taken.entry.detail["originals"]) == (ANN, "no")


def test_the_recordings_come_along_when_they_are_wanted(home: Home) -> None:
    with archive(home.client(), originals="yes") as found:
        (name,) = [name for name in found.namelist() if name.startswith("originals/")]
        (listed,) = json.loads(found.read("originals.json"))
        content = found.read(name)
    assert name == f"originals/{listed['sha256']}.mp4"
    assert content == home.desk.services.originals.read(listed["sha256"])


def test_what_a_sealed_hold_keeps_is_not_in_it(home: Home) -> None:
    services = home.desk.services
    (clip,) = services.catalogue.clips.list()
    scope = HoldScope(digest=clip.item.digest)
    place_hold(services, Instrument.COURT_ORDER, "26-CV-1", scope, "tester", sealed=True)
    client = home.client()
    (signed,) = services.catalogue.grants.latest()
    from pipeline.retention.revocation import revoke_grant

    revoke_grant(services, signed.grant.grant_id, ANN)
    assert services.originals.has(clip.item.digest)
    with archive(client, originals="yes") as found:
        assert json.loads(found.read("originals.json")) == []
        assert b"26-CV-1" not in b"".join(found.read(name) for name in found.namelist())


def test_deleting_the_account_revokes_deletes_and_says_what_stays(home: Home) -> None:
    services = home.desk.services
    (clip,) = services.catalogue.clips.list()
    (signed,) = services.catalogue.grants.latest()
    client, elsewhere = home.client(), home.client()
    assert "The custody log" in client.get("/home/account/close").text
    assert client.post("/home/account/close").status_code == 422
    answer = client.post("/home/account/close", {"yes": "yes"})

    assert (answer.status_code, signed.grant.grant_id in answer.text) == (200, True)
    assert not services.originals.has(clip.item.digest)
    assert services.catalogue.grants.get(signed.grant.grant_id).grant.revoked_at is not None
    with pytest.raises(ResidentUnknownError):
        services.catalogue.residents.get(ANN)
    assert [browser.get("/home").status_code for browser in (client, elsewhere)] == [303, 303]
    assert len(home.desk.records(CustodyAction.RESIDENT_CLOSED)) == 1
    assert services.catalogue.residents.get(BOB).is_enabled
