"""Signed grants, and the one question that is asked before anything is fetched, indexed, shown or exported."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import rfc8785

from pipeline.domain.consent import ConsentGrant, Request, SignedGrant, Use
from pipeline.domain.plain import to_plain
from pipeline.domain.signing import Signer, Verifier
from pipeline.errors import (
    ConsentError,
    ConsentMissingError,
    ConsentOutOfScopeError,
    ConsentRevokedError,
    GrantSignatureError,
)


def canonical_form(grant: ConsentGrant) -> bytes:
    """The bytes that are signed.

    Source: RFC 8785 (JSON Canonicalization Scheme).
    """
    return rfc8785.dumps(to_plain(grant))


def sign_grant(grant: ConsentGrant, signer: Signer) -> SignedGrant:
    """The grant with our signature over its canonical form."""
    return SignedGrant(grant, signer.sign(canonical_form(grant)), signer.key_id)


def revoke(grant: ConsentGrant, now: datetime, signer: Signer) -> SignedGrant:
    """The next version of ``grant``, revoked at ``now`` (UTC); a grant that is revoked already stays as it is."""
    if grant.revoked_at is not None:
        return sign_grant(grant, signer)
    return sign_grant(replace(grant, version=grant.version + 1, revoked_at=now), signer)


def require_signature(signed: SignedGrant, verifier: Verifier) -> None:
    """Returns when the grant is word for word what was signed.

    Raises:
        GrantSignatureError: It is not.
    """
    if not verifier.is_signed(canonical_form(signed.grant), signed.signature, signed.key_id):
        raise GrantSignatureError(signed.grant.grant_id, signed.grant.version)


def require_grant(grants: Iterable[SignedGrant], request: Request, now: datetime, verifier: Verifier) -> SignedGrant:
    """Returns the first grant that allows the request; nothing less than every check allows it.

    The checks, in order: (1) the grant names the camera, (2) it carries our signature, (3) it is not revoked,
    (4) the resident who gave it owns the camera, (5) it is in force now, (6) the footage lies in its days and hours,
    (7) purpose and recipient are its own, word for word but for case, (8) the event kind is one of its kinds,
    (9) the place touches one of its zones when it has any (asked once an event is known), (10) sound is allowed when
    sound is asked for.

    Args:
        grants: The newest version of each grant, in any order; empty allows nothing.
        request: What is asked.
        now: UTC.
        verifier: Knows our keys.

    Raises:
        ConsentMissingError: No grant names the camera.
        ConsentRevokedError, ConsentOutOfScopeError, GrantSignatureError: Why the grant that came nearest does not
            allow it.
    """
    nearest: ConsentError = ConsentMissingError(request.camera_id, request.use)
    furthest = 0
    for signed in grants:
        if request.camera_id not in signed.grant.camera_ids:
            continue
        passed, refusal = _first_refusal(signed, request, now, verifier)
        if refusal is None:
            return signed
        if passed >= furthest:
            nearest, furthest = refusal, passed
    raise nearest


def _first_refusal(
    signed: SignedGrant, request: Request, now: datetime, verifier: Verifier
) -> tuple[int, ConsentError | None]:
    """How many checks passed, and the error of the first that did not."""
    grant = signed.grant
    if not verifier.is_signed(canonical_form(grant), signed.signature, signed.key_id):
        return 1, GrantSignatureError(grant.grant_id, grant.version)
    if grant.revoked_at is not None:
        return 2, ConsentRevokedError(grant.grant_id, grant.revoked_at.isoformat())
    for number, reason in enumerate(_reasons(grant, request, now), start=3):
        if reason:
            return number, ConsentOutOfScopeError(request.camera_id, grant.grant_id, reason)
    return 10, None


def _reasons(grant: ConsentGrant, request: Request, now: datetime) -> Iterable[str]:
    """One string a check, empty when it passes, in the order of ``require_grant``."""
    yield _ownership(grant, request)
    yield _in_force(grant, now)
    yield _recorded(grant, request.recorded_at)
    yield _asker(grant, request)
    yield _kind(grant, request)
    yield _place(grant, request)
    yield "sound is not granted" if request.with_audio and not grant.audio else ""


class Standing(StrEnum):
    """What one grant says of footage that is kept, whoever asks and for whatever purpose."""

    COVERS = "covers it"
    REVOKED = "is revoked"
    ENDED = "has ended"
    OUTSIDE = "does not cover it"
    UNSIGNED = "does not carry our signature"


def standing_of(
    signed: SignedGrant, camera_id: str, recorded_at: datetime, now: datetime, verifier: Verifier
) -> Standing:
    """Whether a grant still lets footage be kept. Who owns the camera now, and who would ask, are not asked.

    Args:
        signed: The newest version of a grant.
        camera_id: Of which camera.
        recorded_at: UTC moment of the footage.
        now: UTC.
        verifier: Knows our keys. On the word of a grant that is not signed nothing is deleted either.
    """
    grant = signed.grant
    if not verifier.is_signed(canonical_form(grant), signed.signature, signed.key_id):
        return Standing.UNSIGNED
    if grant.revoked_at is not None:
        return Standing.REVOKED
    if camera_id not in grant.camera_ids or _recorded(grant, recorded_at):
        return Standing.OUTSIDE
    return Standing.ENDED if now >= grant.expires_at else Standing.COVERS


def _ownership(grant: ConsentGrant, request: Request) -> str:
    if request.camera_owner is None:
        return "the camera is only shared with this account, and its owner has not granted it"
    if request.camera_owner != grant.resident_id:
        return "the grant was not given by the camera's owner"
    return ""


def _in_force(grant: ConsentGrant, now: datetime) -> str:
    if now < grant.granted_at:
        return f"it begins at {grant.granted_at.isoformat()}"
    if now >= grant.expires_at:
        return f"it expired at {grant.expires_at.isoformat()}"
    return ""


def _recorded(grant: ConsentGrant, recorded_at: datetime | None) -> str:
    if recorded_at is None:
        return "" if grant.hours else "it covers no hour of the day"
    if not grant.footage_from <= recorded_at < grant.expires_at:
        return f"footage of {recorded_at.isoformat()} lies outside its days"
    local = recorded_at.astimezone(ZoneInfo(grant.time_zone)).time()
    if not any(hours.covers(local) for hours in grant.hours):
        return f"footage of {local.isoformat('seconds')} local time lies outside its hours"
    return ""


def _asker(grant: ConsentGrant, request: Request) -> str:
    if request.purpose.casefold() != grant.purpose.casefold():
        return f"its purpose is {grant.purpose!r}, not {request.purpose!r}"
    if request.recipient.casefold() != grant.recipient.casefold():
        return f"its recipient is {grant.recipient!r}, not {request.recipient!r}"
    return ""


def _kind(grant: ConsentGrant, request: Request) -> str:
    if request.event_kind is None:
        if request.use is Use.FETCH and not grant.event_kinds:
            return "it allows no kind of event"
        return ""
    return "" if request.event_kind in grant.event_kinds else f"it does not allow {request.event_kind}"


def _place(grant: ConsentGrant, request: Request) -> str:
    if not grant.zones or (not request.places and request.event_kind is None):
        return ""
    if any(zone.contains(x, y) for zone in grant.zones for x, y in request.places):
        return ""
    return "it happened outside its zones"
