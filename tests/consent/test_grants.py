from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.consent.grants import require_grant, require_signature, revoke, sign_grant
from pipeline.domain.consent import DailyHours, Use
from pipeline.domain.events import EventKind, Zone
from pipeline.errors import (
    ConsentMissingError,
    ConsentOutOfScopeError,
    ConsentRevokedError,
    GrantSignatureError,
)
from tests.builders import EVENING, a_grant, a_request


class _Key:
    """A real Ed25519 key, in memory."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def key_id(self) -> str:
        return "test-key"

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def is_signed(self, message: bytes, signature: bytes, key_id: str) -> bool:
        try:
            self._key.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return key_id == self.key_id


KEY = _Key()


def test_a_live_grant_allows_what_it_says() -> None:
    signed = sign_grant(a_grant(), KEY)

    assert require_grant([signed], a_request(), EVENING, KEY) is signed


def test_no_grant_allows_nothing() -> None:
    with pytest.raises(ConsentMissingError):
        require_grant([], a_request(), EVENING, KEY)


@pytest.mark.parametrize(
    ("grant_changes", "request_changes", "reason"),
    [
        ({}, {"camera_owner": None}, "only shared"),
        ({}, {"camera_owner": "resident-bob"}, "not given by the camera's owner"),
        ({"granted_at": EVENING + timedelta(hours=1)}, {}, "begins at"),
        ({"expires_at": EVENING}, {}, "expired"),
        ({}, {"recorded_at": EVENING - timedelta(days=2)}, "outside its days"),
        ({"hours": ()}, {}, "outside its hours"),
        ({"hours": (DailyHours(time(8), time(18)),)}, {}, "outside its hours"),
        ({}, {"purpose": "curiosity"}, "purpose"),
        ({}, {"recipient": "a newspaper"}, "recipient"),
        ({"event_kinds": ()}, {}, "no kind"),
        ({"event_kinds": (EventKind.LOITERING,)}, {"event_kind": EventKind.PERSON_VISIT}, "person_visit"),
        ({}, {"with_audio": True}, "sound"),
        (
            {"zones": (Zone("door", ((0, 0), (0.5, 0), (0.5, 1), (0, 1))),)},
            {"use": Use.INDEX, "places": ((0.9, 0.5),)},
            "outside its zones",
        ),
    ],
)
def test_what_a_grant_does_not_say_is_refused_with_the_reason(
    grant_changes: dict[str, Any], request_changes: dict[str, Any], reason: str
) -> None:
    signed = sign_grant(a_grant(**grant_changes), KEY)

    with pytest.raises(ConsentOutOfScopeError, match=reason):
        require_grant([signed], a_request(**request_changes), EVENING, KEY)


def test_another_camera_is_not_covered() -> None:
    signed = sign_grant(a_grant(camera_ids=("ring:9",)), KEY)

    with pytest.raises(ConsentMissingError):
        require_grant([signed], a_request(), EVENING, KEY)


def test_revoking_ends_it_at_once_and_keeps_the_words() -> None:
    grant = a_grant()
    revoked = revoke(grant, EVENING, KEY)

    with pytest.raises(ConsentRevokedError):
        require_grant([revoked], a_request(), EVENING, KEY)
    assert revoked.grant == replace(grant, version=2, revoked_at=EVENING)
    assert revoke(revoked.grant, EVENING + timedelta(days=1), KEY).grant == revoked.grant


def test_a_grant_that_was_changed_after_signing_allows_nothing() -> None:
    signed = sign_grant(a_grant(audio=False), KEY)
    forged = replace(signed, grant=a_grant(audio=True))

    with pytest.raises(GrantSignatureError):
        require_grant([forged], a_request(), EVENING, KEY)
    with pytest.raises(GrantSignatureError):
        require_signature(forged, KEY)
    require_signature(signed, KEY)


def test_the_second_grant_is_used_when_the_first_does_not_allow_it() -> None:
    narrow = sign_grant(a_grant(grant_id="gr-narrow", hours=()), KEY)
    wide = sign_grant(a_grant(grant_id="gr-wide"), KEY)

    assert require_grant([narrow, wide], a_request(), EVENING, KEY) is wide


def test_hours_are_read_in_the_grants_own_time_zone() -> None:
    signed = sign_grant(a_grant(time_zone="America/New_York", hours=(DailyHours(time(18), time(8)),)), KEY)

    at_18_30_in_new_york = a_request(recorded_at=datetime(2026, 3, 10, 22, 30, tzinfo=UTC))
    at_17_30_in_new_york = a_request(recorded_at=datetime(2026, 3, 10, 21, 30, tzinfo=UTC))
    assert require_grant([signed], at_18_30_in_new_york, EVENING, KEY) is signed
    with pytest.raises(ConsentOutOfScopeError, match="17:30:00 local time"):
        require_grant([signed], at_17_30_in_new_york, EVENING, KEY)


@given(start=st.times(), end=st.times(), local=st.times())
def test_hours_and_their_complement_share_no_moment(start: time, end: time, local: time) -> None:
    inside = DailyHours(start, end).covers(local)
    outside = DailyHours(end, start).covers(local)

    assert inside and outside if start == end else inside != outside
