"""A clip that somebody brings with an incident: taken under a grant of its resident, looked at, attached whole.

It goes the way of a file in a shared folder, because it is one: the resident links a folder once, and says in a grant
what may be taken from it, for what purpose, for whom and until when. What no grant covers is refused before a byte is
kept.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.acquire.folder import METHOD, SUFFIXES, moment_of, written_name
from pipeline.casework.cuts import CutOrder, cut_span
from pipeline.casework.reach import desks, followed, live_successor
from pipeline.catalogue import AnalysisKey
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import Camera, CameraTrigger, FetchOutcome, Recording, TriggerKind
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.incidents import Attachment, Incident
from pipeline.errors import ConsentError, IncidentError, KeptNotAttachedError, StorageError, UploadRefusedError
from pipeline.night.allowed import request_of
from pipeline.night.ingest import Arrival, keep
from pipeline.night.look import look_at
from pipeline.night.reanalyse import night_desk
from pipeline.night.services import Services
from pipeline.night.tonight import night_key, open_night
from pipeline.night.workers import Eyes, open_eyes, worker_pool

LARGEST_BYTES = 512 << 20
"""As for a file in a shared folder."""
_FOLDER = "folder:"


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that somebody brings.

    Attributes:
        path: Where its bytes lie; only read.
        name: The uploader's own name for it, which may say when it was recorded.
        camera_id: The shared folder that it is taken for, ``folder:<name>``.
        reason: Why it belongs to the incident.
    """

    path: Path
    name: str
    camera_id: str
    reason: str = ""


def folders(services: Services, matter: Matter, incident_id: str) -> tuple[Camera, ...]:
    """Shared folders for which a live grant would let a file be taken now, in order of id; may be empty.

    Raises:
        RecordNotFoundError: There is no such incident.
    """
    incident = services.catalogue.incidents.get(incident_id)
    names = sorted({one.camera_id for one in services.catalogue.cameras.list() if one.camera_id.startswith(_FOLDER)})
    found = []
    for camera in map(services.catalogue.cameras.get, names):
        try:
            for desk in desks(services, matter, incident):
                desk.require(Use.FETCH, camera, None)
        except ConsentError:
            continue
        found.append(camera)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Hands:
    """What looks at a file that was brought."""

    eyes: Eyes
    pool: Executor


@contextmanager
def open_hands(services: Services) -> Iterator[Hands]:
    """The settings' weights, and processes that use them.

    Raises:
        DetectionError: The weights cannot be used.
    """
    eyes = open_eyes(services.settings)
    with worker_pool(services.settings) as pool:
        yield Hands(eyes, pool)


def require_fit(services: Services, matter: Matter, incident_id: str, name: str, camera_id: str) -> None:
    """Returns when a file of this name may come in at all, before a byte of it is kept.

    Raises:
        UploadRefusedError: It is no clip that is taken, or no live grant of such a folder would let it be taken.
    """
    if Path(name).suffix.lower() not in SUFFIXES:
        raise UploadRefusedError(name or "a file without a name", f"it is none of {', '.join(sorted(SUFFIXES))}")
    if camera_id not in {one.camera_id for one in folders(services, matter, incident_id)}:
        raise UploadRefusedError(name, "no live grant of a shared folder lets it be taken")


def bring(services: Services, matter: Matter, incident_id: str, brought: Brought, hands: Hands) -> Attachment:
    """Takes a file, looks at it, and attaches it whole; again it changes nothing.

    Raises:
        RecordNotFoundError, IncidentError: There is no such folder, or incident that people still work on.
        UploadRefusedError: It is no clip that is taken, or too large.
        ConsentError: No live grant of the folder's resident covers a recording of its moment.
        KeptNotAttachedError: It is kept; it cannot be looked at, or no live grant covers all of it.
        NightAlreadyRunningError: It is kept, and cannot be looked at while a night runs; bring it again later.
    """
    clip = take(services, matter, incident_id, brought)
    reason = brought.reason or f"brought with the incident as {brought.name}"
    return attach_whole(services, matter, incident_id, clip, reason, hands)


def attach_whole(
    services: Services, matter: Matter, incident_id: str, clip: AcquiredClip, reason: str, hands: Hands
) -> Attachment:
    """Looks at a clip that is kept, and attaches it whole; again it changes nothing.

    Where the incident is merged into another, before or meanwhile, it is attached to the one that goes on.

    Raises:
        RecordNotFoundError, IncidentError, KeptNotAttachedError, NightAlreadyRunningError: As ``bring``.
    """
    _look_at(services, clip, hands)
    name, order = clip.acquisition.acquisition_id, CutOrder(reason=reason)
    while True:
        incident = followed(services, incident_id)
        try:
            return cut_span(services, matter, incident.incident_id, name, order)
        except ConsentError as error:
            raise KeptNotAttachedError(clip.acquisition.file_name or "the file", name, str(error)) from error
        except IncidentError:
            if followed(services, incident_id).incident_id == incident.incident_id:
                raise


def take(services: Services, matter: Matter, incident_id: str, brought: Brought) -> AcquiredClip:
    """Keeps the bytes of a file as an original under the grant of its resident.

    Raises:
        RecordNotFoundError, IncidentError, UploadRefusedError, ConsentError: As ``bring``.
        StorageError: It cannot be read or kept.
    """
    incident = live_successor(services, incident_id)
    if not brought.camera_id.startswith(_FOLDER):
        raise UploadRefusedError(brought.name, f"{brought.camera_id} is no shared folder")
    camera = services.catalogue.cameras.get(brought.camera_id)
    started = services.now()
    content = _read(brought)
    named = Path(brought.name)
    try:
        at, clock = moment_of(brought.path, ZoneInfo(camera.time_zone), name=named)
    except OSError as error:
        raise StorageError("read the file", error.strerror or type(error).__name__) from error
    digest = hashlib.sha256(content).hexdigest()
    trigger = CameraTrigger(digest, camera.camera_id, TriggerKind.UPLOAD, at, clock)
    grant = _require(services, matter, incident, camera, at)
    recording = Recording(FetchOutcome.READY, content, METHOD, file_name=written_name(named))
    night = night_key(services.now(), services.settings.night.time_zone)
    return keep(services, night, Arrival(trigger, recording, grant, started, services.now(), matter.agent))


def _require(services: Services, matter: Matter, incident: Incident, camera: Camera, at: datetime) -> SignedGrant:
    """Asks for all that will be done with it before a byte is kept: taken, looked at, shown."""
    night_desk(services).require(Use.INDEX, camera, at)
    grants = []
    for desk in desks(services, matter, incident):
        desk.require(Use.VIEW, camera, at)
        grants.append(desk.require(Use.FETCH, camera, at))
    return grants[0]


def _read(brought: Brought) -> bytes:
    suffix = Path(brought.name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UploadRefusedError(brought.name, f"it is none of {', '.join(sorted(SUFFIXES))}")
    try:
        size = brought.path.stat().st_size
        if size > LARGEST_BYTES:
            raise UploadRefusedError(brought.name, f"it is larger than {LARGEST_BYTES >> 20} MB")
        content = brought.path.read_bytes()
    except OSError as error:
        raise StorageError("read the file", error.strerror or type(error).__name__) from error
    if not content:
        raise UploadRefusedError(brought.name, "it is empty")
    return content


def _look_at(services: Services, clip: AcquiredClip, hands: Hands) -> None:
    """Once for the weights and settings of now, under the night's lease; what was looked at already is left alone."""
    name, eyes = clip.acquisition.acquisition_id, hands.eyes
    key = AnalysisKey(name, eyes.model.digest, request_of(services, clip).settings_digest)
    if key in services.catalogue.analyses.keys_of(name):
        return
    with open_night(services) as tonight:
        services.catalogue.work.plan(tonight.lease, [name], services.now())
        services.catalogue.work.again(tonight.lease, [name], services.now())
        look_at(tonight, name, eyes, hands.pool)
    failed = services.catalogue.analyses.failures(key.model_digest, key.settings_digest).get(name)
    if failed is not None:
        detail = f"it cannot be looked at: {failed.detail}"
        raise KeptNotAttachedError(clip.acquisition.file_name or "the file", name, detail)
