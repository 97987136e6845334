"""Bytes that arrived become an original with its custody, in the order that a crash cannot break.

First the store (temporary file, fsync, link, fsync), then one database transaction with the acquisition, the trigger,
the custody records and the coverage row. A crash between the two leaves an object that no row names, which the next
night writes again under the same name; it never leaves a row without its bytes.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline import __version__
from pipeline.domain.cameras import CameraTrigger, FetchOutcome, Recording
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.evidence import Acquisition, CustodyAction, CustodyEntry, EvidenceItem, Seal, SealState
from pipeline.domain.video import CameraClock, ClockSource
from pipeline.errors import StorageError
from pipeline.evidence.files import writing
from pipeline.evidence.seal import has_mark, read_seal
from pipeline.night.services import AGENT, Services
from pipeline.night.tonight import Tonight

_UNCERTAINTY = {
    ClockSource.VENDOR: timedelta(seconds=6),
    ClockSource.CONTAINER: timedelta(minutes=10),
    ClockSource.FILE_NAME: timedelta(minutes=1),
    ClockSource.UPLOAD: timedelta(days=1),
}
"""How far a clip's first frame may lie from what was stated. Ring states the moment of the trigger, and its cameras
keep up to six seconds from before it; a file name is minutes at best; of an upload only the day is likely.

Source: docs/time.md.
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A recording that arrived, and how.

    Attributes:
        trigger: Why the camera recorded.
        recording: The bytes; its outcome is ready.
        grant: The authority under which it was asked for.
        started_at: UTC, our clock, before asking.
        ended_at: UTC, our clock, when the last byte was here.
        agent: Who took it.
    """

    trigger: CameraTrigger
    recording: Recording
    grant: SignedGrant
    started_at: datetime
    ended_at: datetime
    agent: str = AGENT


def acquisition_id(camera_id: str, trigger_id: str) -> str:
    """The id of what is acquired for a trigger; the same whenever it is fetched."""
    return f"aq-{hashlib.sha256(f'{camera_id} {trigger_id}'.encode()).hexdigest()[:20]}"


def authority(grant: SignedGrant) -> str:
    """How custody records name a grant."""
    return f"{grant.grant.grant_id} v{grant.grant.version}"


def ingest(tonight: Tonight, arrival: Arrival) -> AcquiredClip:
    """Keeps what arrived. When this returns, it is on disk with its custody; again it changes nothing.

    Raises:
        StorageError: The bytes or the row cannot be written.
        CatalogueError: The database refuses.
    """
    return keep(tonight.services, tonight.key, arrival)


def keep(services: Services, night: str, arrival: Arrival) -> AcquiredClip:
    """As ``ingest``, with the key of the night in whose ledger it is told.

    Raises:
        StorageError, CatalogueError: As ``ingest``.
    """
    content = arrival.recording.content
    with services.catalogue.stored.in_hand(hashlib.sha256(content).hexdigest()):
        item = services.originals.put(content)
        return _keep(services, night, arrival, item, _seal_of(services, content, item.digest))


def keep_file(services: Services, night: str, arrival: Arrival, path: Path) -> AcquiredClip:
    """As ``keep``, of a file that may be larger than the memory; the recording of the arrival is a stand-in for it.

    Args:
        services: The installation.
        night: In whose ledger it is told.
        arrival: How it came; the content of its recording is not looked at.
        path: The bytes; only read.

    Raises:
        StorageError, CatalogueError: As ``ingest``.
    """
    with writing("read the file to store"), path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with services.catalogue.stored.in_hand(digest):
        item = services.originals.put_file(path)
        if item.digest != digest:
            raise StorageError("read the file to store", "it was changed meanwhile")
        with services.originals.path_of(digest) as kept:
            seal = read_seal(kept, services.settings.seals)
        return _keep(services, night, arrival, item, seal)


def _keep(services: Services, night: str, arrival: Arrival, item: EvidenceItem, seal: Seal) -> AcquiredClip:
    trigger = arrival.trigger
    clip = AcquiredClip(
        item=item,
        acquisition=_acquisition(arrival, item.digest, seal),
        trigger=trigger,
        clock=CameraClock(arrival.recording.starts_at or trigger.at, trigger.clock, _UNCERTAINTY[trigger.clock]),
    )
    row = CoverageRow(
        night=night,
        camera_id=trigger.camera_id,
        outcome=FetchOutcome.READY,
        at=arrival.ended_at,
        trigger_id=trigger.trigger_id,
        detail=arrival.recording.detail,
        tries=arrival.recording.tries,
    )
    services.catalogue.clips.add(clip, _custody(clip, arrival), row)
    return clip


def _seal_of(services: Services, content: bytes, digest: str) -> Seal:
    """Read from the stored original, and only where there is a mark of a seal: elsewhere nothing is fetched again."""
    if not has_mark(content):
        return Seal(SealState.ABSENT)
    with services.originals.path_of(digest) as path:
        return read_seal(path, services.settings.seals)


def _acquisition(arrival: Arrival, digest: str, seal: Seal) -> Acquisition:
    grant, trigger = arrival.grant.grant, arrival.trigger
    return Acquisition(
        acquisition_id=acquisition_id(trigger.camera_id, trigger.trigger_id),
        digest=digest,
        camera_id=trigger.camera_id,
        trigger_id=trigger.trigger_id,
        method=arrival.recording.method,
        grant_id=grant.grant_id,
        grant_version=grant.version,
        tool=f"doorstep {__version__}",
        started_at=arrival.started_at,
        ended_at=arrival.ended_at,
        file_name=arrival.recording.file_name,
        seal=seal,
        provenance=arrival.recording.provenance,
    )


def _custody(clip: AcquiredClip, arrival: Arrival) -> tuple[CustodyEntry, ...]:
    acquisition = clip.acquisition
    facts = {
        "acquisition": acquisition.acquisition_id,
        "camera": acquisition.camera_id,
        "trigger": acquisition.trigger_id,
        "method": acquisition.method,
        "size": str(clip.item.size),
        "seal": acquisition.seal.state,
        "seal_detail": acquisition.seal.detail,
    }
    if acquisition.provenance:
        facts["provenance"] = hashlib.sha256(acquisition.provenance.encode()).hexdigest()
    return tuple(
        CustodyEntry(
            at=arrival.ended_at,
            agent=arrival.agent,
            action=action,
            subject=clip.item.digest,
            authority=authority(arrival.grant),
            detail=facts,
            once=f"{action} {acquisition.acquisition_id}",
        )
        for action in (CustodyAction.ACQUIRED, CustodyAction.INGESTED)
    )
