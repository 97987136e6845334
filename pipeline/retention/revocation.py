"""A resident revokes, or allows less: everything stops at once, and then everything goes.

First the new version of the grant is written, with its custody: from then on no question that it does not cover is
answered with yes. Then each acquisition that no grant covers is taken away and deleted. A run that is killed anywhere
in between is finished by ``finish_revocations``, which the night and the sweep call before they do anything else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.consent.grants import revoke, sign_grant
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.retention import Decision
from pipeline.errors import PipelineError
from pipeline.night.services import Services
from pipeline.retention import second_place
from pipeline.retention.disposal import Finished, decide, finish_disposals
from pipeline.retention.judging import Judge, facts_of, forget_listed
from pipeline.retention.shedding import shed


@dataclass(frozen=True, slots=True)
class Revocation:
    """What came of revoking, or of another version.

    Attributes:
        signed: The version.
        decided: How many acquisitions were taken away by this call.
        finished: What was deleted, and what could not be yet.
    """

    signed: SignedGrant
    decided: int
    finished: Finished


def save_grant(services: Services, signed: SignedGrant, action: CustodyAction, entered_by: str) -> None:
    """Writes a grant version with its custody record: the resident decides, and whoever enters it is named beside."""
    grant = signed.grant
    entry = CustodyEntry(
        at=services.now(),
        agent=grant.resident_id,
        action=action,
        subject=grant.grant_id,
        authority=f"{grant.grant_id} v{grant.version}",
        detail={"entered_by": entered_by},
        once=f"{action} {grant.grant_id} {grant.version}",
    )
    services.catalogue.grants.add(signed, (entry,))


def revoke_grant(services: Services, grant_id: str, entered_by: str) -> Revocation:
    """Revokes a grant and deletes what it alone covered. Again it finishes what was left.

    Args:
        services: The installation.
        grant_id: Which.
        entered_by: Who enters it.

    Raises:
        RecordNotFoundError: There is no such grant.
        CatalogueError, StorageError: It could not even be written that it is revoked; nothing was deleted.
    """
    newest = services.catalogue.grants.get(grant_id)
    signed = revoke(newest.grant, services.now(), services.key)
    if signed.grant.version != newest.grant.version:
        save_grant(services, signed, CustodyAction.GRANT_REVOKED, entered_by)
    return clear_away(services, signed)


def clear_away(services: Services, signed: SignedGrant) -> Revocation:
    """Keeps a new version in the second place, and deletes what the grant no longer covers and nothing else does."""
    unwritten = keep_elsewhere(services, (signed,))
    decided = _decide(services, (signed,))
    finished = finish_disposals(services)
    failed = (*unwritten, *finished.failed, *keep_head(services))
    return Revocation(signed, decided, Finished(finished.settled, finished.withdrawn, failed))


def keep_head(services: Services) -> tuple[str, ...]:
    """Keeps the custody log's head in the second place; why it could not, in words, which a later call mends."""
    try:
        second_place.keep_checkpoint(services)
    except PipelineError as error:
        return (f"second place: {error}",)
    return ()


def finish_revocations(services: Services) -> Finished:
    """Heeds the second place, and finishes every revocation and disposal that was left. Again it changes nothing.

    Raises:
        EvidenceError, GrantSignatureError: The second place holds a word that is not ours.
        CatalogueError: The database refuses.
    """
    heed_second_place(services)
    followed = [one for one in services.catalogue.grants.latest() if one.grant.version > 1]
    unwritten = (*keep_elsewhere(services, followed), *_keep_holds(services))
    _decide(services, followed)
    finished = finish_disposals(services)
    return Finished(finished.settled, finished.withdrawn, (*unwritten, *finished.failed))


def heed_second_place(services: Services) -> tuple[str, ...]:
    """Does again what was done since the backup that this catalogue was restored from; usually there is nothing.

    Returns:
        What was done again, in words; empty when this catalogue knows it all.

    Raises:
        EvidenceError, GrantSignatureError, StorageError: The second place holds a word that is not ours, or is away.
    """
    done = [f"hold {hold.hold_id}" for hold in second_place.holds(services) if services.catalogue.holds.save(hold, ())]
    done += _change_again(services)
    known = {one.grant.grant_id: one.grant for one in services.catalogue.grants.latest()}
    for signed in second_place.revocations(services):
        grant = known.get(signed.grant.grant_id)
        if grant is not None and grant.revoked_at is None:
            again = revoke(grant, signed.grant.revoked_at or services.now(), services.key)
            save_grant(services, again, CustodyAction.GRANT_REVOKED, "second place")
            done.append(f"revocation of {grant.grant_id}")
    return (*done, *_dispose_again(services))


def _change_again(services: Services) -> list[str]:
    """A grant that was narrowed, widened or paused since the backup says again what it said last."""
    known = {one.grant.grant_id: one.grant for one in services.catalogue.grants.latest()}
    done = []
    for signed in second_place.versions(services):
        grant = known.get(signed.grant.grant_id)
        if grant is None or grant.revoked_at is not None or signed.grant.version <= grant.version:
            continue
        again = sign_grant(replace(signed.grant, version=grant.version + 1), services.key)
        save_grant(services, again, CustodyAction.GRANT_CHANGED, "second place")
        known[grant.grant_id] = again.grant
        done.append(f"version {again.grant.version} of {grant.grant_id}")
    return done


def _dispose_again(services: Services) -> list[str]:
    """What the second place has a tombstone of, and this catalogue holds again since it is older, goes once more."""
    held = {one.acquisition.acquisition_id: one.acquisition.ended_at for one in services.catalogue.clips.list()}
    known = services.catalogue.disposals.known()
    done = []
    for signed in second_place.tombstones(services):
        stone = signed.tombstone
        if stone.tombstone_id not in known and services.catalogue.disposals.bring_back(signed):
            done.append(f"tombstone {stone.tombstone_id}")
        acquired_at = held.get(stone.acquisition_id)
        if acquired_at is not None and acquired_at < stone.decided_at and not stone.reason.keeps_original:
            decision = Decision(stone.reason, stone.authority, stone.disclosed, stone.shared)
            decide(services, [stone.acquisition_id], lambda facts, now=decision: None if facts.holds else now)  # type: ignore[misc]
            done.append(f"disposal of {stone.acquisition_id}")
    return done


def _decide(services: Services, changed: Iterable[SignedGrant]) -> int:
    judge = Judge(services, services.now())
    cameras = sorted({name for signed in changed for name in _cameras_of(services, signed.grant.grant_id)})
    clips = services.catalogue.clips.list(tuple(cameras))
    decided = len(decide(services, _going(services, judge.at_a_glance(), clips), judge.only_for))
    shed(services, judge, services.catalogue.clips.list(tuple(cameras)))
    forget_listed(services, judge, cameras)
    return decided


def _going(services: Services, glance: Judge, clips: Sequence[AcquiredClip]) -> Iterator[str]:
    """Those that a resident's word lets go at first look: only they are worth the writer's turn."""
    for facts in facts_of(services, clips):
        found = glance.verdict(facts).goes
        if found is not None and found.reason.is_the_residents:
            yield facts.clip.acquisition.acquisition_id


def _cameras_of(services: Services, grant_id: str) -> tuple[str, ...]:
    """Those that any version of it named."""
    history = services.catalogue.grants.history(grant_id)
    return tuple(sorted({camera for signed in history for camera in signed.grant.camera_ids}))


def keep_elsewhere(services: Services, changed: Iterable[SignedGrant]) -> tuple[str, ...]:
    """Writes versions to the second place; why it could not, in words, which a later call mends."""
    failed = []
    for signed in changed:
        try:
            second_place.keep_version(services, signed)
        except PipelineError as error:
            failed.append(f"second place: {error}")
    return tuple(failed)


def _keep_holds(services: Services) -> tuple[str, ...]:
    """Holds that the second place was not there for when they were placed or lifted."""
    try:
        for hold in services.catalogue.holds.list(lifted_too=True):
            second_place.keep_hold(services, hold)
    except PipelineError as error:
        return (f"second place: {error}",)
    return ()
