"""A child that ingests clip after clip and says which are safe; its parent kills it at a random moment."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from pipeline.catalogue import Catalogue
from pipeline.domain.cameras import CameraTrigger, TriggerKind
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.evidence import Acquisition, CustodyAction, CustodyEntry
from pipeline.domain.video import CameraClock, ClockSource
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.keys import signing_key
from pipeline.evidence.store import Namespace, open_store
from pipeline.settings import StoreSettings


def main(directory: str, url: str, run: str) -> None:
    settings = StoreSettings(directory=Path(directory), database_url=SecretStr(url) if url else None)
    store = open_store(settings, Namespace.ORIGINALS)
    catalogue = Catalogue.open(settings, CustodyChain(signing_key(settings)))
    number = 0
    while True:
        now = datetime.now(UTC)
        item = store.put(os.urandom(20_000))
        trigger = CameraTrigger(f"{run}-{number}", "folder:1", TriggerKind.UPLOAD, now)
        acquisition = Acquisition(
            f"aq-{run}-{number}", item.digest, "folder:1", trigger.trigger_id, "folder", "gr-1", 1, "test", now, now
        )
        clip = AcquiredClip(item, acquisition, trigger, CameraClock(now, ClockSource.UPLOAD, timedelta(0)))
        acts = (CustodyAction.ACQUIRED, CustodyAction.INGESTED)
        catalogue.clips.add(
            clip,
            [CustodyEntry(now, "test", act, item.digest, once=f"{act} {acquisition.acquisition_id}") for act in acts],
        )
        sys.stdout.write(f"{acquisition.acquisition_id} {item.digest}\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
