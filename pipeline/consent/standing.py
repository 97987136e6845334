"""What a grant says of footage that is kept, whoever asks: what its deletion is decided by."""

from datetime import datetime
from enum import StrEnum

from pipeline.consent.grants import (
    canonical_form,
    kind_refusal,
    place_refusal,
    recorded_refusal,
    stretch_refusal,
    whole_refusal,
)
from pipeline.domain.consent import Request, SignedGrant
from pipeline.domain.signing import Verifier


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
    if camera_id not in grant.camera_ids or recorded_refusal(grant, camera_id, recorded_at):
        return Standing.OUTSIDE
    return Standing.ENDED if now >= grant.expires_at else Standing.COVERS


def standing_of_part(signed: SignedGrant, asked: Request, now: datetime, verifier: Verifier) -> Standing:
    """As ``standing_of``, for an event or a stretch of footage: its kind and place too, and every moment of it.

    Args:
        signed: The newest version of a grant.
        asked: Camera, moments, kind and places; purpose, recipient and owner are not asked.
        now: UTC.
        verifier: Knows our keys.

    Raises:
        ValueError: No moment is named.
    """
    if asked.recorded_at is None:
        raise ValueError("what is kept was recorded at some moment")
    said = standing_of(signed, asked.camera_id, asked.recorded_at, now, verifier)
    if said not in (Standing.COVERS, Standing.ENDED):
        return said
    grant = signed.grant
    refusals = stretch_refusal, kind_refusal, place_refusal, whole_refusal
    is_outside = any(refusal(grant, asked) for refusal in refusals)
    return Standing.OUTSIDE if is_outside else said
