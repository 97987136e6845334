"""Searches that agents keep: each agent's own, new once, and gone with what they found."""

from datetime import timedelta
from typing import Any

import pytest

from pipeline.catalogue import Catalogue
from pipeline.domain.agents import Matter
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.retention import Decision, DisposalReason
from pipeline.domain.saved_searches import LONGEST_QUERY, Find, SavedSearch
from pipeline.errors import RecordNotFoundError, SearchNameTakenError
from tests.builders import EVENING, PURPOSE, RECIPIENT
from tests.catalogue.stories import a_clip, an_entry, inferred, with_events

JANE, JOE = (Matter(name, PURPOSE, RECIPIENT, "26-001") for name in ("jane", "joe"))


def a_search(number: int = 1, matter: Matter = JANE, **changes: Any) -> SavedSearch:
    values = {"name": "White van", "query": "q=white+van+last+night", "is_notifying": True, "made_at": EVENING}
    return SavedSearch(saved_id=f"ss-{number:020x}", matter=matter, **{**values, **changes})


def keep(catalogue: Catalogue, *searches: SavedSearch) -> None:
    for saved in searches:
        catalogue.saved_searches.add(saved, [an_entry(saved.saved_id, CustodyAction.SEARCH_SAVED)])


def test_an_agent_sees_their_own_alone(catalogue: Catalogue) -> None:
    ours, theirs, quiet = a_search(), a_search(2, JOE), a_search(3, name="Zones", is_notifying=False)
    keep(catalogue, ours, theirs, quiet)
    assert catalogue.saved_searches.list("jane") == (ours, quiet)
    assert catalogue.saved_searches.named("jane", " white  VAN ") == ours
    assert catalogue.saved_searches.get("joe", theirs.saved_id) == theirs
    assert catalogue.saved_searches.notifying() == (ours, theirs)
    for missing in ("ss-none", theirs.saved_id):
        with pytest.raises(RecordNotFoundError, match="saved search"):
            catalogue.saved_searches.get("jane", missing)
    with pytest.raises(RecordNotFoundError):
        catalogue.saved_searches.named("jane", "red van")


def test_a_name_is_taken_once_by_an_agent_and_nothing_is_written(catalogue: Catalogue) -> None:
    keep(catalogue, a_search())
    before = catalogue.custody.count()
    with pytest.raises(SearchNameTakenError, match="WHITE van"):
        keep(catalogue, a_search(2, name="WHITE van"))
    assert catalogue.custody.count() == before
    keep(catalogue, a_search(3, JOE))


def test_what_was_looked_at_before_is_not_new(catalogue: Catalogue) -> None:
    with_events(catalogue, a_clip(), inferred(EventKind.PERSON_VISIT))
    keep(catalogue, a_search())
    assert catalogue.saved_searches.fresh(a_search().saved_id).acquisition_ids == frozenset()
    later = a_clip("later", minutes=30)
    (event,) = with_events(catalogue, later, inferred(EventKind.PERSON_VISIT))
    fresh = catalogue.saved_searches.fresh(a_search().saved_id)
    assert fresh.acquisition_ids == {later.acquisition.acquisition_id}
    assert fresh.earliest == later.clock.starts_at
    finds = [Find(event.event_id, "2026-03-10")]
    assert catalogue.saved_searches.note(a_search().saved_id, fresh.number, EVENING, finds) == 1
    assert catalogue.saved_searches.note(a_search().saved_id, fresh.number, EVENING, finds) == 0
    assert catalogue.saved_searches.finds(a_search().saved_id) == tuple(finds)
    assert catalogue.saved_searches.fresh(a_search().saved_id).acquisition_ids == frozenset()
    catalogue.saved_searches.looked_at(a_search().saved_id)
    assert catalogue.saved_searches.finds(a_search().saved_id) == ()


def test_a_find_does_not_outlive_its_clip(catalogue: Catalogue) -> None:
    keep(catalogue, a_search())
    (event,) = with_events(catalogue, a_clip(), inferred(EventKind.PERSON_VISIT))
    catalogue.saved_searches.note(a_search().saved_id, 1, EVENING, [Find(event.event_id, "2026-03-10")])
    decision = Decision(DisposalReason.REVOKED, "gr-1 v2")
    catalogue.disposals.decide(a_clip().acquisition.acquisition_id, lambda _: decision, EVENING)
    assert catalogue.saved_searches.finds(a_search().saved_id) == ()
    assert catalogue.saved_searches.list("jane") == (a_search(),)


def test_a_search_that_is_dropped_takes_its_finds_along(catalogue: Catalogue) -> None:
    keep(catalogue, a_search())
    catalogue.saved_searches.note(a_search().saved_id, 1, EVENING, [Find("ev-1", "2026-03-10")])
    dropped = [an_entry(a_search().saved_id, CustodyAction.SEARCH_DROPPED)]
    catalogue.saved_searches.drop(a_search(), dropped)
    assert catalogue.saved_searches.list("jane") == ()
    assert catalogue.saved_searches.finds(a_search().saved_id) == ()
    before = catalogue.custody.count()
    with pytest.raises(RecordNotFoundError):
        catalogue.saved_searches.drop(a_search(), dropped)
    with pytest.raises(RecordNotFoundError):
        catalogue.saved_searches.change(a_search(), dropped)
    assert catalogue.custody.count() == before
    assert catalogue.saved_searches.note(a_search().saved_id, 1, EVENING, [Find("ev-1", "2026-03-10")]) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": "x" * 81},
        {"query": "x" * (LONGEST_QUERY + 1)},
        {"made_at": EVENING.replace(tzinfo=None)},
    ],
)
def test_a_saved_search_is_valid_at_birth(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="saved search"):
        a_search(**changes)


def test_one_that_changes_counts_anew(catalogue: Catalogue) -> None:
    keep(catalogue, a_search())
    with_events(catalogue, a_clip(), inferred(EventKind.PERSON_VISIT))
    changed = a_search(is_notifying=False, made_at=EVENING + timedelta(days=1))
    catalogue.saved_searches.change(changed, [an_entry(changed.saved_id, CustodyAction.SEARCH_SAVED)])
    assert catalogue.saved_searches.list("jane") == (changed,)
    assert catalogue.saved_searches.fresh(changed.saved_id).acquisition_ids == frozenset()
