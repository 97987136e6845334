"""Plain values in, nouns out: what tests build their stories from."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from pipeline.domain.consent import ConsentGrant, DailyHours, Request, Use
from pipeline.domain.events import EventKind

EVENING = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
"""The instant around which test stories happen."""

CAMERA = "ring:1001"
RESIDENT = "resident-ann"
PURPOSE = "package theft"
RECIPIENT = "Oak Street police"


def a_grant(**changes: Any) -> ConsentGrant:
    """A grant of Ann for her camera, in force at ``EVENING``, for the whole day and every kind."""
    grant = ConsentGrant(
        grant_id="gr-1",
        version=1,
        resident_id=RESIDENT,
        camera_ids=(CAMERA,),
        event_kinds=tuple(EventKind),
        hours=(DailyHours(time(0), time(0)),),
        time_zone="UTC",
        purpose=PURPOSE,
        recipient=RECIPIENT,
        granted_at=EVENING - timedelta(days=1),
        expires_at=EVENING + timedelta(days=30),
    )
    return replace(grant, **changes)


def a_request(**changes: Any) -> Request:
    """A request to fetch what Ann's camera recorded at ``EVENING``."""
    request = Request(
        use=Use.FETCH,
        camera_id=CAMERA,
        camera_owner=RESIDENT,
        recorded_at=EVENING,
        purpose=PURPOSE,
        recipient=RECIPIENT,
    )
    return replace(request, **changes)
