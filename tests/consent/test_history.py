"""Whatever residents grant, revoke and let expire: only what some live grant's words say is ever allowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.consent.grants import pause, require_grant, resume, revoke, sign_grant
from pipeline.domain.consent import EVERY_DAY, ConsentGrant, DailyHours, FootageSpan, Request, SignedGrant, Use, Weekday
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
days = st.sets(st.sampled_from(Weekday), min_size=1).map(lambda some: tuple(day for day in EVERY_DAY if day in some))
moments = st.integers(-48, 96).map(lambda hours: START + timedelta(hours=hours, minutes=7))


@dataclass(frozen=True)
class Act:
    """One line of the history: somebody grants, or changes the grant of that number if it is there."""

    grant: ConsentGrant | None = None
    change: Callable[..., SignedGrant] = revoke
    number: int = 0
    at: datetime = START


@st.composite
def grants(draw: st.DrawFn) -> ConsentGrant:
    granted_at = draw(moments)
    camera_ids = tuple(draw(st.lists(st.sampled_from(CAMERAS), unique=True)))
    return ConsentGrant(
        grant_id="to be numbered",
        version=1,
        resident_id=draw(st.sampled_from(RESIDENTS)),
        camera_ids=camera_ids,
        event_kinds=tuple(draw(st.lists(st.sampled_from(KINDS), unique=True))),
        hours=tuple(
            DailyHours(*one) for one in draw(st.lists(st.tuples(hours_of_day, hours_of_day, days), max_size=2))
        ),
        time_zone=draw(st.sampled_from(ZONES)),
        purpose=draw(st.sampled_from(PURPOSES)),
        recipient=draw(st.sampled_from(RECIPIENTS)),
        granted_at=granted_at,
        expires_at=granted_at + timedelta(hours=draw(st.integers(1, 72))),
        zones=draw(st.sampled_from(((), (LEFT,)))),
        audio=draw(st.booleans()),
        covers_from=draw(st.none() | moments),
        spans=draw(st.none() | spans_of(camera_ids)),
    )


def spans_of(camera_ids: tuple[str, ...]) -> st.SearchStrategy[tuple[FootageSpan, ...]]:
    """Some stretches of some of these cameras, also none at all."""
    if not camera_ids:
        return st.just(())
    hours = st.integers(1, 60)
    span = st.builds(
        lambda camera_id, start, length: FootageSpan(camera_id, start, start + timedelta(hours=length)),
        st.sampled_from(camera_ids), moments, hours,
    )  # fmt: skip
    return st.lists(span, max_size=3).map(tuple)


acts = st.builds(Act, grant=grants()) | st.builds(
    Act, change=st.sampled_from((revoke, pause, pause, resume)), number=st.integers(0, 5), at=moments
)
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
    """What stands in the catalogue after these acts; a pause is never begun or ended before the one before it."""
    there: list[SignedGrant] = []
    for act in history:
        if act.grant is not None:
            there.append(sign_grant(replace(act.grant, grant_id=f"gr-{len(there)}"), KEY))
        elif act.number < len(there):
            grant = there[act.number].grant
            latest = max((pause.until or pause.since for pause in grant.pauses), default=act.at)
            there[act.number] = act.change(grant, max(act.at, latest), KEY)
    return there


def is_inside(span: DailyHours, local: datetime) -> bool:
    """Counted minute by minute of the week, unlike the code that is tested."""
    minute = (local.weekday() * 24 + local.hour) * 60 + local.minute
    start, end = span.start.hour * 60, span.end.hour * 60
    length = (end - start) % 1440 or 1440
    return any((minute - list(Weekday).index(day) * 1440 - start) % (7 * 1440) < length for day in span.days)


def is_recorded_in_a_pause(grant: ConsentGrant, moment: datetime) -> bool:
    ends = [(one.since, one.until or datetime.max.replace(tzinfo=UTC)) for one in grant.pauses]
    return any(since <= moment < until for since, until in ends)


def says_so(grant: ConsentGrant, request: Request, now: datetime) -> bool:
    """An oracle of its own: the words of one grant, read one by one."""
    asked_moment = request.recorded_at
    local = None if asked_moment is None else asked_moment.astimezone(ZoneInfo(grant.time_zone))
    from_then_on = grant.granted_at if grant.covers_from is None else grant.covers_from
    own = [] if grant.spans is None else [one for one in grant.spans if one.camera_id == request.camera_id]
    named = own if asked_moment is None else [one for one in own if one.start <= asked_moment < one.end]
    needs_place = bool(grant.zones) and (request.event_kind is not None or bool(request.places))
    readings = (
        request.camera_id in grant.camera_ids,
        request.camera_owner == grant.resident_id,
        grant.revoked_at is None,
        all(one.until is not None for one in grant.pauses),
        asked_moment is None or not is_recorded_in_a_pause(grant, asked_moment),
        grant.granted_at <= now < grant.expires_at,
        asked_moment is None or from_then_on <= asked_moment < grant.expires_at,
        grant.spans is None or bool(named),
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
