"""Which live incidents a highlight belongs to, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.domain.cameras import Camera
from pipeline.domain.events import Event, Verdict
from pipeline.domain.incidents import Attachment, AttachmentStatus, Highlight, Incident, metres_between

_KILOMETRE = 1000


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a highlight, with its interval on the camera's clock.

    Attributes:
        event: What was seen.
        starts_at: UTC.
        ends_at: UTC; the same as ``starts_at`` for a moment.
    """

    event: Event
    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a happening needs aware datetimes")
        if self.ends_at < self.starts_at:
            raise ValueError("a happening ends before it starts")


def match(
    highlight: Highlight,
    happenings: Sequence[Happening],
    camera: Camera,
    incidents: Sequence[Incident],
    attached_at: datetime,
) -> tuple[Attachment, ...]:
    """Attaches a highlight to every live incident that one of its events belongs to.

    An event belongs when its kind is one of the incident's, its camera stands within the radius, and its interval
    shares a moment with the incident's window; both edges of the window, and the radius itself, are inside. All three
    must hold for the same event: a visit inside the window does not bring in a package from outside it. A camera whose
    position is unknown never matches by place: where it stands is not guessed.

    Args:
        highlight: What would be attached.
        happenings: Its events; others are passed over.
        camera: That recorded it.
        incidents: In any state; closed and merged ones are passed over.
        attached_at: UTC, our clock.

    Returns:
        In the order of ``incidents``, at most one each, marked as the machine's; empty when it belongs nowhere.
    """
    if camera.position is None:
        return ()
    own = [happening for happening in happenings if happening.event.event_id in highlight.event_ids]
    found = []
    for incident in incidents:
        reason = _reason(own, camera.position, incident)
        if reason:
            found.append(
                Attachment(incident.incident_id, highlight.highlight_id, reason, attached_at, AttachmentStatus.MACHINE)
            )
    return tuple(found)


def _reason(happenings: Sequence[Happening], position: tuple[float, float], incident: Incident) -> str:
    """Why it belongs, in words; empty when it does not."""
    if not incident.is_live:
        return ""
    metres = metres_between(position, incident.place)
    if metres > incident.radius:
        return ""
    belonging = [happening for happening in happenings if _belongs(happening, incident)]
    if not belonging:
        return ""
    first = min(belonging, key=lambda happening: (happening.starts_at, happening.event.event_id))
    more = len(belonging) - 1
    also = f"; {more} more of its events belong too" if more else ""
    inside = "inside" if _is_inside(first, incident) else "partly inside"
    return f"{_words(first)}, {_distance(metres)} from the place, {inside} the window{also}"


def _belongs(happening: Happening, incident: Incident) -> bool:
    is_kind = happening.event.inferred.kind in incident.kinds
    return is_kind and happening.starts_at <= incident.ends_at and incident.starts_at <= happening.ends_at


def _is_inside(happening: Happening, incident: Incident) -> bool:
    return incident.starts_at <= happening.starts_at and happening.ends_at <= incident.ends_at


def _words(happening: Happening) -> str:
    inferred = happening.event.inferred
    start = happening.starts_at.astimezone(UTC)
    when = f"{inferred.kind.words} at {start:%Y-%m-%d %H:%M:%S} UTC"
    if happening.event.since is not None:
        end = happening.ends_at.astimezone(UTC)
        when = f"{inferred.kind.words} between {start:%Y-%m-%d %H:%M:%S} and {end:%Y-%m-%d %H:%M:%S} UTC"
    if inferred.verdict is Verdict.SEEN or inferred.reason is None:
        return when
    return f"possible {when} (cannot tell: {inferred.reason.value.replace('_', ' ')})"


def _distance(metres: float) -> str:
    return f"{metres:.0f} m" if metres < _KILOMETRE else f"{metres / _KILOMETRE:.1f} km"
