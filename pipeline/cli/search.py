"""``doorstep search``: events by kind, camera, time and score."""

import getpass
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import typer
from rich.text import Text

from pipeline.cli.screen import load_settings, out, parse_moment, print_json, table
from pipeline.domain.consent import Use
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.plain import to_plain
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.named import cameras_named
from pipeline.night.services import open_services
from pipeline.night.shown import require_for_event, visible

NOTHING_FOUND = "nothing found that a live grant lets you see for this purpose."

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep search --kind package_picked_up --since 2026-03-10T18:00Z --least-score 0.5 | "
    "doorstep search --camera 'Front Door' --kind person_visit | "
    "doorstep search --cannot-tell --reason too_dark --reason occluded | doorstep search --cannot-tell --count"
)
def search(
    kind: Annotated[list[EventKind] | None, typer.Option(help="Only these kinds; once for each.")] = None,
    camera: Annotated[list[str] | None, typer.Option(help="Only these, by id or name; once for each.")] = None,
    since: Annotated[str | None, typer.Option(help="Not before; a date, or a moment with its zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Before.")] = None,
    least_score: Annotated[float, typer.Option(min=0, max=1, help="Not below.")] = 0.0,
    verdict: Annotated[Verdict | None, typer.Option(help="Only statements, or only what cannot be told.")] = None,
    cannot_tell: Annotated[
        bool, typer.Option("--cannot-tell", help="Only what cannot be told: --verdict cannot_tell.")
    ] = False,
    reason: Annotated[
        list[CannotTell] | None, typer.Option(help="Only what cannot be told for these reasons; once for each.")
    ] = None,
    count: Annotated[
        bool, typer.Option("--count", help="Count by kind and by reason, over all that is found, and list nothing.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the earliest first.")] = 100,
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find events. Only what a live grant lets you see is shown, and the look is written into the custody log."""
    if cannot_tell and verdict is Verdict.SEEN:
        raise typer.BadParameter("--cannot-tell and --verdict seen exclude each other")
    settings = load_settings()
    wanted = EventFilter(
        kinds=tuple(kind) if kind else None,
        since=parse_moment(since) if since else None,
        until=parse_moment(until) if until else None,
        least_score=least_score,
        verdict=Verdict.CANNOT_TELL if cannot_tell else verdict,
        reasons=tuple(reason) if reason else None,
    )
    with open_services(settings) as services:
        why = purpose or settings.night.purpose
        desk = services.consent(why, settings.night.recipient)
        asked = replace(wanted, camera_ids=cameras_named(services, camera) if camera else None)
        found = visible(services, desk, services.catalogue.search.find(asked))
        shown = found if count else found[:limit]
        looks = [
            Look(one.event.clip, one.event.camera_id, require_for_event(services, desk, Use.VIEW, one)) for one in shown
        ]
        write_down_looks(services, getpass.getuser(), looks, {"purpose": why, "case": case, "as": "search"})
        counts = counted(found)
        if as_json:
            events = {} if count else {"events": [plain(event) for event in shown]}
            print_json({**events, "found": len(found), **counts})
            return
        if not count:
            _print(shown)
        _print_counts(found, counts, left_out=len(found) - len(shown))


def counted(found: Sequence[FoundEvent]) -> dict[str, dict[str, int]]:
    """Statements by kind, and what cannot be told by kind and by reason, the most frequent first."""
    inferred = [event.event.inferred for event in found]
    unsure = [one for one in inferred if one.reason is not None]
    told = Counter(one.kind.value for one in inferred if one.reason is None)
    kinds, reasons = (
        Counter(one.kind.value for one in unsure),
        Counter(one.reason.value for one in unsure if one.reason),
    )
    parts = {"statements": told, "cannot_tell": kinds, "reasons": reasons}
    return {name: dict(sorted(part.items(), key=lambda item: (-item[1], item[0]))) for name, part in parts.items()}


def plain(found: FoundEvent) -> dict[str, object]:
    """An event as machines read it."""
    event = found.event
    return {
        "event_id": event.event_id,
        "kind": event.inferred.kind,
        "verdict": event.inferred.verdict,
        "reason": event.inferred.reason,
        "clip": event.clip,
        "camera": event.camera_id,
        "camera_name": found.camera_name,
        "start": found.starts_at.isoformat(),
        "end": found.ends_at.isoformat(),
        "earlier_clip": event.since.clip if event.since else None,
        "score": event.inferred.score,
        "score_is_calibrated": event.since is None,
        "superseded": found.is_superseded,
        "sentence": event.inferred.sentence,
        "model": to_plain(found.model),
        "highlights": list(found.highlight_ids),
    }


def _print(shown: tuple[FoundEvent, ...]) -> None:
    rows = table("events", "when (UTC)", "camera", "kind", "score", "what", "highlight", "event")
    for found in shown:
        inferred = found.event.inferred
        name = inferred.kind if inferred.reason is None else f"{inferred.kind}? {inferred.reason}"
        style = "bold" if inferred.reason is None else "yellow"
        rows.add_row(
            f"{found.starts_at:%Y-%m-%d %H:%M:%S}",
            found.camera_name,
            Text(name, style=style),
            f"{inferred.score:.2f}" + ("" if found.event.since is None else " (not calibrated)"),
            inferred.sentence,
            ", ".join(found.highlight_ids) or "-",
            found.event.event_id,
        )
    if shown:
        out.print(rows)


def _print_counts(found: Sequence[FoundEvent], counts: Mapping[str, Mapping[str, int]], left_out: int) -> None:
    if not found:
        out.print(NOTHING_FOUND)
        return
    titles = {"statements": "statements", "cannot_tell": "cannot tell", "reasons": "cannot tell because"}
    for name, title in titles.items():
        if counts[name]:
            out.print(f"{title}: {', '.join(f'{what} {number}' for what, number in counts[name].items())}")
    if left_out:
        out.print(f"{left_out} more are not listed: raise --limit, or ask for less")
