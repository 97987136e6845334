"""Who looked: all of one's own, nothing of others, and who it was as the agency decides."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.casework.grants.looks import as_table, every_look, looks
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Incident
from pipeline.errors import CustodyChainError
from pipeline.evidence.custody_check import verify_log
from pipeline.night.services import AGENT
from pipeline.settings import AgencySettings, Settings, StoreSettings
from tests.builders import CAMERA, EVENING, PURPOSE, RESIDENT
from tests.retention.story import Town, a_town

BOB = "resident-bob"


def settings_of(tmp_path: Path, *, names: bool = False) -> Settings:
    agency = AgencySettings(name="Oak Street police", names_agents=names)
    return Settings(store=StoreSettings(directory=tmp_path / "doorstep"), agency=agency)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Town]:
    with a_town(settings_of(tmp_path)) as town:
        town.grant()
        town.grant(grant_id="gr-2", resident_id=BOB, camera_ids=("ring:2",))
        yield town


def acted(
    town: Town, authority: str, action: CustodyAction = CustodyAction.ACCESSED, how: str = "play", **detail: str
) -> None:
    facts = {"camera": CAMERA, "as": how, "purpose": "package theft", "case": "26-1", **detail}
    subject = "a" * 64
    entry = CustodyEntry(EVENING, detail.get("who", "jane"), action, subject, authority, facts)
    town.services.catalogue.custody.append((entry,))


def test_a_resident_reads_what_stands_under_their_grants_the_newest_first(home: Town) -> None:
    acted(home, "gr-1 v1", how="search")
    acted(home, "gr-2 v1", camera="ring:2")
    acted(home, "gr-1 v3")
    acted(home, "gr-1 v3", CustodyAction.ANALYSED)
    acted(home, "gr-2 v1, gr-1 v3", CustodyAction.DISSEMINATED, recipient="the prosecutor", how="evidence package")

    page = looks(home.services, RESIDENT)

    assert [one.what for one in page.looks] == ["handed out: evidence package", "played", "found in a search"]
    assert not page.goes_on
    handed = page.looks[0]
    assert (handed.grant_ids, handed.recipient, handed.case_number) == (("gr-1",), "the prosecutor", "26-1")
    assert (page.looks[1].camera, page.looks[1].purpose) == ("Front door", "package theft")
    assert {one.who for one in page.looks} == {"Oak Street police, operator of this installation"}
    assert [one.camera for one in looks(home.services, BOB).looks] == ["", "ring:2"], "of another's, nothing"
    assert looks(home.services, "resident-eve").looks == ()


def test_reading_it_is_not_written_down(home: Town) -> None:
    acted(home, "gr-1 v1")
    before = home.services.catalogue.custody.count()

    assert len(list(every_look(home.services, RESIDENT))) == 1
    assert home.services.catalogue.custody.count() == before


def test_pages_follow_each_other_without_a_gap(home: Town) -> None:
    for number in range(7):
        acted(home, "gr-1 v1, gr-2 v1", purpose=f"{number}")

    first = looks(home.services, RESIDENT, count=4)
    rest = looks(home.services, RESIDENT, before=first.looks[-1].number, count=4)

    assert (first.goes_on, rest.goes_on) == (True, False)
    assert [one.purpose for one in (*first.looks, *rest.looks)] == ["6", "5", "4", "3", "2", "1", "0"]


def test_a_table_does_not_calculate(home: Town) -> None:
    acted(home, "gr-1 v1", case="=1+1")

    lines = list(as_table(every_look(home.services, RESIDENT)))

    assert lines[0].startswith('"number","at","what","who",')
    assert ',"\'=1+1",' in lines[1]


def test_the_agency_may_let_residents_read_names(tmp_path: Path) -> None:
    with a_town(settings_of(tmp_path, names=True)) as town:
        town.grant()
        acted(town, "gr-1 v1")
        acted(town, "gr-1 v1", who="pipeline 0.1.0")
        acted(town, "gr-1 v1", who=RESIDENT)

        assert [one.who for one in looks(town.services, RESIDENT).looks] == [
            "you",
            "Doorstep, by itself",
            "jane (Oak Street police, operator of this installation)",
        ]


def test_a_row_that_the_leaf_does_not_bear_out_is_no_look_and_no_row_can_be_taken_away(home: Town) -> None:
    acted(home, "gr-2 v1")
    position = home.services.catalogue.custody.count() - 1
    engine = sa.create_engine(f"sqlite:///{home.settings.store.directory / 'catalogue.sqlite'}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO custody_grants VALUES ('gr-1', :at)"), {"at": position})

    with pytest.raises(CustodyChainError):
        looks(home.services, RESIDENT)
    for statement in ("DELETE FROM custody_grants", "UPDATE custody_grants SET grant_id = 'gr-9'"):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("INSERT INTO custody_grants VALUES ('gr-1', :at)", "gr-1, gr-2"),
        ("DELETE FROM custody_grants WHERE position = :at", "no grant"),
        ("UPDATE custody_grants SET grant_id = 'gr-1' WHERE position = :at", "gr-1"),
    ],
)
def test_who_checks_the_log_finds_a_look_that_was_hidden_invented_or_given_to_another(
    home: Town, statement: str, found: str
) -> None:
    """By the database's owner, who takes the guards away."""
    acted(home, "gr-1 v1")
    acted(home, "gr-2 v1")
    services = home.services
    verify_log(services.catalogue.custody, services.keys)
    position = services.catalogue.custody.count() - 1
    with services.catalogue._database.write() as connection:
        for guard in ("custody_grants_no_update", "custody_grants_no_delete"):
            connection.execute(sa.text(f"DROP TRIGGER {guard}"))
        connection.execute(sa.text(statement), {"at": position})

    with pytest.raises(CustodyChainError) as caught:
        verify_log(services.catalogue.custody, services.keys)
    assert (caught.value.expected, caught.value.found) == ("under gr-2", f"under {found}")


def test_what_the_system_did_by_itself_says_for_what_it_was_granted_and_on_which_case(home: Town) -> None:
    home.open_incident("in-1", case_number="26-7")
    detail = {"incident": "in-1"}
    entry = CustodyEntry(EVENING, AGENT, CustodyAction.ATTACHED, "hl-1", "gr-1 v1", detail)
    home.services.catalogue.custody.append((entry,))

    (look,) = looks(home.services, RESIDENT).looks

    assert (look.who, look.purpose, look.case_number) == ("Doorstep, by itself", PURPOSE, "26-7")


def numbered(number: str, incident: Incident) -> Incident:
    return replace(incident, case_number=number)


def test_a_look_keeps_the_case_that_its_incident_had_then(home: Town) -> None:
    home.open_incident("in-1")
    numbers = []
    for number in ("", "26-7", "26-8"):
        if number:
            home.clock.jump(hours=1)
            changed = CustodyEntry(home.clock.now(), "kim", CustodyAction.INCIDENT_CHANGED, "in-1")
            home.services.catalogue.incidents.change("in-1", partial(numbered, number), changed)
        home.clock.jump(hours=1)
        entry = CustodyEntry(home.clock.now(), AGENT, CustodyAction.ATTACHED, "hl-1", "gr-1 v1", {"incident": "in-1"})
        home.services.catalogue.custody.append((entry,))
        numbers.append(number)

    assert [one.case_number for one in looks(home.services, RESIDENT).looks] == numbers[::-1]


def test_what_the_system_did_keeps_the_purpose_for_which_it_was_granted_then(home: Town) -> None:
    home.grant(version=2, purpose="fires")
    for version in (1, 2):
        entry = CustodyEntry(EVENING, AGENT, CustodyAction.ATTACHED, "hl-1", f"gr-1 v{version}")
        home.services.catalogue.custody.append((entry,))

    assert [one.purpose for one in looks(home.services, RESIDENT).looks] == ["fires", PURPOSE]
