"""Letters about requests: to those who asked for them, one each, and with nothing in them that tells who answered."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from pipeline.casework.requests.answering import answer_for_case, hide_request
from pipeline.casework.requests.own import forget_own, own_of_requests
from pipeline.casework.requests.post import ask_for_post, mail_requests, wants_post
from pipeline.errors import InputRefusedError
from pipeline.settings import MailSettings, Settings, StoreSettings
from tests.builders import CAMERA, RESIDENT
from tests.casework.asking import publish
from tests.catalogue.stories import a_camera
from tests.retention.story import Town, a_town

OTHER = "re-000000000007"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    mail = MailSettings(outbox=tmp_path / "outbox", sender="desk@example.org", recipients=("desk@example.org",))
    settings = Settings(store=StoreSettings(directory=tmp_path / "doorstep"), mail=mail)
    with a_town(settings) as made:
        made.services.catalogue.cameras.save([a_camera(camera_id="ring:7", owner_id=OTHER)])
        yield made


def letters(town: Town) -> list[EmailMessage]:
    folder = town.settings.mail.outbox
    assert folder is not None
    return [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]


def test_only_those_who_asked_are_written_to_once_and_each_alone(town: Town) -> None:
    for resident in (RESIDENT, OTHER):
        ask_for_post(town.services, resident, f"{resident}@example.org")
    ask_for_post(town.services, "re-00000000000f", "far@example.org")
    public = publish(town.services)

    assert mail_requests(town.services).failed == ()
    assert mail_requests(town.services).failed == (), "again nobody is"

    assert sorted(str(one["To"]) for one in letters(town)) == [f"{OTHER}@example.org", f"{RESIDENT}@example.org"]
    said = "".join(str(one) for one in letters(town))
    for secret in (public.asked.title, public.asked.words, public.request_id, public.asked.case_number, CAMERA):
        assert secret not in said


def test_a_letter_leaves_whether_somebody_answered_put_it_aside_or_did_neither(town: Town) -> None:
    public = publish(town.services)
    for resident in (RESIDENT, OTHER):
        ask_for_post(town.services, resident, f"{resident}@example.org")
    answer_for_case(town.services, RESIDENT, public.request_id, [CAMERA], days=3)
    hide_request(town.services, OTHER, public.request_id)
    before = town.services.catalogue.custody.count()

    mail_requests(town.services)

    assert len(letters(town)) == 2
    assert town.services.catalogue.custody.count() == before, "no record counts them"


def test_an_address_is_kept_sealed_and_forgotten_when_it_is_taken_back(town: Town) -> None:
    with pytest.raises(InputRefusedError):
        ask_for_post(town.services, RESIDENT, "nobody")
    ask_for_post(town.services, RESIDENT, "ann@example.org")
    assert b"example" not in b"".join(town.services.catalogue.answers.addresses().values())
    assert wants_post(town.services, RESIDENT) == "ann@example.org"

    ask_for_post(town.services, RESIDENT, " ")

    assert town.services.catalogue.answers.addresses() == {}
    publish(town.services)
    assert mail_requests(town.services).failed == ()
    assert letters(town) == []


def test_a_letter_that_does_not_leave_is_tried_again(town: Town) -> None:
    ask_for_post(town.services, RESIDENT, "ann@example.org")
    publish(town.services)
    folder = town.settings.mail.outbox
    assert folder is not None
    folder.write_text("a file in its place")

    (reason,) = mail_requests(town.services).failed
    assert "outbox" in reason
    assert "example.org" not in reason
    folder.unlink()
    assert mail_requests(town.services).failed == ()
    assert len(letters(town)) == 1


def test_a_resident_has_a_copy_of_it_all_and_it_goes_with_their_account(town: Town) -> None:
    public, other = publish(town.services), publish(town.services, case_number="24-118")
    ask_for_post(town.services, RESIDENT, "ann@example.org")
    ask_for_post(town.services, OTHER, "other@example.org")
    hide_request(town.services, RESIDENT, other.request_id)
    hide_request(town.services, OTHER, other.request_id)
    signed = answer_for_case(town.services, RESIDENT, public.request_id, [CAMERA], days=3)
    mail_requests(town.services)

    own = own_of_requests(town.services, RESIDENT)
    assert (own.address, own.put_aside) == ("ann@example.org", (other.request_id,))
    assert [one.grant_id for one in own.answers] == [signed.grant.grant_id]
    assert set(own.written_to) == {public.request_id, other.request_id}

    forget_own(town.services, RESIDENT)

    own = own_of_requests(town.services, RESIDENT)
    assert (own.address, own.put_aside, own.written_to, len(own.answers)) == ("", (), (), 1)
    assert own_of_requests(town.services, OTHER).put_aside == (other.request_id,)
