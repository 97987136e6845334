"""What saved searches find after a night: new once, for their own agent, and only under a grant that lives then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.asking.question import Question
from pipeline.casework.saved_searches import news_in_words, news_of, run_after_night, run_saved, save_search
from pipeline.consent.grants import revoke
from pipeline.domain.agents import Matter, Role
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import InputRefusedError, ProtectedTraitError
from pipeline.retention.revocation import save_grant
from pipeline.settings import NightSettings, Settings, StoreSettings
from tests.builders import PURPOSE, RECIPIENT
from tests.catalogue.stories import inferred
from tests.retention.story import Town, a_town
from tests.web.desk import an_agent

JANE, JOE = Matter("jane", PURPOSE, RECIPIENT, "26-001"), Matter("joe", "another purpose", RECIPIENT)
JOAN = Matter("joan", PURPOSE, RECIPIENT)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second"),
        night=NightSettings(purpose=PURPOSE, recipient=RECIPIENT),
    )
    with a_town(settings) as made:
        made.grant()
        yield made


def kept(town: Town, words: str = "q=loitering", matter: Matter = JANE) -> str:
    return save_search(town.services, matter, "mine", Question.from_query(words), notifies=True).saved_id


def test_a_night_finds_what_is_new_once(town: Town) -> None:
    town.keep("before", found=(inferred(EventKind.LOITERING),))
    kept(town)
    assert [count for _, count in run_after_night(town.services, "2026-03-10")] == [0]
    new = town.keep("after", minutes=90, found=(inferred(EventKind.LOITERING), inferred(EventKind.PERSON_VISIT)))
    assert [count for _, count in run_after_night(town.services, "2026-03-11")] == [1]
    assert [count for _, count in run_after_night(town.services, "2026-03-11")] == [0]
    assert news_in_words(town.services, "2026-03-11") == (
        "Saved searches found 1 new event, 1 of 1 searches found something"
    )
    assert news_in_words(town.services, "2026-03-10") == ""
    (news,) = news_of(town.services, JANE)
    assert [found.event.inferred.kind for found in news.events] == [EventKind.LOITERING]
    assert news.events[0].acquisition_id == new.name
    answered = run_saved(town.services, JANE, news.saved)
    assert answered.page.total.number == 2
    (news,) = news_of(town.services, JANE)
    assert news.events == ()


def test_what_no_grant_lets_the_agent_see_is_not_found(town: Town) -> None:
    kept(town, matter=JOE)
    town.keep("after", minutes=90, found=(inferred(EventKind.LOITERING),))
    assert [count for _, count in run_after_night(town.services, "2026-03-11")] == [0]
    assert news_of(town.services, JOE)[0].events == ()


def test_a_grant_that_is_revoked_takes_the_news_along(town: Town) -> None:
    kept(town)
    town.keep("after", minutes=90, found=(inferred(EventKind.LOITERING),))
    run_after_night(town.services, "2026-03-11")
    assert len(news_of(town.services, JANE)[0].events) == 1
    grant = town.services.catalogue.grants.get("gr-1").grant
    signed = revoke(grant, town.clock.now(), town.services.key)
    save_grant(town.services, signed, CustodyAction.GRANT_REVOKED, "tester")
    assert news_of(town.services, JANE)[0].events == ()
    town.keep("later", minutes=120, found=(inferred(EventKind.LOITERING),))
    assert [count for _, count in run_after_night(town.services, "2026-03-12")] == [0]


def test_a_run_is_written_down_for_whom_it_was_and_nobody_looked(town: Town) -> None:
    saved_id = kept(town)
    town.keep("after", minutes=90, found=(inferred(EventKind.LOITERING),))
    before = town.services.catalogue.custody.count()
    run_after_night(town.services, "2026-03-11")
    (record,) = list(town.services.catalogue.custody.records())[before:]
    assert record.entry.action is CustodyAction.SEARCHED
    assert record.entry.agent.startswith("pipeline ")
    assert record.entry.subject == saved_id
    assert record.entry.detail["for"] == "jane"
    assert record.entry.detail["found"] == "1"
    assert "jane" not in record.leaf
    town.require_whole_log()


def test_a_night_reads_no_incident_that_the_agent_does_not_reach(town: Town) -> None:
    """The words of somebody else's incident would be told by what is new, word by word."""
    an_agent(town.services, "jane", Role.INVESTIGATOR)
    kept(town, "q=%22chandelier%22")
    save_search(town.services, JOAN, "mine", Question.from_query("q=%22chandelier%22"), notifies=True)
    incident = town.open_incident(narrative="A chandelier is missing.", opened_by="joan")
    town.attach(incident, town.keep("after", minutes=90))
    assert {saved.matter.agent: count for saved, count in run_after_night(town.services, "2026-03-11")} == {
        "jane": 0,
        "joan": 1,
    }


def test_what_is_refused_is_not_saved(town: Town) -> None:
    for question, error in (
        (Question("black man"), ProtectedTraitError),
        (Question(), InputRefusedError),
        (Question("x" * 4001), InputRefusedError),
    ):
        with pytest.raises(error):
            save_search(town.services, JANE, "mine", question, notifies=True)
    with pytest.raises(InputRefusedError):
        save_search(town.services, JANE, " ", Question("person"), notifies=True)
    assert town.services.catalogue.saved_searches.list("jane") == ()


def test_last_night_is_another_night_each_time(town: Town) -> None:
    kept(town, "q=loitering+last+24+hours")
    town.keep("old", minutes=-10 * 24 * 60, found=(inferred(EventKind.LOITERING),))
    town.keep("new", minutes=30, found=(inferred(EventKind.LOITERING),))
    assert [count for _, count in run_after_night(town.services, "2026-03-11")] == [1]
    (news,) = news_of(town.services, JANE)
    town.clock.jump(days=3)
    assert run_saved(town.services, JANE, news.saved).page.total.number == 0
