"""A child that ingests clip after clip and says which are safe; its parent kills it at a random moment."""

import os
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

from pipeline.catalogue import Catalogue
from pipeline.domain.cameras import CameraTrigger, TriggerKind
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.evidence import Acquisition, CustodyAction, CustodyEntry
from pipeline.domain.video import CameraClock, ClockSource
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.keys import signing_key
from pipeline.evidence.store import Namespace, open_store
from pipeline.settings import StoreSettings

ACTS = (CustodyAction.ACQUIRED, CustodyAction.INGESTED)


def ingest(settings: StoreSettings, run: int, pipe: Connection) -> None:
    """Says ``(acquisition id, digest)`` through the pipe for each clip that is stored, until it is killed."""
    store = open_store(settings, Namespace.ORIGINALS)
    catalogue = Catalogue.open(settings, CustodyChain(signing_key(settings)))
    number = 0
    while True:
        now = datetime.now(UTC)
        item = store.put(os.urandom(20_000))
        trigger = CameraTrigger(f"{run}-{number}", "folder:1", TriggerKind.UPLOAD, now)
        name = f"aq-{run}-{number}"
        acquisition = Acquisition(
            name, item.digest, "folder:1", trigger.trigger_id, "folder", "gr-1", 1, "test", now, now
        )
        clip = AcquiredClip(item, acquisition, trigger, CameraClock(now, ClockSource.UPLOAD, timedelta(0)))
        custody = [CustodyEntry(now, "test", act, item.digest, once=f"{act} {name}") for act in ACTS]
        catalogue.clips.add(clip, custody)
        pipe.send((name, item.digest))
        number += 1
