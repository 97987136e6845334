"""Agents, their sessions and what failed, the same on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.catalogue import Catalogue
from pipeline.domain.agents import AgentAccount, DeskSession, Matter, ProgramToken, Role, Stage
from pipeline.errors import AgentNameTakenError, AgentUnknownError, LastAdministratorError
from tests.builders import EVENING
from tests.catalogue.stories import an_entry

ANN = AgentAccount("ag-1", "Ann Ärlig", Role.ADMINISTRATOR, True, EVENING)
BO = AgentAccount("ag-2", "bo", Role.INVESTIGATOR, True, EVENING, must_renew=True)
SESSION = DeskSession("se-1", "ag-1", Stage.OPEN, EVENING, EVENING, EVENING + timedelta(hours=12), "::1", "a browser")


@pytest.fixture
def staffed(catalogue: Catalogue) -> Catalogue:
    for account in (ANN, BO):
        catalogue.agents.add(account, "hash", [an_entry(account.agent_id)], first=False)
    return catalogue


def entries(catalogue: Catalogue) -> int:
    return catalogue.custody.head().size


def test_agents_are_found_by_name_in_any_capitals(staffed: Catalogue) -> None:
    assert staffed.agents.named("ANN  ärlig") == ANN
    assert staffed.agents.get("ag-2") == BO
    assert staffed.agents.list() == (ANN, BO)
    with pytest.raises(AgentUnknownError):
        staffed.agents.named("nobody")
    with pytest.raises(AgentNameTakenError):
        staffed.agents.add(replace(ANN, agent_id="ag-3", name="ann Ärlig"), "hash", [an_entry("x")], first=False)
    assert entries(staffed) == 2


def test_the_first_is_added_once(catalogue: Catalogue) -> None:
    assert catalogue.agents.is_empty()
    assert catalogue.agents.add(ANN, "hash", [an_entry("ag-1")], first=True)
    assert not catalogue.agents.add(BO, "hash", [an_entry("ag-2")], first=True)
    assert (catalogue.agents.list(), entries(catalogue)) == ((ANN,), 1)


@pytest.mark.parametrize("change", [{"enabled": False}, {"role": Role.AUDITOR}])
def test_the_last_administrator_stays_and_nothing_is_written(staffed: Catalogue, change: dict[str, object]) -> None:
    staffed.sessions.open("digest", SESSION, ())
    with pytest.raises(LastAdministratorError):
        staffed.agents.change("ag-1", [an_entry("ag-1")], **change)  # type: ignore[arg-type]
    assert staffed.agents.get("ag-1") == ANN
    assert staffed.sessions.find("digest") is not None
    assert entries(staffed) == 2


def test_a_step_is_used_once_by_however_many_at_once(staffed: Catalogue) -> None:
    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(lambda _: staffed.agents.use_step("ag-1", 7), range(4)))
    assert sorted(used) == [False, False, False, True]
    assert [staffed.agents.use_step("ag-1", step) for step in (6, 7, 8)] == [False, False, True]


def test_a_recovery_code_is_used_once(staffed: Catalogue) -> None:
    staffed.agents.set_second_factor("ag-1", b"\0sealed", 3, ["one", "two"], [an_entry("ag-1")])
    assert staffed.agents.get("ag-1").has_second_factor
    used = [staffed.agents.use_recovery("ag-1", code, [an_entry("ag-1")]) for code in ("two", "two", "three")]

    assert used == [True, False, False]
    proofs = staffed.agents.proofs("ag-1")
    assert (proofs.second_factor, proofs.second_factor_step, proofs.recovery) == (b"\0sealed", 3, ("one",))


def test_a_session_is_found_by_its_digest_with_its_agent(staffed: Catalogue) -> None:
    staffed.sessions.open("digest", SESSION, [an_entry("ag-1")])
    found = staffed.sessions.find("digest")

    assert found is not None
    assert (found.session, found.account) == (SESSION, ANN)
    assert staffed.sessions.find("another") is None


def test_a_session_takes_the_place_of_another_and_old_ones_go(staffed: Catalogue) -> None:
    staffed.sessions.open("old", replace(SESSION, session_id="se-0", ends_at=EVENING - timedelta(hours=1)), ())
    staffed.sessions.open("half", replace(SESSION, session_id="se-2", stage=Stage.CODE), ())
    staffed.sessions.open("whole", SESSION, (), replaces="half")
    assert [one.session_id for one in staffed.sessions.of_agent("ag-1")] == ["se-1"]


def test_a_matter_lies_on_one_session_and_is_remembered_for_the_agent(staffed: Catalogue) -> None:
    staffed.sessions.open("digest", SESSION, ())
    for number, case in enumerate(("26-1", "26-2", "26-1")):
        matter = Matter(ANN.name, "theft", "police", case)
        staffed.sessions.begin_matter(SESSION, matter, EVENING + timedelta(minutes=number), [an_entry("se-1")])

    found = staffed.sessions.find("digest")
    assert found is not None
    assert found.session.matter == Matter(ANN.name, "theft", "police", "26-1")
    assert [one.case_number for one in staffed.sessions.recent_matters(ANN)] == ["26-1", "26-2"]
    assert staffed.sessions.recent_matters(BO) == ()


def test_ending_all_sessions_but_one_is_written_down_when_there_were_any(staffed: Catalogue) -> None:
    for number in range(3):
        staffed.sessions.open(f"digest {number}", replace(SESSION, session_id=f"se-{number}"), ())
    before = entries(staffed)
    assert staffed.sessions.end("ag-1", [an_entry("ag-1")], keep="se-1") == 2
    assert staffed.sessions.end("ag-1", [an_entry("ag-1")], keep="se-1") == 0
    assert staffed.sessions.end("ag-2", [an_entry("ag-2")], session_id="se-1") == 0, "it is another's"
    assert entries(staffed) == before + 1


def test_tokens_and_known_browsers_end_with_a_reset(staffed: Catalogue) -> None:
    token = ProgramToken("to-1", "ag-1", "a program", EVENING, EVENING + timedelta(days=1))
    staffed.sessions.add_token("token", token, [an_entry("ag-1")])
    staffed.sessions.know_browser("browser", "ag-1", EVENING + timedelta(days=1), EVENING)
    assert staffed.sessions.token("token") == (token, ANN)
    assert staffed.sessions.is_known_browser("browser", "ag-1", EVENING)
    assert not staffed.sessions.is_known_browser("browser", "ag-2", EVENING)
    staffed.agents.set_password("ag-1", "another", [an_entry("ag-1")], must_renew=True, without_second_factor=True)

    assert staffed.sessions.token("token") is None
    assert not staffed.sessions.is_known_browser("browser", "ag-1", EVENING)


def test_failures_count_up_pause_and_are_forgotten(staffed: Catalogue) -> None:
    pause, longest = timedelta(seconds=30), timedelta(minutes=2)
    free = [staffed.tries.fail("agent:ag-1", EVENING, 2, pause, longest) - EVENING for _ in range(6)]

    assert [one.total_seconds() for one in free] == [0, 30, 60, 120, 120, 120]
    assert staffed.tries.free_at(("agent:ag-1", "address:x"), EVENING) == EVENING + longest
    assert staffed.tries.free_at(("agent:ag-2",), EVENING) == EVENING
    staffed.tries.succeed(("agent:ag-1",))
    assert staffed.tries.free_at(("agent:ag-1",), EVENING) == EVENING
