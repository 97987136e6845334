"""Makes the resident's receipt from what the catalogue knows at this moment."""

from collections.abc import Iterable
from datetime import datetime

import rfc8785

from pipeline import __version__
from pipeline.consent.words import grant_in_words
from pipeline.domain.amounts import counted
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.plain import to_plain
from pipeline.domain.retention import ClipFacts, Tombstone
from pipeline.night.morning import agency
from pipeline.night.services import Services
from pipeline.reports import DeletedLine, KeptLine, PartLine, Receipt, SignedReceipt
from pipeline.retention.judging import Judge, disclosures_of, package_words
from pipeline.retention.shared_part import shared_in_words

_SAID = {"stored derivatives": "stored files"}
"""Words for residents, where a tombstone has another for its count."""


def make_receipt(services: Services, grant_id: str) -> SignedReceipt:
    """The receipt of a grant, signed; made anew each time, so that it says what is so now.

    Raises:
        RecordNotFoundError: There is no such grant.
    """
    grant = services.catalogue.grants.get(grant_id).grant
    now = services.now()
    stones = services.catalogue.disposals.of_grant(grant_id)
    facts = services.catalogue.disposals.facts(_still_here(services, grant_id))
    kept, waiting = _kept(services, facts, now)
    # Packages are looked up anew: one may have been recorded between a decision and the moment that it was exported.
    packages = services.catalogue.disclosures.of_acquisitions(stone.acquisition_id for stone in stones)
    again = tuple(f" package {one.package_id} " for one in packages)
    disclosed = [line for stone in stones for line in stone.disclosed if not any(name in line for name in again)]
    disclosed += [package_words(services, one) for one in packages]
    disclosed += [line for one in facts for line in disclosures_of(services, one)]
    receipt = Receipt(
        grant_id=grant_id,
        grant_version=grant.version,
        resident_id=grant.resident_id,
        state=_state(grant, now),
        made_at=now,
        made_by=f"doorstep {__version__}",
        agency=agency(services),
        deleted=tuple(_deleted(stone) for stone in stones),
        kept=kept,
        not_yet_due=len(waiting),
        disclosed=tuple(dict.fromkeys(disclosed)),
        backups=tuple(
            f"{backup.at:%Y-%m-%d %H:%M} UTC" for backup in services.catalogue.backups.list(since=grant.granted_at)
        ),
        words=grant_in_words(grant, _camera_names(services, grant), now),
        in_part=_in_part(services, stones, facts, {line.digest for line in kept} | set(waiting)),
    )
    return SignedReceipt(receipt, services.key.sign(rfc8785.dumps(to_plain(receipt))), services.key.key_id)


def _camera_names(services: Services, grant: ConsentGrant) -> dict[str, str]:
    named = (one for one in services.catalogue.cameras.list() if one.camera_id in grant.camera_ids)
    return {one.camera_id: one.name for one in named if one.owner_id == grant.resident_id}


def _still_here(services: Services, grant_id: str) -> tuple[AcquiredClip, ...]:
    history = services.catalogue.grants.history(grant_id)
    cameras = tuple(sorted({camera for signed in history for camera in signed.grant.camera_ids}))
    clips = services.catalogue.clips.list(cameras)
    return tuple(clip for clip in clips if clip.acquisition.grant_id == grant_id)


def _in_part(
    services: Services, stones: Iterable[Tombstone], facts: Iterable[ClipFacts], told: set[str]
) -> tuple[PartLine, ...]:
    """What was shared in part, of what went and of what is told to be here."""
    here = [one.clip for one in facts if one.clip.item.digest in told]
    said = [(one.digest, one.shared) for one in stones]
    said += [(clip.item.digest, shared_in_words(services, clip)) for clip in here]
    return tuple(dict.fromkeys(PartLine(digest, words) for digest, words in said if words))


def _kept(services: Services, facts: tuple[ClipFacts, ...], now: datetime) -> tuple[tuple[KeptLine, ...], list[str]]:
    """What is kept and may be named, and what waits, by digest; of what a sealed hold keeps nothing is said."""
    judge = Judge(services, now)
    lines: list[KeptLine] = []
    waiting: list[str] = []
    for one in facts:
        digest = one.clip.item.digest
        if one.holds:
            lines += [
                KeptLine(digest, f"{hold.instrument} {hold.instrument_id}, since {hold.placed_at:%Y-%m-%d}")
                for hold in one.holds
                if not hold.is_sealed
            ]
            continue
        covering = judge.covering(one)
        if covering:
            lines.append(KeptLine(digest, f"in force: {', '.join(covering)}"))
        else:
            waiting.append(digest)
    return tuple(lines), waiting


def _deleted(stone: Tombstone) -> DeletedLine:
    with_it = [
        counted(count, _SAID.get(kind, kind)) for kind, count in stone.counts.items() if count and kind != "originals"
    ]
    return DeletedLine(
        digest=stone.digest,
        acquisition_id=stone.acquisition_id,
        why=f"{stone.reason} ({stone.authority})",
        tombstone_id=stone.tombstone_id,
        disposed_at=stone.disposed_at,
        has_shared_bytes=stone.has_shared_bytes,
        with_it=", ".join(with_it) or "nothing",
        is_part=stone.reason.keeps_original,
    )


def _state(grant: ConsentGrant, now: datetime) -> str:
    if grant.revoked_at is not None:
        return f"revoked {grant.revoked_at:%Y-%m-%d %H:%M:%S} UTC"
    if grant.paused_since is not None and now < grant.expires_at:
        return f"paused since {grant.paused_since:%Y-%m-%d %H:%M:%S} UTC"
    if now >= grant.expires_at:
        return f"ended {grant.expires_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"in force until {grant.expires_at:%Y-%m-%d %H:%M:%S} UTC"
