"""Signing a grant, and what follows it: each a version of its own, with its custody record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.consent.grants import require_signature, sign_grant
from pipeline.consent.narrower import wider_parts
from pipeline.consent.words import changes_in_words, grant_in_words
from pipeline.domain.consent import ConsentGrant, SignedGrant
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import GrantWiderError, RecordNotFoundError
from pipeline.night.services import Services
from pipeline.retention.changing import change_grant
from pipeline.retention.revocation import Revocation, save_grant


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a grant as its resident reads it.

    Attributes:
        signed: As it was signed.
        at: UTC, when.
        words: What it says.
        changes: What it says otherwise than the one before; empty for the first.
    """

    signed: SignedGrant
    at: datetime
    words: str
    changes: tuple[str, ...]


def sign(services: Services, grant: ConsentGrant, entered_by: str) -> SignedGrant:
    """Signs the first version of a grant; from now on it allows what it says.

    Args:
        services: The installation.
        grant: As ``drafting.draft`` made it.
        entered_by: Who enters it.
    """
    signed = sign_grant(grant, services.key)
    save_grant(services, signed, CustodyAction.GRANT_SIGNED, entered_by)
    return signed


def narrow(services: Services, grant_id: str, words: ConsentGrant, entered_by: str) -> Revocation:
    """Signs a next version that allows less, and deletes at once what it no longer covers.

    Raises:
        GrantWiderError: It would allow more in some part.
        RecordNotFoundError, GrantOverError: As ``change_grant``.
    """
    wider = wider_parts(services.catalogue.grants.get(grant_id).grant, words)
    if wider:
        raise GrantWiderError(grant_id, wider)
    return change_grant(services, grant_id, words, entered_by)


def own_grant(services: Services, resident_id: str, grant_id: str) -> SignedGrant:
    """The newest version of a resident's own grant.

    Raises:
        RecordNotFoundError: There is none, or it is somebody else's: both look alike.
    """
    found = services.catalogue.grants.get(grant_id)
    if found.grant.resident_id != resident_id:
        raise RecordNotFoundError("grant", grant_id)
    return found


def names_of_cameras(services: Services) -> Mapping[str, str]:
    """What their owners call the cameras, by id."""
    found: dict[str, str] = {}
    for camera in services.catalogue.cameras.list():
        if camera.owner_id is not None or camera.camera_id not in found:
            found[camera.camera_id] = camera.name
    return found


def versions(services: Services, grant_id: str) -> tuple[Version, ...]:
    """Every version in order, each checked against its signature, with what changed in words.

    Raises:
        RecordNotFoundError: There is no such grant.
        GrantSignatureError: One does not carry our signature.
    """
    history = services.catalogue.grants.history(grant_id)
    names, now = names_of_cameras(services), services.now()
    made = []
    for number, signed in enumerate(history):
        require_signature(signed, services.keys)
        grant = signed.grant
        changes = changes_in_words(history[number - 1].grant, grant, names) if number else ()
        at = grant.revoked_at or grant.changed_at or grant.granted_at
        made.append(Version(signed, at, grant_in_words(grant, names, now), changes))
    return tuple(made)
