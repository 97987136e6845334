"""Fetching what the grants cover; everything that could not be had is a row of the coverage ledger."""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from pipeline.acquire.source import ClipSource
from pipeline.domain.cameras import Account, Camera, CameraTrigger, FetchOutcome
from pipeline.domain.consent import Use
from pipeline.domain.coverage import CameraOutcome, CoverageRow
from pipeline.errors import AccountRefusedError, AcquisitionError, ConsentError, EvidenceError, StorageError
from pipeline.night.ingest import Arrival, ingest
from pipeline.night.tonight import Tonight

STAGE = "fetch"
_AT_ONCE = 4
"""Recordings of one account that are waited for at the same time; the limiter still paces every call."""


def gather_account(tonight: Tonight, account: Account) -> int:
    """Fetches everything that live grants cover of one account.

    An account whose resident has no grant in force is not even connected to. Whatever goes wrong is written into the
    coverage ledger, and the other accounts are not touched by it.

    Returns:
        How many new originals there are.

    Raises:
        StorageError: There is no room to keep anything more.
        CatalogueError: The ledger cannot be written.
    """
    return asyncio.run(_gather_account(tonight, account))


async def _gather_account(tonight: Tonight, account: Account) -> int:
    catalogue = tonight.services.catalogue
    if not catalogue.accounts.token(account.account_id):
        return 0  # its resident unlinked it
    known = catalogue.cameras.list(account.account_id)
    if not _is_granted(tonight, account):
        for camera in known:
            _say_not_granted(tonight, camera)
        return 0
    try:
        source = tonight.services.accounts.source(account)
        try:
            cameras = await source.cameras()
            await asyncio.to_thread(catalogue.cameras.save, cameras)
            return sum([await _gather_camera(tonight, source, camera) for camera in cameras])
        finally:
            await source.close()
    except StorageError:
        raise
    except (AcquisitionError, EvidenceError) as error:  # of evidence: a token that cannot be unsealed
        _record(tonight, *(_row(tonight, camera, CameraOutcome.FAILED, detail=str(error)) for camera in known))
        return 0


def _is_granted(tonight: Tonight, account: Account) -> bool:
    """Whether the resident has a grant in force; whether it covers a camera is asked camera by camera."""
    now = tonight.services.now()
    grants = (signed.grant for signed in tonight.services.catalogue.grants.latest())
    return any(grant.resident_id == account.resident_id and grant.is_in_force(now) for grant in grants)


def _say_not_granted(tonight: Tonight, camera: Camera) -> None:
    """Says why; of a camera that is only shared with this account its owner's account speaks, where that is linked."""
    if tonight.services.catalogue.cameras.get(camera.camera_id).account_id != camera.account_id:
        return
    try:
        tonight.taking.require(Use.FETCH, camera, None)
    except ConsentError as error:
        _record(tonight, _row(tonight, camera, FetchOutcome.NOT_GRANTED, detail=str(error)))


async def _gather_camera(tonight: Tonight, source: ClipSource, camera: Camera) -> int:
    try:
        tonight.taking.require(Use.FETCH, camera, None)
    except ConsentError:
        _say_not_granted(tonight, camera)
        return 0
    oldest = oldest_wanted(tonight, camera)
    try:
        new = await _read_history(tonight, source, camera, oldest)
    except AcquisitionError as error:
        _record(tonight, _row(tonight, camera, CameraOutcome.FAILED, detail=str(error)))
        return 0
    triggers = tonight.services.catalogue.coverage.to_ask(camera.camera_id, oldest)
    outcome = CameraOutcome.LISTED if new or triggers else CameraOutcome.NOTHING_NEW
    _record(tonight, _row(tonight, camera, outcome, detail=f"{new} new in the history, {len(triggers)} to ask for"))
    return await _fetch_all(tonight, source, camera, triggers)


def oldest_wanted(tonight: Tonight, camera: Camera) -> datetime:
    """The earliest moment that any grant in force names; each recording is asked for under its own grant.

    Returns:
        UTC; never before the night's own limit, and now when there is no grant.
    """
    now = tonight.services.now()
    grants = (signed.grant for signed in tonight.services.catalogue.grants.latest_of_camera(camera.camera_id))
    ours = (grant for grant in grants if grant.resident_id == camera.owner_id and grant.is_in_force(now))
    return max(tonight.oldest, min((grant.footage_from for grant in ours), default=now))


def _of_interest(tonight: Tonight, camera: Camera, found: Sequence[CameraTrigger]) -> Sequence[CameraTrigger]:
    """What of a history is written down: where every grant names single clips, nothing of the time between them."""
    now = tonight.services.now()
    grants = [signed.grant for signed in tonight.services.catalogue.grants.latest_of_camera(camera.camera_id)]
    ours = [grant for grant in grants if grant.resident_id == camera.owner_id and grant.is_in_force(now)]
    spans = [grant.spans_of(camera.camera_id) for grant in ours]
    named = [span for one in spans if one is not None for span in one]
    if None in spans:
        return found
    return [trigger for trigger in found if any(span.covers(trigger.at) for span in named)]


async def _read_history(tonight: Tonight, source: ClipSource, camera: Camera, oldest: datetime) -> int:
    """Writes down the triggers that the source lists; says how many were not known.

    The whole span is read each night: it is one call for a hundred entries, late entries turn up days afterwards, and a
    resident may widen a grant backwards. Of what no grant covers only the ledger is told: when somebody came to a door
    outside the granted hours, and what the source says of it, is not kept.
    """
    catalogue = tonight.services.catalogue
    new = 0
    async for page in source.triggers(camera, oldest, tonight.services.now()):
        listed = _of_interest(tonight, camera, page.triggers)
        refused = _refused(tonight, camera, listed)
        granted = [trigger for trigger in listed if trigger.trigger_id not in refused]
        new += await asyncio.to_thread(catalogue.triggers.save, granted)
        _record(tonight, *(_row(tonight, camera, FetchOutcome.NOT_GRANTED, name, why) for name, why in refused.items()))
        _record(
            tonight,
            *(
                _row(tonight, camera, CameraOutcome.UNREADABLE, f"{error.field}={error.value}", str(error))
                for error in page.unreadable
            ),
        )
    return new


def _refused(tonight: Tonight, camera: Camera, triggers: Sequence[CameraTrigger]) -> dict[str, str]:
    """By trigger id, why no live grant covers its moment; of what was acquired before nothing is said again."""
    refused = {}
    for trigger in triggers:
        try:
            tonight.taking.require(Use.FETCH, camera, trigger.at)
        except ConsentError as error:
            if not tonight.services.catalogue.clips.of_trigger(camera.camera_id, trigger.trigger_id):
                refused[trigger.trigger_id] = str(error)
    return refused


async def _fetch_all(tonight: Tonight, source: ClipSource, camera: Camera, triggers: Sequence[CameraTrigger]) -> int:
    tonight.progress.begin(STAGE, len(triggers))
    gate = asyncio.Semaphore(_AT_ONCE)

    async def within_gate(trigger: CameraTrigger) -> bool:
        async with gate:
            return await _fetch(tonight, source, camera, trigger)

    results = await asyncio.gather(*map(within_gate, triggers), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return sum(result is True for result in results)


async def _fetch(tonight: Tonight, source: ClipSource, camera: Camera, trigger: CameraTrigger) -> bool:
    """Whether an original came of it."""
    say = partial(tonight.progress.step, STAGE)
    if tonight.is_over():
        say(f"{camera.name}: left for the next night")
        return False
    _require_room(tonight)
    started = tonight.services.now()
    try:
        tonight.taking.require(Use.FETCH, camera, trigger.at)
        recording = await source.recording(trigger)
        moment = recording.starts_at or trigger.at
        grant = tonight.taking.require(Use.FETCH, camera, moment)  # it may have been revoked while we waited
    except (ConsentError, AcquisitionError) as error:
        outcome = _outcome(error)
        _record(tonight, _row(tonight, camera, outcome, trigger.trigger_id, str(error)))
        say(f"{camera.name}: {outcome}")
        return False
    if recording.outcome is not FetchOutcome.READY:
        row = _row(tonight, camera, recording.outcome, trigger.trigger_id, recording.detail, recording.tries)
        _record(tonight, row)
        say(f"{camera.name}: {recording.outcome}")
        return False
    arrival = Arrival(trigger, recording, grant, started, tonight.services.now())
    await asyncio.to_thread(ingest, tonight, arrival)
    say(f"{camera.name}: {len(recording.content) / 1_000_000:.1f} MB")
    return True


def _outcome(error: ConsentError | AcquisitionError) -> FetchOutcome:
    if isinstance(error, ConsentError):
        return FetchOutcome.NOT_GRANTED
    return FetchOutcome.REFUSED if isinstance(error, AccountRefusedError) else FetchOutcome.TIMED_OUT


def _require_room(tonight: Tonight) -> None:
    store = tonight.services.settings.store
    free = shutil.disk_usage(store.directory).free >> 20
    if free < store.free_megabytes:
        raise StorageError("keep more", f"{free} MB are free, and {store.free_megabytes} MB must stay free")


def _row(
    tonight: Tonight,
    camera: Camera,
    outcome: FetchOutcome | CameraOutcome,
    trigger_id: str = "",
    detail: str = "",
    tries: int = 1,
) -> CoverageRow:
    return CoverageRow(
        night=tonight.key,
        camera_id=camera.camera_id,
        outcome=outcome,
        at=tonight.services.now(),
        trigger_id=trigger_id,
        detail=detail,
        tries=tries,
    )


def _record(tonight: Tonight, *rows: CoverageRow) -> None:
    if rows:
        tonight.services.catalogue.coverage.record(rows)
