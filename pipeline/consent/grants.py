"""Signed grants, and the one question that is asked before anything is fetched, indexed, shown or exported."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import rfc8785

from pipeline.consent.unbroken import TICK, boundaries
from pipeline.domain.consent import ConsentGrant, FootageSpan, Pause, Request, SignedGrant, Use
from pipeline.domain.plain import to_plain
from pipeline.domain.signing import Signer, Verifier
from pipeline.errors import (
    ConsentError,
    ConsentMissingError,
    ConsentOutOfScopeError,
    ConsentPausedError,
    ConsentRevokedError,
    GrantOverError,
    GrantSignatureError,
)


@lru_cache(maxsize=4096)
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


def pause(grant: ConsentGrant, now: datetime, signer: Signer) -> SignedGrant:
    """The next version, paused from ``now`` (UTC) on; one that is paused already stays as it is."""
    if grant.paused_since is not None:
        return sign_grant(grant, signer)
    return _next(grant, now, signer, pauses=(*grant.pauses, Pause(now)))


def resume(grant: ConsentGrant, now: datetime, signer: Signer) -> SignedGrant:
    """The next version, whose pause ended at ``now`` (UTC); one that is not paused stays as it is."""
    if grant.paused_since is None:
        return sign_grant(grant, signer)
    ended = Pause(grant.paused_since, max(now, grant.paused_since))
    return _next(grant, now, signer, pauses=(*grant.pauses[:-1], ended))


def follow(grant: ConsentGrant, words: ConsentGrant, now: datetime, signer: Signer) -> SignedGrant:
    """The next version of ``grant``, which says what ``words`` say; where they say the same, it stays as it is.

    Id, resident, the moment of the first signing and the pauses are the grant's own.

    Raises:
        ValueError: The grant is revoked: nothing follows that.
    """
    if grant.revoked_at is not None:
        raise ValueError(f"{grant.grant_id} is revoked; a new grant is signed in its place")
    kept = replace(
        words,
        grant_id=grant.grant_id,
        version=grant.version,
        resident_id=grant.resident_id,
        granted_at=grant.granted_at,
        covers_from=words.covers_from or grant.covers_from,
        pauses=grant.pauses,
        changed_at=grant.changed_at,
        revoked_at=None,
    )
    if kept == grant:
        return sign_grant(grant, signer)
    return sign_grant(replace(kept, version=grant.version + 1, changed_at=now), signer)


def _next(grant: ConsentGrant, now: datetime, signer: Signer, *, pauses: tuple[Pause, ...]) -> SignedGrant:
    return sign_grant(replace(grant, version=grant.version + 1, changed_at=now, pauses=pauses), signer)


def require_going_on(grant: ConsentGrant, now: datetime) -> None:
    """Returns when a grant is neither revoked nor at its end, at ``now`` (UTC); it may be paused.

    Raises:
        GrantOverError: It is over.
    """
    if grant.revoked_at is not None:
        raise GrantOverError(grant.grant_id, "is revoked")
    if now >= grant.expires_at:
        raise GrantOverError(grant.grant_id, "has ended")


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
    (4) it is not paused, (5) the resident who gave it owns the camera, (6) it is in force now, (7) the footage lies in
    its days and hours, in no pause, and in its spans when it names any, with every moment of a stretch, (8) purpose and
    recipient are its own, word for word but for case, (9) the event kind is one of its kinds, (10) the place touches
    one of its zones when it has any (asked once an event is known), (11) sound is allowed when sound is asked for,
    (12) it covers footage whatever it shows, when that is asked for.

    Args:
        grants: The newest version of each grant, in any order; empty allows nothing.
        request: What is asked.
        now: UTC.
        verifier: Knows our keys.

    Raises:
        ConsentMissingError: No grant names the camera.
        ConsentRevokedError, ConsentPausedError, ConsentOutOfScopeError, GrantSignatureError: Why the grant that came
            nearest does not allow it.
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


def grants_for_all_moments(
    grants: Iterable[SignedGrant], request: Request, now: datetime, verifier: Verifier
) -> tuple[ConsentGrant, ...]:
    """The grants that pass every check of ``require_grant`` but that of the footage's moment, which the request lacks.

    For whoever asks about many moments of one camera and kind: what is left to ask of each is ``covers_moment``. A kind
    without a place has no grant with zones.
    """
    asked = replace(request, recorded_at=None)
    named = (signed for signed in grants if asked.camera_id in signed.grant.camera_ids)
    return tuple(signed.grant for signed in named if _first_refusal(signed, asked, now, verifier)[1] is None)


def covers_moment(grant: ConsentGrant, camera_id: str, recorded_at: datetime) -> bool:
    """Whether footage of a moment (UTC) lies in a grant's days, hours and spans, and in none of its pauses."""
    return not recorded_refusal(grant, camera_id, recorded_at)


def unbroken_around(
    grant: ConsentGrant, camera_id: str, moment: datetime, stretch: tuple[datetime, datetime]
) -> tuple[datetime, datetime] | None:
    """The part of a stretch around a moment that a grant covers without a gap; None where it does not cover it.

    Args:
        grant: Its words.
        camera_id: Of which camera.
        moment: UTC; within the stretch.
        stretch: UTC; its first moment and its last, which belongs to it.
    """
    first, last = stretch
    begins = (first, *boundaries(grant, camera_id, first, last))
    covered = [not recorded_refusal(grant, camera_id, at) for at in begins]
    here = bisect_right(begins, moment) - 1
    if here < 0 or not covered[here]:
        return None
    since, until = here, here + 1
    while since > 0 and covered[since - 1]:
        since -= 1
    while until < len(begins) and covered[until]:
        until += 1
    return begins[since], last if until == len(begins) else begins[until] - TICK


def _first_refusal(
    signed: SignedGrant, request: Request, now: datetime, verifier: Verifier
) -> tuple[int, ConsentError | None]:
    """How many checks passed, and the error of the first that did not."""
    grant = signed.grant
    if not verifier.is_signed(canonical_form(grant), signed.signature, signed.key_id):
        return 1, GrantSignatureError(grant.grant_id, grant.version)
    if grant.revoked_at is not None:
        return 2, ConsentRevokedError(grant.grant_id, grant.revoked_at.isoformat())
    if grant.paused_since is not None:
        return 3, ConsentPausedError(grant.grant_id, grant.paused_since.isoformat())
    for number, reason in enumerate(_reasons(grant, request, now), start=4):
        if reason:
            return number, ConsentOutOfScopeError(request.camera_id, grant.grant_id, reason)
    return 12, None


def _reasons(grant: ConsentGrant, request: Request, now: datetime) -> Iterable[str]:
    """One string a check, empty when it passes, in the order of ``require_grant``."""
    yield _ownership(grant, request)
    yield _in_force(grant, now)
    yield stretch_refusal(grant, request)
    yield _asker(grant, request)
    yield kind_refusal(grant, request)
    yield place_refusal(grant, request)
    yield "sound is not granted" if request.with_audio and not grant.audio else ""
    yield whole_refusal(grant, request)


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


def stretch_refusal(grant: ConsentGrant, request: Request) -> str:
    """As ``recorded_refusal``, of the first moment of a stretch that is not covered."""
    first, last = request.recorded_at, request.until
    said = recorded_refusal(grant, request.camera_id, first)
    if said or first is None or last is None:
        return said
    turns = boundaries(grant, request.camera_id, first, last)
    return next(filter(None, (recorded_refusal(grant, request.camera_id, moment) for moment in turns)), "")


def recorded_refusal(grant: ConsentGrant, camera_id: str, recorded_at: datetime | None) -> str:
    """Why footage of a moment (UTC) lies outside a grant's days, hours, pauses or spans; empty when it does not."""
    spans = grant.spans_of(camera_id)
    if recorded_at is None:
        return _never(grant, spans)
    if not grant.footage_from <= recorded_at < grant.expires_at:
        return f"footage of {recorded_at.isoformat()} lies outside its days"
    if any(pause.holds(recorded_at) for pause in grant.pauses):
        return f"footage of {recorded_at.isoformat()} was recorded while it was paused"
    local = recorded_at.astimezone(ZoneInfo(grant.time_zone))
    if not any(hours.covers(local) for hours in grant.hours):
        return f"footage of {local:%A} {local:%H:%M:%S} local time lies outside its hours"
    if spans is not None and not any(span.covers(recorded_at) for span in spans):
        return f"footage of {recorded_at.isoformat()} is none of the clips that it names"
    return ""


def _never(grant: ConsentGrant, spans: tuple[FootageSpan, ...] | None) -> str:
    if not grant.hours:
        return "it covers no hour of the day"
    return "it names no clip of this camera" if spans == () else ""


def _asker(grant: ConsentGrant, request: Request) -> str:
    if request.purpose.casefold() != grant.purpose.casefold():
        return f"its purpose is {grant.purpose!r}, not {request.purpose!r}"
    if request.recipient.casefold() != grant.recipient.casefold():
        return f"its recipient is {grant.recipient!r}, not {request.recipient!r}"
    return ""


def kind_refusal(grant: ConsentGrant, request: Request) -> str:
    """Why a grant does not allow the kind of event; empty when it does, or none is named."""
    if request.event_kind is None:
        return "it allows no kind of event" if request.use is Use.FETCH and not grant.event_kinds else ""
    return "" if request.event_kind in grant.event_kinds else f"it does not allow {request.event_kind}"


def place_refusal(grant: ConsentGrant, request: Request) -> str:
    """Why a grant does not allow the place; empty when it does, or no event is known."""
    if not grant.zones or (not request.places and request.event_kind is None):
        return ""
    is_inside = any(zone.contains(x, y) for zone in grant.zones for x, y in request.places)
    return "" if is_inside else "it happened outside its zones"


def whole_refusal(grant: ConsentGrant, request: Request) -> str:
    """Why a grant that names events does not allow footage whatever it shows; empty when it does, or nobody asks."""
    if not (request.is_whole and grant.names_events):
        return ""
    if not grant.whole_recordings:
        return "it covers the moments of the events that it names, and not whole recordings"
    return "" if request.event_kind else "it covers whole recordings of the events that it names, and this shows none"
