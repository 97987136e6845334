"""A slow server deletes while others write; and who stores the bytes that are being deleted waits, and keeps them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.domain.cameras import FetchOutcome, Recording
from pipeline.domain.retention import Leftover
from pipeline.errors import CatalogueLockedError, StorageError
from pipeline.evidence.disposed import StoreWithTombstones
from pipeline.night.ingest import Arrival, keep
from pipeline.retention.revocation import finish_revocations, revoke_grant
from pipeline.retention.sweep import sweep
from pipeline.settings import Settings
from tests.catalogue.stories import NIGHT, a_clip, an_entry
from tests.retention.story import Clock, Town, a_town

WORDS = "front door"
OTHER_CAMERA = "ring:1002"
PATIENCE = 180


class SlowStore(StoreWithTombstones):
    """A server that does not answer to a delete until it is let."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.services.originals, town.services.catalogue.disposals.tombstone_of)
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def delete(self, digest: str) -> bool:
        self.is_asked.set()
        assert self.may_answer.wait(PATIENCE)
        return super().delete(digest)


@contextmanager
def impatient(settings: Settings) -> Iterator[Town]:
    """Another process of the same town, which waits for nobody longer than a moment."""
    store = settings.store.model_copy(update={"database_wait_seconds": 0.3})
    with a_town(settings.model_copy(update={"store": store}), Clock()) as town:
        yield town


@contextmanager
def deleting(town: Town) -> Iterator[SlowStore]:
    """A revocation that has come to its delete, and stands there until the block ends or lets it go on."""
    slow = SlowStore(town)
    town.services = replace(town.services, originals=slow)
    worker = threading.Thread(target=revoke_grant, args=(town.services, "gr-1", "tester"))
    worker.start()
    try:
        assert slow.is_asked.wait(PATIENCE)
        yield slow
    finally:
        slow.may_answer.set()
        worker.join(PATIENCE)
    assert not worker.is_alive()


def arrival(town: Town) -> Arrival:
    """The same bytes once more, of another camera and under its grant."""
    trigger = a_clip("again", OTHER_CAMERA, minutes=7).trigger
    grant = town.services.catalogue.grants.get("gr-2")
    now = town.clock.now()
    return Arrival(trigger, Recording(FetchOutcome.READY, WORDS.encode(), "test"), grant, now, now)


def test_nobody_waits_for_a_server_that_is_slow_to_delete(town: Town, settings: Settings) -> None:
    town.grant()
    town.keep(WORDS)
    with impatient(settings) as other, deleting(town):
        other.services.catalogue.custody.append([an_entry("written meanwhile")])
    assert town.objects() == (set(), set())
    town.require_whole_log()


def test_bytes_that_come_again_while_they_are_deleted_wait_and_stay(town: Town, settings: Settings) -> None:
    town.grant()
    town.grant(grant_id="gr-2", camera_ids=(OTHER_CAMERA,))
    kept = town.keep(WORDS)
    with impatient(settings) as other:
        with deleting(town):
            with pytest.raises(CatalogueLockedError, match=r"same bytes|lock timeout") as caught:
                keep(other.services, NIGHT, arrival(other))
            assert caught.value.retryable
            assert other.services.catalogue.clips.of_digest(kept.clip.item.digest) == ()
        clip = keep(other.services, NIGHT, arrival(other))
        assert other.services.originals.read(clip.item.digest) == WORDS.encode()
    assert finish_revocations(town.services).failed == ()
    assert town.services.originals.read(clip.item.digest) == WORDS.encode()


def test_what_an_ingest_has_in_hand_is_deleted_by_nobody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the store and the row nothing names the bytes; a sweep that comes just then leaves them."""
    town.grant()
    town.grant(grant_id="gr-2", camera_ids=(OTHER_CAMERA,))
    swept: list[object] = []
    add = town.services.catalogue.clips.add

    def sweeping(clip: Any, *rest: Any) -> bool:
        with impatient(town.settings) as other:
            stored = other.services.catalogue.stored
            try:
                swept.append(
                    stored.remove_unnamed(Leftover.ORIGINAL, clip.item.digest, other.services.originals.delete)
                )
            except CatalogueLockedError as error:
                swept.append(type(error))
        return add(clip, *rest)

    monkeypatch.setattr(town.services.catalogue.clips, "add", sweeping)
    clip = keep(town.services, NIGHT, arrival(town))
    assert swept == [CatalogueLockedError]
    assert town.services.originals.read(clip.item.digest) == WORDS.encode()


def test_a_store_that_refuses_to_delete_leaves_the_work_to_the_next_run(town: Town) -> None:
    town.grant()
    town.keep(WORDS)
    whole = town.services.originals

    class Refusing(StoreWithTombstones):
        def delete(self, digest: str) -> bool:
            raise StorageError("delete an object", "away")

    town.services = replace(town.services, originals=Refusing(whole, lambda digest: ""))
    done = revoke_grant(town.services, "gr-1", "tester")
    assert len(done.finished.failed) == 1
    assert len(town.services.catalogue.disposals.unsettled()) == 1
    town.services = replace(town.services, originals=whole)
    town.clock.at += timedelta(minutes=1)
    assert finish_revocations(town.services).failed == ()
    assert town.objects() == (set(), set())


def test_a_sweep_passes_over_what_somebody_has_in_hand_and_takes_it_the_next_time(
    town: Town, settings: Settings
) -> None:
    town.grant()
    left = town.services.originals.put(b"left by a killed ingest").digest
    assert sweep(town.services).unnamed == 0
    town.clock.jump(days=2)
    with impatient(settings) as other:
        other.clock.at = town.clock.at
        with town.services.catalogue.stored.in_hand(left):
            report = sweep(other.services)
    assert (report.unnamed, town.services.originals.has(left)) == (0, True)
    town.clock.jump(minutes=1)
    assert sweep(town.services).unnamed == 1
