"""Residents read requests, and answer or do not: an answer is a grant, and that nobody answered is written nowhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pipeline.casework.requests import marks
from pipeline.casework.requests.marks import Mark
from pipeline.casework.requests.recorded import RecordedClip, recorded_clips
from pipeline.consent.grants import sign_grant
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import ConsentGrant, DailyHours, FootageSpan, SignedGrant
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.request_log import Answer, PublicRequest
from pipeline.errors import InputRefusedError, RecordNotFoundError
from pipeline.night.services import Services

LONGEST_DAYS = 365
"""Of a grant that answers a request; the resident chooses, and may revoke at any moment before."""
USUAL_DAYS = 90
_WHOLE_DAY = (DailyHours(time(0), time(0)),)


@dataclass(frozen=True, slots=True)
class RequestAtHome:
    """A published request as one resident sees it.

    Attributes:
        public: What is asked.
        cameras: The resident's own inside the area; empty when none is there any more.
        answers: The newest version of each grant that the resident answered with; may be empty.
        is_hidden: Whether the resident put it aside.
    """

    public: PublicRequest
    cameras: tuple[Camera, ...]
    answers: tuple[SignedGrant, ...]
    is_hidden: bool


def requests_at_home(services: Services, resident_id: str) -> tuple[RequestAtHome, ...]:
    """Those that a resident can answer, and those that they answered; the newest first, hidden ones too."""
    own = own_cameras(services, resident_id)
    answered = _answered(services, resident_id)
    now = services.now()
    concerned = [
        (public, inside)
        for public in services.catalogue.footage_requests.published()
        if ((inside := _inside(own, public)) and public.is_open(now)) or public.request_id in answered
    ]
    ids = [public.request_id for public, _ in concerned]
    hidden = marks.marked(services, Mark.HIDDEN, resident_id, ids)
    return tuple(
        RequestAtHome(public, inside, answered.get(public.request_id, ()), public.request_id in hidden)
        for public, inside in concerned
    )


def request_at_home(services: Services, resident_id: str, request_id: str) -> RequestAtHome:
    """One of them.

    Raises:
        RecordNotFoundError: It is none of this resident's: no camera of theirs is inside, and they did not answer it.
    """
    found = [one for one in requests_at_home(services, resident_id) if one.public.request_id == request_id]
    if not found:
        raise RecordNotFoundError("request", request_id)
    return found[0]


def own_cameras(services: Services, resident_id: str) -> tuple[Camera, ...]:
    """Cameras of which a resident is the owner, in order of id; empty when none is linked."""
    found = {camera.camera_id: camera for camera in services.catalogue.cameras.list() if camera.owner_id == resident_id}
    return tuple(found[name] for name in sorted(found))


def answer_with_clips(
    services: Services, resident_id: str, request_id: str, names: Collection[str], *, days: int, audio: bool = False
) -> SignedGrant:
    """Grants single clips for the case of a request: exactly those, whole, and nothing before or after them.

    Args:
        services: The installation.
        resident_id: Whose clips.
        request_id: Which request.
        names: Of the clips, as ``RecordedClip.name`` has them.
        days: How long the grant lives.
        audio: Whether their sound may be used.

    Raises:
        RecordNotFoundError: The request is none of this resident's.
        FootageRequestError: It is closed.
        InputRefusedError: No clip is chosen, or one that is not there, or the days are none.
        AccountRefusedError, SourceUnreachableError: A clip is known to the source alone, which does not answer.
    """
    at_home = request_at_home(services, resident_id, request_id)
    chosen = _chosen(services, at_home, frozenset(names))
    spans = tuple(clip.span for clip in chosen)
    # whoever chose a clip meant all of it, also where its event is of another kind than was asked for
    return _grant(services, resident_id, at_home, spans, tuple(EventKind), days=days, audio=audio)


def answer_for_case(
    services: Services, resident_id: str, request_id: str, cameras: Collection[str], *, days: int, audio: bool = False
) -> SignedGrant:
    """Grants what some cameras recorded in the window of a request, for its case; also what is found there later.

    Args:
        services: The installation.
        resident_id: Whose cameras.
        request_id: Which request.
        cameras: Their ids.
        days: How long the grant lives.
        audio: Whether sound may be used.

    Raises:
        RecordNotFoundError, FootageRequestError: As ``answer_with_clips``.
        InputRefusedError: No camera is chosen, or one outside the area, or the days are none.
    """
    at_home = request_at_home(services, resident_id, request_id)
    inside = {camera.camera_id for camera in at_home.cameras}
    if not cameras or not inside.issuperset(cameras):
        raise InputRefusedError("cameras", "choose at least one of your cameras inside the area")
    asked = at_home.public.asked
    spans = tuple(FootageSpan(name, asked.starts_at, asked.ends_at) for name in sorted(set(cameras)))
    return _grant(services, resident_id, at_home, spans, asked.kinds or tuple(EventKind), days=days, audio=audio)


def shared_already(services: Services, at_home: RequestAtHome, clips: Sequence[RecordedClip]) -> frozenset[str]:
    """Names of the clips that an answer in force covers as a whole."""
    now = services.now()
    spans = [span for one in at_home.answers if one.grant.is_in_force(now) for span in one.grant.spans or ()]
    return frozenset(clip.name for clip in clips if any(_holds(span, clip.span) for span in spans))


def _holds(span: FootageSpan, clip: FootageSpan) -> bool:
    return span.camera_id == clip.camera_id and span.start <= clip.start and clip.end <= span.end


def hide_request(services: Services, resident_id: str, request_id: str) -> None:
    """Puts a request out of a resident's sight. Nobody else can tell it from a request that was not looked at.

    Raises:
        RecordNotFoundError: It is none of this resident's.
    """
    request_at_home(services, resident_id, request_id)
    marks.keep(services, Mark.HIDDEN, resident_id, request_id)


def show_request_again(services: Services, resident_id: str, request_id: str) -> None:
    """Takes that back.

    Raises:
        RecordNotFoundError: It is none of this resident's.
    """
    request_at_home(services, resident_id, request_id)
    marks.forget(services, Mark.HIDDEN, resident_id, request_id)


def clips_to_choose(
    services: Services, at_home: RequestAtHome, *, asks_source: bool = False
) -> tuple[RecordedClip, ...]:
    """What the resident's cameras recorded in the window; as ``recorded_clips``."""
    return recorded_clips(services, at_home.cameras, at_home.public.asked, asks_source=asks_source)


def _chosen(services: Services, at_home: RequestAtHome, names: frozenset[str]) -> Sequence[RecordedClip]:
    """Asks the source only for what is not known here."""
    if not names:
        raise InputRefusedError("clips", "choose at least one clip")
    for asks_source in (False, True):
        found = clips_to_choose(services, at_home, asks_source=asks_source)
        chosen = [clip for clip in found if clip.name in names]
        if len(chosen) == len(names):
            return chosen
    raise InputRefusedError("clips", "one of the clips is not there any more; look at the list again")


def _grant(  # noqa: PLR0913 - what a grant says
    services: Services,
    resident_id: str,
    at_home: RequestAtHome,
    spans: tuple[FootageSpan, ...],
    kinds: tuple[EventKind, ...],
    *,
    days: int,
    audio: bool,
) -> SignedGrant:
    if not 1 <= days <= LONGEST_DAYS:
        raise InputRefusedError("days", f"a grant for a request lives 1 to {LONGEST_DAYS} days")
    now = services.now()
    asked = at_home.public.asked
    grant = ConsentGrant(
        grant_id=new_id("gr"),
        version=1,
        resident_id=resident_id,
        camera_ids=tuple(dict.fromkeys(span.camera_id for span in spans)),
        event_kinds=kinds,
        hours=_WHOLE_DAY,
        time_zone=at_home.cameras[0].time_zone,
        purpose=asked.purpose_of_answers,
        recipient=asked.recipient,
        granted_at=now,
        expires_at=now + timedelta(days=days),
        audio=audio,
        covers_from=min(span.start for span in spans),
        spans=spans,
    )
    signed = sign_grant(grant, services.key)
    answer = Answer(at_home.public.request_id, grant.grant_id, resident_id, now)
    services.catalogue.answers.add(answer, signed, (_signed(grant, answer, now),))
    return signed


def _signed(grant: ConsentGrant, answer: Answer, now: datetime) -> CustodyEntry:
    named = f"{grant.grant_id} v{grant.version}"
    facts = {"request": answer.request_id, "entered_by": grant.resident_id}
    action = CustodyAction.GRANT_SIGNED
    once = f"{action} {grant.grant_id} {grant.version}"
    return CustodyEntry(now, grant.resident_id, action, grant.grant_id, named, facts, once)


def _inside(own: Sequence[Camera], public: PublicRequest) -> tuple[Camera, ...]:
    place = public.asked.place
    return tuple(camera for camera in own if camera.position is not None and place.contains(*camera.position))


def _answered(services: Services, resident_id: str) -> dict[str, tuple[SignedGrant, ...]]:
    found: dict[str, tuple[SignedGrant, ...]] = {}
    for answer in services.catalogue.answers.of_resident(resident_id):
        signed = services.catalogue.grants.get(answer.grant_id)
        found[answer.request_id] = (*found.get(answer.request_id, ()), signed)
    return found
