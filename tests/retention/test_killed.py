"""Kill -9 at any step of a revocation or a sweep: the next run finishes it, and nothing is half gone in between."""

import multiprocessing
import signal
from datetime import datetime, timedelta

import pytest

from pipeline.domain.evidence import CustodyAction
from pipeline.errors import EvidenceDisposedError
from pipeline.retention.revocation import finish_revocations
from pipeline.retention.sweep import sweep
from pipeline.settings import Settings
from tests.builders import EVENING
from tests.retention.killed import work
from tests.retention.story import Kept, Town, a_town, tables_of

_CHILDREN = multiprocessing.get_context("forkserver")
_CHILDREN.set_forkserver_preload(["tests.retention.killed"])

FEW = [0, 7, 19]
EVERY = range(200)
"""More than there are; a story that needs more is a fault of its own."""


def killed_at(settings: Settings, now: datetime, grant_id: str, step: int) -> bool:
    """Whether the child was killed; it ends by itself when it has fewer steps."""
    child = _CHILDREN.Process(target=work, args=(settings, now, grant_id, step))
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode != 0


def require_nothing_half_gone(town: Town, kept: list[Kept]) -> None:
    """Each acquisition is there with all its objects, or cannot be read at all."""
    for one in kept:
        assert one.highlight is not None
        try:
            clip = town.services.catalogue.clips.get(one.name)
        except EvidenceDisposedError:
            assert town.services.catalogue.highlights.of_acquisition(one.name) == ()
            continue
        assert town.services.originals.read(clip.item.digest)
        assert all(town.services.derivatives.has(digest) for digest in one.highlight.digests)


def require_all_gone(town: Town, kept: list[Kept]) -> None:
    assert town.objects() == (set(), set())
    assert {name: count for name, count in tables_of(town.services).items() if name != "triggers"} == dict.fromkeys(
        (name for name in tables_of(town.services) if name != "triggers"), 0
    )
    assert town.services.catalogue.disposals.tasks() == ()
    for one in kept:
        records = town.services.catalogue.custody.records(subject=one.clip.item.digest)
        assert [record.entry.action for record in records].count(CustodyAction.DISPOSED) == 1
    town.require_whole_log()


def kill_at_each(settings: Settings, steps: "range | list[int]", *, revoking: bool) -> int:
    """One story a step, in one town; returns how many children were killed."""
    with a_town(settings) as town:
        for number, step in enumerate(steps):
            grant_id = f"gr-{number}"
            ends = EVENING + timedelta(days=4000)
            town.grant(grant_id=grant_id, expires_at=ends)
            first = town.keep(f"first {number}", grant_id=grant_id)
            second = town.keep(f"second {number}", minutes=5, grant_id=grant_id)
            town.between(first, second)
            report = town.report(first, f"night-{number}")
            now = town.clock.at if revoking else town.clock.at + timedelta(days=60)

            was_killed = killed_at(settings, now, grant_id if revoking else "", step)
            require_nothing_half_gone(town, [first, second])
            killed_at(settings, now, grant_id if revoking else "", step // 2)
            require_nothing_half_gone(town, [first, second])

            is_revoked = town.services.catalogue.grants.get(grant_id).grant.revoked_at is not None
            town.clock.at = now
            if not revoking:
                assert sweep(town.services).failed == ()
            elif is_revoked:
                assert finish_revocations(town.services).failed == ()
            if not revoking or is_revoked:
                require_all_gone(town, [first, second])
                assert [path.name for path in report.iterdir()] == ["withdrawn.txt"]
            else:
                assert town.services.originals.read(first.clip.item.digest)
                assert not killed_at(settings, now, grant_id, EVERY[-1])
            town.clock.at = now + timedelta(hours=1)
            if not was_killed:
                return number
    return len(steps)


@pytest.mark.parametrize("revoking", [True, False], ids=["revoke", "sweep"])
def test_killed_at_a_few_steps(disk_settings: Settings, revoking: bool) -> None:
    assert kill_at_each(disk_settings, FEW, revoking=revoking) == len(FEW)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("revoking", [True, False], ids=["revoke", "sweep"])
def test_killed_at_every_step(settings: Settings, revoking: bool) -> None:
    killed = kill_at_each(settings, EVERY, revoking=revoking)
    assert 30 < killed < len(EVERY), "every step of a child was the last one once"
