"""``doorstep explain``: the chain of evidence of one event, so that a reader who disagrees can see where."""

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from pipeline.casework.tags import visible_tags
from pipeline.cli.found import plain as plain_found
from pipeline.cli.grounds import NO_GROUNDS, grounds_table
from pipeline.cli.screen import load_settings, out, print_json, refused_in_words, table
from pipeline.cli.tagging import plain_tag, print_tags
from pipeline.domain.appearance import ColourMark, sentence_of
from pipeline.domain.consent import Use
from pipeline.domain.events import INSTANT_KINDS
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.domain.redaction import RedactionOrder
from pipeline.domain.review import score_ground
from pipeline.domain.video import Timestamp
from pipeline.highlights.evidence_pictures import TakenPicture
from pipeline.night.explanation import AROUND_SECONDS, Explanation, explain
from pipeline.night.ingest import authority
from pipeline.night.redaction import Redactor
from pipeline.night.services import Services, open_services
from pipeline.night.sharing import ReportSharing, share_pictures
from pipeline.night.shown import require_for_event
from pipeline.reports import words

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep explain ev-0123456789abcdef0123 | "
    "doorstep explain ev-0123456789abcdef0123 --pictures ~/evidence --json"
)
def explain_event(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="Its id, as `doorstep search --json` names it.")],
    pictures: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Write the pictures before, during and after into this folder: an export."),
    ] = None,
    show_everyone: Annotated[bool, typer.Option("--show-everyone", help="Hide nobody; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept in the custody log, so name nobody.")] = "",
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what an event rests on: each step with what was measured and what was needed, and what was not looked at.

    Works for statements and for what cannot be told, also of results that another has followed since. The look is
    written into the custody log. In written pictures everybody is hidden whom the event does not name.
    """
    with refused_in_words():
        order = RedactionOrder(show_everyone=show_everyone, reason=reason)
    settings = load_settings()
    with open_services(settings) as services:
        why = purpose or settings.night.purpose
        desk = services.consent(why, settings.night.recipient)
        found = explain(services, desk, event_id)
        if pictures is not None:
            require_for_event(services, desk, Use.EXPORT, found.found)
        _write_down(services, found, {"purpose": why, "case": case}, is_export=pictures is not None)
        taken: tuple[TakenPicture, ...] = ()
        if pictures is not None:
            sharing = ReportSharing(getpass.getuser(), pictures, order)
            taken = share_pictures(services, found, sharing, Redactor(services))
        said = visible_tags(services, desk, services.catalogue.tags.history(event_id))
        if as_json:
            print_json({**plain(found, taken), "tags": [plain_tag(tag) for tag in said]})
        else:
            _print(found, taken)
            print_tags(said)


def plain(explanation: Explanation, taken: tuple[TakenPicture, ...] = ()) -> dict[str, Any]:
    """The chain as machines read it."""
    found, analysis = explanation.found, explanation.analysis
    inferred, sampling, opinion = found.event.inferred, analysis.sampling, explanation.opinion
    raw = score_ground(inferred)
    return {
        **plain_found(found),
        "start_s": _second(explanation, inferred.span.start),
        "end_s": _second(explanation, inferred.span.end),
        "raw_score": None if raw is None else raw.measured,
        "operating_point": None if raw is None else raw.needed,
        "settings_digest": found.settings_digest,
        "is_newest_result": explanation.is_newest,
        "clock": to_plain(found.clock),
        "seal": to_plain(explanation.clip.acquisition.seal),
        "trigger": explanation.clip.trigger.kind.value,
        "grounds": to_plain(inferred.grounds),
        "tracks": [_plain_track(explanation, number) for number in range(len(explanation.tracks))],
        "colours": [{**to_plain(mark), "sentence": sentence_of(mark)} for mark in analysis_marks(explanation)],
        "region": None if inferred.region is None else list(inferred.region.xyxy),
        "picture": [analysis.probe.width, analysis.probe.height],
        "zone": inferred.zone,
        "second_opinion": {**to_plain(opinion), "sentence": opinion.sentence},
        "coverage": {
            "looked_at": len(sampling.sampled),
            "frames_decoded": sampling.frames_decoded,
            "decode_errors": sampling.decode_errors,
            "shortest_missable_s": float(sampling.shortest_missable),
            "not_looked_at_around": [
                {
                    "start_s": _second(explanation, part.span.start),
                    "end_s": _second(explanation, part.span.end),
                    "reason": part.reason.value,
                }
                for part in explanation.not_looked_at
            ],
        },
        "grant": authority(explanation.grant),
        "attached": to_plain(explanation.attachments),
        "pictures": to_plain(explanation.pictures),
        "written": [str(path) for one in taken for path in (one.plain, one.marked)],
    }


def analysis_marks(explanation: Explanation) -> tuple[ColourMark, ...]:
    """The colours of what the event rests on, as its own result says them."""
    return explanation.analysis.colours_of(explanation.found.event.inferred)


def _plain_track(explanation: Explanation, number: int) -> dict[str, Any]:
    track = explanation.tracks[number]
    return {
        "track_id": track.track_id,
        "class": track.object_class.value,
        "start_s": _second(explanation, track.span.start),
        "end_s": _second(explanation, track.span.end),
        "confidence": round(track.confidence, 4),
        "sightings": len(track.sightings),
    }


def _second(explanation: Explanation, moment: Timestamp) -> float:
    """Seconds from the clip's first frame."""
    return round(float(moment.seconds - explanation.analysis.probe.first.seconds), 4)


def _write_down(services: Services, explanation: Explanation, detail: dict[str, str], *, is_export: bool) -> None:
    event = explanation.found.event
    facts = {"camera": event.camera_id, "event": event.event_id, **detail}
    actions = [(CustodyAction.ACCESSED, "explain")]
    actions += [(CustodyAction.DISSEMINATED, "evidence pictures")] if is_export else []
    services.catalogue.custody.append(
        tuple(
            CustodyEntry(
                at=services.now(),
                agent=getpass.getuser(),
                action=action,
                subject=event.clip,
                authority=authority(explanation.grant),
                detail={**facts, "as": word},
            )
            for action, word in actions
        )
    )


def _print(explanation: Explanation, taken: tuple[TakenPicture, ...]) -> None:
    inferred = explanation.found.event.inferred
    style = "bold" if inferred.reason is None else "bold yellow"
    out.print(Text(words.event_words(inferred), style=style), Text(explanation.found.event.event_id, style="dim"))
    out.print(Text(inferred.sentence))
    out.print()
    out.print(_facts(explanation))
    out.print()
    out.print(grounds_table(inferred.grounds) if inferred.grounds else NO_GROUNDS)
    out.print()
    out.print(_tracks(explanation) if explanation.tracks else "It rests on no track: nobody and nothing was followed.")
    for mark in analysis_marks(explanation):
        out.print(Text(f"track {mark.track_id}, {sentence_of(mark)}"))
    out.print()
    opinion = explanation.opinion
    labels = f" (its words: {', '.join(opinion.labels)})" if opinion.labels else ""
    out.print(Text("second opinion", style="bold"))
    out.print(Text(f"{opinion.sentence}{labels}"))
    out.print()
    out.print(Text("what was not looked at around it", style="bold"))
    for sentence in _coverage(explanation):
        out.print(Text(sentence))
    for one in taken:
        out.print(f"{one.role}: {one.plain} (untouched), {one.marked} (marked)", soft_wrap=True)


def _facts(explanation: Explanation) -> Table:
    found, analysis, inferred = explanation.found, explanation.analysis, explanation.found.event.inferred
    raw = score_ground(inferred)
    start, end = (_second(explanation, edge) for edge in (inferred.span.start, inferred.span.end))
    inside = "; it happened at some moment inside" if inferred.kind in INSTANT_KINDS and start != end else ""
    rows = Table.grid(padding=(0, 2))
    for label, value in (
        ("camera's clock", words.local_span(found.starts_at, found.ends_at, explanation.camera.time_zone)),
        ("UTC", words.utc_span(found.starts_at, found.ends_at)),
        ("who says when", words.clock_words(found.clock)),
        ("in the clip", f"{start:.2f} s to {end:.2f} s from the first frame{inside}"),
        ("score", f"{inferred.score:.2f}" + ("" if raw is None else f" (the rule's own: {raw.measured:.2f})")),
        *(("beside it", remark) for remark in words.remarks(found.event, is_superseded=found.is_superseded)),
        ("camera", f"{found.camera_name} ({found.event.camera_id}), recorded for {explanation.clip.trigger.kind}"),
        ("zone", inferred.zone or "none was part of the rule"),
        ("region", _region(explanation)),
        ("clip, SHA-256", found.event.clip),
        ("model", f"{found.model.name} {found.model.digest}"),
        ("settings", found.settings_digest),
        ("result", "the newest of this clip" if explanation.is_newest else "another has followed since"),
        (
            "seal of the original",
            ": ".join(part for part in words.seal_words(explanation.clip.acquisition.seal) if part),
        ),
        ("decoded by", analysis.sampling.decoder),
        ("grant", authority(explanation.grant)),
        ("highlights", ", ".join(found.highlight_ids) or "none"),
        ("attached to", ", ".join(f"{one.incident_id}: {one.status}" for one in explanation.attachments) or "nothing"),
    ):
        rows.add_row(Text(label, style="dim"), Text(value))
    return rows


def _region(explanation: Explanation) -> str:
    region, probe = explanation.found.event.inferred.region, explanation.analysis.probe
    if region is None:
        return "none"
    corners = f"({region.x1:.0f}, {region.y1:.0f}) to ({region.x2:.0f}, {region.y2:.0f})"
    return f"{corners} of {probe.width} x {probe.height} pixels"


def _tracks(explanation: Explanation) -> Table:
    rows = table("tracks that it rests on", "track", "class", "from", "to", "sightings", "confidence")
    for track in explanation.tracks:
        start, end = (f"{_second(explanation, edge):.2f} s" for edge in (track.span.start, track.span.end))
        count, sure = str(len(track.sightings)), f"{track.confidence:.2f}"
        rows.add_row(str(track.track_id), track.object_class, start, end, count, sure)
    return rows


def _coverage(explanation: Explanation) -> list[str]:
    sampling = explanation.analysis.sampling
    spans = [
        f"{_second(explanation, part.span.start):.1f} to {_second(explanation, part.span.end):.1f} s"
        f" ({words.skip_words(part.reason)})"
        for part in explanation.not_looked_at
    ]
    return [
        f"Not looked at within {words.length_words(AROUND_SECONDS)} of it: {', '.join(spans) or 'nothing'}.",
        f"{len(sampling.sampled)} of {sampling.frames_decoded} decoded frames were looked at, "
        f"{sampling.decode_errors} did not decode.",
        f"A visit shorter than {words.length_words(sampling.shortest_missable)} can lie between two looks.",
    ]
