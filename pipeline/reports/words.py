"""Facts in words, the same on a page, on paper and on a terminal."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from pipeline.domain.appearance import ColourMark, sentence_of
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.events import PACKAGE_KINDS, Event, EventKind, InferredEvent
from pipeline.domain.evidence import Seal, SealState
from pipeline.domain.incidents import Highlight
from pipeline.domain.redaction import Hidden, Redaction
from pipeline.domain.second_opinion import Standing
from pipeline.domain.video import CameraClock, ClockSource, SamplingReport, SkipReason
from pipeline.reports.incident_report import Agency, OutcomeCount

_MINUTE, _HOUR, _KILOMETRE = 60, 3600, 1000
_MOST_SPANS = 6
"""Spans that were not looked at are counted beyond this many; the JSON names them all."""

_CLOCKS = {
    ClockSource.VENDOR: "stated by the camera's maker",
    ClockSource.CONTAINER: "stated by the file itself",
    ClockSource.FILE_NAME: "read from the uploader's file name",
    ClockSource.UPLOAD: "unknown; this is the time of receipt",
}
_SKIPS = {
    SkipReason.STILL: "nothing moved",
    SkipReason.NOT_DECODED: "could not be decoded",
    SkipReason.LIMIT: "a limit was reached",
    SkipReason.NOT_GRANTED: "not granted",
}
_STANDINGS = {
    Standing.NOT_GIVEN: "the source gives no label",
    Standing.AGREE: "the source's labels and ours agree",
    Standing.WE_SAY_MORE: "we say more than the source",
    Standing.THEY_SAY_MORE: "the source says more than we",
    Standing.CONTRADICT: "the source and we contradict each other",
}
_OUTCOMES = {
    FetchOutcome.READY: "fetched",
    FetchOutcome.NOT_READY: "not ready yet; asked again the next night",
    FetchOutcome.NONE_RECORDED: "no recording was ever made",
    FetchOutcome.NO_PLAN: "the account keeps no recordings",
    FetchOutcome.ENCRYPTED: "end-to-end encrypted; the source cannot give it",
    FetchOutcome.DELETED: "deleted at the source",
    FetchOutcome.REFUSED: "the source refuses this account",
    FetchOutcome.THROTTLED: "the source asked us to slow down; asked again the next night",
    FetchOutcome.TRUNCATED: "cut short on the way; asked again the next night",
    FetchOutcome.TIMED_OUT: "the source did not answer; asked again the next night",
    FetchOutcome.NOT_GRANTED: "no live grant; not asked for",
}


def standing_words(standing: Standing) -> str:
    """How a source's labels stand to ours, in words."""
    return _STANDINGS[standing]


def skip_words(reason: SkipReason) -> str:
    """Why a span was not looked at, in words."""
    return _SKIPS[reason]


def kind_words(kind: EventKind) -> str:
    """``Package picked up`` for ``package_picked_up``."""
    return kind.words.capitalize()


def event_words(inferred: InferredEvent) -> str:
    """The event in a few words; what cannot be told is a question."""
    words = kind_words(inferred.kind)
    return words if inferred.reason is None else f"{words}? Cannot tell: {inferred.reason.words}"


def heading_words(events: Iterable[InferredEvent]) -> str:
    """Every kind once: packages first, since they are what a reader looks for, then in the order given."""
    ordered = sorted(events, key=lambda inferred: inferred.kind not in PACKAGE_KINDS)
    return "; ".join(dict.fromkeys(event_words(inferred) for inferred in ordered))


def cut_words(highlight: Highlight) -> str:
    """Who chose the span of a highlight, and what is drawn and hidden in it; empty where it was planned from events."""
    cut = highlight.cut
    if cut is None:
        return ""
    parts = [
        f"Cut anew from {cut.version_of}" if cut.version_of else "Chosen by a person",
        utc_words(cut.cut_at),
        "boxes drawn" if cut.has_boxes else "no boxes drawn",
        "nobody hidden" if cut.redaction is None else hidden_words(cut.redaction),
    ]
    return "; ".join(parts) + "."


def outcome_words(outcome: FetchOutcome) -> str:
    """The outcome in words."""
    return _OUTCOMES[outcome]


def outcomes_words(outcomes: Iterable[OutcomeCount]) -> tuple[str, ...]:
    """``2 x not ready yet; asked again the next night (six tries)``, one entry an outcome."""
    return tuple(
        times_words(part.count, outcome_words(part.outcome)) + (f" ({part.why})" if part.why else "")
        for part in outcomes
        if part.count
    )


def utc_words(moment: datetime) -> str:
    """``2026-03-10 22:30:07 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def local_words(moment: datetime, time_zone: str) -> str:
    """``Tue 10 Mar 2026, 23:30:07 CET``; a zone without a short name is written by its offset."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{_WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local:%Y, %H:%M:%S} {_zone(local)}"


def day_words(moment: datetime, time_zone: str) -> str:
    """``Wed 11 Mar 2026``, the day in the zone."""
    return local_words(moment, time_zone).split(",", maxsplit=1)[0]


def date_words(date_key: str) -> str:
    """``Tue 10 Mar 2026`` for ``2026-03-10``, as nights are named."""
    day = date.fromisoformat(date_key)
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def local_span(start: datetime, end: datetime, time_zone: str) -> str:
    """Both ends in the zone; the day once when it is the same."""
    if start == end:
        return local_words(start, time_zone)
    zone = ZoneInfo(time_zone)
    local_start, local_end = start.astimezone(zone), end.astimezone(zone)
    if (local_start.date(), local_start.utcoffset()) != (local_end.date(), local_end.utcoffset()):
        return f"{local_words(start, time_zone)} to {local_words(end, time_zone)}"
    day, clock = local_words(start, time_zone).split(", ")
    return f"{day}, {clock.split(' ')[0]} to {local_end:%H:%M:%S} {_zone(local_end)}"


def utc_span(start: datetime, end: datetime) -> str:
    """Both ends in UTC; the day once when it is the same."""
    if start == end:
        return utc_words(start)
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    if first.date() != last.date():
        return f"{first:%Y-%m-%d %H:%M:%S} to {utc_words(last)}"
    return f"{first:%Y-%m-%d %H:%M:%S} to {last:%H:%M:%S} UTC"


def clock_words(clock: CameraClock) -> str:
    """Who says when it was, and how far off that may be."""
    off = clock.uncertainty
    return f"{_CLOCKS[clock.source]}, give or take {length_words(Fraction(off // timedelta(milliseconds=1), 1000))}"


def length_words(seconds: Fraction | float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``, ``1 h 05 min``."""
    whole = round(seconds)
    if seconds < 10:  # noqa: PLR2004 - below ten a tenth matters
        return f"{float(seconds):.1f} s"
    if whole < 2 * _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"


def distance_words(metres: float | None) -> str:
    """``38 m``, ``1.4 km``, or that nobody knows."""
    if metres is None:
        return "unknown: the camera's position is not given"
    return f"{metres:.0f} m" if metres < _KILOMETRE else f"{metres / _KILOMETRE:.1f} km"


def place_words(place: tuple[float, float]) -> str:
    """Latitude and longitude to about a metre."""
    return f"{place[0]:.5f}, {place[1]:.5f}"


def looked_words(sampling: SamplingReport, zero: Fraction) -> tuple[str, ...]:
    """What was looked at in a clip and what was not, one sentence an entry; ``zero`` is the clip's first second."""
    count = len(sampling.sampled)
    sentences = [f"The model looked at {count} of {sampling.frames_decoded} decoded frames ({sampling.decoder})."]
    errors = sampling.decode_errors
    sentences.append(f"{errors} could not be decoded." if errors else "Every frame could be decoded.")
    sentences.append(f"A visit shorter than {length_words(sampling.shortest_missable)} can lie between two looks.")
    spans = [
        f"{_second(skip.span.start.seconds - zero)} to {_second(skip.span.end.seconds - zero)} ({_SKIPS[skip.reason]})"
        for skip in sampling.skipped
    ]
    if spans:
        more = len(spans) - _MOST_SPANS
        also = f", and {more} more" if more > 0 else ""
        sentences.append(f"Not looked at, in seconds of the clip: {', '.join(spans[:_MOST_SPANS])}{also}.")
    return tuple(sentences)


def notice_words(agency: Agency) -> tuple[str, str]:
    """The notice that is on every report: what this is not, and whom to call (P14)."""
    return (
        "This is not an emergency service and it is not monitored.",
        f"In an emergency call {agency.emergency_number}. "
        f"Non-emergency number of {agency.name}: {agency.non_emergency_number}.",
    )


def times_words(count: int, what: str) -> str:
    """A count before words that have no plural."""
    return f"{count} \u00d7 {what}"


def count_words(count: int, one: str, many: str = "") -> str:
    """``1 clip``, ``no clips``, ``3 clips``."""
    if count == 1:
        return f"1 {one}"
    return f"{count or 'no'} {many or one + 's'}"


def _second(seconds: Fraction) -> str:
    return f"{float(seconds):.1f}"


def _zone(local: datetime) -> str:
    name = local.tzname() or ""
    offset = f"{local:%z}"
    return name if name.isalpha() else f"UTC{offset[:3]}:{offset[3:5]}"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Spelt out here: a report must not change with the machine's language."""


def hidden_words(redaction: Redaction) -> str:
    """What a shared copy hides, and whom it shows with a reason."""
    names = {
        Hidden.PERSON: ("person", "people"),
        Hidden.PLATE: ("vehicle's lower part", ""),
        Hidden.SCREEN: ("screen", ""),
    }
    counts = [(sum(one.what is what for one in redaction.masked), words) for what, words in names.items()]
    found = [count_words(count, *words) for count, words in counts if count]
    hidden = ", ".join(found) or "nobody was found who is not part of the event"
    shown = f"; shown with a reason: {', '.join(redaction.unmasked)}" if redaction.unmasked else ""
    return f"{hidden}{shown}; found by machine in {redaction.looks} looks, and somebody can be missed"


_SEALS = {
    SealState.VERIFIED: "verified: its bytes are as they were sealed",
    SealState.BROKEN: "broken: its bytes, or those of a clip that it was made from, are not as they were sealed",
    SealState.ABSENT: "absent",
    SealState.NOT_READ: "not read",
}


def seal_words(seal: Seal) -> tuple[str, str]:
    """The state, and beside it who sealed it, or why it is so."""
    beside = [seal.detail, f"signed by {seal.signer}" if seal.signer else ""]
    if seal.signer:
        beside.append("a trusted signer" if seal.is_trusted else "a signer who is not on the list of trusted ones")
    return _SEALS[seal.state], "; ".join(part for part in beside if part)


SUPERSEDED = (
    "Superseded: a clip that arrived later lies in this interval; the narrower statement has its own highlight."
)
UNCALIBRATED = "Not calibrated: too few statements between clips were ever judged, so the score is the rule's own."


def remarks(event: Event, *, is_superseded: bool) -> tuple[str, ...]:
    """What a reader must know beside an event's sentence; empty for most."""
    between = (UNCALIBRATED,) if event.since is not None else ()
    return (*((SUPERSEDED,) if is_superseded else ()), *between)


def colour_words(marks: Iterable[ColourMark]) -> tuple[str, ...]:
    """The colours that were measured, each a sentence that says that it is a lead; what cannot be told stays out."""
    return tuple(f"Track {mark.track_id}, {sentence_of(mark)}." for mark in marks if mark.colour is not None)


def method_words(method: str) -> str:
    """The way by which an original came, and what a reader must know of it."""
    return f"{method} (Ring draws its logo, the time and an id into it)" if method == "ring_partner" else method
