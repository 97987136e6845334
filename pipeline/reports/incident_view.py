"""An incident report's record in words and rows, for the page and the paper alike."""

from typing import Any

from pipeline.domain.events import Verdict
from pipeline.domain.weights import UsedWeights
from pipeline.reports import said_words, words
from pipeline.reports.incident_report import (
    CameraCoverage,
    IncidentReport,
    ReceivedFile,
    ReportedEvent,
    ReportedHighlight,
    SilentClip,
)


def incident_view(report: IncidentReport) -> dict[str, Any]:
    """Plain values: strings, lists and objects; nothing is decided or left out here but the spelling."""
    incident = report.incident
    return {
        "title": incident.title,
        "id": incident.incident_id,
        "narrative": incident.narrative,
        "notice": list(words.notice_words(report.agency)),
        "agency": report.agency.name,
        "made": f"{words.local_words(report.made_at, report.time_zone)} ({words.utc_words(report.made_at)})",
        "made_by": report.made_by,
        "facts": _facts(report),
        "summary": _summary(report),
        "highlights": [_highlight(shown, number) for number, shown in enumerate(report.highlights, start=1)],
        "coverage": [_coverage(camera) for camera in report.coverage],
        "received": [_received(one, report.time_zone) for one in report.received],
        "silent": [_silent(clip) for clip in report.silent_clips],
        "weights": [_weights(one) for one in report.weights],
    }


def _facts(report: IncidentReport) -> list[dict[str, Any]]:
    incident = report.incident
    window = (incident.starts_at, incident.ends_at)
    return [
        _fact("Case number", incident.case_number or "none given"),
        _fact("Place", f"{words.place_words(incident.place)}, within {words.distance_words(incident.radius)}"),
        _fact("Window", words.local_span(*window, report.time_zone), words.utc_span(*window)),
        _fact("Looked for", ", ".join(words.kind_words(kind).lower() for kind in incident.kinds) or "nothing"),
        _fact("Purpose", incident.purpose),
        _fact("Recipient", incident.recipient),
        _fact("Opened", words.local_words(incident.opened_at, report.time_zone), words.utc_words(incident.opened_at)),
        _fact("Status", incident.status.value),
    ]


def _fact(label: str, value: str, beside: str = "", *, code: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "beside": beside, "code": code}


_NOT_TOLD = "asked under a grant that is over; what came of it is not told"


def _summary(report: IncidentReport) -> list[str]:
    cameras = {shown.camera.camera_id for shown in report.highlights}
    attached = words.count_words(len(report.highlights), "highlight")
    verb = "is" if len(report.highlights) == 1 else "are"
    sentences = [f"{attached.capitalize()} {verb} attached, from {words.count_words(len(cameras), 'camera')}."]
    waiting = sum(not said_words.is_all_said(shown) for shown in report.highlights)
    if waiting:
        confirm = "has" if waiting == 1 else "have"
        sentences.append(f"{waiting} of them {confirm} not been confirmed by a person yet, with every event.")
    if report.received:
        sent = len(report.received)
        verb = "is" if sent == 1 else "are"
        sentences.append(f"{words.count_words(sent, 'file')} that people sent with reports {verb} in it.")
    silent = len(report.silent_clips)
    if silent:
        sentences.append(f"{words.count_words(silent, 'clip').capitalize()} in scope {_verb(silent)} nothing.")
    sentences += _others(report)
    lost = sum(camera.triggers - camera.fetched for camera in report.coverage if camera.granted)
    if lost:
        sentences.append(f"{words.count_words(lost, 'recording').capitalize()} could not be had.")
    ended = sum(camera.was_asked for camera in report.coverage if not camera.granted)
    if ended:
        cameras_words = words.count_words(ended, "camera").capitalize()
        sentences.append(f"{cameras_words} nearby: asked under a grant that is over; what came of it is not told.")
    closed = sum(not camera.granted and not camera.was_asked for camera in report.coverage)
    if closed:
        sentences.append(f"{words.count_words(closed, 'camera').capitalize()} nearby: no live grant, not asked.")
    return sentences


def _others(report: IncidentReport) -> list[str]:
    seen = sum(clip.looked_at for clip in report.other_clips)
    unseen = len(report.other_clips) - seen
    sentences = []
    if seen:
        clips = words.count_words(seen, "clip").capitalize()
        sentences.append(f"{clips} in scope {_verb(seen)} something else; the record names them.")
    if unseen:
        clips = words.count_words(unseen, "clip").capitalize()
        sentences.append(f"{clips} in scope could not be looked at; the record names them.")
    return sentences


def _verb(count: int) -> str:
    return "shows" if count == 1 else "show"


def _highlight(shown: ReportedHighlight, number: int) -> dict[str, Any]:
    zone, highlight = shown.camera.time_zone, shown.highlight
    heading = said_words.heading_words(shown.events) or _no_heading(shown)
    when = words.local_span(shown.starts_at, shown.ends_at, zone)
    return {
        "number": number,
        "id": highlight.highlight_id,
        "heading": heading,
        "camera": shown.camera.name,
        "local": when,
        "utc": words.utc_span(shown.starts_at, shown.ends_at),
        "status": said_words.status_words(shown),
        "is_confirmed": said_words.is_all_said(shown),
        "reason": shown.attachment.reason,
        "caption": shown.attachment.caption,
        "cut": words.cut_words(highlight),
        "events": [_event(part, shown) for part in shown.events],
        "poster": highlight.poster,
        "contact_sheet": highlight.contact_sheet,
        "video": highlight.digest,
        "poster_alt": f"{heading}, camera {shown.camera.name}, {when}; boxes mark what the machine found",
        "contact_sheet_alt": f"Up to nine moments of the highlight from {when}, in order of time",
        "looked": list(words.looked_words(shown.sampling, shown.first.seconds)),
        "facts": _provenance(shown),
    }


def _no_heading(shown: ReportedHighlight) -> str:
    return "Rejected by a person" if shown.events else "Span chosen by a person"


def _event(part: ReportedEvent, shown: ReportedHighlight) -> dict[str, Any]:
    inferred, zone = part.event.inferred, shown.camera.time_zone
    return {
        "id": part.event.event_id,
        "kind": said_words.kind_words(part),
        "sentence": " ".join(
            (
                inferred.sentence,
                *words.remarks(part.event, is_superseded=part.is_superseded),
                *words.colour_words(part.colours),
            )
        ),
        "said": said_words.said_words(part, shown.attachment.status, zone),
        "is_superseded": part.is_superseded,
        "is_statement": inferred.verdict is Verdict.SEEN,
        "score": f"{inferred.score:.2f}",
        "local": words.local_span(part.starts_at, part.ends_at, zone),
        "utc": words.utc_span(part.starts_at, part.ends_at),
        "length": words.length_words((part.ends_at - part.starts_at).total_seconds()),
        "zone": inferred.zone or "",
        "pictures": _pictures(part, shown),
        "between": _between(part, zone),
    }


def _between(part: ReportedEvent, zone: str) -> dict[str, Any]:
    """Of an event that no clip shows: its two clips, and both pictures side by side; empty for any other."""
    since = part.event.since
    if since is None:
        return {}
    start, end = (words.local_words(moment, zone) for moment in (part.starts_at, part.ends_at))
    return {
        "words": "No clip shows the time between: nobody was seen at it.",
        "caption": f"Left: the end of the earlier clip, {start}. Right: the start of the later clip, {end}. "
        "People and whatever moved are taken out; what is not known is dark.",
        "picture": since.picture,
        "alt": f"The same place at {start} and at {end}; a box marks what changed",
        "facts": [
            _fact("Earlier clip, SHA-256", since.clip, code=True),
            _fact("Earlier clip's clock", f"give or take {words.length_words(since.uncertainty.total_seconds())}"),
            _fact("Pictures compared, SHA-256", since.stills[0], code=True),
            _fact("", since.stills[1], code=True),
        ],
    }


def _pictures(part: ReportedEvent, shown: ReportedHighlight) -> list[dict[str, Any]]:
    """Before, during and after, as far as there are pictures; the marked frame, and the untouched part of it."""
    kind = words.event_words(part.event.inferred)
    return [
        {
            "role": picture.role.value,
            "when": words.local_words(shown.clock.at(picture.at, shown.first), shown.camera.time_zone),
            "marked": picture.marked,
            "plain": picture.plain,
            "alt": f"The frame {picture.role.value} the event {kind!r}; boxes mark what the machine found",
            "plain_alt": f"The untouched part of the frame {picture.role.value} the event {kind!r}",
        }
        for picture in shown.highlight.pictures
        if picture.event_id == part.event.event_id
    ]


def _provenance(shown: ReportedHighlight) -> list[dict[str, Any]]:
    highlight, recipe = shown.highlight, shown.highlight.recipe
    facts = [
        _fact("Original, SHA-256", highlight.clip, code=True),
        _fact("Highlight, SHA-256", highlight.digest, code=True),
        _fact("Highlight", highlight.highlight_id, code=True),
        _fact("Cut", f"time stamps {recipe.first_pts} to {recipe.last_pts} of {recipe.time_base} s", recipe.tool),
        _fact("Camera", shown.camera.name, shown.camera.camera_id),
        _fact("From the place", words.distance_words(shown.metres)),
        _fact("Camera's clock", words.clock_words(shown.clock)),
        _fact("Grant", shown.grant_id, f"version {shown.grant_version}"),
        _fact("Model", shown.model.name),
        _fact("Model, SHA-256", shown.model.digest, code=True),
    ]
    if shown.redaction is not None:
        facts.append(_fact("Hidden in this copy", words.hidden_words(shown.redaction), shown.redaction.reason))
    if shown.acquisition is not None:
        got = shown.acquisition
        facts.append(_fact("Acquired", words.utc_words(got.ended_at), f"{words.method_words(got.method)}, {got.tool}"))
        facts.append(_fact("Seal of the original (C2PA)", *words.seal_words(got.seal)))
    return facts


def _coverage(camera: CameraCoverage) -> dict[str, Any]:
    return {
        "camera": camera.name,
        "id": camera.camera_id,
        "granted": camera.granted,
        "why": camera.why,
        "triggers": "-" if camera.was_asked else str(camera.triggers),
        "fetched": "-" if camera.was_asked else str(camera.fetched),
        "outcomes": list(words.outcomes_words(camera.outcomes)),
        "nothing": _NOT_TOLD if camera.was_asked else "nothing was asked",
    }


def _silent(clip: SilentClip) -> dict[str, Any]:
    return {
        "digest": clip.clip,
        "camera": clip.camera_name,
        "local": words.local_words(clip.starts_at, clip.time_zone),
        "utc": words.utc_words(clip.starts_at),
        "length": words.length_words(clip.seconds),
        "looked_at": clip.looked_at,
        "missable": words.length_words(clip.shortest_missable),
    }


def _weights(one: UsedWeights) -> dict[str, Any]:
    return {
        "name": one.name,
        "source": one.source,
        "licence": one.licence,
        "card": one.card,
        "digest": one.digest,
    }


def _received(one: ReceivedFile, zone: str) -> dict[str, Any]:
    return {
        "kind": one.kind.value.capitalize(),
        "digest": one.digest,
        "report": one.report_id,
        "local": words.local_words(one.happened_at, zone),
        "utc": words.utc_words(one.happened_at),
        "arrived": words.utc_words(one.arrived_at),
        "size": f"{one.size} bytes",
        "consent": one.consent,
        "public": "a masked copy is published" if one.is_public else "",
    }
