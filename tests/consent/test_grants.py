import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.consent.grants import canonical_form, pause, require_grant, require_signature, resume, revoke, sign_grant
from pipeline.domain.consent import ConsentGrant, DailyHours, FootageSpan, Pause, Use, Weekday
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.plain import from_plain
from pipeline.errors import (
    ConsentMissingError,
    ConsentOutOfScopeError,
    ConsentPausedError,
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
CLIP = FootageSpan("ring:1001", EVENING, EVENING + timedelta(seconds=30))


def test_a_live_grant_allows_what_it_says() -> None:
    signed = sign_grant(a_grant(), KEY)

    assert require_grant([signed], a_request(), EVENING, KEY) is signed


def test_a_grant_of_single_clips_allows_those() -> None:
    signed = sign_grant(a_grant(spans=(CLIP,)), KEY)

    assert require_grant([signed], a_request(), EVENING, KEY) is signed
    assert require_grant([signed], a_request(recorded_at=None), EVENING, KEY) is signed


def test_a_grant_without_spans_is_signed_as_it_was_before_there_were_any() -> None:
    digest = hashlib.sha256(canonical_form(a_grant())).hexdigest()

    assert digest == "e571c7cba0672cef61c645b2736963ae54e12db236007bd001765abb6449aa30"
    assert canonical_form(a_grant(spans=())) != canonical_form(a_grant())


@pytest.mark.parametrize("changes", [{"end": EVENING}, {"start": EVENING.replace(tzinfo=None)}])
def test_a_span_that_means_nothing_cannot_be_granted(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="span"):
        a_grant(spans=(replace(CLIP, **changes),))


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
        ({"event_kinds": (EventKind.LOITERING,)}, {"is_whole": True}, "not whole recordings"),
        (
            {"event_kinds": (EventKind.LOITERING,)},
            {"is_whole": True, "event_kind": EventKind.LOITERING},
            "not whole recordings",
        ),
        ({"event_kinds": (EventKind.LOITERING,), "whole_recordings": True}, {"is_whole": True}, "this shows none"),
        (
            {"event_kinds": (EventKind.LOITERING,), "whole_recordings": True},
            {"is_whole": True, "event_kind": EventKind.PERSON_VISIT},
            "person_visit",
        ),
        (
            {"zones": (Zone("door", ((0, 0), (0.5, 0), (0.5, 1), (0, 1))),)},
            {"use": Use.VIEW, "is_whole": True},
            "not whole recordings",
        ),
        ({"spans": (CLIP,)}, {"recorded_at": CLIP.end}, "none of the clips"),
        ({"spans": (CLIP,)}, {"recorded_at": CLIP.start - timedelta(seconds=1)}, "none of the clips"),
        ({"spans": ()}, {}, "none of the clips"),
        ({"spans": ()}, {"recorded_at": None}, "no clip of this camera"),
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
    with pytest.raises(ConsentOutOfScopeError, match="Tuesday 17:30:00 local time"):
        require_grant([signed], at_17_30_in_new_york, EVENING, KEY)


@given(start=st.times(), end=st.times(), local=st.datetimes())
def test_hours_and_their_complement_share_no_moment(start: time, end: time, local: datetime) -> None:
    inside = DailyHours(start, end).covers(local)
    outside = DailyHours(end, start).covers(local)

    assert inside and outside if start == end else inside != outside


def test_a_span_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    friday_night = DailyHours(time(18), time(8), (Weekday.FRIDAY,))
    monday = datetime(2026, 3, 9, tzinfo=UTC)

    def covers(days: int, hours: int, minutes: int = 0) -> bool:
        return friday_night.covers(monday + timedelta(days=days, hours=hours, minutes=minutes))

    assert covers(4, 18)
    assert covers(5, 7, 59)
    assert not covers(5, 8)
    assert not covers(5, 18)
    assert not covers(4, 7, 59), "that is Thursday's"


def test_whole_recordings_are_for_who_names_no_event_or_says_so() -> None:
    kinds = (EventKind.LOITERING,)
    whole = a_request(use=Use.VIEW, is_whole=True)
    shown = replace(whole, event_kind=EventKind.LOITERING)
    for grant, asked in ((a_grant(), whole), (a_grant(event_kinds=kinds, whole_recordings=True), shown)):
        signed = sign_grant(grant, KEY)
        assert require_grant([signed], asked, EVENING, KEY) == signed
    assert not a_grant().names_events
    assert a_grant(event_kinds=kinds).names_events


@pytest.mark.parametrize(
    "days", [(), (Weekday.SUNDAY, Weekday.MONDAY), (Weekday.MONDAY, Weekday.MONDAY)], ids=["none", "order", "twice"]
)
def test_days_are_named_in_order_and_once(days: tuple[Weekday, ...]) -> None:
    with pytest.raises(ValueError, match="in order, each once, at least one"):
        DailyHours(time(8), time(18), days)


def test_what_was_signed_before_days_and_pauses_were_known_keeps_its_bytes() -> None:
    """The text as it was signed then, word for word; a field that came later is there once it says something."""
    grant = a_grant(event_kinds=(EventKind.LOITERING,), hours=(DailyHours(time(18), time(8)),))
    text = (
        '{"audio":false,"camera_ids":["ring:1001"],"covers_from":null,"event_kinds":["loitering"],'
        '"expires_at":"2026-04-09T22:30:00+00:00","grant_id":"gr-1","granted_at":"2026-03-09T22:30:00+00:00",'
        '"hours":[{"end":"08:00:00","start":"18:00:00"}],"purpose":"package theft","recipient":"Oak Street police",'
        '"resident_id":"resident-ann","revoked_at":null,"time_zone":"UTC","version":1,"zones":[]}'
    )

    assert canonical_form(grant).decode() == text
    assert from_plain(ConsentGrant, json.loads(text)) == grant
    later = replace(grant, hours=(DailyHours(time(18), time(8), (Weekday.FRIDAY,)),), pauses=(Pause(EVENING),))
    assert b'"days":["friday"]' in canonical_form(later)
    assert from_plain(ConsentGrant, json.loads(canonical_form(later))) == later


def test_a_pause_allows_nothing_and_what_was_recorded_in_it_never_is() -> None:
    paused = pause(a_grant(), EVENING, KEY)
    with pytest.raises(ConsentPausedError, match="paused since"):
        require_grant([paused], a_request(recorded_at=EVENING - timedelta(hours=1)), EVENING, KEY)
    assert pause(paused.grant, EVENING + timedelta(hours=1), KEY).grant == paused.grant

    later = EVENING + timedelta(hours=3)
    gone_on = resume(paused.grant, later, KEY)
    assert (gone_on.grant.version, gone_on.grant.changed_at) == (3, later)
    for hours, is_covered in ((-1, True), (0, False), (2, False), (3, True)):
        request = a_request(recorded_at=EVENING + timedelta(hours=hours))
        if is_covered:
            assert require_grant([gone_on], request, later, KEY) is gone_on
        else:
            with pytest.raises(ConsentOutOfScopeError, match="while it was paused"):
                require_grant([gone_on], request, later, KEY)
    assert resume(gone_on.grant, later, KEY).grant == gone_on.grant


def test_pauses_that_cross_cannot_be_written_down() -> None:
    with pytest.raises(ValueError, match="follow each other"):
        a_grant(pauses=(Pause(EVENING), Pause(EVENING, EVENING)))
