"""Whatever residents grant, revoke and let expire: only what some live grant's words say is ever allowed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.consent.grants import require_grant, revoke, sign_grant
from pipeline.domain.consent import ConsentGrant, DailyHours, Request, SignedGrant, Use
from pipeline.domain.events import EventKind, Zone
from pipeline.errors import ConsentError
from tests.consent.test_grants import KEY

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
CAMERAS = ("ring:1", "ring:2")
RESIDENTS = ("ann", "bob")
KINDS = (EventKind.PERSON_VISIT, EventKind.PACKAGE_PICKED_UP)
PURPOSES = ("package theft", "Package Theft", "curiosity")
RECIPIENTS = ("police", "newspaper")
LEFT = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
ZONES = ("UTC", "America/New_York")

hours_of_day = st.integers(0, 23).map(time)
moments = st.integers(-48, 96).map(lambda hours: START + timedelta(hours=hours, minutes=7))


@dataclass(frozen=True)
class Act:
    """One line of the history: somebody grants, or revokes the grant of that number if it is there."""

    grant: ConsentGrant | None = None
    revoked: int = 0
    at: datetime = START


@st.composite
def grants(draw: st.DrawFn) -> ConsentGrant:
    granted_at = draw(moments)
    return ConsentGrant(
        grant_id="to be numbered",
        version=1,
        resident_id=draw(st.sampled_from(RESIDENTS)),
        camera_ids=tuple(draw(st.lists(st.sampled_from(CAMERAS), unique=True))),
        event_kinds=tuple(draw(st.lists(st.sampled_from(KINDS), unique=True))),
        hours=tuple(DailyHours(a, b) for a, b in draw(st.lists(st.tuples(hours_of_day, hours_of_day), max_size=2))),
        time_zone=draw(st.sampled_from(ZONES)),
        purpose=draw(st.sampled_from(PURPOSES)),
        recipient=draw(st.sampled_from(RECIPIENTS)),
        granted_at=granted_at,
        expires_at=granted_at + timedelta(hours=draw(st.integers(1, 72))),
        zones=draw(st.sampled_from(((), (LEFT,)))),
        audio=draw(st.booleans()),
        covers_from=draw(st.none() | moments),
    )


acts = st.builds(Act, grant=grants()) | st.builds(Act, revoked=st.integers(0, 5), at=moments)
requests = st.builds(
    Request,
    use=st.sampled_from(Use),
    camera_id=st.sampled_from(CAMERAS),
    camera_owner=st.sampled_from((None, *RESIDENTS)),
    recorded_at=st.none() | moments,
    purpose=st.sampled_from(PURPOSES),
    recipient=st.sampled_from(RECIPIENTS),
    event_kind=st.none() | st.sampled_from(KINDS),
    with_audio=st.booleans(),
    places=st.sampled_from(((), ((0.2, 0.5),), ((0.8, 0.5),), ((0.2, 0.5), (0.8, 0.5)))),
)


def newest_versions(history: Sequence[Act]) -> list[SignedGrant]:
    """What stands in the catalogue after these acts."""
    there: list[SignedGrant] = []
    for act in history:
        if act.grant is not None:
            there.append(sign_grant(replace(act.grant, grant_id=f"gr-{len(there)}"), KEY))
        elif act.revoked < len(there):
            there[act.revoked] = revoke(there[act.revoked].grant, act.at, KEY)
    return there


def is_inside(span: DailyHours, local: time) -> bool:
    """Counted minute by minute, unlike the code that is tested."""
    minute = local.hour * 60 + local.minute
    start, end = span.start.hour * 60, span.end.hour * 60
    length = (end - start) % 1440 or 1440
    return (minute - start) % 1440 < length


def says_so(grant: ConsentGrant, request: Request, now: datetime) -> bool:
    """An oracle of its own: the words of one grant, read one by one."""
    asked_moment = request.recorded_at
    local = None if asked_moment is None else asked_moment.astimezone(ZoneInfo(grant.time_zone)).time()
    from_then_on = grant.granted_at if grant.covers_from is None else grant.covers_from
    needs_place = bool(grant.zones) and (request.event_kind is not None or bool(request.places))
    readings = (
        request.camera_id in grant.camera_ids,
        request.camera_owner == grant.resident_id,
        grant.revoked_at is None,
        grant.granted_at <= now < grant.expires_at,
        asked_moment is None or from_then_on <= asked_moment < grant.expires_at,
        bool(grant.hours) if local is None else any(is_inside(span, local) for span in grant.hours),
        request.purpose.lower() == grant.purpose.lower(),
        request.recipient.lower() == grant.recipient.lower(),
        request.event_kind is None or request.event_kind in grant.event_kinds,
        bool(grant.event_kinds) or request.use is not Use.FETCH,
        not needs_place or any(x <= 0.5 for x, _ in request.places),
        grant.audio or not request.with_audio,
    )
    return all(readings)


@settings(max_examples=400, deadline=None)
@given(history=st.lists(acts, max_size=7), request=requests, now=moments)
def test_only_what_a_live_grants_words_say_is_allowed(history: list[Act], request: Request, now: datetime) -> None:
    there = newest_versions(history)
    saying = [signed for signed in there if says_so(signed.grant, request, now)]
    try:
        allowed = require_grant(there, request, now, KEY)
    except ConsentError:
        assert saying == []
    else:
        assert allowed in saying


def test_the_oracle_says_yes_often_enough_to_mean_something() -> None:
    """With one wide grant, by hand: every use with and without an event is allowed inside it, and nothing after it."""
    wide = ConsentGrant(
        grant_id="gr-0",
        version=1,
        resident_id="ann",
        camera_ids=CAMERAS,
        event_kinds=KINDS,
        hours=(DailyHours(time(0), time(0)),),
        time_zone="UTC",
        purpose=PURPOSES[0],
        recipient=RECIPIENTS[0],
        granted_at=START,
        expires_at=START + timedelta(days=1),
    )
    for use, kind in product(Use, (None, *KINDS)):
        request = Request(use, "ring:1", "ann", START + timedelta(hours=1), PURPOSES[1], RECIPIENTS[0], kind)
        signed = sign_grant(wide, KEY)
        assert require_grant([signed], request, START + timedelta(hours=2), KEY) is signed
        assert says_so(wide, request, START + timedelta(hours=2))
        assert not says_so(wide, request, wide.expires_at)
