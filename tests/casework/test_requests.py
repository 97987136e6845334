"""Requests for footage: four eyes, rules that nobody bends, a log for everybody, and answers that are grants."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.casework.requests import answering
from pipeline.casework.requests.answering import (
    answer_for_case,
    answer_with_clips,
    clips_to_choose,
    hide_request,
    request_at_home,
    requests_at_home,
    show_request_again,
)
from pipeline.casework.requests.log import answers_in_words, entry_plain, read_log
from pipeline.casework.requests.writing import check_request, close_request, decide_request, write_request
from pipeline.domain.agents import Role
from pipeline.domain.consent import Use
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.footage_requests import LEAST_COUNTED, OPEN_FOR, Rule
from pipeline.domain.request_log import LogKind, PublicRequest, RequestState
from pipeline.errors import (
    ConsentError,
    EvidenceDisposedError,
    FootageRequestError,
    FootageRequestRefusedError,
    InputRefusedError,
    RecordNotFoundError,
)
from pipeline.retention.revocation import revoke_grant
from pipeline.settings import Settings, StoreSettings
from tests.builders import CAMERA, EVENING, RESIDENT
from tests.casework.asking import ANOTHER, SUPERVISOR, WRITER, a_footage_request, publish
from tests.catalogue.stories import a_camera, a_trigger
from tests.retention.story import Town, a_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "doorstep"))) as made:
        yield made


def house(town: Town, number: int, at: tuple[float, float] | None = (51.5, -0.12)) -> str:
    """Another resident with one camera; their id."""
    resident = f"resident-{number}"
    camera = a_camera(camera_id=f"ring:{number}", owner_id=resident, position=at)
    town.services.catalogue.cameras.save([camera])
    town.services.catalogue.triggers.save([a_trigger(f"{number}", camera_id=camera.camera_id)])
    return resident


def test_what_is_written_waits_and_is_published_by_a_supervisor(town: Town) -> None:
    filed = write_request(town.services, WRITER, a_footage_request())
    assert read_log(town.services).entries == (), "nobody reads what nobody approved"

    decide_request(town.services, SUPERVISOR, Role.SUPERVISOR, filed.request_id, is_given=True, note="clear")

    (entry,) = read_log(town.services).entries
    assert (entry.kind, entry.by_role, entry.asked) == (LogKind.PUBLISHED, Role.SUPERVISOR, a_footage_request())
    actions = [one.entry.action for one in town.services.catalogue.custody.records(subject=filed.request_id)]
    assert actions == [CustodyAction.REQUEST_WRITTEN, CustodyAction.REQUEST_PUBLISHED]


@pytest.mark.parametrize(
    ("agent", "role", "why"),
    [
        (WRITER, Role.SUPERVISOR, "another person"),
        (SUPERVISOR, Role.INVESTIGATOR, "only a supervisor"),
        (SUPERVISOR, Role.ADMINISTRATOR, "only a supervisor"),
    ],
)
def test_it_takes_another_person_who_is_a_supervisor(town: Town, agent: str, role: Role, why: str) -> None:
    filed = write_request(town.services, WRITER, a_footage_request())

    with pytest.raises(FootageRequestError, match=why):
        decide_request(town.services, agent, role, filed.request_id, is_given=True)

    assert read_log(town.services).entries == ()


def test_a_request_is_decided_once(town: Town) -> None:
    public = publish(town.services)

    with pytest.raises(FootageRequestError, match="decided already"):
        decide_request(town.services, ANOTHER, Role.SUPERVISOR, public.request_id, is_given=False)

    assert len(read_log(town.services).entries) == 1


def test_what_the_rules_refuse_is_public_by_its_rules_and_without_its_words(town: Town) -> None:
    secret = a_footage_request(words="A parcel of the victim Jane Doe was taken.", title="Jane Doe")
    assert [one.rule for one in check_request(town.services, secret)] == [Rule.PERSONAL_DETAIL, Rule.POSSIBLE_NAME]
    assert read_log(town.services).entries == (), "what is only checked is not sent"

    with pytest.raises(FootageRequestRefusedError, match="Take it out") as caught:
        write_request(town.services, WRITER, secret)

    assert caught.value.rules == ("personal_detail", "possible_name")
    (entry,) = read_log(town.services).entries
    assert (entry.kind, entry.rules, entry.by_role) == (
        LogKind.REFUSED,
        (Rule.PERSONAL_DETAIL, Rule.POSSIBLE_NAME),
        None,
    )
    said = json.dumps(entry_plain(entry, "refused"))
    assert "Jane" not in said
    assert town.services.catalogue.footage_requests.list_filed() == (), "nor are its words kept"
    (record,) = town.services.catalogue.custody.records(subject=entry.request_id)
    assert record.entry.detail["rules"] == "personal_detail possible_name"
    assert "Jane" not in record.leaf


def test_a_number_that_is_none_does_not_reach_the_log(town: Town) -> None:
    with pytest.raises(FootageRequestRefusedError):
        write_request(town.services, WRITER, a_footage_request(case_number="the Johnson matter 7"))

    assert read_log(town.services).entries[0].case_number == ""


def test_what_a_supervisor_refuses_is_public_without_its_words(town: Town) -> None:
    filed = write_request(town.services, WRITER, a_footage_request())

    decide_request(town.services, SUPERVISOR, Role.SUPERVISOR, filed.request_id, is_given=False, note="too vague")

    (entry,) = read_log(town.services).entries
    assert (entry.kind, entry.rules, entry.by_role) == (LogKind.REFUSED, (), Role.SUPERVISOR)
    assert "porch" not in json.dumps(entry_plain(entry, "refused"))
    assert town.services.catalogue.footage_requests.filed(filed.request_id).note == "too vague"


def test_a_third_post_of_a_case_is_refused_when_it_is_written_and_when_it_is_approved(town: Town) -> None:
    waiting = write_request(town.services, WRITER, a_footage_request(title="The third"))
    publish(town.services)
    close_request(town.services, WRITER, Role.INVESTIGATOR, publish(town.services, case_number="24 117").request_id)

    with pytest.raises(FootageRequestRefusedError, match="too_many_posts"):
        write_request(town.services, WRITER, a_footage_request())
    with pytest.raises(FootageRequestRefusedError, match="too_many_posts"):
        decide_request(town.services, SUPERVISOR, Role.SUPERVISOR, waiting.request_id, is_given=True)

    kinds = [entry.kind for entry in read_log(town.services).entries]
    assert kinds.count(LogKind.PUBLISHED) == 2
    assert kinds.count(LogKind.REFUSED) == 2, "both are public"
    filed = town.services.catalogue.footage_requests.filed(waiting.request_id)
    assert (filed.is_published, filed.decided_by) == (False, SUPERVISOR)


def test_whoever_wrote_it_or_a_supervisor_closes_it_once(town: Town) -> None:
    public = publish(town.services)
    with pytest.raises(FootageRequestError, match="whoever wrote it"):
        close_request(town.services, ANOTHER, Role.INVESTIGATOR, public.request_id)

    town.clock.jump(hours=1)
    closed = close_request(town.services, ANOTHER, Role.SUPERVISOR, public.request_id)

    assert closed.state(town.clock.now()) is RequestState.CLOSED
    assert [one.kind for one in read_log(town.services).entries] == [LogKind.CLOSED, LogKind.PUBLISHED]
    with pytest.raises(FootageRequestError, match="closed already"):
        close_request(town.services, WRITER, Role.INVESTIGATOR, public.request_id)


def test_a_request_is_seen_by_those_whose_camera_is_inside_and_by_nobody_else(town: Town) -> None:
    far, unknown = house(town, 7, (51.6, -0.12)), house(town, 8, None)
    public = publish(town.services)

    (seen,) = requests_at_home(town.services, RESIDENT)

    assert (seen.public, [one.camera_id for one in seen.cameras], seen.answers) == (public, [CAMERA], ())
    for other in (far, unknown, "resident-nobody"):
        assert requests_at_home(town.services, other) == ()
        with pytest.raises(RecordNotFoundError):
            request_at_home(town.services, other, public.request_id)


def test_clips_that_were_picked_are_granted_and_no_others(town: Town) -> None:
    town.grant(purpose="something else")
    picked, left = town.keep("picked"), town.keep("left", minutes=5)
    before = town.keep("before", minutes=-31)
    public = publish(town.services)
    desk = town.services.consent(public.asked.purpose_of_answers, public.asked.recipient)
    offered = clips_to_choose(town.services, request_at_home(town.services, RESIDENT, public.request_id))
    assert [one.acquisition_id for one in offered] == [picked.name, left.name], "and what lies outside is not offered"

    signed = answer_with_clips(town.services, RESIDENT, public.request_id, [offered[0].name], days=30)

    camera = town.services.catalogue.cameras.get(CAMERA)
    start = picked.clip.clock.starts_at
    for use in Use:
        for moment in (start, start + timedelta(seconds=10)):
            assert desk.require(use, camera, moment) == signed
        for moment in (start - timedelta(seconds=1), left.clip.clock.starts_at, before.clip.clock.starts_at):
            with pytest.raises(ConsentError):
                desk.require(use, camera, moment)
    with pytest.raises(ConsentError):
        desk.require(Use.VIEW, camera, start, with_audio=True)
    with pytest.raises(ConsentError):
        town.services.consent(public.asked.purpose, public.asked.recipient).require(Use.VIEW, camera, start)
    assert signed.grant.event_kinds == tuple(EventKind)


def test_a_grant_for_the_case_covers_the_window_and_the_kinds_that_were_asked_for(town: Town) -> None:
    public = publish(town.services)

    signed = answer_for_case(town.services, RESIDENT, public.request_id, [CAMERA], days=90)

    desk = town.services.consent(public.asked.purpose_of_answers, public.asked.recipient)
    camera = town.services.catalogue.cameras.get(CAMERA)
    assert desk.require(Use.FETCH, camera, public.asked.starts_at) == signed
    desk.require(Use.VIEW, camera, EVENING, EventKind.PACKAGE_PICKED_UP)
    for moment, kind in ((public.asked.ends_at, None), (EVENING, EventKind.LOITERING)):
        with pytest.raises(ConsentError):
            desk.require(Use.VIEW, camera, moment, kind)


def test_an_answer_is_revoked_like_any_grant_and_what_came_of_it_goes(town: Town) -> None:
    public = publish(town.services)
    signed = answer_for_case(town.services, RESIDENT, public.request_id, [CAMERA], days=30)
    kept = town.keep("theirs", grant_id=signed.grant.grant_id)

    revoke_grant(town.services, signed.grant.grant_id, RESIDENT)

    (at_home,) = requests_at_home(town.services, RESIDENT)
    assert at_home.answers[0].grant.revoked_at is not None
    with pytest.raises(EvidenceDisposedError):
        town.services.catalogue.clips.get(kept.name)


@pytest.mark.parametrize(("names", "days"), [((), 30), (("ring:1001 none",), 30), (("ring:1001 trigger-clip",), 0)])
def test_an_answer_that_means_nothing_is_refused(
    town: Town, names: tuple[str, ...], days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.grant()
    town.keep()
    public = publish(town.services)
    monkeypatch.setattr(answering, "recorded_clips", _without_source)

    with pytest.raises(InputRefusedError):
        answer_with_clips(town.services, RESIDENT, public.request_id, names, days=days)

    assert [one.grant.grant_id for one in town.services.catalogue.grants.latest()] == ["gr-1"]


def _without_source(*args: object, asks_source: bool = False) -> tuple[object, ...]:
    from pipeline.casework.requests.recorded import recorded_clips

    return recorded_clips(*args)  # type: ignore[arg-type]


def test_what_is_closed_is_answered_no_more(town: Town) -> None:
    town.grant()
    town.keep()
    public = publish(town.services)
    at_home = request_at_home(town.services, RESIDENT, public.request_id)
    name = clips_to_choose(town.services, at_home)[0].name
    town.clock.jump(days=OPEN_FOR.days)

    with pytest.raises(RecordNotFoundError):
        answer_with_clips(town.services, RESIDENT, public.request_id, [name], days=30)

    assert [one.grant.grant_id for one in town.services.catalogue.grants.latest()] == ["gr-1"]


def test_what_is_hidden_is_hidden_for_its_resident_alone_and_nobody_can_read_whose_it_is(town: Town) -> None:
    other = house(town, 7)
    public = publish(town.services)
    records = town.services.catalogue.custody.count()

    hide_request(town.services, RESIDENT, public.request_id)

    assert [one.is_hidden for one in requests_at_home(town.services, RESIDENT)] == [True]
    assert [one.is_hidden for one in requests_at_home(town.services, other)] == [False]
    assert town.services.catalogue.custody.count() == records, "no record of it"
    rows = _rows_of(town, "request_marks")
    assert len(rows) == 1
    assert all(word not in str(rows) for word in (RESIDENT, public.request_id, "hidden"))
    show_request_again(town.services, RESIDENT, public.request_id)
    assert [one.is_hidden for one in requests_at_home(town.services, RESIDENT)] == [False]
    assert _rows_of(town, "request_marks") == []


def _rows_of(town: Town, table: str) -> list[tuple[object, ...]]:
    import sqlalchemy as sa

    from pipeline.catalogue.tables import metadata

    with town.services.catalogue._database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(metadata.tables[table]))]


def answered_by(town: Town, public: PublicRequest, count: int) -> None:
    for number in range(100, 100 + count):
        answer_for_case(town.services, f"resident-{number}", public.request_id, [f"ring:{number}"], days=30)


@pytest.mark.parametrize(
    ("residents", "words"),
    [
        (0, "fewer than 5 residents"),
        (LEAST_COUNTED - 1, "fewer than 5 residents"),
        (LEAST_COUNTED, "5 residents"),
        (LEAST_COUNTED + 1, "6 residents"),
    ],
)
def test_how_many_answered_is_said_once_it_is_closed_and_above_the_floor(
    town: Town, residents: int, words: str
) -> None:
    for number in range(100, 110):
        house(town, number)
    public = publish(town.services)
    before = answers_in_words(town.services, public, town.clock.now())
    answered_by(town, public, residents)
    assert answers_in_words(town.services, public, town.clock.now()) == before, "whoever watches learns nothing"

    town.clock.jump(days=OPEN_FOR.days)
    assert answers_in_words(town.services, public, town.clock.now()) == words
    for grant in town.services.catalogue.grants.latest():
        revoke_grant(town.services, grant.grant.grant_id, "tester")
    assert answers_in_words(town.services, public, town.clock.now()) == words, "it does not tell who revoked"


def test_two_answers_of_one_resident_are_one(town: Town) -> None:
    for number in range(100, 104):
        house(town, number)
    public = publish(town.services)
    answered_by(town, public, 4)
    answered_by(town, public, 4)

    town.clock.jump(days=OPEN_FOR.days)

    assert answers_in_words(town.services, public, town.clock.now()) == "fewer than 5 residents"


def test_a_camera_whose_clip_nobody_measured_is_offered_up_to_the_next(town: Town) -> None:
    at = EVENING + timedelta(minutes=3)
    town.services.catalogue.triggers.save(
        [
            a_trigger("1", at=at, seconds=0.0),
            a_trigger("2", at=at + timedelta(seconds=40), seconds=20.0),
            a_trigger("3", at=at + timedelta(minutes=5), deleted=True),
        ]
    )
    public = publish(town.services)

    first, second = clips_to_choose(town.services, request_at_home(town.services, RESIDENT, public.request_id))

    assert (first.span.start, first.span.end) == (at, at + timedelta(seconds=40))
    assert second.span.end - second.span.start == timedelta(seconds=22)
    assert not first.is_held


def test_a_request_of_the_future_is_answered_by_nobody(town: Town) -> None:
    late = a_footage_request(ends_at=town.clock.now() + timedelta(hours=1))
    late = replace(late, starts_at=late.ends_at - timedelta(hours=2))

    with pytest.raises(FootageRequestRefusedError, match="window_in_future"):
        write_request(town.services, WRITER, late)
