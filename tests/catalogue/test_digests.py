"""Subscriptions to the news of a neighbourhood, and the reports that they tell of, on both databases."""

from datetime import timedelta

import pytest

from pipeline.catalogue import Catalogue
from pipeline.domain.digests import Subscription
from pipeline.domain.neighbourhoods import Neighbourhood
from pipeline.errors import RecordNotFoundError
from tests.builders import EVENING
from tests.catalogue.stories import an_entry, digest_of
from tests.near_reports import PLACE, publish

HERE = Neighbourhood(PLACE, 800)


def asked(catalogue: Catalogue, number: int = 1, address: str = "watch") -> Subscription:
    at = EVENING + timedelta(minutes=number)
    made = Subscription(f"ds-{number:012x}", HERE, at, at)
    catalogue.digests.ask(made, b"sealed", address, digest_of(f"secret {number}"))
    return made


def test_only_what_was_confirmed_is_told_and_it_remembers_until_when(catalogue: Catalogue) -> None:
    first, second = asked(catalogue), asked(catalogue, 2)
    kept = catalogue.digests
    assert kept.of_address("watch") == (first, second)
    assert (kept.confirmed(), kept.waiting()) == ((), 2)
    later = EVENING + timedelta(hours=1)
    begun = kept.confirm(digest_of("secret 1"), later, [an_entry("begun")])
    assert (begun.confirmed_at, begun.told_until) == (later, later)
    assert kept.confirm(digest_of("secret 1"), later + timedelta(hours=1), [an_entry("begun")]) == begun
    told = kept.told(begun, later + timedelta(days=1), [an_entry("told")])
    assert kept.confirmed() == (told,)
    assert catalogue.custody.count() == 2


def test_what_ends_or_was_never_confirmed_leaves_no_address(catalogue: Catalogue) -> None:
    first, second = asked(catalogue), asked(catalogue, 2)
    kept = catalogue.digests
    kept.confirm(digest_of("secret 1"), EVENING, [])
    assert kept.forget_unconfirmed(EVENING + timedelta(hours=1)) == 1
    assert kept.address(first.subscription_id) == b"sealed"
    assert kept.end(first.subscription_id, [an_entry("over")])
    assert not kept.end(first.subscription_id, [an_entry("over")])
    for one in (first, second):
        with pytest.raises(RecordNotFoundError):
            kept.address(one.subscription_id)
    with pytest.raises(RecordNotFoundError):
        kept.by_secret(digest_of("secret 1"))
    assert catalogue.custody.count() == 1


def test_what_a_digest_or_a_feed_tells_is_found_by_place_and_publication(catalogue: Catalogue) -> None:
    near = publish(catalogue, 1, EVENING)
    publish(catalogue, 2, EVENING, block=(PLACE[0] + 0.1, PLACE[1]))
    later = publish(catalogue, 3, EVENING + timedelta(hours=2))
    found = catalogue.neighbour_reports.published
    assert found(HERE.circle) == (later, near)
    assert found(HERE.circle, published_since=EVENING + timedelta(seconds=1)) == (later,)
    assert found(HERE.circle, categories=()) == ()
