"""Kill -9 at random moments of ingest: what was said to be safe is safe. (It does not stand for a loss of power.)"""

import multiprocessing
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from pipeline.catalogue import Catalogue
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.fixity import FixityLevel
from pipeline.evidence.keys import signing_key, verifying_keys
from pipeline.evidence.store import Namespace, open_store
from pipeline.evidence.survey import survey
from pipeline.settings import StoreSettings
from tests.catalogue.ingest_until_killed import ingest

_CHILDREN = multiprocessing.get_context("forkserver")
_CHILDREN.set_forkserver_preload(["tests.catalogue.ingest_until_killed"])


def ingest_and_kill(settings: StoreSettings, run: int, dice: random.Random) -> list[tuple[str, str]]:
    """One life of a child; returns what it acknowledged: acquisition id and digest."""
    ours, theirs = _CHILDREN.Pipe(duplex=False)
    child = _CHILDREN.Process(target=ingest, args=(settings, run, theirs))
    child.start()
    theirs.close()
    said = [ours.recv() for _ in range(dice.randrange(4))]
    time.sleep(dice.random() * 0.03)  # a random point inside an ingest: between which two steps is for chance to say
    child.kill()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with suppress(EOFError):
        while True:
            said.append(ours.recv())
    return said


@pytest.mark.parametrize(
    "kills", [30, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])], ids=["some", "many"]
)
def test_nothing_acknowledged_is_lost(
    settings: StoreSettings,
    kills: int,
    share: Callable[[int], int],
    record_property: Callable[[str, object], None],
) -> None:
    kills = share(kills)
    dice = random.Random(20260310)
    acknowledged: list[tuple[str, str]] = []
    for run in range(kills):
        acknowledged += ingest_and_kill(settings, run, dice)
    assert len(acknowledged) > kills / 2

    store = open_store(settings, Namespace.ORIGINALS)
    with Catalogue.open(settings, CustodyChain(signing_key(settings))) as catalogue:
        lost = [name for name, digest in acknowledged if catalogue.clips.get(name).item.digest != digest]
        for name, count in (("kills", kills), ("acknowledged", len(acknowledged)), ("lost", len(lost))):
            record_property(name, count)
        assert lost == []
        found = survey(store, catalogue.clips.items(), FixityLevel.DIGEST)
        assert found.wrong == {}
        assert found.looked_at >= len(acknowledged)
        assert len(found.unnamed) <= kills
        size = verify_log(catalogue.custody, verifying_keys(settings)).head.size
        assert size == 2 * len(catalogue.clips.list())
    store.sweep()
    assert list((settings.directory / "originals" / ".stage").iterdir()) == []
