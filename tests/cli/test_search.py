"""``doorstep search`` in words, and the searches that are kept."""

import json
from collections.abc import Iterator

import pytest

from pipeline.cli.screen import load_settings
from pipeline.domain.agents import Role
from pipeline.domain.events import CannotTell, EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import ProtectedTraitError, RecordNotFoundError, SearchNameTakenError
from tests.catalogue.stories import inferred
from tests.cli.runner import run
from tests.retention.story import Town, a_town
from tests.web.desk import an_agent


@pytest.fixture(autouse=True)
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Ann's door, with a loiterer and a parcel that nobody can tell of."""
    monkeypatch.setenv("DOORSTEP_NIGHT__PURPOSE", "package theft")
    monkeypatch.setenv("DOORSTEP_NIGHT__RECIPIENT", "Oak Street police")
    with a_town(load_settings()) as made:
        made.grant(expires_at=made.clock.now().replace(year=2100))
        made.keep("loiterer", found=(inferred(EventKind.LOITERING),))
        dark = inferred(EventKind.PACKAGE_PICKED_UP, reason=CannotTell.TOO_DARK)
        made.keep("parcel", minutes=60, found=(dark,))
        yield made


def test_words_and_options_find_the_same() -> None:
    by_words = json.loads(run("search", "loitering", "in", "March", "2026", "--json").output)
    by_options = json.loads(run("search", "--kind", "loitering", "--since", "2026-03-01", "--json").output)
    by_filter = json.loads(run("search", "--filter", "kind=loitering", "--json").output)
    assert by_words["events"] == by_options["events"] == by_filter["events"] != []
    assert [one["as"] for one in by_words["understood"]] == ["loitering", "March 2026"]


def test_what_is_found_names_the_fetch_by_which_its_clip_is_cut(town: Town) -> None:
    (found,) = json.loads(run("search", "loitering", "--json").output)["events"]
    clip = town.services.catalogue.clips.get(found["acquisition"])
    assert (clip.item.digest, clip.acquisition.camera_id) == (found["clip"], found["camera"])


def test_a_person_reads_what_was_understood_and_what_was_not() -> None:
    said = run("search", "cannot tell because too dark", "gargoyle").output
    assert "cannot tell because too dark: cannot be told: too dark" in said
    assert "not understood: gargoyle" in said
    assert "package_picked_up? too_dark" in said
    assert "cannot tell because: too_dark 1" in said


def test_people_are_not_searched_for_by_a_trait(town: Town) -> None:
    with pytest.raises(ProtectedTraitError):
        run("search", "black", "man")
    (record,) = [
        one
        for one in town.services.catalogue.custody.records()
        if one.entry.action in (CustodyAction.SEARCH_REFUSED, CustodyAction.SEARCHED)
    ]
    assert record.entry.action is CustodyAction.SEARCH_REFUSED
    assert "black" not in record.leaf


@pytest.mark.parametrize("filter_", ["near", "near=", "near=1,2", "theft=yes"])
def test_a_filter_that_is_none_is_refused(filter_: str) -> None:
    assert run("search", "--filter", filter_).exit_code == 2


def test_a_limit_says_how_much_is_left_and_pages_are_read_on(town: Town) -> None:
    for number in range(210):
        town.keep(f"clip {number}", minutes=120 + 20 * number)
    said = json.loads(run("search", "--limit", "205", "--json").output)
    assert len(said["events"]) == 205
    assert len({event["event_id"] for event in said["events"]}) == 205
    assert said["found"] == 212
    assert [event["start"] for event in said["events"]] == sorted(event["start"] for event in said["events"])
    assert "211 more are not listed" in run("search", "--limit", "1").output


def test_a_search_is_kept_asked_again_listed_and_deleted() -> None:
    assert "LOITERING" not in run("search", "--list").output
    run("search", "loitering", "--save", "Loitering", "--notify")
    again = json.loads(run("search", "--saved", "loitering", "--json").output)
    assert [event["kind"] for event in again["events"]] == ["loitering"]
    (listed,) = json.loads(run("search", "--list", "--json").output)
    assert (listed["name"], listed["is_notifying"]) == ("Loitering", True)
    with pytest.raises(SearchNameTakenError):
        run("search", "person", "--save", "loitering")
    assert "deleted: Loitering" in run("search", "--delete", "Loitering").output
    with pytest.raises(RecordNotFoundError):
        run("search", "--saved", "Loitering")


NOTHING_SAID = {
    "--saved Loitering person": "WORDS",
    "--saved Loitering --kind loitering": "--kind",
    "loitering --notify": "--save",
    "--list --case 26-1": "--case",
    "--delete Loitering loitering": "WORDS",
    "loitering --count --limit 3": "--limit",
}


def test_an_option_that_would_say_nothing_is_refused(town: Town) -> None:
    run("search", "loitering", "--save", "Loitering")
    before = town.services.catalogue.custody.head().size
    for words, named in NOTHING_SAID.items():
        refused = run("search", *words.split())
        assert refused.exit_code == 2, words
        assert named in refused.output
    assert town.services.catalogue.custody.head().size == before, "nothing was asked"


def test_what_was_not_watched_is_asked_by_an_agent_of_the_desk_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ina")
    for arguments in (["--not-seen"], ["not", "seen", "by", "me"], ["--seen"], ["--filter", "watched=no"]):
        refused = run("search", *arguments)
        assert refused.exit_code == 2
        assert "none is called ina" in " ".join(refused.output.split())
    an_agent(town.services, "ina", Role.INVESTIGATOR)
    assert len(json.loads(run("search", "--not-seen", "--json").output)["events"]) == 2
    (found,) = json.loads(run("search", "loitering", "--json").output)["events"]
    detail = {"camera": "ring:1001", "event": found["event_id"], "as": "play"}
    look = CustodyEntry(town.clock.now(), "ina", CustodyAction.ACCESSED, found["clip"], "gr-1 v1", detail, "play 1")
    town.services.catalogue.custody.append([look])
    (left,) = json.loads(run("search", "--not-seen", "--json").output)["events"]
    (seen,) = json.loads(run("search", "--seen", "--json").output)["events"]
    assert (left["kind"], seen["kind"]) == ("package_picked_up", "loitering")
