"""What must outlive a restored backup, written to the second place: versions of grants, tombstones and holds.

They lie in folders beside the custody heads, each a file of canonical JSON that is made once. A backup is older than
they are; whoever restores it reads them and does again what was done since.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import rfc8785

from pipeline.consent.grants import require_signature
from pipeline.domain.consent import SignedGrant
from pipeline.domain.plain import from_plain, to_plain
from pipeline.domain.retention import Hold, SignedTombstone
from pipeline.errors import EvidenceError, StorageError
from pipeline.evidence.custody import write_checkpoint
from pipeline.evidence.files import READ_ONLY, make_once
from pipeline.night.services import Services

T = TypeVar("T")

_REVOCATIONS, _VERSIONS, _TOMBSTONES, _HOLDS = "revocations", "versions", "tombstones", "holds"


def keep_version(services: Services, signed: SignedGrant) -> None:
    """Writes a version that follows another to the second place, where one is named.

    Raises:
        StorageError: It cannot be written.
    """
    kind = _VERSIONS if signed.grant.revoked_at is None else _REVOCATIONS
    _keep(services, kind, f"{signed.grant.grant_id}-v{signed.grant.version}", signed)


def keep_tombstones(services: Services, stones: Iterable[SignedTombstone]) -> None:
    """Likewise for tombstones."""
    for signed in stones:
        _keep(services, _TOMBSTONES, signed.tombstone.tombstone_id, signed)


def keep_hold(services: Services, hold: Hold) -> None:
    """Likewise for a hold that was placed or lifted."""
    state = "placed" if hold.lifted_at is None else "lifted"
    _keep(services, _HOLDS, f"{hold.hold_id}-{state}", hold)


def keep_checkpoint(services: Services) -> None:
    """Writes the custody log's signed head, so that a backup from before is known to lack what follows it."""
    place = services.settings.store.checkpoint_directory
    if place is not None:
        write_checkpoint(place, services.catalogue.custody.checkpoint())


def revocations(services: Services) -> Iterator[SignedGrant]:
    """The revoked grants of the second place, each checked against its signature; none when there is no such place.

    Raises:
        GrantSignatureError, EvidenceError, StorageError: One is not ours, or cannot be read.
    """
    yield from _signed(services, _REVOCATIONS)


def versions(services: Services) -> Iterator[SignedGrant]:
    """Likewise for versions that changed a grant without ending it, in order of grant and version."""
    yield from sorted(_signed(services, _VERSIONS), key=lambda one: (one.grant.grant_id, one.grant.version))


def _signed(services: Services, kind: str) -> Iterator[SignedGrant]:
    for signed in _read(services, kind, SignedGrant):
        require_signature(signed, services.keys)
        yield signed


def tombstones(services: Services) -> Iterator[SignedTombstone]:
    """Likewise for tombstones."""
    for signed in _read(services, _TOMBSTONES, SignedTombstone):
        form = rfc8785.dumps(to_plain(signed.tombstone))
        if not services.keys.is_signed(form, signed.signature, signed.key_id):
            raise EvidenceError(f"tombstone {signed.tombstone.tombstone_id} in the second place is not signed by us")
        yield signed


def holds(services: Services) -> Iterator[Hold]:
    """The holds of the second place, placed ones before those that were lifted."""
    yield from sorted(_read(services, _HOLDS, Hold), key=lambda hold: (hold.lifted_at is not None, hold.placed_at))


def _keep(services: Services, kind: str, name: str, noun: object) -> None:
    place = services.settings.store.checkpoint_directory
    if place is not None:
        make_once(place / kind / f"{name}.json", rfc8785.dumps(to_plain(noun)) + b"\n", READ_ONLY)


def _read(services: Services, kind: str, noun: type[T]) -> Iterator[T]:
    place = services.settings.store.checkpoint_directory
    if place is None:
        return
    for path in sorted(Path(place / kind).glob("*.json")):
        try:
            yield from_plain(noun, json.loads(path.read_text("utf-8")))
        except OSError as error:
            raise StorageError(f"read {kind} in the second place", error.strerror or type(error).__name__) from error
        except (ValueError, TypeError, KeyError) as error:
            raise EvidenceError(f"{kind}/{path.name} in the second place cannot be read") from error
